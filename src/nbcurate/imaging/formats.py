"""Which formats are decoded, as Pillow names them."""

from __future__ import annotations

from PIL import Image

#: Not all that Pillow knows: some of its plugins start other programs (EPS).
_WANTED = "JPEG PNG GIF WEBP AVIF TIFF BMP DIB JPEG2000 PPM PCX SGI TGA ICO ICNS PSD QOI"
Image.init()
FORMATS = tuple(name for name in _WANTED.split() if name in Image.OPEN)  # a Pillow may be built without some
