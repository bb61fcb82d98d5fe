"""Vectors of a projection, made from the vectors of its base that are in the store: no picture is read again."""

from __future__ import annotations

import numpy as np
from tqdm.auto import tqdm

from ..encoders import Encoder
from ..encoders.projected_encoder import ProjectedEncoder
from ..store import Store
from ..store.embeddings import Embeddings
from ..store.items import Keys

_BLOCK = 16_384  # vectors a commit: an interrupted run loses at most so many, which take a second


def base_vectors(store: Store, encoder: object) -> Embeddings | None:
    """The vectors in the store that an encoder projects; None where there are none, or it is no projection."""
    if not isinstance(encoder, ProjectedEncoder):
        return None
    same = [there for there in store.embeddings() if there.encoder_key == encoder.base.key]
    return same[-1] if same else None


def project_stored(store: Store, encoder: Encoder, base: Embeddings, contents: Keys) -> None:
    """Give those of these contents that have a vector of the base, and none of the projection yet, one.

    Raises
    ------
    PermissionError
        If the store can only be read.
    """
    if not isinstance(encoder, ProjectedEncoder):
        return
    table = store.create_embeddings(encoder.name, encoder.key, encoder.width, encoder.recipe)
    keys, vectors = base.vectors()
    rows = np.flatnonzero(np.isin(keys, table.missing(contents)))
    with tqdm(total=len(rows), desc=f"projecting {base.name}", unit="vector", delay=1) as bar:
        for block in np.split(rows, range(_BLOCK, len(rows), _BLOCK)):
            if len(block):
                table.append(keys[block], encoder.project(vectors[block]))
                base.release_pages()
                bar.update(len(block))
