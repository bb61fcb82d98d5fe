"""Images to vectors: decoding, forward passes and commits, side by side."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image
from tqdm.auto import tqdm

from ..imaging import UnreachableFileError, UnreadableImageError, make_thumbnail
from ..store import Store
from ..store.embeddings import Embeddings
from .encoder import Encoder

#: Opens the image of an item's key; raises UnreadableImageError. The number is the shortest side that is needed, in px.
ReadImage = Callable[[int, int], Image.Image]

BATCH = 32  # images a call of the encoder
_COMMIT_ITEMS = 1_024
_COMMIT_SECONDS = 15.0  # an interrupted run loses at most one commit's worth
_DECODERS = 4
_DECODED_AHEAD = 4 * BATCH  # bounds the memory: so many decoded images exist at once

Failures = dict[int, UnreadableImageError]


@dataclass
class EmbedReport:
    """What :func:`embed` did.

    Attributes
    ----------
    embedded : int
        Distinct images that got a vector in this run.
    seconds : float
    unreadable : list of str
        Ids of the items that could not be read, or that the model gave no finite vector.
    """

    embedded: int = 0
    seconds: float = 0.0
    unreadable: list[str] = field(default_factory=list)


def embed(store: Store, encoder: Encoder, read: ReadImage) -> EmbedReport:
    """Give every item of ``store`` that has none yet a vector of ``encoder``; makes missing thumbnails on the way.

    Exact copies are read and embedded once. What was committed before an interruption is not done again. An item that
    cannot be read becomes ``unreadable`` and costs nothing else.
    """
    started = time.perf_counter()
    table = store.create_embeddings(encoder.name, encoder.key, encoder.width, encoder.recipe)
    contents, readable_as = store.items.distinct()
    todo = np.isin(contents, table.missing(contents))
    failures: Failures = {}
    writer = _Writer(store, table, set(store.media.missing(contents[todo]).tolist()))
    work = list(zip(contents[todo].tolist(), readable_as[todo].tolist(), strict=True))
    with tqdm(total=len(contents), initial=len(contents) - len(work), desc=encoder.name, unit="img") as bar:
        try:
            for batch in _decoded_batches(work, read, encoder.image_size, failures):
                writer.add(batch, encoder.encode_images([image for _, image in batch]), failures)
                bar.set_postfix({"failed": len(failures)} if failures else {}, refresh=False)
                bar.update(len(batch))
        finally:  # an interrupt, too, keeps what is finished
            writer.commit()
        bar.update(bar.total - bar.n)
    unreadable = _mark_unreadable(store, failures) if failures else []
    return EmbedReport(writer.written, time.perf_counter() - started, unreadable)


def _mark_unreadable(store: Store, failures: Failures) -> list[str]:
    """Set the status of the items with these contents; their ids."""
    items = store.items
    rows = np.flatnonzero(items.shown & np.isin(items.contents, list(failures)))
    errors = [failures[content] for content in items.contents[rows].tolist()]
    hashes = items.table.column("content_hash").take(pa.array(rows)).to_pylist()
    # Without a hash a file counts as never read: the next look at the folder tries it again.
    hashes = ["" if isinstance(e, UnreachableFileError) else h for e, h in zip(errors, hashes, strict=True)]
    store.update_items(
        pa.table(
            {
                "key": items.keys[rows],
                "status": pa.array(["unreadable"] * len(rows), pa.string()),
                "error": pa.array([str(error) for error in errors], pa.string()),
                "content_hash": pa.array(hashes, pa.string()),
            }
        )
    )
    return items.ids.take(pa.array(rows)).to_pylist()


class _Writer:
    """Collects finished vectors and thumbnails and commits them now and then."""

    def __init__(self, store: Store, table: Embeddings, wants_thumbnail: set[int]) -> None:
        self.written = 0
        self._store, self._table, self._wants_thumbnail = store, table, wants_thumbnail
        self._keys: list[int] = []
        self._vectors: list[NDArray[np.float32]] = []
        self._last_commit = time.monotonic()

    def add(self, batch: Sequence[tuple[int, Image.Image]], vectors: NDArray[np.float32], failures: Failures) -> None:
        for (key, image), vector in zip(batch, vectors, strict=True):
            if not np.isfinite(vector).all() or not vector.any():
                failures[key] = UnreadableImageError("the model gave no finite vector for it")
                continue
            self._keys.append(key)
            self._vectors.append(vector)
            if key in self._wants_thumbnail:
                self._store.media.put({key: make_thumbnail(image)})
        if len(self._keys) >= _COMMIT_ITEMS or time.monotonic() - self._last_commit > _COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        if self._keys:
            self._table.append(np.asarray(self._keys, np.uint64), np.stack(self._vectors))
            self.written += len(self._keys)
            self._keys, self._vectors = [], []
        self._store.media.flush()
        self._last_commit = time.monotonic()


def _decoded_batches(
    work: Sequence[tuple[int, int]], read: ReadImage, image_size: int, failures: Failures
) -> Iterator[list[tuple[int, Image.Image]]]:
    """Batches of contents and their images, in the order of ``work`` (content, key of the item to read).

    Threads decode ahead, a bounded number at a time.
    """
    waiting: deque[tuple[int, Future[Image.Image]]] = deque()
    upcoming = iter(work)
    batch: list[tuple[int, Image.Image]] = []
    pool = ThreadPoolExecutor(_DECODERS, thread_name_prefix="nbcurate-decode")
    try:
        while True:
            while len(waiting) < _DECODED_AHEAD and (item := next(upcoming, None)) is not None:
                waiting.append((item[0], pool.submit(read, item[1], image_size)))
            if not waiting:
                break
            key, future = waiting.popleft()
            try:
                batch.append((key, future.result()))
            except UnreadableImageError as error:
                failures[key] = error
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
