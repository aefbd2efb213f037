"""A legal hold is placed once, for one patient or everybody, and in force until it is lifted."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from contracts.reference import EntryKept, LegalHoldLifted, LegalHoldPlaced, RetentionSet
from services.reference.app import SERVICE
from services.reference.domain import MOST_HOLDS, LiftHold, List, PlaceHold
from services.reference.projections import project
from shared.streams import BROADCAST
from tests.unit.scenario import refused, said, scenario

BOOKS = SERVICE.deciders["books"]
PLACE = PlaceHold("M-1", "p", "a suit")
PLACED = LegalHoldPlaced(hold="M-1", patient="p", reason="a suit")
KEPT = EntryKept(name="legal-hold/M-1", digest="p")
LIFT = LiftHold("M-1", "settled")
LIFTED = LegalHoldLifted(hold="M-1", reason="settled")
OVER = EntryKept(name="legal-hold/M-1", digest="")


def test_a_hold_is_said_to_everybody_once() -> None:
    scenario(BOOKS, when=PLACE, then=[KEPT, (BROADCAST, PLACED)])
    scenario(BOOKS, given=[KEPT], when=PLACE, then=[])


def test_a_number_is_not_taken_from_whom_it_keeps() -> None:
    for other in ("another", ""):
        assert "somebody else" in refused(BOOKS, [KEPT], PlaceHold("M-1", other, "a suit"))


def test_a_hold_ends_once_and_may_begin_again() -> None:
    assert refused(BOOKS, [], LIFT) == "there is no hold of that number"
    scenario(BOOKS, given=[KEPT], when=LIFT, then=[OVER, (BROADCAST, LIFTED)])
    scenario(BOOKS, given=[KEPT, OVER], when=LIFT, then=[])
    assert said(BOOKS, [KEPT, OVER], PlaceHold("M-1", "", "another suit"))[0].digest == "everybody"


def test_so_many_holds_and_no_more() -> None:
    many = [EntryKept(name=f"legal-hold/M{n}", digest="p") for n in range(MOST_HOLDS)]
    assert "everybody" in refused(BOOKS, many, PLACE)
    others = [EntryKept(name=f"payer/P{n}", digest="d") for n in range(MOST_HOLDS)]
    assert said(BOOKS, [*many[1:], *others], PLACE)[0] == KEPT
    over = EntryKept(name="legal-hold/M0", digest="")
    assert said(BOOKS, [*many, over], PLACE)[0] == KEPT


def test_a_lifted_hold_shows_what_it_was_and_why_it_is_over() -> None:
    at: Any = SimpleNamespace(partition=0, occurred_on=date(2026, 1, 5))
    row = project(None, PLACED, at)
    facts = project(row, LIFTED, at)["facts"]
    assert facts == {
        "hold": "M-1",
        "patient": "p",
        "reason": "a suit",
        "lifted_on": "2026-01-05",
        "lifted_for": "settled",
    }


def test_how_long_files_are_kept_is_an_entry_of_the_books() -> None:
    for_ten_years = RetentionSet(received_files_days=3_653, reason="the law")
    kept, (stream, told) = said(BOOKS, [], List(for_ten_years, "d"))
    assert (kept.name, stream, told) == ("retention/received-files", BROADCAST, for_ten_years)
