"""Pictures made from code that look alike and are different: what a curator must not drop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Maker = Callable[[int], Image.Image]


def _words(rng: np.random.Generator, n: int) -> str:
    return " ".join("".join(chr(97 + int(c)) for c in rng.integers(0, 26, int(rng.integers(3, 8)))) for _ in range(n))


def _colour(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(rng.integers(0, 255, 3).tolist())


def page(seed: int) -> Image.Image:
    """A page of text."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (600, 760), "white")
    draw = ImageDraw.Draw(image)
    for y in range(40, 720, 22):
        draw.text((45, y), _words(rng, 9), fill="black", font=ImageFont.load_default(13))
    return image


def form(seed: int) -> Image.Image:
    """One template, filled in differently."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (600, 760), "white")
    draw = ImageDraw.Draw(image)
    draw.text((50, 40), "DELIVERY NOTE", fill="black", font=ImageFont.load_default(26))
    for row, y in enumerate(range(120, 720, 55)):
        draw.line((30, y + 36, 570, y + 36), fill="black")
        draw.text((40, y), f"Item {row}", fill="black", font=ImageFont.load_default(15))
        draw.text((190, y), _words(rng, 3), fill=(20, 20, 120), font=ImageFont.load_default(17))
    return image


def number_plate(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (420, 110), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((3, 3, 416, 106), outline="black", width=4)
    letters = "".join(chr(65 + int(c)) for c in rng.integers(0, 26, 2))
    draw.text((30, 15), f"{letters}-{rng.integers(1000, 9999)}", fill="black", font=ImageFont.load_default(70))
    return image


def board(seed: int) -> Image.Image:
    """A chequered board with pieces on other squares."""
    rng = np.random.default_rng(seed)
    squares = np.indices((8, 8)).sum(axis=0) % 2 * 90 + 130
    image = Image.fromarray(squares.astype(np.uint8)).resize((320, 320), Image.Resampling.NEAREST).convert("RGB")
    draw = ImageDraw.Draw(image)
    for column, row in rng.integers(0, 8, (10, 2)).tolist():
        box = (column * 40 + 8, row * 40 + 8, column * 40 + 32, row * 40 + 32)
        draw.ellipse(box, fill="black" if rng.random() < 0.5 else "white")
    return image


def sky(seed: int) -> Image.Image:
    """One small thing on a plain sky."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (400, 300), (120, 170, 230))
    x, y = rng.integers(20, 280, 2).tolist()
    ImageDraw.Draw(image).ellipse((x - 9, y - 9, x + 9, y + 9), fill=_colour(rng))
    return image


def vignette(seed: int) -> Image.Image:
    """A shape of its own in the same falling light."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0:300, 0:400]
    light = 1 - ((across - 200) / 260) ** 2 - ((down - 150) / 200) ** 2
    lit = light[..., None] * np.array([200, 190, 170]) + rng.normal(0, 3, (300, 400, 3))
    image = Image.fromarray(lit.clip(0, 255).astype(np.uint8))
    _shape(image, rng, (200 + int(rng.integers(-60, 60)), 150), 20, 45)
    return image


def studio_shot(seed: int) -> Image.Image:
    """Another shape on one stand before one backdrop."""
    rng = np.random.default_rng(seed)
    shade = np.linspace(230, 180, 400)[:, None, None] * np.ones((1, 400, 3))
    image = Image.fromarray(shade.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 330, 400, 335), fill=(120, 110, 100))
    draw.polygon(((150, 400), (170, 335), (230, 335), (250, 400)), fill=(90, 90, 95))
    _shape(image, rng, (200, 200), 50, 120)
    return image


def shop_picture(seed: int) -> Image.Image:
    """Other goods in the same frame with the same logo."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 400, 50), fill=(200, 30, 40))
    draw.text((20, 8), "MEGA STORE online", fill="white", font=ImageFont.load_default(28))
    draw.text((20, 360), "free shipping - call 555 0199", fill="black", font=ImageFont.load_default(18))
    for _ in range(4):
        x, y, side = (*rng.integers(80, 280, 2).tolist(), int(rng.integers(20, 60)))
        draw.rectangle((x, y, x + side, y + side), fill=_colour(rng))
    return image


def _shape(image: Image.Image, rng: np.random.Generator, at: tuple[int, int], least: int, most: int) -> None:
    corners = int(rng.integers(3, 9))
    angles, radii = np.sort(rng.uniform(0, 2 * np.pi, corners)), rng.uniform(least, most, corners)
    points = [(at[0] + r * np.cos(a), at[1] + r * np.sin(a)) for a, r in zip(angles, radii, strict=True)]
    ImageDraw.Draw(image).polygon(points, fill=_colour(rng))


LOOK_ALIKES: dict[str, Maker] = {
    "pages of text": page,
    "forms": form,
    "number plates": number_plate,
    "boards": board,
    "skies": sky,
    "vignettes": vignette,
    "studio shots": studio_shot,
    "shop pictures": shop_picture,
}
