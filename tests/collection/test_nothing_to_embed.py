"""Embedding what is embedded: it is known without loading the model, and no change of the model is overlooked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.collection import vector_set
from nbcurate.encoders import made_before
from nbcurate.encoders.loading.libraries import require_model_libraries
from nbcurate.encoders.registry import load_encoder

Loads = list[object]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small vision transformer, as transformers saves it; written long enough ago for its times to tell changes."""
    require_model_libraries()
    import transformers as tf

    folder = tmp_path_factory.mktemp("models") / "tiny"
    settings = tf.ViTConfig(
        hidden_size=24, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, image_size=32, patch_size=8
    )
    tf.ViTModel(settings).save_pretrained(folder)
    tf.ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """The models that were loaded since."""
    loaded: Loads = []

    def load(model: Any, **how: Any) -> Any:
        loaded.append(model)
        return load_encoder(model, **how)

    monkeypatch.setattr(vector_set, "load_encoder", load)
    return loaded


@pytest.fixture
def embedded(folder: Path, tmp_path: Path, checkpoint: Path) -> nbc.Dataset:
    return nbc.Dataset.from_folder(folder, store=tmp_path / "pictures.nbc").embed(checkpoint)


def test_the_default_model_is_not_loaded_in_another_kernel(stamp_set: nbc.Dataset, tmp_path: Path) -> None:
    copy = shutil.copytree(stamp_set.store.path, tmp_path / "copy.nbc")
    code = (
        "import sys, nbcurate as nbc\n"
        "assert len(nbc.Dataset.open(sys.argv[1]).embed().embeddings()) > 500\n"
        "assert not {'torch', 'timm', 'transformers', 'onnxruntime'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code, copy], check=True)


def test_what_is_embedded_loads_no_model(embedded: nbc.Dataset, checkpoint: Path, loads: Loads) -> None:
    before = embedded.embeddings()
    assert np.array_equal(embedded.embed(checkpoint).embed(str(checkpoint)).embeddings(), before)
    assert loads == []


def test_a_model_whose_weights_have_changed_is_another_one(
    embedded: nbc.Dataset, checkpoint: Path, loads: Loads
) -> None:
    weights = checkpoint / "model.safetensors"
    before, kept = embedded.embeddings(), weights.read_bytes()
    times = weights.stat()
    changed = bytearray(kept)
    changed[-4000:] = np.random.default_rng(0).normal(size=1000).astype(np.float32).tobytes()
    try:
        weights.write_bytes(changed)
        os.utime(weights, ns=(times.st_atime_ns, times.st_mtime_ns))  # as tools do that copy with times
        assert not np.array_equal(embedded.embed(checkpoint).embeddings(), before)
        assert len(loads) == 1
    finally:
        weights.write_bytes(kept)
    assert np.array_equal(embedded.embed(checkpoint).embeddings(), before)  # those from before are there


def test_another_pooling_is_another_set(embedded: nbc.Dataset, checkpoint: Path, loads: Loads) -> None:
    embedded.embed(checkpoint, pooling="patch_mean").embed(checkpoint, pooling="patch_mean").embed(checkpoint)
    assert len(loads) == 1
    assert [e.name for e in embedded.store.embeddings()] == ["tiny:patch_mean", "tiny"]


def test_a_new_picture_is_embedded(embedded: nbc.Dataset, folder: Path, checkpoint: Path, loads: Loads) -> None:
    new = folder / "animals" / "new.png"
    new.write_bytes(next((folder / "food").iterdir()).read_bytes() + b"\0")
    more = nbc.Dataset.from_folder(folder, store=embedded.store.path).embed(checkpoint)
    assert len(loads) == 1
    assert len(more.embeddings()) == len(more)


def test_with_another_library_the_model_itself_is_asked(
    embedded: nbc.Dataset, checkpoint: Path, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_before, "library_versions", lambda *names: {"transformers": "6.0"})
    embedded.embed(checkpoint)
    assert len(loads) == 1


def test_a_nonsense_model_is_refused_as_ever(embedded: nbc.Dataset) -> None:
    with pytest.raises(nbc.EncoderError, match="There is no folder"):
        embedded.embed("no/such/folder")


def test_nonsense_is_told_where_there_is_nothing_to_do(embedded: nbc.Dataset, checkpoint: Path) -> None:
    with pytest.raises(nbc.EncoderError, match="backend='tensorflow'"):
        embedded.embed(checkpoint, backend="tensorflow")  # type: ignore[arg-type]
    with pytest.raises(nbc.EncoderError, match="pooling"):
        embedded.embed(checkpoint, pooling="nonsense")
