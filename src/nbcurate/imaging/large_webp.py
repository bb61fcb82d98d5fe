"""Large WebP pictures, by OpenCV: Pillow reads them as an animation, in four whole copies of four bytes a pixel."""

from __future__ import annotations

from typing import IO

import numpy as np
from PIL import Image

from .errors import UnreadableImageError
from .reduction import bands


def read_webp(file: IO[bytes], size: tuple[int, int], mode: str) -> Image.Image:
    """The pixels of a WebP picture that is no animation, as RGB, or RGBA with transparency.

    Parameters
    ----------
    size : tuple of int
        Width and height in px, as its header tells and Pillow allows.
    """
    import cv2

    file.seek(0)
    flag = cv2.IMREAD_UNCHANGED if mode == "RGBA" else cv2.IMREAD_COLOR
    pixels = cv2.imdecode(np.frombuffer(file.read(), np.uint8), flag | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None or pixels.shape[:2] != size[::-1] or pixels.dtype != np.uint8:
        raise UnreadableImageError("damaged image: its pixels cannot be decoded (WebP)")
    order = [2, 1, 0, 3][: pixels.shape[2]]
    image = Image.new("RGBA" if len(order) == 4 else "RGB", size)
    for box in bands(size, 1):
        image.paste(Image.fromarray(np.ascontiguousarray(pixels[box[1] : box[3], :, order])), (0, box[1]))
    return image
