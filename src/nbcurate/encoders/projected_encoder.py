"""An encoder and a projection of its vectors: together an encoder like any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .derived_encoder import DerivedEncoder
from .encoder import JSON, Encoder, TextEncoder, unit_vectors
from .errors import EncoderError, ModelNotFoundError, UnsupportedModelError

#: The files of a folder: what it says of itself, and the numbers.
ABOUT, NUMBERS = "projection.json", "projection.safetensors"
#: Part of every key. To be raised when a change of the code gives other vectors from the same files.
_METHOD = 1
_BLOCK = 16_384  # vectors that are projected at once


class ProjectedEncoder(DerivedEncoder):
    """Vectors of a base encoder, turned and stretched by a matrix, shifted, and scaled to length 1 again.

    Parameters
    ----------
    base : Encoder
    matrix : float32 array [base.width, width]
    offset : float32 array [width]
        Taken away after the product.
    name : str
        For people.
    about : mapping
        JSON-able: what made the projection; goes into the recipe.
    model : str, optional
        What `load_encoder` takes to load the same again: the folder that it is kept in.

    Attributes
    ----------
    base, matrix, offset, model
        As given.

    Examples
    --------
    >>> base = nbc.load_encoder("efficientnet-lite0")
    >>> ProjectedEncoder(base, np.eye(1280, 64, dtype="float32"), np.zeros(64, "float32"), name="first-64").width
    64
    """

    def __init__(
        self,
        base: Encoder,
        matrix: NDArray[np.float32],
        offset: NDArray[np.float32],
        *,
        name: str,
        about: Mapping[str, JSON] | None = None,
        model: str | None = None,
    ) -> None:
        if matrix.shape != (base.width, len(offset)):
            raise UnsupportedModelError(
                f"The projection {name!r} takes vectors of length {matrix.shape[0]} and gives {matrix.shape[1]}, "
                f"shifted by {len(offset)} numbers; those of {base.name!r} have length {base.width}."
            )
        super().__init__(base)
        self.matrix, self.offset = np.ascontiguousarray(matrix, np.float32), np.asarray(offset, np.float32)
        self.model = model
        self._name, self._about = name, dict(about or {})
        digest = hashlib.sha256(json.dumps([_METHOD, "projection", base.key, *self.matrix.shape]).encode())
        for array in (self.matrix, self.offset):
            digest.update(array.astype("<f4").tobytes())
        self._key = digest.hexdigest()

    @property
    def name(self) -> str:
        """A short name for people."""
        return self._name

    @property
    def key(self) -> str:
        """Digest of the base's key and of the projection."""
        return self._key

    @property
    def width(self) -> int:
        """The length of a vector."""
        return len(self.offset)

    @property
    def about(self) -> dict[str, JSON]:
        """What made the projection."""
        return self._about

    @property
    def recipe(self) -> dict[str, JSON]:
        """What makes the vectors: the base's recipe, and what made the projection."""
        base = self.base.recipe
        recipe: dict[str, JSON] = {
            "model": self.model or self._name,
            "base": {"name": self.base.name, "key": self.base.key, "recipe": base},
            "projection": self._about,
            "normalised": True,
        }
        # Vectors that no model of a name makes cannot be made by what stands on one either.
        return recipe | {name: base[name] for name in ("function", "given") if name in base}

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """What this encoder makes of an image that the base gives such a vector.

        Parameters
        ----------
        vectors : float32 array [n, base.width]
            As the base gives them; may be mapped from a file.

        Returns
        -------
        ndarray of shape (n, width), float32
            L2-normalised; zero and not finite rows stay so.
        """
        projected = np.empty((len(vectors), self.width), np.float32)
        for start in range(0, len(vectors), _BLOCK):
            block = np.asarray(vectors[start : start + _BLOCK], np.float32)
            turned = block @ self.matrix - self.offset
            turned[~block.any(axis=1)] = 0
            projected[start : start + _BLOCK] = unit_vectors(turned)
        return projected

    def write(self, folder: Path) -> None:
        """Write ``projection.json`` and ``projection.safetensors`` into a folder that is there.

        Parameters
        ----------
        folder : path
        """
        from safetensors.numpy import save_file

        base = self.base.recipe
        said = {
            "name": self._name,
            "base": {
                "name": self.base.name,
                "key": self.base.key,
                "model": base.get("model", self.base.name),
                "pooling": base.get("pooling") if ":" in self.base.name else None,
                "function": base.get("function"),
                "given": bool(base.get("given")),
            },
            "about": self._about,
        }
        (folder / ABOUT).write_text(json.dumps(said, indent=2, ensure_ascii=False), encoding="utf-8")
        save_file({"matrix": self.matrix, "offset": self.offset}, folder / NUMBERS)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name!r}, width={self.width}, base={self.base!r})"


class ProjectedTextEncoder(ProjectedEncoder):
    """A projected encoder whose base puts texts beside its images: both are projected alike."""

    base: TextEncoder

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Turn texts into vectors of unit length, in the space of the image vectors: float32 [len(texts), width]."""
        return self.project(self.base.encode_texts(texts))


def is_projection(folder: Path) -> bool:
    """Whether a folder is one that `ProjectedEncoder.write` wrote."""
    return (folder / ABOUT).is_file()


def read_projection(folder: Path) -> tuple[dict[str, Any], NDArray[np.float32], NDArray[np.float32]]:
    """What a folder says of itself, the matrix and the offset.

    Raises
    ------
    ModelNotFoundError
        If a file is missing.
    UnsupportedModelError
        If a file is damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        said = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        numbers = load_file(folder / NUMBERS)
        if missing := {"name", "about"} - set(said) | {"name", "key", "model", "pooling", "given"} - set(said["base"]):
            raise KeyError(*missing)
        return said, numbers["matrix"], numbers["offset"]
    except FileNotFoundError as error:
        raise ModelNotFoundError(
            f"{str(folder)!r} is not the whole of a saved projection: {Path(error.filename or NUMBERS).name} is "
            "missing. Copy the folder again, or fit it again."
        ) from error
    except (ValueError, KeyError, TypeError, SafetensorError) as error:
        raise UnsupportedModelError(
            f"The projection in {str(folder)!r} is damaged ({error!r:.200}): copy the folder again, or fit it again."
        ) from error


def base_of(folder: Path, said: Mapping[str, Any]) -> str:
    """What `load_encoder` takes to load the base of a saved projection; a model beside the folder moves with it."""
    if function := said["base"].get("function"):
        raise EncoderError(
            f"{said['name']!r} stands on a function of yours, {function}, which no folder holds: fit it again where "
            "that function is. Vectors that it has made are searched by id or by a vector all the same."
        )
    model = str(said["base"]["model"])
    beside = folder.parent / Path(model).name
    if Path(model).is_absolute() and not Path(model).exists() and beside.is_dir():
        return str(beside)
    return model


def require_base(base: Encoder, said: Mapping[str, Any]) -> None:
    """Raise an EncoderError where an encoder is not the one that a saved projection was made on."""
    if base.key != said["base"]["key"]:
        raise EncoderError(
            f"{said['name']!r} was fitted on vectors of {said['base']['name']!r} that are not those it makes now (its "
            "weights or preprocessing have changed): embed with it, and fit again."
        )
