"""What is looked for on images: tiles, odd boxes, boxes that look wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from .companion_set import CompanionSet

if TYPE_CHECKING:
    from ..findings.box_issues import BoxIssues
    from ..findings.finding import Finding


class ObjectSet(CompanionSet):
    """What is on images. Base class of :class:`Dataset`."""

    def tiles(self, size: int = 1024, *, overlap: float = 0.2) -> Self:
        """These images cut into tiles: a data set of its own, in which each tile is an item.

        Nothing is written but where the tiles lie: a tile is cut out of its picture when it is looked at or embedded.
        Each has the ``image`` that it is of, its ``box``, and the label and split of the image; a picture that is no
        larger is one tile. Asked for again, the tiles of images that came since are added.

        Parameters
        ----------
        size : int
            Side of a tile, px.
        overlap : float
            Share by which neighbours overlap at least, below 1: they are spread evenly.

        Raises
        ------
        ValueError
            If a number makes no sense, or these are objects.

        Examples
        --------
        >>> tiles = ds.tiles(1024, overlap=0.2).embed()
        >>> tiles.search(tiles.ids[0]).ids
        >>> tiles.rare(n=50).to_pandas()
        """
        from ..arguments import require_count
        from ..collection.companion import is_of_objects, tiles_store

        size = require_count("size", size)
        if not 0 <= overlap < 1:
            raise ValueError(f"overlap={overlap!r}: give a share from 0 to below 1.")
        if is_of_objects(self._store):
            raise ValueError("These items are objects on images: ds.images.tiles(...) cuts the images into tiles.")
        tiles = type(self)(tiles_store(self._store, self.keys, size, overlap))
        of_these = np.isin(tiles.column("image").to_pylist(), self.ids)  # not those of others, or of removed ones
        return tiles if of_these.all() else tiles.where(of_these)

    def odd_boxes(
        self,
        *,
        label: str = "label",
        tiny: float = 4.0,
        huge: float = 0.98,
        narrow: float = 15.0,
        overlap: float = 0.9,
    ) -> Finding:
        """Boxes that are probably no right ones, by their place and size alone.

        ``kind`` is ``"double"`` (the later of two of one class in one place), ``"outside"`` (a part lies out of the
        picture), ``"tiny"``, ``"huge"`` or ``"narrow"`` (by itself, or far from what is usual in its class), or
        ``"two classes"`` (in the place of a box of another class). Boxes that cannot be read at all (without a size,
        wholly outside) are in :attr:`errors`.

        Parameters
        ----------
        label : str
            Column of the classes.
        tiny : float
            Shorter side, px, below which a box is tiny in any case.
        huge : float
            Share of the picture from which a box is huge, where its class usually is not.
        narrow : float
            How many times as long as wide a box is to be called narrow in any case.
        overlap : float
            Intersection over union from which two boxes are in one place.

        Returns
        -------
        Finding
            Of objects, doubles first; with ``kind``, ``image``, ``other`` (the box that is repeated), ``overlap`` and
            ``outside``.

        Examples
        --------
        >>> odd = ds.odd_boxes()
        >>> ds.objects.remove(odd.to_pandas().query("kind == 'double'")["id"])
        """
        from ..findings.odd_boxes import find_odd_boxes_of

        objects = self.objects
        try:
            images = objects._whole_images()
        except PermissionError:  # read-only, and never asked for: how large they are is not known
            images = None
        return find_odd_boxes_of(
            self, objects, images, label=label, tiny=tiny, huge=huge, narrow=narrow, overlap=overlap
        )

    def box_issues(
        self, predictions: str | None = None, *, label: str = "label", encoder: str | None = None, seed: int = 0
    ) -> BoxIssues:
        """Labelled boxes that are likely wrong by what a model sees, most suspicious first; and where one is missing.

        ``kind`` is ``"wrong class"``, ``"shifted"`` (the box is not where the object is) or ``"double"`` (it repeats
        another). The classes are judged by the crops, too, where :attr:`objects` have vectors, as
        :meth:`label_issues` does. Best are predictions of a model that has not learnt from the labels that are judged.

        Parameters
        ----------
        predictions : str, optional
            Name of boxes that were added by :meth:`add_predictions`. Without any, only doubles are found, and, where
            there are vectors, wrong classes.
        label : str
            Column of the classes.
        encoder : str, optional
            Which embeddings of the objects; those made last by default.
        seed : int
            Of the folds in which classes are judged.

        Returns
        -------
        BoxIssues
            Of all objects, with a probability for each kind; ``flagged`` are those above a half. ``missing`` is a table
            of the places where an object is without a label.

        Raises
        ------
        KeyError
            If there are no predictions of that name.
        ValueError
            If they are classes of whole items, or not all objects have a vector of that encoder.

        Examples
        --------
        >>> issues = ds.add_predictions("yolo8", "predictions.json").box_issues("yolo8")
        >>> issues.to_pandas()[["id", "kind", "score", "reason"]].head(20)
        >>> issues.missing.query("score > 0.5")[["image", "label", "reason"]]
        """
        from ..collection.predictions import PredictionSets
        from ..findings.box_issues import find_box_issues_of

        images = self.images
        given = None if predictions is None else PredictionSets(self._whole_images())[predictions]
        return find_box_issues_of(
            self, self.objects, images.objects, images, given, label=label, encoder=encoder, seed=seed
        )
