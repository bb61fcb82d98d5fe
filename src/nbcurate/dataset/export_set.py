"""Where items go: files of many formats, and a data set for torch."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from ..collection.item_set import LOOKED_UP
from ..collection.vector_set import VectorSet
from ..store.columns import PROPERTIES, user_columns
from ..store.ids import Ids
from ..store.items import Keys

if TYPE_CHECKING:
    from ..export import CocoItems, Suggestion
    from ..findings.finding import Finding
    from ..sources.reader import Original
    from .torch_images import TorchImages

#: Columns that say where an item came from: to_pandas does not show them, COCO needs them.
_ORIGIN = ("given_by", "given_name")
#: What each format takes beside ``to``, ``ids`` and ``overwrite``.
_OPTIONS = {
    "csv": (),
    "parquet": (),
    "folder": ("by_split",),
    "coco": ("by_split", "copy", "classes"),
    "yolo": ("classes",),
    "voc": ("classes",),
    "huggingface": ("by_split",),
    "webdataset": ("by_split", "shard_bytes"),
    "labelstudio": ("suggestions",),
    "usearch": ("encoder",),
}
#: Formats that are a file, never a folder.
_FILES = ("csv", "parquet", "labelstudio")
Format = Literal[
    "csv", "parquet", "folder", "coco", "yolo", "voc", "huggingface", "webdataset", "labelstudio", "usearch"
]  # fmt: skip


class ExportSet(VectorSet):
    """Items that can be handed on. Base class of :class:`Dataset`."""

    def export(
        self,
        format: Format,
        *,
        to: str | os.PathLike[str],
        ids: Ids | None = None,
        overwrite: bool = False,
        by_split: bool | None = None,
        copy: bool | None = None,
        shard_bytes: int | None = None,
        suggestions: Finding | None = None,
        encoder: str | None = None,
        classes: Sequence[str] | None = None,
    ) -> Path:
        """Write items to ``to``: all of it appears there, or nothing.

        Parameters
        ----------
        format : str
            - ``"csv"``, ``"parquet"``: a table of all that is known, which :meth:`from_table` reads as it was.
            - ``"folder"``: the original files in a folder a class, with that table beside them, which
              :meth:`from_folder` reads.
            - ``"coco"``: annotations, with ids, masks and categories as :meth:`from_coco` was given them; the images
              stay where they are. A file if ``to`` ends in ``.json``, else a folder with a file a split.
            - ``"yolo"``: ``data.yaml``, ``images/<split>/`` and ``labels/<split>/``, as ultralytics trains on them:
              boxes, or outlines where every object has one. A picture that nothing is on has an empty file.
            - ``"voc"``: ``Annotations/``, ``JPEGImages/`` and ``ImageSets/Main/<split>.txt``.
            - ``"huggingface"``: for ``datasets.load_from_disk``, with a ``ClassLabel``: that of
              :meth:`from_huggingface`, with new classes behind, or else the classes sorted.
            - ``"webdataset"``: tar files of ``key.jpg``, ``key.cls`` and ``key.json``.
            - ``"labelstudio"``: tasks to import into Label Studio, and the labelling interface beside them
              (``tasks.xml``), which says how the pictures are served; :meth:`import_labels` takes the answers back.
            - ``"usearch"``: ``index.usearch``, for ``usearch.index.Index.restore``, the ids of its keys
              (``items.parquet``; exact copies share a key) and what made the vectors (``about.json``).

            An item that is a box on an image goes out as what is inside it, except in tables, COCO, YOLO and VOC. Where
            classes have numbers, these are the same for all parts of a data set: each export names all its classes.
        to : path
            File or folder to write.
        ids : iterable of str, or an object with ``ids``, optional
            Which items of this view, in this order and each once; all by default. Those of a finding that have been
            removed since are passed over, with a warning.
        overwrite : bool
            Replace what is at ``to``, but no picture. A folder is replaced only if all that lies in it was written by
            an export.
        by_split : bool, optional
            Part the items by their split: into folders, files, shards, or a ``DatasetDict``. By default, where items
            have one; COCO only where ``to`` is a folder.
        copy : bool, optional
            Of COCO: copy the images, too; by default only those that are no files of their own (rows of a Hugging Face
            data set).
        shard_bytes : int, optional
            Of WebDataset: how large a tar file becomes; 256 MiB by default.
        suggestions : Finding, optional
            Of Label Studio: what suggests labels, such as :meth:`label_issues`: they are the predictions of the tasks.
            Items without a suggestion have the label that they have.
        encoder : str, optional
            Of usearch: whose vectors; those made last by default.
        classes : sequence of str, optional
            Of COCO, YOLO and VOC: the classes of the objects that are written, all by default; of YOLO in the order of
            their numbers.

        Returns
        -------
        Path
            What was written.

        Raises
        ------
        FileExistsError
            If there is something at ``to`` already that is not to be overwritten: it is left as it is. So are
            pictures and folders of others, whatever ``overwrite`` says.
        ValueError
            If the format is none of these or has no such option, the items have no pictures and the format is nothing
            without, or ``to`` is or holds an image of this data set, or its store.
        NotADirectoryError, IsADirectoryError, PermissionError, OSError
            If ``to`` cannot be written, or is longer than a path can be.

        Warns
        -----
        UserWarning
            If a picture could not be read: the others are exported.

        Examples
        --------
        >>> ds.export("folder", ids=ds.selection.ids, to="picked")
        >>> ds.export("coco", to="annotations/", by_split=True)
        """
        from .. import export as exporting
        from ..sources.reader import originals
        from .export_classes import classes_by_column
        from .own_files import require_elsewhere

        options = {"by_split": by_split, "copy": copy, "shard_bytes": shard_bytes, "suggestions": suggestions}
        options |= {"encoder": encoder, "classes": classes}
        given = {name: value for name, value in options.items() if value is not None}
        _check_options(format, given)
        keys = _each_once(self._exported_keys(ids))
        place = exporting.place_of(to)
        if not (format in _FILES and place.is_dir()):  # which the format refuses in any case
            require_elsewhere(self._store, place)
        if format == "usearch":
            from .export_index import index_of_items

            index, items, about = index_of_items(self._store, keys, encoder)
            return exporting.write_usearch(index, items, about, to, overwrite=overwrite)
        rows, files = self._exported_rows(keys), list(originals(self._store, keys))
        if format == "coco" and exporting.copies_pictures(files, copy=bool(copy)):
            require_elsewhere(self._store, exporting.folder_of_copies(to))
        if format in ("csv", "parquet"):
            _warn_of_no_files(files)
        match format:
            case "csv":
                return exporting.write_csv(rows.drop_columns(_ORIGIN), to, overwrite=overwrite)
            case "parquet":
                return exporting.write_parquet(rows.drop_columns(_ORIGIN), to, overwrite=overwrite)
            case "coco" | "yolo" | "voc":
                drawn = self._for_coco(rows, files, ids is None and self._only is None, classes)
                if format == "coco":
                    given.pop("classes", None)
                    return exporting.write_coco(drawn, to, overwrite=overwrite, **given)
                write = exporting.write_yolo if format == "yolo" else exporting.write_voc
                return write(drawn, to, overwrite=overwrite, **given)
            case "labelstudio":
                said = None if suggestions is None else _suggestions(suggestions)
                column = "label" if suggestions is None else suggestions.label_column
                return exporting.write_labelstudio(
                    rows, files, to, suggestions=said, column=column, overwrite=overwrite
                )
        given = {"by_split": True, **given}
        if format in ("huggingface", "webdataset"):
            given["classes"] = classes_by_column(self._store)
        write = {
            "folder": exporting.copy_images,
            "huggingface": exporting.save_huggingface,
            "webdataset": exporting.write_webdataset,
        }[format]
        return write(rows.drop_columns(_ORIGIN), files, to, overwrite=overwrite, **given)

    def to_torch(
        self,
        ids: Ids | None = None,
        split: str | None = None,
        transform: Callable[[Any], Any] | None = None,
    ) -> TorchImages:
        """The items as a ``torch.utils.data.Dataset`` of (picture, class).

        It can be sent to other processes: workers of a ``DataLoader``, spawned or forked, read the files by
        themselves and need no right to write the store. It holds the labels as they are now. Pictures of a Hugging
        Face data set that is in memory only are sent along.

        Parameters
        ----------
        ids : iterable of str, or an object with ``ids``, optional
            Which items of this view, in this order; all by default.
        split : str, optional
            Only those of this split.
        transform : callable, optional
            Of a picture, PIL and RGB, to what is trained on.

        Returns
        -------
        TorchImages
            With ``classes``, ``class_to_idx``, ``targets`` and ``ids``. The number of a class is that of the
            ``ClassLabel`` that it came with, or else its place among all classes of this view, sorted: parts of one
            view agree on it. Where items have several labels, the target is a
            float32 tensor with a 1 for each of them.

        Raises
        ------
        ValueError
            If no item has that split, or none has a picture.

        Warns
        -----
        UserWarning
            If items have no label. Their target is -100, which ``torch.nn.CrossEntropyLoss`` passes over; where items
            have several labels it is NaN. If items have no picture, or one that is gone: they are left out.

        Examples
        --------
        >>> train = ds.to_torch(split="train", transform=torchvision.transforms.v2.ToTensor())
        >>> loader = torch.utils.data.DataLoader(train, batch_size=32, shuffle=True, num_workers=4)
        """
        from .torch_images import torch_images

        keys = self._exported_keys(ids)
        return torch_images(self._store, keys, self.keys, split=split, transform=transform)

    def _exported_keys(self, ids: Ids | None) -> Keys:
        from ..findings.finding import Finding

        if ids is None:
            return self.keys
        return self.keys_of(ids.without_removed() if isinstance(ids, Finding) else ids)

    def _exported_rows(self, keys: Keys) -> pa.Table:
        """All that is known of the items, a row each."""
        items = self._store.items
        rows = items.rows_of_keys(keys)
        names = (*(known.name for known in PROPERTIES), *user_columns(self._store), *LOOKED_UP)
        columns = {name: self._column(items, rows, name) for name in names}
        origin = {name: items.table.column(name).take(pa.array(rows)) for name in _ORIGIN}
        return pa.table({**columns, **origin})

    def _for_coco(
        self, rows: pa.Table, files: list[Original], whole: bool, only: Sequence[str] | None = None
    ) -> CocoItems:
        """The items with what their annotation files say; where they are all items, with the images without any."""
        from ..export import CocoItems, EmptyImage
        from ..sources.coco_document import read_documents
        from ..sources.reader import boxes_on_pictures
        from .export_classes import classes_of_annotations

        documents = read_documents(self._store)
        empty = [
            EmptyImage(source, image, file)
            for source, document in (documents.items() if whole else ())
            for image, file in zip(document.says["images"], document.files, strict=True)
            if image["file_name"] in document.without
        ]
        classes = classes_of_annotations(self._store)
        return CocoItems(
            rows, files, user_columns(self._store), documents, empty, boxes_on_pictures(self._store), classes, only
        )


def _each_once(keys: Keys) -> Keys:
    """The keys in their order, without those that were there before: no id is in a file twice."""
    _, first = np.unique(keys, return_index=True)
    return keys[np.sort(first)]


def _warn_of_no_files(files: Sequence[Original]) -> None:
    """Say that a table cannot name pictures that are no files."""
    inside = sum(bool(file.place) and not file.is_file for file in files)
    if inside:
        warnings.warn(
            f"{inside:,} pictures are no files of their own, but rows of a data set: no path leads to them, so "
            "from_table cannot read them again. export('folder') and export('huggingface') take them along.",
            stacklevel=3,
        )


def _suggestions(finding: Finding) -> dict[str, Suggestion]:
    """The labels that a finding suggests, by id.

    Raises
    ------
    ValueError
        If it suggests none.
    """
    from ..export import Suggestion
    from ..findings.finding import Finding

    if not isinstance(finding, Finding) or "suggested_label" not in finding.columns:
        raise ValueError("suggestions= takes a finding that suggests labels, such as ds.label_issues().")
    labels = finding.columns["suggested_label"]
    scores = finding.columns.get("confidence", finding.scores)
    return {
        item_id: Suggestion([label] if isinstance(label, str) else list(label), float(score), finding.kind)
        for item_id, label, score in zip(finding.ids, labels, scores, strict=True)
        if label is not None
    }


def _check_options(format: str, given: dict[str, Any]) -> None:
    if format not in _OPTIONS:
        *names, last = (repr(name) for name in _OPTIONS)
        raise ValueError(f"format={format!r}: use {', '.join(names)} or {last}.")
    for name in given:
        if name not in _OPTIONS[format]:
            having = " and ".join(repr(kind) for kind, names in _OPTIONS.items() if name in names)
            raise ValueError(f"export({format!r}) has no {name}=: it is for {having}.")
