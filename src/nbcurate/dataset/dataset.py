"""Dataset: what a user holds. It joins the rooms of the house and computes nothing itself."""

from __future__ import annotations

import os
from types import FunctionType

import pyarrow as pa

from ..collection.slices import Slice, Slices
from ..store import Store
from ..store.companion import has_companion
from ..store.ids import Ids, as_ids
from ..store.marks import Marks
from .audit_set import AuditSet
from .cluster_set import ClusterSet
from .container import Container
from .curate_set import CurateSet
from .edit_set import EditSet
from .encoder_set import EncoderSet
from .export_set import ExportSet
from .from_annotations import FromAnnotations
from .from_sources import FromSources
from .object_set import ObjectSet
from .pick_set import PickSet
from .prediction_set import PredictionSet
from .report_set import ReportSet


class Dataset(
    Container,
    FromSources,
    FromAnnotations,
    EncoderSet,
    CurateSet,
    AuditSet,
    ClusterSet,
    PickSet,
    ReportSet,
    ObjectSet,
    PredictionSet,
    EditSet,
    ExportSet,
):
    """A set of images on disk with labels, vectors and one selection.

    Made by :meth:`open`, or from a source: :meth:`from_folder`, :meth:`from_table`, :meth:`from_coco`,
    :meth:`from_huggingface`, :meth:`from_embeddings`. Items are named by their ``id``: every method that takes or
    returns items speaks of ids.

    Examples
    --------
    >>> import nbcurate as nbc
    >>> ds = nbc.Dataset.from_folder("photos/", store="photos.nbc")
    >>> ds.embed("efficientnet-lite0")
    >>> ds.search(ds.ids[0], k=5).to_pandas()
    >>> nbc.SimilarityGrid(ds)
    """

    _page_at = "dataset.dataset_page.dataset_page"

    # -- opening -------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, store: str | os.PathLike[str], *, read_only: bool = False) -> Dataset:
        """The data set in an existing store.

        Parameters
        ----------
        store : path
            The store's folder.
        read_only : bool
            Open it beside a process that writes it; :meth:`refresh` shows what that one has added.

        Raises
        ------
        FileNotFoundError
            If there is no store.
        StoreLockedError
            If ``read_only`` is false and another process has it open for writing; the message names it.
        """
        opened = Store.open(store, read_only=read_only)
        if has_companion(opened):
            from ..collection.companion import keep_in_step

            keep_in_step(opened)
        return cls(opened)

    def close(self) -> None:
        """Write what waits and let another process write the store. This one can only read it from then on."""
        self._store.close()

    def refresh(self) -> None:
        """See what another process has added to the store."""
        self._store.refresh()

    # -- slices --------------------------------------------------------------------------------------------------

    @property
    def slices(self) -> Slices:
        """The saved selections by name."""
        return Slices(self)

    def save_slice(self, name: str, ids: Ids | None = None) -> Slice:
        """Save the selection, what is rejected included, or these ids under a name; one of that name is replaced.

        ``ds.slices[name]`` gives it back, ``del ds.slices[name]`` forgets it.

        Parameters
        ----------
        name : str
        ids : ids, optional
            What is kept; by default the selection, with what is rejected in it.

        Raises
        ------
        ValueError
            If the name is empty.
        """
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"A slice's name is a text that is not empty, got {name!r}.")
        marks = (
            self._selection.marks if ids is None else Marks(self._store.items.keys_of_ids(dict.fromkeys(as_ids(ids))))
        )
        self._store.save_slice(name, marks.kept, marks.rejected)
        self._store.announce()
        return self.slices[name]

    def __repr__(self) -> str:
        labels = self.column("label")
        names = (labels.flatten() if pa.types.is_list(labels.type) else labels).unique().drop_null()
        parts = [f"{len(self):,} items", f"{len(names)} labels" if len(names) else "no labels"]
        parts += [f"embedded with {e.name}" for e in self._store.embeddings()]
        bad = int(self._store.items.has_status("unreadable").sum())
        parts += [f"{bad} unreadable"] if bad else []
        return f"Dataset({str(self._store.path)!r}: {', '.join(parts)})"


def _name_methods_after(kind: type) -> None:
    """Let errors name methods as people call them: ``Dataset.diverse()``, whichever file it is in."""
    for part in kind.__mro__:
        if part.__module__.startswith("nbcurate."):
            for name, member in vars(part).items():
                function = member.__func__ if isinstance(member, classmethod) else member
                if isinstance(function, FunctionType):
                    function.__qualname__ = f"{kind.__name__}.{name}"


_name_methods_after(Dataset)
