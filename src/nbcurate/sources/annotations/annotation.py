"""What a file of annotations says, whatever its format."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

#: x, y, width and height in px.
Box = tuple[float, float, float, float]


class AnnotationFileError(ValueError):
    """A file that holds no annotations of the expected format; the message says which file and what is wrong."""


@dataclass(frozen=True, slots=True)
class BoxAnnotation:
    """A box on an image.

    Attributes
    ----------
    box : Box
        In px of the image as the file knows it.
    labels : list of str
        Its classes; several where the tool allows it.
    id : str or None
        What the file calls it.
    area : float or None
        In px²; None where the file does not say.
    crowd : bool or None
    outline : bool
        Whether it is the extent of a polygon or mask, which nothing else is known of here.
    given : dict or None
        All that a COCO file says of it.
    """

    box: Box
    labels: list[str]
    id: str | None = None
    area: float | None = None
    crowd: bool | None = None
    outline: bool = False
    given: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ImageAnnotation:
    """What is said of an image.

    Attributes
    ----------
    names : list of str
        What it may be called: paths, URLs, file names; the surest first.
    id : str or None
        The item's id, where the file was made by nbcurate.
    size : (int, int) or None
        Width and height in px, as the file knows them.
    labels : list of str or None
        Classes of the image; None where nothing is said of them, [] where it has none.
    boxes : list of BoxAnnotation or None
        The objects that are on it; None where nothing is said of them.
    complete : bool
        Whether these are all. If not, objects that are not among them may be there as well.
    split : str or None
    tags : list of str or None
    given : str, list of str or None
        The label that it had when it was handed out.
    column : str
        Which column of labels is meant.
    in_shares : bool
        Whether the boxes are in shares of the width and height of the picture, instead of px.
    handed_out : list of str or None
        Ids of the boxes on it that were handed out: the file tells nothing of others. None where it knows of all.
    """

    names: list[str]
    id: str | None = None
    size: tuple[int, int] | None = None
    labels: list[str] | None = None
    boxes: list[BoxAnnotation] | None = None
    complete: bool = True
    split: str | None = None
    tags: list[str] | None = None
    given: str | list[str] | None = None
    column: str = "label"
    in_shares: bool = False
    handed_out: list[str] | None = None

    @property
    def name(self) -> str:
        """What to call it in front of a person."""
        return self.id or (self.names[0] if self.names else "an image without a name")


@dataclass(frozen=True, slots=True)
class AnnotationFile:
    """What a file says.

    Attributes
    ----------
    title : str
        What to call it in front of a person.
    images : list of ImageAnnotation
    conflicts : list of str
        Of which images the file contradicts itself.
    passed_over : Counter of str
        What was passed over, and how often.
    notes : list of str
        What else there is to know.
    """

    title: str
    images: list[ImageAnnotation]
    conflicts: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
