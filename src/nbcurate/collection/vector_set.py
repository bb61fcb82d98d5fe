"""The vectors of a data set's items, and what they answer: search, neighbours."""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Literal, Self, get_args

import numpy as np

from ..encoders import Encoder, EncoderLike, load_encoder
from ..encoders.network.execution import Backend, Execution, Precision
from ..store.embeddings import Embeddings
from ..store.items import Keys
from .missing_vectors import require_vectors, warn_of_unreadable
from .search_set import CELLS_ALONE, SearchSet

if TYPE_CHECKING:
    from ..encoders.framed_encoder import Framing
    from ..encoders.running.pipeline import EmbedReport
    from ..search import KnnGraph

#: The encoder that is used when none is named: real weights that need no model hub.
DEFAULT_ENCODER = "efficientnet-lite0"

IndexChoice = Literal["usearch", "cells", "later"]
#: Beyond, an object is a speck in its frame.
_MOST_CONTEXT = 5


class VectorSet(SearchSet):
    """Items with vectors of one or more encoders. Base class of :class:`Dataset`."""

    def embed(
        self,
        encoder: EncoderLike = DEFAULT_ENCODER,
        *,
        pooling: str | None = None,
        device: str = "auto",
        backend: Backend = "auto",
        precision: Precision = "auto",
        compile: bool = False,
        batch_size: int | None = None,
        index: IndexChoice | None = None,
        keypoints: bool = False,
        context: float = 0.0,
        mask: Literal["grey"] | None = None,
    ) -> Self:
        """Give every item a vector, and measure its picture on the way.

        Works only on items that have none from this very encoder, so it goes on where an interrupted run stopped. Its
        vectors become those that are used where none are named when they are complete; until then they are used by
        name. Items that turn out to be unreadable move to :attr:`errors`. Items without a picture, whose vectors were
        given, stay as they are.

        Parameters
        ----------
        encoder : str, path, Encoder or function
            An alias (:func:`nbcurate.encoders` lists them), a Hugging Face hub id, a local checkpoint folder, an
            :class:`nbcurate.Encoder`, or a function from PIL images to an array ``[n, d]``. For an adapter
            (:func:`nbcurate.fit_adapter`) the vectors that are there of its base are projected, and no picture read.
        pooling : {"class_token", "patch_mean", "spatial_mean"}, optional
            Another pooling than the model's own; its vectors are a set of their own, ``"dinov2-small:patch_mean"``.
        device, backend, precision, compile, batch_size : str, str, str, bool, int
            How the model runs, see :func:`nbcurate.load_encoder`. None of it is needed: the defaults are measured.
        index : {"usearch", "cells", "later"}, optional
            What more vectors than 100 MB are searched through. ``"usearch"``, as long as nothing else was said: the
            best there is, built in the background from when this returns, at low priority, and not while a cell
            computes. ``"cells"``: what is built in a tenth of the time and takes several times as long to answer; kept
            for these vectors. ``"later"``: nothing is built before search is first used.
        keypoints : bool
            Find on the way, too, what :meth:`Dataset.duplicates` compares pictures by, beside the model: 3 to 4 ms of a
            core a picture, and 17 kB on disk. Without it that is done when copies are first asked for.
        context : float
            Of objects on images: show the model what lies around, too, this share of the box's width and height on each
            side. Its vectors are a set of their own, ``"dinov2-small:context 0.2"``.
        mask : "grey", optional
            Of objects: cover what lies outside of their mask with grey, or outside of their box where they have none.

        Returns
        -------
        Self
            So that it can be chained.

        Raises
        ------
        EncoderError
            If the model cannot be loaded, or fails on most images; the message says what to do.
        PermissionError
            If the store can only be read.
        ValueError
            If no item has a picture, or a frame is asked for that makes no sense here.
        """
        framing = self._framing(context, mask)
        if index is not None and index not in get_args(IndexChoice):
            raise ValueError(f"index={index!r}: use 'usearch', 'cells' or 'later'.")
        self._store.require_writable()
        contents, pictureless = self._contents_to_embed(encoder)
        Execution(device, backend, precision, compile, batch_size)  # what makes no sense is told in any case
        embeddings = self._complete(encoder, pooling, contents) if framing is None else None
        if embeddings is None:
            model = load_encoder(
                encoder,
                pooling=pooling,
                device=device,
                backend=backend,
                precision=precision,
                compile=compile,
                batch_size=batch_size,
            )
            if framing is not None:
                from ..encoders.framed_encoder import framed

                self.measure()  # thumbnails and properties are those of the boxes as they are
                model = framed(model, framing)
            report = self._embed(model, contents, keypoints=keypoints)
            embeddings = report.embeddings
            warn_of_unreadable(self._store, report.unreadable)
        self._store.make_newest(embeddings)  # not before: what is interrupted or fails takes nobody's place
        if pictureless:
            warnings.warn(
                f"{pictureless:,} items have no picture, and so no vector of {embeddings.name!r}: "
                "ds.where('path is not null') is the others.",
                stacklevel=2,
            )
        self._store.announce()
        if keypoints:
            self._find_keypoints()
        self._prepare_index(embeddings, index)
        return self

    def _framing(self, context: float, mask: str | None) -> Framing | None:
        """The frame that objects are shown in; None for their boxes."""
        from ..encoders.framed_encoder import Framing

        if not 0 <= context <= _MOST_CONTEXT:
            raise ValueError(f"context={context!r}: give a share of the box's sides from 0 to {_MOST_CONTEXT}.")
        if mask not in (None, "grey"):
            raise ValueError(f"mask={mask!r}: use 'grey' or None.")
        if not context and mask is None:
            return None
        if not self._store.items.are_boxes.any():
            raise ValueError("context= and mask= are for objects on images: ds.objects.embed(..., context=0.2).")
        return Framing(float(context), "grey" if mask else None)

    def _complete(self, encoder: EncoderLike, pooling: str | None, contents: Keys) -> Embeddings | None:
        """The vectors of an encoder, if all of these contents have one: then no model need be loaded to know that."""
        from ..encoders.made_before import is_made_by

        for there in self._store.embeddings():
            about = {"name": there.name, "recipe": there.recipe}
            if is_made_by(encoder, pooling, key=there.encoder_key, **about):
                checked = self._store.create_embeddings(encoder_key=there.encoder_key, width=there.width, **about)
                return None if len(checked.missing(contents)) else checked
        return None

    def _embed(self, model: Encoder, contents: Keys | None, *, keypoints: bool = False) -> EmbedReport:
        """Make the vectors of one model that are missing, for these contents or all; and keypoints in the same pass."""
        from ..encoders.framed_encoder import FramedEncoder
        from ..encoders.running.pipeline import embed
        from ..imaging import measure_image
        from ..sources.framed_objects import framed_files
        from ..sources.picture_files import picture_files
        from .projected_vectors import base_vectors, project_stored

        self._encoders[model.key] = model
        read = partial(picture_files, self._store)
        if isinstance(model, FramedEncoder):
            read = partial(framed_files, self._store, model.framing.context, model.framing.mask is not None)
        if (base := base_vectors(self._store, model)) is not None:
            project_stored(self._store, model, base, self._distinct()[0] if contents is None else contents)
        pass_over = partial(embed, self._store, model, read, measure=measure_image, only=contents)
        if not keypoints:
            return pass_over()
        from .keypoint_table import KeypointTable

        with KeypointTable.of(self._store).found_on_the_way() as find:
            return pass_over(show=find)

    def _find_keypoints(self) -> None:
        """Find the keypoints of pictures that had a thumbnail, or a vector, before the pass."""
        from .compared_pictures import ComparedPictures
        from .keypoint_table import KeypointTable

        KeypointTable.of(self._store).make(self._contents_to_embed()[0], ComparedPictures(self._store))

    def knn_graph(self, k: int = 15, *, encoder: str | None = None, device: str = "cpu") -> KnnGraph:
        """The ``k`` nearest items of every item, in the order of :attr:`ids`.

        Made once per embeddings and kept in the store. Up to 20,000 distinct images every pair is compared; above, so
        many cells of similar images that 99 % of the true neighbours are found. Needs under 1 GB beside the vectors.

        Parameters
        ----------
        encoder : str, optional
            Which embeddings; those made last by default.
        device : str
            Where torch multiplies: ``"cpu"`` or ``"cuda"``.
        k : int
            How many neighbours an item has.

        Raises
        ------
        ValueError
            If nothing was embedded, or items were added since.
        """
        from ..search import item_graph, open_content_graph

        embeddings, search = self.searcher(encoder)
        items, rows = self._rows()
        contents, graph = open_content_graph(embeddings, k, device=device, writable=not self._store.read_only)
        require_vectors(np.isin(items.contents[rows], contents), embeddings)
        return item_graph(items, rows, contents, graph, k, search)

    def _prepare_index(self, embeddings: Embeddings, index: IndexChoice | None) -> None:
        """Keep what was chosen for these vectors, and begin to build what they are searched through."""
        from ..search import is_compared_whole

        name = embeddings.origin["embeddings"]
        alone: list[str] = self._store.setting(CELLS_ALONE) or []
        if index in ("usearch", "cells") and (index == "cells") != (name in alone):
            others = [one for one in alone if one != name]
            self._store.keep_setting(CELLS_ALONE, [*others, name] if index == "cells" else others)
        if index != "later" and not is_compared_whole(embeddings):
            self._index_of(embeddings, bar=True)

    def _contents_to_embed(self, encoder: object = None) -> tuple[Keys, int]:
        """The distinct contents that an encoder can make a vector of, and of how many items it cannot.

        Those are pictures; of a projection also what has a vector of its base.
        """
        from .projected_vectors import base_vectors

        items, rows = self._rows()
        able = items.table.column("path").is_valid().to_numpy(zero_copy_only=False)[rows]
        base = base_vectors(self._store, encoder)
        if base is not None:
            able = able | ~np.isin(items.contents[rows], base.missing(np.unique(items.contents[rows])))
        if len(rows) and not able.any():
            raise ValueError(
                "No item has a picture, so there is nothing to embed: from_embeddings(..., images=paths) takes them. "
                "The vectors that were given are there as they are."
            )
        return np.unique(items.contents[rows[able]]), int((~able).sum())
