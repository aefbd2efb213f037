"""Rows of projections packed in memory: the values of their columns in order, a fifth of what a row takes as it is."""

from collections.abc import Iterable
from datetime import date, datetime
from types import GenericAlias
from typing import Any

import msgspec

from shared.service import Projection, Row

KINDS: dict[str, Any] = {
    "text": str,
    "bigint": int,
    "int": int,
    "date": date,
    "timestamptz": datetime,
    "boolean": bool,
    "bytea": bytes,
    "text[]": list[str],
    "jsonb": Any,
}
"""What comes back for each PostgreSQL type of a column; NULL comes back as None."""

_pack = msgspec.msgpack.Encoder().encode


class PackedRows:
    """How the rows of some projections are packed. What is unpacked is what the table would give."""

    def __init__(self, projections: Iterable[Projection]) -> None:
        """Raises KeyError for a column of a type that is not in `KINDS`."""
        self._columns: dict[str, tuple[str, ...]] = {}
        self._unpack: dict[str, Any] = {}
        for projection in projections:
            if not projection.append:
                kinds = tuple(KINDS[kind] | None for kind in projection.columns.values())
                self._columns[projection.table] = tuple(projection.columns)
                shape: Any = GenericAlias(tuple, kinds)
                self._unpack[projection.table] = msgspec.msgpack.Decoder(shape).decode

    def pack(self, table: str, row: Row) -> bytes:
        """A row of this table; a column that it leaves out is NULL."""
        return _pack([row.get(column) for column in self._columns[table]])

    def unpack(self, table: str, packed: bytes) -> Row:
        """The row again, with all its columns."""
        return dict(zip(self._columns[table], self._unpack[table](packed), strict=True))
