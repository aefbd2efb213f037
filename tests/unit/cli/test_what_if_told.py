"""What `what-if` takes as other books, and what of its answer a person is told."""

from typing import Any

import pytest
import typer

from cli import what_if
from deploy.other_books import read_changes
from deploy.what_if import Found, side_by_side
from shared.decided import Decided, Otherwise
from shared.errors import Malformed
from tests.unit.cli.test_documented import documented
from tests.unit.cli.test_what_if import STREAM
from tests.unit.posting.facts import ACCOUNT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nonsense", "Invalid JSON"),
        ("{}", "valid array"),
        ('[{"payer": "BLUE"}]', "comes with `set`"),
        (
            '[{"payer": "BLUE", "receiver": "X", "set": {"filing_limit_days": 5}}]',
            "one of payer, receiver, rules",
        ),
        ('[{"payer": "BLUE", "set": {"filing_limit_days": 0}}]', "filing_limit_days: "),
        (
            '[{"payer": "BLUE", "set": {"in_force_from": "2020-01-01"}}]',
            "nothing that could be set",
        ),
        ('[{"rules": [{"group": "CO", "carc": "45", "meaning": "mine"}]}]', "0.rules.0.meaning"),
    ],
)
def test_a_file_that_says_something_else_is_refused_with_the_place(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_changes(text.encode())


def test_figures_are_told_where_they_differ_and_what_is_not_there_is_nothing() -> None:
    was = [
        {"figure": "billed", "facility": f, "payer": "P", "items": 1, "cents": 100}
        for f in ("A", "B")
    ]
    would_be = [
        *was,
        {"figure": "denials opened", "facility": "A", "payer": "P", "items": 2, "cents": 30},
    ]
    one = {
        "was_items": 0,
        "would_be_items": 2,
        "was_cents": 0,
        "would_be_cents": 30,
        "more_cents": 30,
    }
    assert side_by_side(was, would_be, ("figure",)) == [{"figure": "denials opened", **one}]


def _found() -> Found:
    paid = {"figure": "patient paid", "facility": "F", "payer": "P", "items": 1, "cents": 3_000}
    was: dict[str, Any] = {"/summary": {"as_of": "2026-01-31"}, "/figures": [paid]}
    found = Found(was=was, would_be={**was, "/figures": []}, records=9)
    one, other = (
        Decided("posting.payment_posted.v1", STREAM, 1),
        Decided("posting.payment_posted.v1", STREAM, 2),
    )
    found.books.add({"1": one}, {"1": other})
    found.elsewhere.add({"2": one}, {})
    found.facts_later, found.stuck = {STREAM: 3}, {"account/OTHER"}
    return found


def test_what_cannot_be_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    what_if.render(_found(), each=False, limit=5, other=True)
    said = " ".join(capsys.readouterr().out.split())
    assert f"accounts: {ACCOUNT}" in said and "1 say something else" in said
    for sentence in (
        "(3 events); they did so on what was",
        "1 decision about other streams",
        "1 account on which a rule fails",
        "(patient paid -30.00)",
    ):
        assert sentence in said


def test_what_if_is_documented() -> None:
    figure = {"was_items", "would_be_items", "was_cents", "would_be_cents", "more_cents"}
    counts = {"same", "gone", "new", "other"}
    beside = {"figure", "facility", "payer", "events", "remark", "since", "FILE"} | figure | counts
    assert set(what_if.told(_found(), 5)) == documented("what-if") - beside


def test_without_changes_what_the_code_decides_otherwise_is_a_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def found(*_: Any) -> Found:
        made = _found()
        made.code, made.books = made.books, Otherwise()
        return made

    monkeypatch.setattr(what_if, "need_engines", lambda _: None)
    monkeypatch.setattr(what_if, "run_what_if", found)
    with pytest.raises(typer.Exit) as no:
        what_if.what_if()
    assert no.value.exit_code == 1
    assert "today otherwise" in capsys.readouterr().out
