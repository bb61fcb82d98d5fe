"""Taking corrected annotations: what a file says of images and boxes becomes edits, with one undo."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ..imaging import UnreadableImageError
from ..imaging.turning import StoredSize
from ..sources.annotations import AnnotationFile, BoxAnnotation, ImageAnnotation
from ..store.edits import Change
from ..store.items import Keys
from .annotated_images import FoundImage, Place
from .box_merge import BoxMerge
from .edit_report import EditReport
from .fitted_boxes import agree_on_boxes, all_handed_out, fit_boxes, size_of_picture
from .image_matching import MatchedImages, match_images
from .label_column import in_form_of_column
from .object_merge import OBJECT_COLUMNS, corrected_objects, label_of_whole, usable_objects
from .property_set import PropertySet


def merge_annotations(dataset: PropertySet, file: AnnotationFile) -> EditReport:
    """Make the items as a file says they are. What the file does not speak of stays.

    Labels, splits and tags change. A box of which the place is another becomes a new item under the old id, one that is
    new an item of its own, and one that its image has no more is removed. All of it is one edit.
    """
    store = dataset.store
    with store.intake, store.editing():
        merge = _Merge(dataset)
        matched = match_images(store, file.images, merge.image_without_items)
        for image, found in matched.pairs:
            merge.take(image, found)
        return merge.done(file, matched)


@dataclass(frozen=True, slots=True)
class _OnImage:
    """What one entry of a file says is on an image, and the size of the picture, if the file knows one."""

    image: ImageAnnotation
    found: FoundImage
    stored: StoredSize | None


class _Merge:
    """What is to be changed, collected image by image."""

    def __init__(self, dataset: PropertySet) -> None:
        self.conflicts: list[str] = []
        self._dataset, self._store = dataset, dataset.store
        self._in_view = np.isin(self._store.items.keys, dataset.keys)
        self._boxes = BoxMerge(dataset.store, self._in_view)
        self._ids: list[str] = self._store.items.ids.to_pylist()
        self._values: dict[str, dict[int, Any]] = {name: {} for name in ("label", "split", "tags", *OBJECT_COLUMNS)}
        self._spoken_of: set[int] = set()
        self._contradicted: dict[tuple[str, int], list[Any]] = {}
        self._with_boxes: dict[tuple[Place, int | None], list[_OnImage]] = defaultdict(list)
        self._done_to_boxes: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()

    def take(self, image: ImageAnnotation, found: FoundImage) -> None:
        """Note what is said of an image and the boxes on it."""
        rows = found.whole
        said = {image.column: image.labels, "split": image.split, "tags": image.tags}
        if any(value is not None for value in said.values()):
            if len(rows) > 1:
                names = ", ".join(repr(self._ids[row]) for row in rows[:3])
                self.conflicts.append(f"{image.name!r} may be any of {len(rows)} items, such as {names}")
            elif rows:
                self._spoken_of.add(rows[0])
                self._take_values(image, rows[0], said)
            elif image.labels:
                self._problems["image with labels of its own, where the items are boxes"] += 1
        if image.boxes is not None:
            try:
                stored = size_of_picture(self._store, found) if image.size is not None or image.in_shares else None
            except (OSError, UnreadableImageError) as error:
                self.conflicts.append(f"{image.name!r}: its boxes are left as they are, as {error} ({found.place[1]})")
                return
            alone = found.whole[0] if found.whole and not found.boxes else None
            self._with_boxes[found.place, alone].append(_OnImage(image, found, stored))

    def image_without_items(self, image: ImageAnnotation) -> FoundImage | None:
        """An image that has no item, as nothing was on it."""
        return self._boxes.find_image(image.names) if image.boxes is not None else None

    def done(self, file: AnnotationFile, matched: MatchedImages) -> EditReport:
        """Commit all of it; the report."""
        merge = self._boxes
        for said in self._with_boxes.values():
            self._take_boxes(said)
        for row, labels in merge.labels.items():
            self._spoken_of.add(row)
            self._say("label", row, labels)
        self._values |= merge.facts
        self._leave_contradicted()
        self._leave_outside()
        changes = [change for column, values in self._values.items() if (change := self._change(column, values))]
        status, labels, counts = merge.apply()
        changes += status
        if change := self._labels_of_new(labels):
            changes.append(change)
        gone = self._store.items.keys[np.asarray(merge.removed, np.intp)]
        if len(gone):
            rows = self._store.items.rows_of_keys(gone)
            old = self._store.items.table.column("status").take(pa.array(rows)).to_pylist()
            changes.append(Change("status", gone, old, ["removed"] * len(gone)))
        self._store.edit(changes)
        arrived = {int(key) for change in status for key in change.items}
        stay = len({int(key) for change in changes for key in change.items if change.column != "status"} - arrived)
        touched = {int(key) for change in changes for key in change.items}
        unchanged = len(set(self._store.items.keys[list(self._spoken_of)].tolist()) - touched)
        notes = [
            *file.notes,
            *matched.notes,
            *(f"{count:,} times: {words}" for words, count in self._done_to_boxes.items()),
        ]
        if fresh := counts["changed"] + counts["added"]:
            notes.append(f"{fresh:,} boxes are new items, without vectors yet: ds.embed() makes these")
        return EditReport(
            file.title, changed=stay + counts["changed"], added=counts["added"], removed=len(gone), unchanged=unchanged,
            not_found=matched.not_found,
            conflicts=[*file.conflicts, *matched.conflicts, *self.conflicts, *merge.conflicts],
            problems=[f"{count:,} times: {what}" for what, count in (file.passed_over + self._problems).items()],
            notes=notes,
        )  # fmt: skip

    def _take_values(self, image: ImageAnnotation, row: int, said: dict[str, Any]) -> None:
        for column, value in said.items():
            if value is None:
                continue
            if column == image.column:
                if not value and not self._has_lists(column):
                    words = "image without an answer: its label stays (ds.relabel(ids, None) takes it away)"
                    self._problems[words] += self._current(column, row) is not None
                    continue
                if self._was_changed_since(image, row, value):
                    continue
            self._say(column, row, value)

    def _was_changed_since(self, image: ImageAnnotation, row: int, value: list[str]) -> bool:
        """Whether the label is another one now than when the image was handed out, and not the one that is said."""
        now = _as_list(self._current(image.column, row))
        if image.given is None or now in (_as_list(image.given), value):
            return False
        self._spoken_of.discard(row)
        self.conflicts.append(
            f"{self._ids[row]!r}: {image.column} was {image.given!r} when it was handed out, is {now!r} now, and "
            f"{value!r} in the file"
        )
        return True

    def _say(self, column: str, row: int, value: Any) -> None:
        there = self._values.setdefault(column, {}).setdefault(row, value)
        if _as_set(there) != _as_set(value):
            self._contradicted.setdefault((column, row), [there]).append(value)

    def _leave_contradicted(self) -> None:
        """Drop what a file says of an item in two ways."""
        for (column, row), values in self._contradicted.items():
            del self._values[column][row]
            self._spoken_of.discard(row)
            said = " and ".join(dict.fromkeys(repr(value) for value in values))
            self.conflicts.append(
                f"{self._ids[row]!r}: the file says two things of its {column}, {said}: left as it is"
            )

    def _leave_outside(self) -> None:
        """Drop what would change items that are not in this view."""
        left: set[int] = {row for row in self._boxes.removed if not self._in_view[row]}
        self._boxes.removed = [row for row in self._boxes.removed if row not in left]
        for column, values in self._values.items():
            outside = {row: values.pop(row) for row in list(values) if not self._in_view[row]}
            change = self._change(column, outside)
            left |= set() if change is None else set(self._store.items.rows_of_keys(change.items).tolist())
        self._spoken_of -= left
        self.conflicts += [f"{self._ids[row]!r} is not in this view: left as it is" for row in sorted(left)]

    def _take_boxes(self, said: list[_OnImage]) -> None:
        """Take the boxes of an image, if all that speak of them agree."""
        found, stored = said[0].found, said[0].stored
        fits = [(one, *fit_boxes(one.image, one.stored)) for one in said]
        for one, fitted, words in fits:
            if fitted is None:
                self.conflicts.append(f"{one.image.name!r}: {words}")
                return
        boxes, words = fits[0][1] or [], fits[0][2]
        if not all(agree_on_boxes(boxes, other or []) for _, other, _ in fits[1:]):
            self.conflicts.append(
                f"{found.place[1]!r}: the file says {len(said)} different things of what is on it, as where copies "
                f"were mirrored or cropped (such as {said[0].image.name!r}): left as it is"
            )
            return
        self._done_to_boxes.update([words] if words and boxes else [])
        self._done_to_boxes.update("of an outline, only the box around it is kept" for one in boxes if one.outline)
        complete = all(one.image.complete for one in said)
        if found.whole and not found.boxes:
            self._take_objects(found.whole[0], boxes, stored, complete=complete)
            return
        self._spoken_of |= set(found.boxes)
        known = all_handed_out([one.image for one in said])
        self._boxes.take(found, boxes, complete=complete, handed_out=known)

    def _take_objects(self, row: int, boxes: list[BoxAnnotation], stored: StoredSize | None, *, complete: bool) -> None:
        """Note what is on an image that is one item: in its columns, or, of a box that covers it, as its label."""
        there = [name for name in OBJECT_COLUMNS if name in self._store.items.table.column_names]
        label = label_of_whole(boxes, None if stored is None else stored.upright)
        if {"objects", "boxes"} <= set(there):
            before = {name: self._current(name, row) for name in there}
            if before["boxes"] is None and label is not None:
                self._say("label", row, label)
                self._spoken_of.add(row)
                return
            usable = usable_objects(boxes, before["boxes"], None if stored is None else stored.upright)
            if lost := len(boxes) - len(usable):
                self.conflicts.append(
                    f"{self._ids[row]!r}: {lost:,} boxes are empty or outside of the image; none is removed"
                )
            after = corrected_objects(before, usable, complete=complete and not lost)
            self._spoken_of.add(row)
            for name, values in after.items():
                self._say(name, row, values)
            if after["objects"] != before["objects"]:
                self._say_classes(row, after["objects"])
        elif label is not None:
            self._spoken_of.add(row)
            self._say("label", row, label)
        elif boxes:
            self._problems["image with boxes, where the item is the whole image"] += 1

    def _say_classes(self, row: int, objects: list[str]) -> None:
        """The label of an image follows from what is on it, as where it came from COCO."""
        classes = list(dict.fromkeys(name for name in objects if name))
        self._values["label"][row] = classes if classes or self._has_lists("label") else None

    def _change(self, column: str, values: dict[int, Any]) -> Change | None:
        """The values that differ from what is there, in the form of the column."""
        if not values:
            return None
        rows = list(values)
        new = list(values.values())
        if column not in ("split", "tags", *OBJECT_COLUMNS, *self._boxes.facts):
            if not self._has_lists(column) and all(len(_as_list(value)) <= 1 for value in new):
                new = [next(iter(_as_list(value)), None) for value in new]
            new, _ = in_form_of_column(self._dataset, column, new, for_all=False)
        old = [self._current(column, row) for row in rows]
        lists = any(isinstance(value, list) for value in new)
        alike = [[value] if lists and isinstance(value, str) else value for value in old]
        differ = [at for at in range(len(rows)) if alike[at] != new[at]]
        if not differ:
            return None
        keys = self._store.items.keys[[rows[at] for at in differ]]
        return Change(column, keys, [old[at] for at in differ], [new[at] for at in differ])

    def _labels_of_new(self, labels: dict[int, list[str]]) -> Change | None:
        """New labels of boxes that were moved, by key."""
        rows = self._store.items.rows_of_keys(_keys(list(labels)))
        return self._change("label", dict(zip(rows.tolist(), labels.values(), strict=True)))

    def _current(self, column: str, row: int) -> Any:
        table = self._store.items.table
        return table.column(column)[row].as_py() if column in table.column_names else None

    def _has_lists(self, column: str) -> bool:
        table = self._store.items.table
        return column in table.column_names and pa.types.is_list(table.schema.field(column).type)


def _as_set(value: Any) -> Any:
    """A value in which nothing depends on the order of labels or tags."""
    return frozenset(value) if isinstance(value, list) else value


def _as_list(label: str | list[str] | None) -> list[str]:
    return [label] if isinstance(label, str) else list(label or [])


def _keys(keys: list[int]) -> Keys:
    return np.array(keys, np.uint64)
