"""Edits as data: taking items out, and what was decided as a file that is replayed on a copy of the data set."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from ..collection.vector_set import VectorSet
from ..store.edits import Change
from ..store.ids import Ids, as_ids
from ..store.items import UnknownItemError

if TYPE_CHECKING:
    from ..collection.edit_report import EditReport
    from ..findings.apply_curation import ReplayReport
    from ..findings.finding import Finding
    from ..findings.recipe import Recipe
    from ..sources.annotations import AnnotationFile


class EditSet(VectorSet):
    """Items whose edits can be saved, replayed and taken from files. Base class of :class:`Dataset`."""

    def remove(self, ids: Ids) -> None:
        """Take items out of the data set; :meth:`restore` and :meth:`undo_edit` bring them back. Files are left alone.

        Parameters
        ----------
        ids : ids
            A list, array or Series of ids, or anything that has ``ids``.

        Raises
        ------
        UnknownItemError, ValueError
            If an id is not in the data set, or not in this view; then nothing is removed.
        """
        with self._store.editing():
            keys = self._each_once(ids)
            if not len(keys):
                return
            items = self._store.items
            old = items.table.column("status").take(pa.array(items.rows_of_keys(keys))).to_pylist()
            self._store.edit([Change("status", keys, old, ["removed"] * len(keys))])

    def restore(self, ids: Ids) -> None:
        """Bring items back that :meth:`remove` has taken out. Those that are in the data set stay as they are.

        Parameters
        ----------
        ids : ids
            A list, array or Series of ids, or anything that has ``ids``.

        Raises
        ------
        UnknownItemError
            If an id is neither in the data set nor was taken out; then nothing is brought back.
        """
        with self._store.editing():
            items = self._store.items
            rows = np.flatnonzero(items.has_status("removed"))
            removed = dict(zip(items.ids.take(pa.array(rows)).to_pylist(), items.keys[rows].tolist(), strict=True))
            wanted = [item_id for item_id in dict.fromkeys(as_ids(ids)) if item_id not in items]
            unknown = [item_id for item_id in wanted if item_id not in removed]
            if unknown:
                raise UnknownItemError(f"{unknown[0]!r} is not in the data set, and was not removed from it.")
            keys = np.array([removed[item_id] for item_id in wanted], np.uint64)
            if not len(keys):
                return
            self._store.edit([Change("status", keys, ["removed"] * len(keys), ["ok"] * len(keys))])

    # -- recipes -------------------------------------------------------------------------------------------------

    def save_recipe(
        self, path: str | os.PathLike[str], *, picks: Finding | Sequence[Finding] = (), overwrite: bool = False
    ) -> Path:
        """Save what was decided about the data set as a file, to be replayed on a copy of it: see :meth:`replay`.

        That is: the conditions that made this view; labels, tags, splits and columns that were changed by
        :meth:`relabel`, :meth:`tag` and :meth:`split`; columns of yours that the conditions name, with their values;
        what was removed; the selection and the slices. All but the first are those of the whole data set. Items are
        named by id and by the hash of their content, so that they are found where the copy lies in another folder, or
        under other names. It holds no picture, no vector and no code.

        Parameters
        ----------
        path : path
            The JSON file.
        picks : Finding or sequence of Finding, optional
            What is to be handed on beside, without being selected.
        overwrite : bool
            Write over a file that is there.

        Raises
        ------
        FileExistsError
            If ``path`` is there and ``overwrite`` is false; if it is a picture, a device, or a part of a store.

        Warns
        -----
        UserWarning
            If there are columns of :meth:`add_column` that no condition names: they are not in the file.

        Examples
        --------
        >>> picks = ds.where("label != 'blurry'").balanced(1000)
        >>> picks.select()
        >>> ds.save_recipe("curation.json", picks=picks)
        >>> other = nbc.Dataset.from_folder("copy/", store="copy.nbc")
        >>> other.replay("curation.json")
        """
        from ..findings.curation_columns import columns_left_out
        from ..findings.curation_file import write_curation
        from ..findings.curation_state import curation_of
        from ..findings.finding import Finding

        wanted = [picks] if isinstance(picks, Finding) else list(picks)
        curation = curation_of(self, wanted)
        written = write_curation(curation, path, overwrite=overwrite)
        if left_out := columns_left_out(self._store, curation):
            warnings.warn(
                f"{Path(path).name} does not hold the columns {', '.join(map(repr, left_out))}: it has those that the "
                "conditions of the view name. ds.export hands all of them on, and ds.add_column takes them.",
                stacklevel=2,
            )
        return written

    def replay(self, recipe: Recipe | str | os.PathLike[str], *, overwrite: bool = False) -> Any:
        """Make a finding again from its recipe, or do what a file of :meth:`save_recipe` says.

        Parameters
        ----------
        recipe : dict or path
            ``finding.recipe``, from this or another kernel: that of a function that makes findings, of a part of a
            finding (:meth:`~nbcurate.findings.Finding.head`), or of findings combined by ``|``, ``&`` and ``-``; one
            that was found in a view makes that view first. Or a file: what was removed, relabelled, tagged and split
            there is so here, too, and the selection and slices are those of the file. An item is the one of that id
            where its content agrees, else the one of that content.
        overwrite : bool
            Of a file: take its values also where this data set has other ones than the other had.

        Returns
        -------
        Finding or ReplayReport
            The finding. Or the report of a file: how many items were ``changed``, ``removed`` and ``unchanged``, what
            was ``not_found``, the ``conflicts``, ``picks``, and the ``view`` that the file's conditions make here. Done
            a second time, it changes nothing. One :meth:`undo_edit` takes labels, tags, splits and removals back, and
            ``ds.selection.undo()`` the selection.

        Raises
        ------
        ValueError
            If it is no recipe, or names something else than that; nothing else is ever run, and what a file holds is
            checked before any of it is done.

        Warns
        -----
        UserWarning
            If the data set has other items than those that the recipe was made on, or something of a file did not go.
        """
        from ..findings.apply_curation import apply_curation
        from ..findings.curation_file import as_curation, read_json
        from ..findings.replay import replay

        content = recipe if isinstance(recipe, dict) else read_json(recipe)
        if isinstance(content, dict) and "format" not in content:
            return replay(self, content)
        name = "the curation" if isinstance(recipe, dict) else Path(recipe).name
        report: ReplayReport = apply_curation(self, as_curation(content), name, overwrite=overwrite)
        report.warn(stacklevel=2)
        return report

    # -- corrections ---------------------------------------------------------------------------------------------

    def merge_annotations(self, corrections: Any) -> EditReport:
        """Take corrected annotations back: from a COCO file, a data set of ultralytics, or a table of labels.

        What the file speaks of becomes as it says, and nothing else changes; nothing outside of this view does. Boxes
        are known by annotation id or by their place and class: their category and place are taken, new ones become
        items, and those that an image of the file has no more are removed, but for those that were not handed out with
        it. Images that the file does not name stay as they are, as does what has a box that cannot be used; what was
        removed here stays out. A box that moved is a new item under the old id, with its tags and columns. Where items
        are whole images, their columns ``objects`` and ``boxes`` are corrected; of one without these, a box that covers
        it is its label. Boxes that were drawn on the picture in another size, or before it is turned as its file says,
        are brought onto it.

        Parameters
        ----------
        corrections : path, dict or table
            COCO, also as Roboflow writes it: a JSON file, a ZIP archive or folder of such, or what was read of one.
            YOLO: ``data.yaml``, or the folder that it or Label Studio's ``classes.txt`` lies in. Or a table (CSV,
            Parquet, pandas, polars or Arrow) with a column ``id`` or ``path`` and one or more of ``label``, ``split``
            and ``tags``; an empty cell says nothing.

        Returns
        -------
        EditReport
            How many items were ``changed``, ``added``, ``removed`` and ``unchanged``; what was ``not_found``, and
            ``conflicts``. One :meth:`undo_edit` takes all of it back, and :attr:`history` has it.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is none of these.

        Warns
        -----
        UserWarning
            If something of the file could not be taken; the report has all of it.

        Examples
        --------
        >>> ds.export("coco", to="for_review.json")
        >>> ds.merge_annotations("reviewed.json")
        reviewed.json: 1 changed, 0 added, 0 removed, 25 unchanged, 0 not found, 0 conflicts
        """
        return self._merged(_read_corrections(corrections))

    def import_labels(
        self, format: Literal["labelstudio", "cvat"], path: str | os.PathLike[str], *, control: str | None = None
    ) -> EditReport:
        """Take what people have answered in an annotation tool: labels of images, and boxes.

        As :meth:`merge_annotations` takes them. Tasks are known by the id that :meth:`export` gave them, else by the
        name of their image. An image that nobody has answered for stays as it is, as does one on whose label people
        differ, or that was relabelled here since it was handed out.

        Parameters
        ----------
        format : {"labelstudio", "cvat"}
            ``"labelstudio"``: an export as JSON or JSON-MIN: choices, single or multiple, boxes, and polygons by their
            extent. ``"cvat"``: an export as "CVAT for images 1.1", the XML file or the ZIP archive with it: tags,
            boxes, and polygons and masks by their extent.
        path : path
        control : str, optional
            Of Label Studio: the name of the control that is meant, where there are several.

        Returns
        -------
        EditReport

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the format is none of these, or the file is not of it.

        Examples
        --------
        >>> issues = ds.label_issues()
        >>> ds.export("labelstudio", ids=issues.ids[:100], suggestions=issues, to="tasks.json")
        >>> ds.import_labels("labelstudio", "project-1.json")
        """
        from ..sources.annotations import read_cvat, read_labelstudio

        match format:
            case "labelstudio":
                return self._merged(read_labelstudio(path, control=control))
            case "cvat":
                if control is not None:
                    raise ValueError("control= is for Label Studio: a CVAT task has one set of labels.")
                return self._merged(read_cvat(path))
        raise ValueError(f"format={format!r}: use 'labelstudio' or 'cvat'; COCO and tables are ds.merge_annotations.")

    def _merged(self, file: AnnotationFile) -> EditReport:
        from ..collection.annotation_merge import merge_annotations

        report = merge_annotations(self, file)
        report.warn(stacklevel=3)
        return report


def _read_corrections(given: Any) -> AnnotationFile:
    """A file of corrections, by its ending, or by what was given."""
    from ..sources.annotations import ROBOFLOW_FILE, read_annotation_table, read_coco_annotations, read_yolo

    is_path = isinstance(given, str | os.PathLike)
    if isinstance(given, dict) or (is_path and Path(given).suffix.lower() in (".json", ".zip", ".gz")):
        return read_coco_annotations(given)
    if is_path and (folder := Path(given).expanduser()).is_dir():
        of_roboflow = next(folder.rglob(ROBOFLOW_FILE), None)
        return read_yolo(given) if of_roboflow is None else read_coco_annotations(given)
    if is_path and Path(given).suffix.lower() in (".yaml", ".yml"):
        return read_yolo(given)
    if is_path and Path(given).suffix.lower() == ".xml":
        raise ValueError(f"{given} is XML: to take annotations of CVAT, write ds.import_labels('cvat', path).")
    return read_annotation_table(given)
