"""Rows of overpayments: since when somebody knows, until when they are due back, who said what last, and how they ended."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from contracts.posting import OverpaymentOpened
from services.posting.domain.commands import RefundOverpayment
from shared.service import Row
from tests.unit.posting.facts import ACCOUNT, PAID_ON
from tests.unit.posting.test_posting_refunded import REVERSED
from tests.unit.posting.test_posting_sixty_days import (
    CONCLUDE,
    HERE,
    IDENTIFY,
    INVESTIGATE,
    PAYEE,
    REFUND,
    later,
    overpaid,
)
from tests.unit.posting.test_posting_takebacks import _plb
from tests.unit.posting.town import TODAY, Town
from tests.unit.reporting.rows import Rows


def row(town: Town, *more: Any) -> Row:
    rows = Rows()
    for stream, event in [*town.said, *((HERE, event) for event in more)]:
        rows.tell(event, stream=stream, on=TODAY)
    return rows.tables["overpayment_view"][ACCOUNT, "adj-2"]


def told(found: Row, *names: str) -> tuple[Any, ...]:
    return tuple(found[name] for name in names)


def test_what_the_system_found_has_no_day_on_which_it_is_due() -> None:
    found = row(overpaid())
    assert told(found, "payer", "facility", "cents", "cause", "received_on", "found_on") == (
        "BLUE",
        "F1",
        8_000,
        "paid twice",
        PAID_ON,
        TODAY,
    )
    assert told(found, "identified_on", "due_on", "ended", "last_action") == (
        None,
        None,
        "",
        "found",
    )


def test_who_knows_of_it_since_when_and_until_when_it_is_due() -> None:
    found = row(overpaid(IDENTIFY))
    assert told(found, "identified_on", "due_on", "look_back_until") == (
        TODAY,
        TODAY + timedelta(days=60),
        date(2032, 1, 20),
    )
    assert told(found, "last_action", "last_by") == ("identified", "pat")


def test_an_investigation_moves_the_day_and_says_until_when_it_can_last() -> None:
    town = overpaid(IDENTIFY, INVESTIGATE)
    begun = row(town)
    assert told(begun, "looked_from", "suspended_until", "concluded_on", "last_action") == (
        TODAY,
        TODAY + timedelta(days=180),
        None,
        "investigation opened",
    )
    over = row(later(town, 7).obey(HERE, CONCLUDE))
    assert told(over, "concluded_on", "due_on", "last_action") == (
        TODAY + timedelta(days=7),
        TODAY + timedelta(days=67),
        "investigation concluded",
    )


def test_it_ends_with_its_last_cent_refunded_or_taken_back() -> None:
    part = replace(REFUND, cents=3_000)
    town = overpaid(IDENTIFY, part)
    assert told(row(town), "refunded_cents", "ended", "last_action") == (3_000, "", "refunded")
    town.say(PAYEE, _plb(5_000))
    assert told(row(town), "refunded_cents", "recovered_cents", "ended", "ended_on") == (
        3_000,
        5_000,
        "taken back",
        TODAY,
    )
    assert told(row(overpaid(REFUND)), "ended", "identified_on") == ("refunded", None)


def test_what_the_payer_gives_back_is_open_again_with_the_day_that_it_had() -> None:
    town = overpaid(IDENTIFY).say(PAYEE, _plb(8_000), _plb(-8_000))
    assert told(row(town), "recovered_cents", "ended", "due_on", "last_action") == (
        0,
        "",
        TODAY + timedelta(days=60),
        "given back by the payer",
    )


def test_what_its_payer_reversed_stays_ended_whatever_is_settled_afterwards() -> None:
    town = overpaid(IDENTIFY, REFUND).say(HERE, REVERSED)
    assert row(town)["ended"] == "reversed"
    assert row(town.say(PAYEE, _plb(-8_000, reason="72")))["ended"] == "reversed"


def test_more_of_one_that_is_open_has_its_day_and_one_after_its_end_has_none() -> None:
    town = overpaid(IDENTIFY)
    (found,) = town.of(OverpaymentOpened, "account")
    more = replace(found, cents=1_000)
    assert told(row(town, more), "cents", "due_on") == (9_000, TODAY + timedelta(days=60))
    town.obey(HERE, RefundOverpayment(ACCOUNT, "adj-2", "all", "r", "pat"))
    assert told(row(town, more), "cents", "refunded_cents", "due_on", "ended") == (
        9_000,
        8_000,
        None,
        "",
    )


def test_a_story_tells_what_a_person_knew_and_when() -> None:
    town = overpaid(IDENTIFY, INVESTIGATE, CONCLUDE)
    rows = Rows()
    for stream, event in town.said:
        rows.tell(event, stream=stream)
    facts = [r["facts"] for r in rows.tables["story"].values() if "overpayment_" in r["wire"]]
    assert [f.get("due_on") for f in facts] == [None, "2026-03-22", "2026-09-18", "2026-03-22"]
    assert (facts[0]["cause"], facts[1]["identified_on"]) == ("paid twice", "2026-01-21")
    assert (facts[2]["suspended_until"], facts[3]["concluded_on"]) == ("2026-07-20", "2026-01-21")
