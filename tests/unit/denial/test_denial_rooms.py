"""Rows, reactions, and that the README says what the code does."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.posting import MovedAmount, ResponsibilityMoved, WriteOffPosted
from contracts.registry import wire_name
from services.denial.app import SERVICE
from services.denial.domain import ACCOUNT as DECIDER
from services.denial.domain.commands import HearDeclined, HearMoved, HearPosting
from services.denial.projections import DENIAL
from services.denial.reactions import react
from shared.service import At, Scope
from shared.streams import account_stream
from tests.unit.denial.facts import (
    ACCOUNT,
    BOOK,
    D1,
    ONE,
    POSTED_ON,
    denied,
    ended,
    heard,
    line,
    opened,
    posted,
)
from tests.unit.denial.test_denial_decisions import ASKED, DECLINED, OPEN
from tests.unit.scenario import said


def _at(event: Any, stream: str = account_stream(ACCOUNT)) -> At:
    now = datetime(2026, 1, 21, tzinfo=UTC)
    scope = Scope("t", "L1", "F1")
    wire = wire_name(type(event))
    return At(stream, 0, "e", wire, scope, POSTED_ON, now, "a", "c", "denial/0", 1)


def _row(*events: Any) -> Any:
    row = None
    for event in events:
        assert DENIAL.keys is not None and DENIAL.project is not None
        assert list(DENIAL.keys(event, _at(event))) == [(D1,)]
        row = DENIAL.project(row, event, _at(event))
        assert row is not None and set(row) == set(DENIAL.columns)
    return row


def test_a_row_tells_what_to_do_next_until_the_denial_ends() -> None:
    row = _row(opened(denied()))
    assert (row["state"], row["owner"], row["facility"]) == ("open", "authorization", "F1")
    assert _row(opened(denied()), ASKED)["route"] == "replacement"
    sent = "Wait for the payer's answer to the corrected claim."
    assert _row(opened(denied()), ASKED)["next_action"] == sent
    assert _row(opened(denied()), replace(ASKED, route="new_claim"))["next_action"] == sent
    told = _row(opened(denied()), replace(ASKED, route="reopening"))["next_action"]
    assert told.startswith("Ask the payer to reopen its decision")
    back = _row(opened(denied()), ASKED, DECLINED)
    assert (back["state"], back["next_action"]) == ("open", "later")
    over = _row(opened(denied()), ASKED, ended("paid", 8_000), DECLINED)
    assert (over["state"], over["outcome"]) == ("resolved", "paid")
    done = _row(opened(denied()), ASKED, ended("paid", 8_000))
    assert (done["state"], done["outcome"], done["outcome_cents"]) == ("resolved", "paid", 8_000)


def test_that_nothing_is_on_its_way_for_a_denial_is_reacted_to() -> None:
    assert react(DECLINED, _at(DECLINED)) == [(account_stream(ACCOUNT), HearDeclined((D1,)))]


def test_postings_and_money_that_leaves_the_denied_balance_are_reacted_to() -> None:
    posting = posted(denied())
    assert list(react(posting, _at(posting))) == [(account_stream(ACCOUNT), HearPosting(posting))]
    assert list(react(heard(), _at(heard()))) == []


def test_a_write_off_and_a_move_of_denied_money_end_what_they_cover() -> None:
    entries = (line("write_off", 20_000), line("ar_denied", -20_000))
    off = WriteOffPosted(
        account=ACCOUNT,
        kind="denial",
        reason="r",
        approver="pat",
        cents=20_000,
        entry="w",
        posted_on=POSTED_ON,
        entries=entries,
    )
    ((_, command),) = react(off, _at(off))
    assert said(DECIDER, [*OPEN, off], command, BOOK) == [ended("written_off")]
    moved = ResponsibilityMoved(
        account=ACCOUNT,
        from_payer_order=1,
        to_party="patient",
        cents=20_000,
        amounts=(MovedAmount(charge=ONE, cents=20_000),),
        basis="b",
        entry="m",
        posted_on=POSTED_ON,
        entries=(line("ar_patient", 20_000), line("ar_denied", -20_000)),
    )
    ((_, command),) = react(moved, _at(moved))
    assert isinstance(command, HearMoved)
    assert said(DECIDER, [*OPEN, moved], command, BOOK) == [ended("patient")]


def test_the_readme_lists_what_is_heard_and_said() -> None:
    text = (Path("services") / "denial" / "README.md").read_text()
    _, heard_part, said_part = re.split(r"^## (?:Hears|Says)$", text, flags=re.MULTILINE)
    said_part = said_part.split("## Rules")[0]
    assert set(re.findall(r"^\| `([^`]+)`", heard_part, re.MULTILINE)) == SERVICE.hears
    assert set(re.findall(r"^\| `([^`]+)`", said_part, re.MULTILINE)) == SERVICE.says
