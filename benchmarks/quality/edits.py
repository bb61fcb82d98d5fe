"""What is done to pictures that are passed on: the edits that the benchmarks plant.

An edit takes an RGB picture and a generator, from which it draws what it leaves open, and gives an RGB picture.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Edit = Callable[[Image.Image, np.random.Generator], Image.Image]

_TEXT = "today only when you see it we all know that one friend this is how it went best price in town"
_SHAPES = (1.0, 4 / 3, 16 / 9)  # of frames, width to height
_LEAST_BARS = 0.1  # of the frame


def jpeg_30(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Saved as JPEG of quality 30."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=30)
    return Image.open(buffer).convert("RGB")


def half_size(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Half as wide and half as high."""
    return image.resize((max(8, image.width // 2), max(8, image.height // 2)))


def crop(image: Image.Image, rng: np.random.Generator, share: float) -> Image.Image:
    """A share of each side, anywhere."""
    width, height = round(image.width * share), round(image.height * share)
    left, top = (int(rng.integers(0, room + 1)) for room in (image.width - width, image.height - height))
    return image.crop((left, top, left + width, top + height))


def mirrored(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Left for right."""
    return ImageOps.mirror(image)


def brightness(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Darker to 0.6 to 0.8, or brighter to 1.2 to 1.4."""
    return ImageEnhance.Brightness(image).enhance(1 + _either_way(rng, 0.2, 0.4))


def contrast(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Flatter to 0.5 to 0.7, or steeper to 1.3 to 1.5."""
    return ImageEnhance.Contrast(image).enhance(1 + _either_way(rng, 0.3, 0.5))


def noise(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Noise of 12 grey levels, in each channel of its own."""
    values = np.asarray(image, np.float64)
    return _picture(values + rng.normal(0, 12, values.shape))


def rotated_90(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """By a quarter turn to the left or the right."""
    turn = Image.Transpose.ROTATE_90 if rng.random() < 0.5 else Image.Transpose.ROTATE_270
    return image.transpose(turn)


def rotated_5(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """By five degrees to the left or the right, in a frame of the same size, with white corners."""
    angle = 5.0 if rng.random() < 0.5 else -5.0
    return image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))


def squeezed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Three quarters as wide, or as high."""
    width, height = image.size
    if rng.random() < 0.5:
        return image.resize((max(8, round(width * 0.75)), height))
    return image.resize((width, max(8, round(height * 0.75))))


def greyscale(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Without colour."""
    return image.convert("L").convert("RGB")


def colour_cast(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """One channel times 1.3, another times 0.7."""
    return _picture(np.asarray(image, np.float64) * rng.permutation([1.3, 1.0, 0.7]))


def blur(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """By a Gaussian with a σ of 2 px."""
    return image.filter(ImageFilter.GaussianBlur(2))


def text_over_it(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Two lines of a twelfth of the height, in one colour, across the middle."""
    out = image.copy()
    draw, font, colour = ImageDraw.Draw(out), _font(image.height / 12), _colour(rng)
    top = rng.uniform(0.15, 0.5)
    for line in range(2):
        draw.text((image.width * 0.08, image.height * (top + 0.2 * line)), _words(rng, 3), fill=colour, font=font)
    return out


def caption_bar(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A white bar below with a line of text, of 15 to 20 % of the height."""
    bar = max(10, round(image.height * rng.uniform(0.15, 0.2)))
    out = Image.new("RGB", (image.width, image.height + bar), (255, 255, 255))
    out.paste(image, (0, 0))
    place = (image.width * 0.03, image.height + bar / 4)
    ImageDraw.Draw(out).text(place, _words(rng, 5), fill=(0, 0, 0), font=_font(bar / 2))
    return out


def watermark(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A half transparent name three times over the whole, in white or black."""
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw, font = ImageDraw.Draw(layer), _font(image.height / 8)
    level, name = (255 if rng.random() < 0.7 else 0), f"(c) {_words(rng, 1)}stock"
    for line in range(3):
        left, top = rng.uniform(0, 0.3), 0.08 + 0.3 * line
        draw.text((image.width * left, image.height * top), name, fill=(level, level, level, 120), font=font)
    return Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")


def border(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A frame of one colour, a tenth of the shorter side wide."""
    return ImageOps.expand(image, round(min(image.size) * 0.1), _colour(rng))


def letterbox(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Black bars at two sides that make the frame a square, 4:3 or 16:9; of these, one that needs bars of a tenth."""
    own = image.width / image.height
    shapes = [shape for shape in _SHAPES if min(own, shape) / max(own, shape) < 1 - _LEAST_BARS]
    shape = float(rng.choice(shapes))
    width, height = max(image.width, round(image.height * shape)), max(image.height, round(image.width / shape))
    out = Image.new("RGB", (width, height), (0, 0, 0))
    out.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return out


def inside_a_screenshot(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """In a page with a title bar above and lines of text below; half of its area."""
    width, height = round(image.width * 1.25), round(image.height * 1.6)
    out = Image.new("RGB", (width, height), (245, 245, 245))
    draw, font = ImageDraw.Draw(out), _font(height / 30)
    draw.rectangle((0, 0, width, height * 0.09), fill=_colour(rng))
    draw.text((width * 0.03, height * 0.025), _words(rng, 1).capitalize(), fill=(255, 255, 255), font=font)
    left = round((width - image.width) * rng.uniform(0.1, 0.9))
    top = round(height * rng.uniform(0.11, 0.16))
    out.paste(image, (left, top))
    for line in range(4):
        place = (width * 0.08, top + image.height + height * (0.02 + 0.045 * line))
        draw.text(place, _words(rng, 6), fill=(30, 30, 30), font=font)
    return out


#: By the name under which they are told.
EDITS: dict[str, Edit] = {
    "JPEG 30": jpeg_30,
    "half size": half_size,
    "crop 90 %": partial(crop, share=0.9),
    "crop 80 %": partial(crop, share=0.8),
    "crop 70 %": partial(crop, share=0.7),
    "crop 60 %": partial(crop, share=0.6),
    "mirrored": mirrored,
    "brightness": brightness,
    "contrast": contrast,
    "noise": noise,
    "rotated by 90°": rotated_90,
    "rotated by 5°": rotated_5,
    "squeezed to 3/4": squeezed,
    "greyscale": greyscale,
    "colour cast": colour_cast,
    "blur, 2 px": blur,
    "text over it": text_over_it,
    "caption bar below": caption_bar,
    "watermark": watermark,
    "border 10 %": border,
    "letterbox": letterbox,
    "inside a screenshot": inside_a_screenshot,
}


def _picture(values: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _either_way(rng: np.random.Generator, least: float, most: float) -> float:
    """A change between two sizes, up or down."""
    return float(rng.uniform(least, most) * rng.choice([-1, 1]))


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = rng.integers(0, 256, 3).tolist()
    return red, green, blue


def _words(rng: np.random.Generator, n: int) -> str:
    return " ".join(rng.choice(_TEXT.split(), n).tolist())


def _font(height: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(9, round(height)))
