"""The lines of ultralytics' label files: a class, and a box, an outline or key points, in shares of the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .annotation import Box
from .yolo_layout import YoloLayout


@dataclass(frozen=True, slots=True)
class YoloLine:
    """An object.

    Attributes
    ----------
    label : str
    shares : Box
        x, y, width and height of its box, or of the extent of its outline, in shares of the picture's.
    outline : tuple of float
        x and y of each of its points, one after the other; those of the corners of an oriented box; empty for a box.
    key_points : tuple of float
        As they stand in the line: 2 or 3 numbers a point.
    """

    label: str
    shares: Box
    outline: tuple[float, ...] = ()
    key_points: tuple[float, ...] = ()

    def box(self, size: tuple[int, int]) -> Box:
        """x, y, width and height in px of a picture of this width and height."""
        (x, y, width, height), (across, down) = self.shares, size
        return x * across, y * down, width * across, height * down


def read_line(line: str, layout: YoloLayout) -> YoloLine:
    """The object that a line of a label file says.

    Raises
    ------
    ValueError
        If it says none, or one of a class that ``data.yaml`` does not name; the message says why.
    """
    first, *rest = line.split()
    try:
        numbers = tuple(float(part) for part in (first, *rest))
    except ValueError:
        raise ValueError("it holds something else than numbers") from None
    if not all(map(math.isfinite, numbers)):
        raise ValueError("it holds a number that is none, or infinite")
    number, numbers = int(numbers[0]), numbers[1:]
    label = layout.classes.get(number)
    if label is None:
        raise ValueError(f"its class {first} is not among the {len(layout.classes)} of {layout.file.name}")
    of_points = math.prod(layout.key_points)
    of_box = len(numbers) - of_points
    if of_box in (4, 5):  # the last is how sure a model is
        x, y, width, height = numbers[:4]
        shares = (x - width / 2, y - height / 2, width, height)
        return YoloLine(label, shares, key_points=numbers[4 : 4 + of_points])
    if not of_points and len(numbers) >= 6 and len(numbers) % 2 == 0:
        xs, ys = numbers[::2], numbers[1::2]
        return YoloLine(label, (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)), outline=numbers)
    wanted = f"4 and {of_points} of key points" if of_points else "4, or those of 3 points or more"
    raise ValueError(f"{len(numbers)} numbers follow on its class, instead of {wanted}")
