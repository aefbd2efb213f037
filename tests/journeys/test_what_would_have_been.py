"""The log of everything that other journeys did, decided again: the same with the same books, other figures with others."""

import json
from collections import Counter
from datetime import date
from typing import Any

from deploy.other_books import read_changes
from deploy.stack import Stack
from deploy.what_if import as_of, side_by_side, what_if
from simulator.doors import Doors

QUESTIONS: dict[str, dict[str, Any]] = {"/summary": {}, "/figures": {}}
CHANGES = b"""[
  {"payer": "BLUE", "set": {"filing_limit_days": 1, "correction_days": 1}},
  {"rules": [{"group": "CO", "carc": "45", "meaning": "denied", "owner": "denials"}]}
]"""


def _quiet(_partitions: int, _records: int) -> None:
    return None


async def _live(stack: Stack, path: str = "/summary") -> Any:
    doors = Doors({"reporting": stack.url_of("reporting") or ""}, "analyst")
    try:
        return await doors.get("reporting", path)
    finally:
        await doors.close()


def _plain(answer: Any) -> Any:
    return json.loads(json.dumps(answer, default=str))


async def test_the_services_would_decide_again_whatever_they_decided(lived: Stack) -> None:
    found = await what_if(lived, (), None, QUESTIONS, _quiet)
    assert found.code.same > 0
    assert (found.code.different, found.code.streams, found.stuck) == (0, set(), set())
    assert _plain(found.was["/summary"]) == _plain(found.would_be["/summary"]) == await _live(lived)


async def test_the_figures_that_are_compared_are_those_of_the_summary(lived: Stack) -> None:
    answers = (await what_if(lived, (), None, QUESTIONS, _quiet)).was
    total, cents, items = answers["/summary"]["total"], Counter[str](), Counter[str]()
    for row in answers["/figures"]:
        cents[row["figure"]] += row["cents"]
        items[row["figure"]] += row["items"]
    for name in ("billed", "insurance paid", "patient paid", "contractual", "patient owes"):
        assert cents[name] == total[f"{name.replace(' ', '_')}_cents"], name
    owed = {name: amount for name, amount in cents.items() if name.startswith("payers owe, ")}
    aged = sum(amount for name, amount in owed.items() if name.endswith("days"))
    assert aged == sum(owed.values()) - aged == total["payers_owe_cents"]
    denials = answers["/summary"]["denials_total"]
    assert items["denials to do"] == denials["to_do"]
    assert items["denials that wait for the payer"] == denials["waiting"]
    states = answers["/summary"]["claims_by_state"]
    assert sum(items[f"claims {state}"] for state in {row["state"] for row in states}) == sum(
        r["claims"] for r in states
    )


async def test_what_was_known_when_the_last_day_ended_is_what_is_known(lived: Stack) -> None:
    live = await _live(lived)
    day = date.fromisoformat(live["as_of"])
    known = _plain(await as_of(lived, day, {"/summary": {}, "/kpis": {}}, _quiet))
    assert known == {"/summary": live, "/kpis": await _live(lived, "/kpis")}
    before = date.fromordinal(day.toordinal() - 1)
    assert (await as_of(lived, before, {"/summary": {}}, _quiet))["/summary"]["as_of"] < day


async def test_with_other_books_no_cent_is_lost_and_no_table_is_touched(lived: Stack) -> None:
    live = await _live(lived)
    found = await what_if(lived, read_changes(CHANGES), None, QUESTIONS, _quiet)
    was, would_be = found.was["/summary"]["total"], found.would_be["/summary"]["total"]
    assert would_be["difference_cents"] == 0
    assert would_be["billed_cents"] == was["billed_cents"]
    assert would_be["contractual_cents"] < was["contractual_cents"]
    assert would_be["denied_cents"] > was["denied_cents"]
    differ = side_by_side(found.was["/figures"], found.would_be["/figures"], ("figure",))
    assert {"denials opened", "contractual", "payers owe, denied"} <= {
        row["figure"] for row in differ
    }
    assert found.books.different and not found.unused
    assert await _live(lived) == live
