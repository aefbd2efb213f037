"""A row that was packed is the row that its table would give."""

import importlib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from deploy.provision import SERVICES
from shared.packed_rows import PackedRows
from shared.service import Projection

TABLE = Projection(
    table="claim",
    key=("claim",),
    columns={
        "claim": "text",
        "attempt": "int",
        "cents": "bigint",
        "clean": "boolean",
        "sent_on": "date",
        "told_at": "timestamptz",
        "name": "bytea",
        "payers": "text[]",
        "reasons": "jsonb",
    },
)
ROW: dict[str, Any] = {
    "claim": "C1",
    "attempt": 2,
    "cents": -(2**62),
    "clean": False,
    "sent_on": date(2026, 2, 28),
    "told_at": datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
    "name": b"\x00sealed",
    "payers": ["A", ""],
    "reasons": [{"code": "CO-45", "cents": 0, "on": None}],
}


def test_every_kind_of_column_comes_back() -> None:
    rows = PackedRows([TABLE])
    assert rows.unpack("claim", rows.pack("claim", ROW)) == ROW


def test_null_and_left_out_are_none() -> None:
    rows = PackedRows([TABLE])
    assert rows.unpack("claim", rows.pack("claim", {"claim": "C1"})) == dict.fromkeys(
        TABLE.columns, None
    ) | {"claim": "C1"}


@pytest.mark.parametrize("service", SERVICES)
def test_the_columns_of_every_service_can_be_packed(service: str) -> None:
    PackedRows(importlib.import_module(f"services.{service}.app").SERVICE.projections)
