"""The ways to make a data set of annotated pictures: COCO, YOLO, Pascal VOC."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..store import Store
from .sourced_set import SourcedSet

if TYPE_CHECKING:
    from ..sources.annotated_pictures import AnnotatedPictures
    from ..sources.report import SourceReport
    from ..sources.window import WindowChoice, WindowSetting


class FromAnnotations(SourcedSet):
    """Items that come with boxes on pictures. Base class of :class:`Dataset`."""

    @classmethod
    def from_coco(
        cls,
        annotations: str | os.PathLike[str] | dict[str, Any] | Sequence[str | os.PathLike[str]],
        *,
        images: str | os.PathLike[str],
        objects: bool = True,
        split: str | None = None,
        trust_paths: bool = False,
        window: WindowChoice = None,
        store: str | os.PathLike[str],
    ) -> Self:
        """A data set of COCO annotations.

        An annotation that cannot be used costs itself: a warning counts them by kind, with an example. Boxes that were
        drawn on a picture before it was turned, by the size that the file tells, are turned with it; pictures of any
        other size than the file tells are warned of. All that the file says is kept for :meth:`export`: masks, ids,
        crowd flags, attributes, categories and images that nothing is on.

        Parameters
        ----------
        annotations : path, dict, or several paths
            The JSON file (UTF-8, 16 or 32; also as ``.json.gz``), or what is in it. Of several files a list, or a dict
            whose names are splits: ``{"train": "train.json", "val": "val.json"}``.
        images : path or URL
            Folder of the images.
        objects : bool
            True: each box is an item with its category as the label, embedded as it is cut out of its image; columns
            ``area``, ``crowd``, ``image``, and ``annotation``, all that the file says of it, as JSON. False: each image
            is an item; the columns ``objects``, ``boxes`` and ``annotations`` say what is on it, and its label is the
            category of its boxes, a list where they have several. :attr:`objects` and :attr:`images` give the other.
        split : str, optional
            The split of all that is in the file.
        trust_paths : bool
            Whether paths may lead out of ``images``: by ``../``, as absolute ones, by
            links. By default what does is not read, item by item, as the file may come from anybody.
        window : pair of numbers, pair of percentiles, "percentiles" or None
            See :meth:`from_folder`.
        store : path
            Folder of the store.

        Raises
        ------
        ValueError
            If the file holds no COCO annotations.
        """
        from ..sources.coco import add_coco_images, add_coco_objects
        from ..sources.coco_files import by_split
        from ..sources.window import WindowSetting

        add = add_coco_objects if objects else add_coco_images
        files = by_split(annotations, split)
        opened = Store.open(store, create=True)
        seen_through = WindowSetting(opened, window)
        reports = [add(opened, file, images, split=of, trust_paths=trust_paths) for of, file in files]
        return cls._taken_up(opened, *reports, window=seen_through)

    @classmethod
    def from_yolo(
        cls,
        data: str | os.PathLike[str],
        *,
        objects: bool = True,
        window: WindowChoice = None,
        store: str | os.PathLike[str],
    ) -> Self:
        """A data set of ultralytics (YOLO): boxes, outlines, oriented boxes or key points.

        What cannot be used costs itself, and is a row of :attr:`errors` with its file and line: a class that
        ``data.yaml`` does not name, a box without a size or outside of its picture, a label file that cannot be read or
        that no picture lies beside. Outlines and the corners of oriented boxes are kept as masks, boxes are their
        extents. A picture without a label file has nothing on it, which a warning counts. ``train``, ``val`` and
        ``test`` are the ``split``.

        Parameters
        ----------
        data : path
            ``data.yaml``, or the folder that it lies in.
        objects : bool
            Whether each object is an item, or each picture: see :meth:`from_coco`.
        window : pair of numbers, pair of percentiles, "percentiles" or None
            See :meth:`from_folder`.
        store : path
            Folder of the store.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it names no classes, or no pictures that are there.

        Examples
        --------
        >>> ds = nbc.Dataset.from_yolo("cars/data.yaml", store="cars.nbc")
        >>> ds.odd_boxes().to_pandas()
        """
        from ..sources.yolo import read_yolo_data

        opened, report, seen_through = _added(*read_yolo_data(data), objects, window, store)
        return cls._taken_up(opened, report, window=seen_through)

    @classmethod
    def from_voc(
        cls,
        annotations: str | os.PathLike[str],
        *,
        images: str | os.PathLike[str] | None = None,
        objects: bool = True,
        window: WindowChoice = None,
        store: str | os.PathLike[str],
    ) -> Self:
        """A data set in the form of Pascal VOC: an XML file a picture.

        ``ImageSets/Main/train.txt``, ``val.txt`` and ``test.txt`` beside the annotations give the ``split``; the
        columns ``difficult``, ``truncated``, ``occluded`` and ``pose`` what is said of each object. What cannot be used
        is a row of :attr:`errors`, as with :meth:`from_yolo`.

        Parameters
        ----------
        annotations : path
            The folder of the XML files, ``Annotations``, or the one that it lies in.
        images : path, optional
            The folder of the pictures: ``JPEGImages`` or ``images`` beside it by default.
        objects : bool
            Whether each object is an item, or each picture: see :meth:`from_coco`.
        window : pair of numbers, pair of percentiles, "percentiles" or None
            See :meth:`from_folder`.
        store : path
            Folder of the store.

        Raises
        ------
        FileNotFoundError
            If there is no such folder.
        ValueError
            If there is no XML file in it.

        Examples
        --------
        >>> nbc.Dataset.from_voc("VOC2012/Annotations/", images="JPEGImages", objects=False, store="voc.nbc")
        """
        from ..sources.voc import read_voc_data

        opened, report, seen_through = _added(*read_voc_data(annotations, images), objects, window, store)
        return cls._taken_up(opened, report, window=seen_through)


def _added(
    pictures: AnnotatedPictures, root: Path, objects: bool, window: WindowChoice, store: str | os.PathLike[str]
) -> tuple[Store, SourceReport, WindowSetting]:
    """Bring a store up to date with annotated pictures: the store, what that did, what they are seen through."""
    from ..sources.coco import add_coco_images, add_coco_objects
    from ..sources.window import WindowSetting

    add = add_coco_objects if objects else add_coco_images
    opened = Store.open(store, create=True)
    seen_through = WindowSetting(opened, window)
    return opened, add(opened, pictures, root), seen_through
