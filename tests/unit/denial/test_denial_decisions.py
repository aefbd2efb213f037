"""When a denial opens, what a person may do about it, and what ends it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.denial import ClaimCorrection, CorrectionRequested
from contracts.submission import CorrectionDeclined
from services.denial.domain import ACCOUNT as DECIDER
from services.denial.domain.commands import (
    Accept,
    Correct,
    HearDeclined,
    HearMoved,
    HearPosting,
    HearReversal,
)
from services.denial.domain.state import Book, evolve_book
from shared.errors import NotFound
from tests.unit.denial.facts import (
    ACCOUNT,
    BOOK,
    CHANGE,
    CLAIM,
    D1,
    D2,
    ONE,
    PAID_ON,
    POSTED_ON,
    denied,
    ended,
    heard,
    line,
    listed,
    opened,
    paid,
    posted,
    taken_back,
)
from tests.unit.scenario import fold, refused, said, scenario

DENIED = posted(denied())
OPEN = [heard(), DENIED, opened(denied())]
ASKED = CorrectionRequested(
    account=ACCOUNT,
    denials=(D1,),
    claim=CLAIM,
    adjudication="adj-1",
    payer="BLUE",
    payer_control="ICN1",
    route="replacement",
    correction=CHANGE,
    requested_by="pat",
)
CORRECT = Correct(D1, CHANGE, "pat")
DECLINED = CorrectionDeclined(
    account=ACCOUNT, claim=CLAIM, adjudication="adj-1", denials=(D1,), reason="later"
)


def _scenario(given: list[Any], when: Any, then: list[Any], book: Book = BOOK) -> None:
    scenario(DECIDER, given=given, when=when, then=then, book=book)


def test_each_denied_amount_opens_a_denial_with_the_payers_deadline() -> None:
    both = posted(denied(), denied("50", 500, charge=None))
    then = [opened(denied()), opened(denied("50", 500, charge=None), D2)]
    _scenario([heard(), both], HearPosting(both), then)


def test_a_posting_that_denies_nothing_or_is_known_opens_nothing() -> None:
    _scenario([heard(), posted()], HearPosting(posted()), [])
    _scenario(OPEN, HearPosting(DENIED), [])


def test_the_deadline_follows_the_policy_in_force_when_it_was_paid() -> None:
    later = evolve_book(BOOK, listed(days=10, in_force_from=date(2026, 2, 1)))
    (event,) = said(DECIDER, [heard(), DENIED], HearPosting(DENIED), later)
    assert event.deadline_on == date(2026, 4, 20)
    (event,) = said(DECIDER, [heard(), DENIED], HearPosting(DENIED), Book())
    assert event.deadline_on == date(2026, 5, 20)


def test_a_paid_correction_ends_the_denial_with_what_it_brought() -> None:
    asked = [*OPEN, ASKED, heard("adj-2")]
    _scenario([*asked, paid(8_000)], HearPosting(paid(8_000)), [ended("paid", 8_000)])


def test_a_second_refusal_upholds_the_first_and_opens_anew() -> None:
    again = paid(0, again=(denied(),))
    second = opened(denied(), D2, adjudication="adj-2")
    given = [*OPEN, ASKED, heard("adj-2"), again]
    _scenario(given, HearPosting(again), [ended("upheld"), second])


DUPLICATE = replace(
    posted(adjudication="adj-2", entries=(line("remittance_clearing", 0),)),
    duplicates=(replace(denied("18"), next_action="Find the first claim."),),
)


def test_a_correction_that_is_taken_for_a_duplicate_is_work_again_and_goes_on_from_the_newest_decision() -> (
    None
):
    told = "The payer took the corrected claim for a duplicate."
    left = replace(denied(), next_action=f"{told} Next: Find the first claim.")
    work = opened(left, D2, adjudication="adj-2", continues=D1)
    given = [*OPEN, ASKED, heard("adj-2", "ICN2"), DUPLICATE]
    upheld = replace(ended("upheld"), reason=told)
    _scenario(given, HearPosting(DUPLICATE), [upheld, work])
    _scenario([*given, upheld, work], HearPosting(DUPLICATE), [])
    again = replace(ASKED, denials=(D2,), adjudication="adj-2", payer_control="ICN2")
    _scenario([*given, upheld, work], Correct(D2, CHANGE, "pat"), [again])


def test_a_duplicate_of_what_nobody_corrected_changes_nothing() -> None:
    _scenario([*OPEN, heard("adj-2"), DUPLICATE], HearPosting(DUPLICATE), [])


def test_what_the_correction_leaves_to_the_patient_ends_it_so() -> None:
    patient = paid(0, patient=20_000)
    _scenario([*OPEN, patient], HearPosting(patient), [ended("patient")])


def test_a_posting_elsewhere_ends_nothing() -> None:
    other = posted(
        adjudication="adj-2", entries=(line("remittance_clearing", 5), line("ar_open", -5))
    )
    _scenario([*OPEN, other], HearPosting(other), [])


def test_a_reversal_ends_its_denials() -> None:
    _scenario([*OPEN, taken_back()], HearReversal(taken_back()), [ended("reversed")])
    given = [*OPEN, ended("accepted"), taken_back()]
    _scenario(given, HearReversal(taken_back()), [])


def test_reversed_with_its_correction_on_the_way_it_waits_for_the_correcting_decision() -> None:
    given = [*OPEN, ASKED, taken_back()]
    _scenario(given, HearReversal(taken_back()), [])
    entries = (line("remittance_clearing", 8_000), line("ar_open", -8_000))
    correcting = posted(adjudication="adj-2", entries=entries)
    _scenario([*given, correcting], HearPosting(correcting), [ended("paid", 8_000)])


def test_what_a_reversed_posting_had_ended_is_open_again() -> None:
    back = taken_back("adj-2", (line("ar_denied", 20_000), line("remittance_clearing", -20_000)))
    given = [*OPEN, paid(8_000), ended("paid", 8_000), back]
    _scenario(given, HearReversal(back), [replace(opened(denied(), D2), continues=D1)])


def test_a_correction_that_is_paid_with_a_patient_part_counts_what_was_paid() -> None:
    entries = [
        line("remittance_clearing", 6_000),
        line("contractual", 13_000),
        line("ar_denied", -19_000),
    ]
    answer = posted(adjudication="adj-2", entries=entries, patient=1_000)
    _scenario([*OPEN, answer], HearPosting(answer), [ended("paid", 6_000)])
    moved = HearMoved((line("ar_denied", -1_000), line("ar_patient", 1_000)), "patient", POSTED_ON)
    _scenario([*OPEN, answer, ended("paid", 6_000)], moved, [])


def test_a_denial_of_which_more_stands_than_the_patients_part_goes_on() -> None:
    entries = [line("remittance_clearing", 6_000), line("ar_denied", -6_000)]
    answer = posted(adjudication="adj-2", entries=entries, patient=1_000)
    _scenario([*OPEN, answer], HearPosting(answer), [])


def test_a_write_off_of_some_of_it_ends_nothing() -> None:
    _scenario(OPEN, HearMoved((line("ar_denied", -5),), "written_off", POSTED_ON), [])


def test_a_correction_names_what_it_answers_and_goes_the_payers_way() -> None:
    _scenario(OPEN, CORRECT, [ASKED])
    for policy in ("reopening", "new_claim"):
        book = evolve_book(BOOK, listed(policy))
        _scenario(OPEN, CORRECT, [replace(ASKED, route=policy)], book)


def test_the_deadline_is_the_payers_for_what_can_be_done() -> None:
    fixed = denied(correctable=False)
    unread = denied("16", rarcs=("MA130",), correctable=False)
    for policy, amount, days in (
        (listed("yes", appeal_days=180, reopening_days=365), denied(), 90),
        (listed("reopening", appeal_days=180, reopening_days=365), denied(), 365),
        (listed("reopening", appeal_days=180), denied(), 90),
        (listed("yes", appeal_days=180), fixed, 180),
        (listed("yes"), fixed, 90),
        (listed("yes", appeal_days=180), unread, 90),
    ):
        given, when = [heard(), posted(amount)], HearPosting(posted(amount))
        (told,) = said(DECIDER, given, when, evolve_book(BOOK, policy))
        assert told.deadline_on == PAID_ON + timedelta(days=days)


def test_an_unprocessable_claim_goes_again_as_a_new_one() -> None:
    unread = denied("16", rarcs=("MA130",), correctable=False)
    given = [heard(), posted(unread), opened(unread)]
    _scenario(given, CORRECT, [replace(ASKED, route="new_claim")])


def test_a_correction_takes_all_open_denials_of_its_adjudication_along() -> None:
    two = [*OPEN, opened(denied("16", 5), D2)]
    _scenario(two, CORRECT, [replace(ASKED, denials=(D1, D2))])


def test_a_correction_that_was_asked_for_is_quiet_and_an_ended_denial_is_refused() -> None:
    _scenario([*OPEN, ASKED], CORRECT, [])
    assert "ended" in refused(DECIDER, [*OPEN, ended("accepted")], CORRECT, BOOK)


def test_a_correction_that_mends_nothing_is_refused() -> None:
    fixed = denied(correctable=False)
    given = [heard(), posted(fixed), opened(fixed)]
    assert "does not mend" in refused(DECIDER, given, CORRECT, BOOK)
    empty = Correct(D1, ClaimCorrection(), "pat")
    assert "different" in refused(DECIDER, OPEN, empty, BOOK)
    unknown = [heard(control=""), DENIED, opened(denied())]
    assert "control number" in refused(DECIDER, unknown, CORRECT, BOOK)


def test_a_declined_correction_opens_the_denial_again() -> None:
    _scenario([*OPEN, ASKED, DECLINED], CORRECT, [ASKED])
    _scenario([*OPEN, ASKED, DECLINED], HearDeclined((D1,)), [])


def test_a_denial_whose_decision_was_taken_back_ends_when_its_correction_is_declined() -> None:
    given = [*OPEN, ASKED, taken_back(), DECLINED]
    over = replace(ended("reversed"), resolved_on=BOOK.today or date.max)
    _scenario(given, HearDeclined((D1,)), [over])
    _scenario([*given, over], HearDeclined((D1,)), [])


def test_accepting_ends_it_once() -> None:
    accept = Accept(D1, "too small")
    _scenario(OPEN, accept, [replace(ended("accepted"), reason="too small")])
    _scenario([*OPEN, ended("accepted")], accept, [])
    assert "ended" in refused(DECIDER, [*OPEN, ended("paid")], accept, BOOK)


def test_a_denial_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        list(DECIDER.decide(Accept(f"{ACCOUNT}-D9", "r"), fold(DECIDER, OPEN), BOOK))


def test_a_denial_stands_on_its_charge() -> None:
    elsewhere = HearMoved((line("ar_denied", -5, f"{ONE}9"),), "written_off", POSTED_ON)
    _scenario(OPEN, elsewhere, [])
