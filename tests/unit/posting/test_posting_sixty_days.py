"""Sixty days from the day on which somebody knew of an overpayment (42 CFR 401.305), as events that a replay tells alike."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.posting import (
    OverpaymentIdentified,
    OverpaymentInvestigationConcluded,
    OverpaymentInvestigationOpened,
    OverpaymentOpened,
)
from contracts.reference import BusinessDayOpened
from services.posting.domain.book import evolve_book
from services.posting.domain.commands import (
    ConcludeInvestigation,
    IdentifyOverpayment,
    InvestigateOverpayment,
    RefundOverpayment,
)
from services.posting.domain.sixty_days import Known, look_back_until
from shared.errors import Refused
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    PAID_ON,
    adjudicated,
    captured,
    charge,
    line,
    opened,
)
from tests.unit.posting.test_posting_takebacks import AGAIN, HERE, PAID, PAYEE, _plb
from tests.unit.posting.town import TODAY, Town

IDENTIFY = IdentifyOverpayment(ACCOUNT, "adj-2", "Paid twice: both checks are here.", "pat")
INVESTIGATE = InvestigateOverpayment(ACCOUNT, "adj-2", "All claims of that check.", "pat")
CONCLUDE = ConcludeInvestigation(ACCOUNT, "adj-2", "No other claim of it.", "pat")
REFUND = RefundOverpayment(ACCOUNT, "adj-2", "refund-1", "paid twice", "pat")


def overpaid(*commands: Any) -> Town:
    """A claim that its payer paid on two checks, and what a person said of the second."""
    town = Town(opened("BLUE"), captured()).say(HERE, PAID, AGAIN)
    for command in commands:
        town.obey(HERE, command)
    return town


def later(town: Town, days: int) -> Town:
    """The same town so many days later."""
    town.book = evolve_book(town.book, BusinessDayOpened(day=TODAY + timedelta(days=days)))
    return town


def known(town: Town) -> Known | None:
    return town.account.posted["adj-2"].known


def test_sixty_days_run_from_the_day_on_which_it_was_identified() -> None:
    town = overpaid(IDENTIFY)
    assert town.of(OverpaymentIdentified) == [
        OverpaymentIdentified(
            account=ACCOUNT,
            claim=CLAIM,
            adjudication="adj-2",
            payer="BLUE",
            cents=8_000,
            identified_on=TODAY,
            due_on=TODAY + timedelta(days=60),
            look_back_until=date(2032, 1, 20),
            reason="Paid twice: both checks are here.",
            approver="pat",
        )
    ]


def test_what_the_system_found_nobody_knows_of_before_a_person_says_so() -> None:
    (found,) = overpaid().of(OverpaymentOpened, "account")
    assert (found.cents, found.received_on, found.cause) == (8_000, PAID_ON, "paid twice")
    assert known(overpaid()) is None


def test_it_moves_no_money() -> None:
    without, with_it = overpaid(), overpaid(IDENTIFY, INVESTIGATE, CONCLUDE)
    assert with_it.ledgers == without.ledgers
    assert with_it.account.balances == without.account.balances
    assert with_it.account.entries == without.account.entries


def test_the_same_day_again_and_no_day_again_change_nothing() -> None:
    again = replace(IDENTIFY, identified_on=TODAY)
    assert len(overpaid(IDENTIFY, again, IDENTIFY).of(OverpaymentIdentified)) == 1
    town = later(overpaid(IDENTIFY), 9).obey(HERE, IDENTIFY)
    assert len(town.of(OverpaymentIdentified)) == 1


def test_an_earlier_day_can_be_told_later_and_a_later_one_never() -> None:
    town = later(overpaid(IDENTIFY), 9)
    with pytest.raises(Refused, match=f"it was identified on {TODAY}: an earlier day"):
        town.obey(HERE, replace(IDENTIFY, identified_on=TODAY + timedelta(days=3)))
    town.obey(HERE, replace(IDENTIFY, identified_on=PAID_ON))
    assert [e.due_on for e in town.of(OverpaymentIdentified)] == [
        TODAY + timedelta(days=60),
        PAID_ON + timedelta(days=60),
    ]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (TODAY + timedelta(days=1), "has not come"),
        (PAID_ON - timedelta(days=1), "nobody knew of it"),
    ],
)
def test_nobody_knows_on_a_day_that_has_not_come_or_before_it_was_paid(day: date, why: str) -> None:
    with pytest.raises(Refused, match=why):
        overpaid(replace(IDENTIFY, identified_on=day))


@pytest.mark.parametrize("decision", ["adj-1", "adj-9"])
@pytest.mark.parametrize("command", [IDENTIFY, INVESTIGATE, CONCLUDE])
def test_what_is_not_overpaid_cannot_be_identified_or_investigated(
    command: Any, decision: str
) -> None:
    with pytest.raises(Refused, match="nothing of that decision is overpaid"):
        overpaid(replace(command, adjudication=decision))


def test_an_investigation_suspends_the_sixty_days_until_it_is_concluded() -> None:
    town = later(overpaid(IDENTIFY), 10).obey(HERE, INVESTIGATE)
    (begun,) = town.of(OverpaymentInvestigationOpened)
    assert (begun.looked_from, begun.suspended_until) == (
        TODAY + timedelta(days=10),
        TODAY + timedelta(days=180),
    )
    later(town, 40).obey(HERE, CONCLUDE)
    (over,) = town.of(OverpaymentInvestigationConcluded)
    assert (over.suspended_days, over.due_on) == (30, TODAY + timedelta(days=90))


def test_no_longer_than_until_180_days_after_it_was_identified() -> None:
    town = later(overpaid(IDENTIFY), 10).obey(HERE, INVESTIGATE)
    (begun,) = town.of(OverpaymentInvestigationOpened)
    assert begun.due_on == TODAY + timedelta(days=60 + 170)
    later(town, 300).obey(HERE, CONCLUDE)
    (over,) = town.of(OverpaymentInvestigationConcluded)
    assert (over.suspended_days, over.due_on) == (170, begun.due_on)


def test_an_investigation_begins_after_it_was_identified_within_the_sixty_days_and_once() -> None:
    with pytest.raises(Refused, match="identify it first"):
        overpaid(INVESTIGATE)
    with pytest.raises(Refused, match="outside of the 60 days"):
        overpaid(IDENTIFY, replace(INVESTIGATE, looked_from=PAID_ON))
    with pytest.raises(Refused, match="outside of the 60 days"):
        later(overpaid(IDENTIFY), 61).obey(HERE, INVESTIGATE)
    assert later(overpaid(IDENTIFY), 60).obey(HERE, INVESTIGATE).of(OverpaymentInvestigationOpened)
    town = later(overpaid(IDENTIFY, INVESTIGATE), 2)
    with pytest.raises(Refused, match=f"under investigation since {TODAY}"):
        town.obey(HERE, replace(INVESTIGATE, looked_from=TODAY + timedelta(days=1)))
    with pytest.raises(Refused, match="was concluded on"):
        town.obey(HERE, CONCLUDE).obey(HERE, INVESTIGATE)


def test_an_investigation_that_is_told_twice_is_one() -> None:
    town = overpaid(IDENTIFY, INVESTIGATE, INVESTIGATE, CONCLUDE, CONCLUDE)
    assert len(town.of(OverpaymentInvestigationOpened)) == 1
    assert len(town.of(OverpaymentInvestigationConcluded)) == 1


def test_only_what_was_begun_is_concluded_and_once_and_not_before() -> None:
    with pytest.raises(Refused, match="not under investigation"):
        overpaid(IDENTIFY, CONCLUDE)
    with pytest.raises(Refused, match="began on"):
        overpaid(IDENTIFY, INVESTIGATE, replace(CONCLUDE, concluded_on=PAID_ON))
    with pytest.raises(Refused, match="was concluded on"):
        later(overpaid(IDENTIFY, INVESTIGATE, CONCLUDE), 5).obey(
            HERE, replace(CONCLUDE, concluded_on=TODAY + timedelta(days=5))
        )


def test_an_investigation_that_began_too_late_for_an_earlier_day_suspends_nothing() -> None:
    first = Known(TODAY, TODAY + timedelta(days=50), TODAY + timedelta(days=70))
    assert first.due_on() == TODAY + timedelta(days=80)
    earlier = Known(TODAY - timedelta(days=20), first.looked_from, first.concluded_on)
    assert earlier.due_on() == TODAY + timedelta(days=40)


@pytest.mark.parametrize(
    ("received", "until"),
    [(date(2026, 1, 20), date(2032, 1, 20)), (date(2024, 2, 29), date(2030, 3, 1))],
)
def test_the_look_back_is_six_years_from_the_payment(received: date, until: date) -> None:
    assert look_back_until(received) == until


def test_a_refund_leaves_the_clock_of_what_is_still_here() -> None:
    town = overpaid(IDENTIFY, replace(REFUND, cents=3_000))
    assert known(town) == Known(TODAY)
    town.obey(HERE, replace(REFUND, refund="refund-2"))
    with pytest.raises(Refused, match="nothing of that decision is overpaid"):
        town.obey(HERE, INVESTIGATE)


def test_what_a_payer_gives_back_that_it_had_taken_was_known_all_the_time() -> None:
    town = overpaid(IDENTIFY).say(PAYEE, _plb(8_000))
    assert sum(town.account.posted["adj-2"].overpaid().values()) == 0
    town.say(PAYEE, _plb(-8_000))
    assert sum(town.account.posted["adj-2"].overpaid().values()) == 8_000
    assert known(town) == Known(TODAY)


def test_more_of_one_that_is_open_has_its_clock_and_one_after_it_was_refunded_is_another() -> None:
    more = OverpaymentOpened(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication="adj-2",
        payer="BLUE",
        cents=1_000,
        suspected_on=TODAY,
        reason="r",
    )
    town = overpaid(IDENTIFY)
    assert known(town.say(HERE, more)) == Known(TODAY)
    town.obey(HERE, REFUND).say(HERE, more)
    assert known(town) is None


def test_the_cause_says_who_paid_for_what_was_paid() -> None:
    other = adjudicated(line(9_000), adjudication="adj-3", payer="AETNA", payer_order=2)
    town = Town(opened("BLUE", "AETNA"), captured(charge(cents=10_000)))
    town.say(HERE, replace(PAID, lines=(line(8_000, ("CO", "45", 2_000)),)), other)
    (found,) = town.of(OverpaymentOpened, "account")
    assert (found.payer, found.cause) == ("AETNA", "another payer paid")
    (above,) = (
        Town(opened("BLUE"), captured(charge(cents=5_000)))
        .say(HERE, adjudicated(line(8_000)))
        .of(OverpaymentOpened, "account")
    )
    assert (above.cents, above.cause) == (3_000, "above the charges")
