"""What `--json` answers is what the page for scripts names, no more and no less."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cli import eob, import_claims, receive
from deploy.auditing.result import Result
from deploy.health import Standing
from services.adjudication_tracking.gateway.eob import (
    Eob,
    EobAdjustment,
    EobClaim,
    EobLine,
    EobProviderAdjustment,
)
from services.posting.api.money import _SUMS, money
from services.reporting.api.kpis import kpis
from services.reporting.api.stories import story
from services.reporting.api.summary import summary

PAGE = Path(__file__).parents[3] / "docs" / "command-line.md"


def documented(command: str) -> set[str]:
    """Names in the first column of a command's table."""
    section = re.split(rf"^## {command}$", PAGE.read_text(), flags=re.MULTILINE)[1]
    section = re.split(r"^## ", section, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| (`.*?) \|", section, flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


class Empty:
    """Doors to tables that hold one row of nothing in particular."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.found = list(rows)

    async def rows(self, sql: str, *_: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self.found]


async def test_the_summary_is_documented() -> None:
    doors: Any = Empty({"today": None, "listed": 1})
    assert set(await summary(doors)) == documented("summary")


async def test_a_story_is_documented() -> None:
    class One(Empty):
        async def rows(self, sql: str, *_: Any) -> list[dict[str, Any]]:
            return [] if "account_person" in sql else await super().rows(sql)

    doors: Any = One({"account": "A", "told": 1, "listed": 1})
    assert set(await story(doors, "A")) == documented("story")


async def test_key_figures_are_documented() -> None:
    row = {
        "as_of": None,
        "since": None,
        "revenue_days": 1,
        "kpi": "clean claim rate",
        "total": 0,
        "name": "BLUE",
        "part": 1,
        "whole": 2,
    }
    doors: Any = Empty(row)
    found = await kpis(doors, "payer")
    section = re.split(r"^## kpis$", PAGE.read_text(), flags=re.MULTILINE)[1].split("\n## ")[0]
    assert set(found) == documented("kpis")
    assert found["kpis"][0]["name"] == "BLUE"
    for told in found["kpis"]:
        assert set(told) <= set(re.findall(r"`(\w+)`", section))
        assert f"`{told['kpi']}`" in (PAGE.parent / "questions.md").read_text()


async def test_money_as_of_a_day_is_documented() -> None:
    row = {"facility": "F", "payer": "P", **dict.fromkeys(_SUMS, 0), "accounts": 1}
    doors: Any = Empty(row)
    found = await money(doors, None)
    documented_names = re.split(r"^## money$", PAGE.read_text(), flags=re.MULTILINE)[1].split(
        "\n## "
    )[0]
    assert set(found) == documented("money")
    assert {*found["money"][0], *found["total"]} <= set(re.findall(r"`(\w+)`", documented_names))


def test_a_check_of_the_audit_is_documented() -> None:
    assert {*asdict(Result("", "")), "holds"} == documented("audit")


def test_a_process_is_documented() -> None:
    assert set(asdict(Standing("x"))) == documented("status")


def test_a_received_file_is_documented(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")
    assert set(receive._hand_in(receive._read(path), {})) == documented("receive")


def test_an_entered_check_is_documented(tmp_path: Path) -> None:
    assert set(eob._result(tmp_path / "x", {})) == documented("eob")


def test_the_check_that_the_page_shows_is_one_that_the_door_takes() -> None:
    section = re.split(r"^## eob$", PAGE.read_text(), flags=re.MULTILINE)[1]
    shown = Eob.model_validate_json(re.split(r"^```(?:json)?$", section, flags=re.MULTILINE)[1])
    assert (
        sum(c.paid_cents for c in shown.claims) - sum(p.cents for p in shown.provider_adjustments)
        == shown.amount_cents
    )
    named = set(re.findall(r"`(\w+)`", section)) | set(re.findall(r'"(\w+)":', section))
    for part in (Eob, EobClaim, EobLine, EobAdjustment, EobProviderAdjustment):
        assert set(part.model_fields) - {"quantity"} <= named


def test_an_imported_file_is_documented(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")
    assert set(import_claims._one(path, import_claims.How("F"))) == documented("import")
