"""Images to vectors: decoding, forward passes and commits, side by side.

The way of an image: a decoding thread reads its file, once for all boxes on it, and makes all that is wanted of it: the
model's inputs, the thumbnail, the measured properties. Then the pixels are dropped. The inputs go to a forward pass in
batches, the vectors to the store in chunks.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image
from tqdm.auto import tqdm

from ...imaging import UnreachableFileError, UnreadableImageError, make_thumbnail, reduce_image
from ...imaging.memory import decoding
from ...store import Store
from ...store.embeddings import Embeddings
from ...waiting import result_of
from ..encoder import Encoder, StagedEncoder
from ..errors import EncoderError
from ..network.device import forward_threads
from .prefetch import Prefetch
from .vector_writer import VectorWriter


class PictureFile(Protocol):
    """A file, and the items that are it or boxes on it."""

    @property
    def rows(self) -> NDArray[np.intp]:
        """Places of these items in the keys that were asked for."""
        ...

    def pictures(self, at_least: int | None = None) -> Iterator[Image.Image]:
        """The picture of each, its shortest side of so many px at least; raises UnreadableImageError."""
        ...


#: The files of items, given by their keys.
ReadFiles = Callable[[NDArray[np.uint64]], Iterable[PictureFile]]

#: Measures an upright RGB image: property to value.
MeasureImage = Callable[[Image.Image], Mapping[str, Any]]

#: Is shown the content and the thumbnail (JPEG) of each image that one is made of, on the threads that decode.
ShowThumbnail = Callable[[int, bytes], None]

BATCH = 32  # images a call of an encoder that makes its own batches
_MAX_DECODERS = 16
_BATCH_MEMORY = 64 << 20  # bytes of such images, above which a call takes no further one

Failures = dict[int, UnreadableImageError]

#: From so many images on, an encoder that fails on most of them is stopped.
_TRUSTED_AFTER = 64


class VectorlessImageError(UnreadableImageError):
    """An image that was read, but of which the model made nothing."""


@dataclass
class EmbedReport:
    """What :func:`embed` did.

    Attributes
    ----------
    embeddings : Embeddings
        The vectors.
    embedded : int
        Distinct images that got a vector in this run.
    seconds : float
    unreadable : list of str
        Ids of the items that could not be read, or that the model gave no finite vector.
    """

    embeddings: Embeddings
    embedded: int = 0
    seconds: float = 0.0
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReadyImage:
    """What is left of an image once it was decoded.

    Attributes
    ----------
    content : int
        Key of its content.
    inputs : Any
        What the encoder's ``prepare`` returned; the image itself for an encoder without one.
    thumbnail : bytes, optional
        JPEG; None where the store has one.
    properties : mapping, optional
        None where the store has them.
    nbytes : int
        Size of the inputs in memory.
    """

    content: int
    inputs: Any
    thumbnail: bytes | None
    properties: Mapping[str, Any] | None
    nbytes: int


def embed(
    store: Store,
    encoder: Encoder,
    read: ReadFiles,
    *,
    measure: MeasureImage | None = None,
    show: ShowThumbnail | None = None,
    only: NDArray[np.uint64] | None = None,
) -> EmbedReport:
    """Give every item of ``store`` that has none yet a vector of ``encoder``.

    Missing thumbnails and properties are made on the way, from the same decoding. Exact copies are read and embedded
    once. An item that cannot be read, or that the encoder gives no finite vector, becomes ``unreadable`` and costs
    nothing else; the next look at its source tries it again. An interrupt loses at most the chunk under way (1,024
    vectors, or 15 seconds of work): what was committed is not done again.

    Memory does not grow with the data set, nor with the size of its pictures. At once there are: decoded images of
    1 GiB (see :mod:`nbcurate.imaging.memory`; an image that takes more is decoded alone), preprocessed images of 256
    MiB, a batch of activations for each forward pass, and two chunks of vectors. Images of more than 16 megapixels
    reach an encoder reduced, even one that asks for them in full.

    Parameters
    ----------
    only : uint64 array, optional
        Keys of the contents that are wanted; all by default.

    Raises
    ------
    EncoderError
        If most images get no finite vector. That is the encoder's fault, so the items stay as they were, and the
        vectors that are used where none are named are those that were.
    """
    started = time.perf_counter()
    table = store.create_embeddings(encoder.name, encoder.key, encoder.width, encoder.recipe)
    contents, readable_as = store.items.distinct()
    if only is not None:
        wanted = np.isin(contents, only)
        contents, readable_as = contents[wanted], readable_as[wanted]
    todo = np.isin(contents, table.missing(contents))
    done, count = 0, int(todo.sum())
    failures: Failures = {}
    without_vector: Failures = {}
    reader = _Reader(store, encoder, measure, show, contents[todo])
    writer = VectorWriter(store, table)
    with tqdm(total=len(contents), initial=len(contents) - count, desc=encoder.name, unit="img") as bar:
        if isinstance(encoder, StagedEncoder):
            encoder.tune(count)
        with (
            closing(writer),  # an interrupt, too, keeps what is finished
            closing(_ready_images(read(readable_as[todo]), reader, failures)) as images,
            closing(_encoded(encoder, images)) as encoded,
        ):
            for batch, vectors in encoded:
                for image, vector in zip(batch, vectors, strict=True):
                    if not np.isfinite(vector).all() or not vector.any():
                        without_vector[image.content] = VectorlessImageError(f"{encoder.name} gave it no finite vector")
                    else:
                        writer.add(image.content, vector, image.thumbnail, image.properties)
                done += len(batch)
                if done >= _TRUSTED_AFTER and 2 * len(without_vector) > done:
                    break
                failed = len(failures) + len(without_vector)
                bar.set_postfix({"failed": failed} if failed else {}, refresh=False)
                bar.update(len(batch))
        bar.update(bar.total - bar.n)
    if 2 * len(without_vector) > done:
        store.drop_if_empty(table)
        raise EncoderError(
            f"{encoder.name} gave no finite vector, or one of zeros, for {len(without_vector):,} of {done:,} images. "
            "That is the encoder's fault: no item was changed by it."
        )
    failures |= without_vector
    unreadable = _mark_unreadable(store, failures) if failures else []
    return EmbedReport(table, writer.written, time.perf_counter() - started, unreadable)


@dataclass(frozen=True, slots=True)
class _Unread:
    """A content of which nothing could be made, and why."""

    content: int
    error: UnreadableImageError
    nbytes: int = 0


class _Reader:
    """Decodes one file and makes all that is wanted of the pictures in it. Called from several threads."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        measure: MeasureImage | None,
        show: ShowThumbnail | None,
        contents: NDArray[np.uint64],
    ) -> None:
        self._contents, self._measure, self._show = contents, measure, show
        self._image_size = encoder.image_size
        # Once: the check looks at every property of the encoder, which takes as long as a decoding.
        self._staged = encoder if isinstance(encoder, StagedEncoder) else None
        self._wants_thumbnail = frozenset(store.media.missing(contents).tolist())
        self._wants_properties: frozenset[int] = frozenset()
        if measure is not None:
            self._wants_properties = frozenset(store.properties.missing(contents).tolist())

    def __call__(self, file: PictureFile) -> list[ReadyImage | _Unread]:
        contents: list[int] = self._contents[file.rows].tolist()
        made: list[ReadyImage | _Unread] = []
        with decoding.kept():  # the pixels are there until all is made of them
            try:
                for image in file.pictures(self._image_size):
                    made.append(self._made_of(contents[len(made)], image))
            except UnreadableImageError as error:
                made += [_Unread(content, error) for content in contents[len(made) :]]
        return made

    def _made_of(self, content: int, image: Image.Image) -> ReadyImage | _Unread:
        thumbnail, properties = self._seen_small(content, image)
        if thumbnail is not None and self._show is not None:
            self._show(content, thumbnail)
        if self._staged is None:
            return ReadyImage(content, image, thumbnail, properties, image.width * image.height * 3)
        try:
            inputs = self._staged.prepare(image)
        except EncoderError as error:
            return _Unread(content, UnreadableImageError(str(error)))
        return ReadyImage(content, inputs, thumbnail, properties, sum(array.nbytes for array in inputs.values()))

    def _seen_small(self, content: int, image: Image.Image) -> tuple[bytes | None, Mapping[str, Any] | None]:
        """The thumbnail and the properties, those of them that are wanted; both are made of one reduction."""
        wanted, measured = content in self._wants_thumbnail, content in self._wants_properties
        if not wanted and not measured:
            return None, None
        small = reduce_image(image)
        properties = self._measure(small) if measured and self._measure is not None else None
        return make_thumbnail(small) if wanted else None, properties


def _ready_images(files: Iterable[PictureFile], reader: _Reader, failures: Failures) -> Generator[ReadyImage]:
    """The images of these files, in order, read ahead by threads."""
    decoders = min((os.cpu_count() or 1) + 2, _MAX_DECODERS)
    with Prefetch(reader, files, threads=decoders, weight=_bytes_of) as results:
        for _, future in results:
            for image in result_of(future):
                if isinstance(image, _Unread):
                    failures[image.content] = image.error
                else:
                    yield image


def _bytes_of(images: Sequence[ReadyImage | _Unread]) -> int:
    return sum(image.nbytes for image in images)


def _encoded(encoder: Encoder, images: Iterator[ReadyImage]) -> Generator[tuple[list[ReadyImage], NDArray[np.float32]]]:
    """Batches and their vectors, in order. Forward passes run ahead, as many at once as the encoder gains from."""
    if isinstance(encoder, StagedEncoder):
        size, workers, encode, memory = encoder.batch_size, encoder.workers, encoder.encode_prepared, None
    else:
        size, workers, encode, memory = BATCH, 1, encoder.encode_images, _BATCH_MEMORY

    def run(batch: list[ReadyImage]) -> NDArray[np.float32]:
        return encode([image.inputs for image in batch])

    pool = forward_threads(workers)
    under_way: deque[tuple[list[ReadyImage], Future[NDArray[np.float32]]]] = deque()
    try:
        for batch in _batches(images, size, memory):
            under_way.append((batch, pool.submit(run, batch)))
            if len(under_way) > 2 * workers:
                done, future = under_way.popleft()
                yield done, result_of(future)
        while under_way:
            done, future = under_way.popleft()
            yield done, result_of(future)
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)  # an interrupt waits for no forward pass
        raise


def _batches(images: Iterator[ReadyImage], size: int, memory: int | None) -> Iterator[list[ReadyImage]]:
    """Lists of ``size`` images; of fewer where these take more than ``memory`` bytes."""
    batch: list[ReadyImage] = []
    for image in images:
        batch.append(image)
        if len(batch) == size or (memory is not None and sum(one.nbytes for one in batch) > memory):
            yield batch
            batch = []
    if batch:
        yield batch


def _mark_unreadable(store: Store, failures: Failures) -> list[str]:
    """Set the status of the items with these contents; their ids."""
    items = store.items
    rows = np.flatnonzero(items.shown & np.isin(items.contents, list(failures)))
    errors = [failures[content] for content in items.contents[rows].tolist()]
    hashes = items.table.column("content_hash").take(pa.array(rows)).to_pylist()
    # Without a hash a file counts as never read: the next look at the folder tries it again.
    again = (UnreachableFileError, VectorlessImageError)
    hashes = ["" if isinstance(e, again) else h for e, h in zip(errors, hashes, strict=True)]
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
