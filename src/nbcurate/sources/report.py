"""What taking up a source did, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What taking up a source did. Printed, it says so in words.

    Attributes
    ----------
    title, kind : str
        What the source is called, and which kind it is of.
    added, changed, restored, unchanged : int
        Items that are new, whose picture has other bytes than before, that were missing and are back, that were known.
    corrected : dict of str
        By column (label, split, tags, the source's own), how many values of known items the source gives anew.
    kept : dict of str
        By column, ids whose value the source gives anew but a person had changed: that stays.
    missing : list of str
        Ids of known items that have gone from the source.
    gone : str
        In which way these have.
    absent : list of str
        Ids of known items that are not in a source in memory this time, which may be a part: they are left alone.
    removed : list of str
        Ids that the source has and that ``ds.remove`` has taken out: they stay out.
    renamed : dict of str
        The ids that items were given because theirs were taken, by what the source calls them.
    unreadable : dict of str
        Ids that could not be read this time, with the reason.
    skipped : int
        Files or rows passed over because they are no images.
    passed_over : dict of str
        What a folder holds beside pictures that can be read, by kind: how many hidden folders, ``.txt`` files, pipes, …
    problems : list of str
        What was passed over or altered and a person should know of: folders that could not be read, columns left out.
    keys : dict of int
        Key of the item that each record is, by what the source calls it.
    """

    title: str
    kind: str
    added: int
    changed: int
    restored: int
    unchanged: int
    corrected: dict[str, int] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    gone: str = "their file is gone"
    absent: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    skipped: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        counts = {
            "added": self.added,
            "unchanged": self.unchanged,
            "changed": self.changed,
            "back": self.restored,
            "gone": len(self.missing),
            "not in it this time, and left alone": len(self.absent),
            "unreadable": len(self.unreadable),
            "removed before, and left out": len(self.removed),
            "passed over": self.skipped,
        }
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count) or "nothing in it"
        passed = ", ".join(f"{kind} × {count:,}" for kind, count in self.passed_over.items())
        return "\n".join([f"{self.title}: {said}.", *([f"Passed over: {passed}."] if passed else []), *self.remarks()])

    def remarks(self) -> Iterator[str]:
        """What a person should know of, a sentence each."""
        if self.unreadable:
            yield f"{len(self.unreadable)} items could not be read: ds.errors lists them."
        if self.missing:
            yield (
                f"{len(self.missing)} items are in the store but {self.gone}, such as {self.missing[0]!r}. They stay, "
                "marked 'missing' in ds.errors; ds.remove(ids) takes them out."
            )
        if self.changed:
            yield (
                f"{self.changed:,} items have another content than before, under the ids that they had: what "
                "people have said of them stands."
            )
        if self.corrected:
            values = ", ".join(f"{count:,} of {column!r}" for column, count in self.corrected.items())
            yield f"Values that {self.title} gives anew were taken up: {values}. ds.history lists those of labels."
        for column, ids in self.kept.items():
            yield (
                f"{column!r} of {_items(ids)} was changed in this data set, and differs from what {self.title} says "
                f"now: it stays as it is, such as that of {ids[0]!r}."
            )
        if self.renamed:
            name, new = next(iter(self.renamed.items()))
            yield (
                f"{_items(self.renamed)} of {self.title} got another id, because one of another source is called so: "
                f"{name!r} is {new!r} here."
            )
        if self.added and self.absent and self.kind == "coco":
            yield (
                f"{_items(self.absent)} that came from there are not in it this time, such as {self.absent[0]!r}, and "
                "others are new: where annotations have other ids than before, ds.merge_annotations corrects them."
            )
        if self.removed:
            yield (
                f"{_items(self.removed)} were removed from this data set before and stay out, such as "
                f"{self.removed[0]!r}: ds.restore(ids) brings them back."
            )
        yield from self.problems


def _items(ids: object) -> str:
    count = len(ids)  # pyright: ignore[reportArgumentType]
    return "1 item" if count == 1 else f"{count:,} items"
