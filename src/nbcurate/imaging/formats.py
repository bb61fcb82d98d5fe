"""Which formats are decoded, as Pillow names them."""

from __future__ import annotations

from importlib import import_module

from PIL import Image

#: Not all that Pillow knows: some of its plugins start other programs (EPS).
_WANTED = "JPEG PNG GIF WEBP AVIF TIFF BMP DIB JPEG2000 PPM PCX SGI TGA ICO ICNS PSD QOI"
#: Pillow's own way to load these, Image.init, loads fifty others with them, at a tenth of a second.
_PLUGINS = "Jpeg Png Gif WebP Avif Tiff Bmp Jpeg2K Ppm Pcx Sgi Tga Ico Icns Psd Qoi"
for plugin in _PLUGINS.split():
    import_module(f"PIL.{plugin}ImagePlugin")
FORMATS = tuple(name for name in _WANTED.split() if name in Image.OPEN)  # a Pillow may be built without some
