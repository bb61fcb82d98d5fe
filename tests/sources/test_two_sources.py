"""Who is who: whatever two sources hold, in whatever order and however often they are read, nothing is mixed up.

A plain dictionary says what each source said last of each of its items; the data set has to say the same.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import nbcurate as nbc

datasets.disable_progress_bars()

#: Names that collide between sources, nest, and are awkward in one way or another.
FILES = ["0.png", "1.png", "a/0.png", "a/1.png", "ä b.png", "007.png", "x'y.png", "a/b/ü.png"]
KINDS = ["table", "table with ids", "csv", "parquet", "coco", "hugging face", "vectors"]
LABELS = st.one_of(st.none(), st.sampled_from(["cat", "dog", "007", "true", "NA", "Käse", "a/b", "1e5", "=1+1"]))
SEVERAL = st.one_of(st.none(), st.lists(st.sampled_from(["cat", "dog", "007"]), max_size=2, unique=True))
VALUES = [
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.sampled_from(["a", "007", "true", "12:30", "1e5", "ß", "null"]),
    st.lists(st.sampled_from(["p", "q"]), max_size=2),
    st.none(),
]


@dataclass
class Row:
    """What a source says of an item."""

    file: str
    label: str | list[str] | None
    value: Any
    width: int  # of its picture, by which it is known


@dataclass
class SourceOf:
    """A source: where its pictures lie, and how it is read."""

    kind: str
    folder: Path
    ids: dict[str, str] = field(default_factory=dict)

    def name(self, file: str) -> str:
        """What the source calls the item of a file."""
        return self.ids.setdefault(file, f"id {len(self.ids)}") if self.kind in ("table with ids", "vectors") else file

    def read(self, rows: Sequence[Row], store: Path, column: str) -> dict[str, str]:
        """Bring the store up to date; the id that each file's item has there."""
        for row in rows:
            path = self.folder / row.file
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                shade = np.full((4, row.width, 3), row.width % 251, np.uint8)
                Image.fromarray(shade).save(path)
        ds = getattr(self, f"_{self.kind.split()[0]}")(list(rows), store, column)
        (report,) = ds.source_reports
        id_of = dict(zip(ds.keys.tolist(), ds.ids, strict=True))
        names = [
            f"{row.file}#{number}" if self.kind == "coco" else self.name(row.file)
            for number, row in self._numbered(rows)
        ]
        if self.kind == "hugging face":
            names = [str(number) for number in range(len(rows))]
        return {row.file: id_of[report.keys[name]] for row, name in zip(rows, names, strict=True)}

    def _numbered(self, rows: Sequence[Row]) -> list[tuple[int, Row]]:
        return [(FILES.index(row.file), row) for row in rows]

    def _frame(self, rows: list[Row], column: str) -> pd.DataFrame:
        frame = pd.DataFrame({"file": [row.file for row in rows], "y": [row.label for row in rows]})
        frame["name"] = [self.name(row.file) for row in rows]
        frame[column] = pd.Series([row.value for row in rows], dtype=object)
        return frame.convert_dtypes() if self.kind != "table with ids" else frame

    def _table(self, rows: list[Row], store: Path, column: str) -> nbc.Dataset:
        frame = self._frame(rows, column)
        with_ids = self.kind == "table with ids"
        given = frame if with_ids else frame.drop(columns="name")
        id_column = "name" if with_ids else None
        return nbc.Dataset.from_table(given, image="file", label="y", id=id_column, root=self.folder, store=store)

    def _csv(self, rows: list[Row], store: Path, column: str) -> nbc.Dataset:
        path = self.folder / "rows.csv"
        self._frame(rows, column).drop(columns=["name", column]).to_csv(path, index=False)
        return nbc.Dataset.from_table(path, image="file", label="y", store=store)

    def _parquet(self, rows: list[Row], store: Path, column: str) -> nbc.Dataset:
        path = self.folder / "rows.parquet"
        self._frame(rows, column).drop(columns="name").to_parquet(path, index=False)
        return nbc.Dataset.from_table(path, image="file", label="y", store=store)

    def _coco(self, rows: list[Row], store: Path, column: str) -> nbc.Dataset:
        names = sorted({row.label for row in rows if isinstance(row.label, str)})
        content: dict[str, Any] = {
            "images": [{"id": number, "file_name": row.file} for number, row in self._numbered(rows)],
            "categories": [{"id": number, "name": name} for number, name in enumerate(names)],
            "annotations": [
                {"id": number, "image_id": number, "bbox": [0, 0, row.width, 4], "area": float(row.width)}
                | ({"category_id": names.index(row.label)} if isinstance(row.label, str) else {})
                for number, row in self._numbered(rows)
            ],
        }
        path = self.folder / "boxes.json"
        path.write_text(json.dumps(content))
        return nbc.Dataset.from_coco(path, images=self.folder, store=store)

    def _hugging(self, rows: list[Row], store: Path, column: str) -> nbc.Dataset:
        columns = {"image": [str(self.folder / row.file) for row in rows], "label": [row.label for row in rows]}
        data = datasets.Dataset.from_dict(columns).cast_column("image", datasets.Image())
        place = self.folder / "saved"
        data.save_to_disk(str(place) + ".new")
        if place.exists():
            for file in place.iterdir():
                file.unlink()
            place.rmdir()
        Path(f"{place}.new").rename(place)
        return nbc.Dataset.from_huggingface(datasets.load_from_disk(str(place)), store=store)

    def _vectors(self, rows: list[Row], store: Path, column: str) -> nbc.Dataset:
        vectors = np.array([[row.width, 1.0, 2.0] for row in rows])
        names, files, labels = zip(*[(self.name(row.file), row.file, row.label) for row in rows], strict=True)
        return nbc.Dataset.from_embeddings(names, vectors, images=files, labels=labels, root=self.folder, store=store)

    @property
    def has_column(self) -> bool:
        """Whether it brings the column of values along."""
        return self.kind in ("table", "table with ids", "parquet")


@st.composite
def readings(draw: st.DrawFn) -> tuple[list[str], list[tuple[int, list[Row]]]]:
    """Two kinds of sources, and what is read of which of the two, one after the other."""
    kinds = [draw(st.sampled_from(KINDS)), draw(st.sampled_from(KINDS))]
    value_kinds = [draw(st.sampled_from(VALUES)), draw(st.sampled_from(VALUES))]
    lists = [kind in ("table", "parquet", "hugging face", "vectors") and draw(st.booleans()) for kind in kinds]
    steps: list[tuple[int, list[Row]]] = []
    for _ in range(draw(st.integers(2, 4))):
        which = draw(st.integers(0, 1))
        files = draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=5, unique=True))
        rows = [
            Row(
                file,
                draw(SEVERAL if lists[which] else LABELS),
                draw(value_kinds[which]),
                10 + 20 * which + FILES.index(file),
            )
            for file in files
        ]
        steps.append((which, rows))
    return kinds, steps


@given(readings())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_each_item_is_what_its_source_said_last(
    tmp_path_factory: pytest.TempPathFactory, given_readings: tuple[list[str], list[tuple[int, list[Row]]]]
) -> None:
    kinds, steps = given_readings
    place = tmp_path_factory.mktemp("sources")
    sources = [
        SourceOf(kind, place / "one" / "images" if at == 0 else place / "two" / "images")
        for at, kind in enumerate(kinds)
    ]
    for source in sources:
        source.folder.mkdir(parents=True)
    model: dict[tuple[int, str], Row] = {}
    id_of: dict[tuple[int, str], str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for which, rows in steps:
            source = sources[which]
            if source.kind == "hugging face":  # items are named by their rows there
                model = {key: row for key, row in model.items() if key[0] != which}
                id_of = {key: item_id for key, item_id in id_of.items() if key[0] != which}
            for file, item_id in source.read(rows, place / "s.nbc", "value").items():
                assert id_of.setdefault((which, file), item_id) == item_id, "an item keeps its id"
            model |= {(which, row.file): row for row in rows}
        ds = nbc.Dataset.open(place / "s.nbc")
    frame = ds.to_pandas().set_index("id")
    assert len(set(id_of.values())) == len(id_of), "no two items are one"
    for key, row in model.items():
        item_id = id_of[key]
        assert ds.image(item_id).width == row.width, "its picture is that of its source"
        assert _is_label(frame.loc[item_id, "label"], row.label)
        if sources[key[0]].has_column and row.value is not None:
            assert _is_value(frame.loc[item_id, "value"], row.value)
    ds.close()


def _is_label(got: Any, said: str | list[str] | None) -> bool:
    """Whether a label is what was said, in a data set whose labels may have become lists to hold others."""
    if isinstance(got, list | np.ndarray):
        return list(got) == ([said] if isinstance(said, str) else said)
    return said is None if got is None or got != got else got == said


def _is_value(got: Any, said: Any) -> bool:
    """Whether a value is what was said, in a column that may have become one of text or of lists to hold others."""
    if isinstance(got, list | np.ndarray):
        said = said if isinstance(said, list) else [said]
        return len(got) == len(said) and all(_is_value(a, b) for a, b in zip(got, said, strict=True))
    return bool(got == said) or str(got) == str(said) or (isinstance(got, str) and float(got) == float(said))
