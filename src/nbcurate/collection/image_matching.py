"""Which images of a store a whole file of annotations speaks of: what one name leaves open, the others may tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..sources.annotations import ImageAnnotation
from ..store import Store
from .annotated_images import AmbiguousImageError, AnnotatedImages, FoundImage, Known, Place

_Pair = tuple[ImageAnnotation, FoundImage]


@dataclass(frozen=True, slots=True)
class MatchedImages:
    """Images of a file with those that they are here.

    Attributes
    ----------
    pairs : list of (ImageAnnotation, FoundImage)
    not_found : list of str
        Names of those that are not here.
    conflicts : list of str
        Those of which it is not sure what they are, in words.
    notes : list of str
        By what else than their name some are known.
    """

    pairs: list[_Pair] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def match_images(
    store: Store,
    images: Iterable[ImageAnnotation],
    without_items: Callable[[ImageAnnotation], FoundImage | None],
) -> MatchedImages:
    """Find the images of a file.

    Their names count first; then files that no item is of; then names that are alike. Of several that may be one image
    the file means those that are called most like it, and the others are not here. A name that agrees in nothing but
    its last part is taken only where folders cannot matter: ``d/1.jpg`` is no ``1.jpg`` of a data set that has folders,
    unless the file calls others of it ``d/…``, too.

    Parameters
    ----------
    without_items : callable
        Finds an image that is below a root of the store, and that no item is of.
    """
    there, done = AnnotatedImages(store), MatchedImages()
    pairs: list[_Pair] = []
    for image in images:
        try:
            found = there.by_name(image) or without_items(image) or there.by_likeness(image)
        except AmbiguousImageError as error:
            done.conflicts.append(str(error))
            continue
        if found is None:
            done.not_found.append(image.name)
        else:
            pairs.append((image, found))
    folders = {(found.place[0], found.above) for _, found in pairs if found.shared > 1}
    surest: dict[Place, Known] = defaultdict(lambda: Known.BY_LETTERS)
    for _, found in pairs:
        surest[found.place] = min(surest[found.place], found.known)
    for image, found in pairs:
        root, path = found.place
        if found.known > surest[found.place]:
            done.not_found.append(image.name)
        elif found.above and found.shared == 1 and not there.is_flat(root) and (root, found.above) not in folders:
            done.conflicts.append(
                f"{image.name!r} agrees with {path!r} in its last part alone, and lies in another folder: left as it is"
            )
        else:
            done.pairs.append((image, found))
    done.notes.extend(_notes(done.pairs))
    return done


def _notes(pairs: Sequence[_Pair]) -> list[str]:
    """What names are called otherwise here, with an example of each kind."""
    in_folder = [(image.name, found.place[1]) for image, found in pairs if found.above]
    by_letters = [(image.name, found.place[1]) for image, found in pairs if found.known == Known.BY_LETTERS]
    kinds = {
        "lie in another folder in the file, and are known by the end of their path": in_folder,
        "are spelled otherwise in the file, and are known by their letters and digits": by_letters,
    }
    return [
        f"{len(found):,} images {words}, such as {found[0][0]!r} for {found[0][1]!r}"
        for words, found in kinds.items()
        if found
    ]
