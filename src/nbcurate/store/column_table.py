"""A table whose columns are added, replaced, widened and dropped: that of the items."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .column_names import decode_name, encode_name, newest
from .column_plan import plan_columns, whole_columns
from .column_types import as_type, plain
from .table import Table, drop_outdated
from .table_errors import TableError


class ColumnTable(Table):
    """A :class:`Table` with columns of the users', of any name and type. Each change of columns is one commit, too.

    A column that is to hold values of another type is written anew beside the old one, which counts no more from then
    on: ``score`` and ``score~1`` on disk.
    """

    def set_columns(self, values: pa.Table, whole: pa.Table | None = None) -> dict[str, str]:
        """Commit columns of values by ``key``. A new column is null for the keys that are not given.

        A column that is there keeps its other values. Where the new ones are of another type, it is written anew in one
        that holds both as they are; see :func:`nbcurate.store.column_types.common_type`.

        Parameters
        ----------
        whole : pyarrow.Table, optional
            Other columns, by ``key``, that are written in the same commit as :meth:`replace_columns` does.

        Returns
        -------
        dict of str
            The columns that have another type now, each with what it was and is.

        Raises
        ------
        TypeError
            If there is no such type; then nothing is written.
        """

        def write() -> dict[str, str]:
            plan = plan_columns(self.schema, self._all_keys(), self._column, values, whole)
            if plan.same is not None:
                self.update(plan.same)
            self._write_anew(plan.anew)
            return plan.told

        return self._alone(write)

    def replace_columns(self, values: pa.Table) -> None:
        """Commit columns of values by ``key``, null for the keys that are not given, whatever was in them before."""
        self._alone(lambda: self._write_anew(whole_columns(self._all_keys(), values)))

    def widen(self, name: str, type_: pa.DataType) -> None:
        """Commit a column in a type that holds its values as they are."""
        self._alone(lambda: self._write_anew({name: as_type(self._column(name), type_)}))

    def drop_column(self, name: str) -> None:
        """Commit the table without this column, and without what is left of its earlier types."""
        self._commit(lambda dataset: dataset.drop_columns(self._all_types_of(name)))

    def _write_anew(self, columns: Mapping[str, pa.Array]) -> None:
        """Commit whole columns, in the order of the keys. They count from then on; those of their names are dropped."""
        if not columns:
            return
        there = newest(self._dataset.schema.names)
        again = {name: decode_name(there[name])[1] + 1 if name in there else 0 for name in columns}
        anew = {encode_name(name, again[name]): values for name, values in columns.items()}
        if len(self):
            whole = pa.table({"key": self._all_keys(), **anew})
            self._commit(lambda dataset: dataset.merge(whole, "key"))
        else:
            fields = pa.schema([(name, values.type) for name, values in anew.items()])
            self._commit(lambda dataset: dataset.add_columns(fields))
        with suppress(TableError):  # they are passed over, and dropped when the table is tidied up
            self._commit(drop_outdated)

    def _all_types_of(self, name: str) -> list[str]:
        """The names on disk of a column, and of what is left of it in earlier types."""
        return [stored for stored in self._dataset.schema.names if decode_name(stored)[0] == name]

    def _column(self, name: str) -> pa.Array:
        """A column in the order of the keys."""
        return plain(self.read([name]).column(name))

    def _all_keys(self) -> NDArray[np.uint64]:
        return np.sort(self.row_keys())
