"""Claim edits: what each finds, and where it points."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.submission import EditFailure
from contracts.values import Diagnosis
from services.submission.domain import ACCOUNT, Books, evolve_book
from services.submission.domain.account_state import Account
from services.submission.domain.claim_state import ClaimState
from services.submission.domain.edits import OVERRIDABLE, RULES
from services.submission.domain.findings import MAX_LINES
from services.submission.domain.sending import judge
from tests.unit.scenario import fold
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    DAY,
    READY,
    adjudicated,
    books,
    captured,
    charge,
    coded,
    coverage,
    enrolled,
    facility,
    opened,
    payer,
)

FIRST = ClaimState(claim=CLAIM, payer="PAYER-A", payer_order=1)


def found(
    given: tuple[Any, ...] = READY, book: Books | None = None, claim: ClaimState = FIRST
) -> tuple[EditFailure, ...]:
    """What the edits say of the claim."""
    account: Account = fold(ACCOUNT, given)
    return judge(account, claim, book or books()).failures


def places(failures: tuple[EditFailure, ...]) -> set[tuple[str, str, str]]:
    """Rule, loop and element of each failure."""
    return {(failure.rule, failure.loop, failure.element) for failure in failures}


def test_a_sound_claim_passes_every_edit() -> None:
    assert found() == ()


def test_every_failure_names_rule_version_loop_element_and_fix() -> None:
    for rule in RULES:
        assert rule.rule and rule.version and rule.loop and rule.element and rule.fix


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"zip": "000000000", "npi": "1234567890"}, ("BILLING-NPI", "2010AA", "NM109")),
        ({"taxonomy": "207Q"}, ("BILLING-TAXONOMY", "2000A", "PRV03")),
        ({"street": "P.O. BOX 7"}, ("BILLING-STREET", "2010AA", "N301")),
    ],
)
def test_the_billing_provider_must_be_whole(
    changes: dict[str, str], place: tuple[str, str, str]
) -> None:
    assert places(found(book=books(facility(**changes)))) == {place}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rendering_npi": "1234567890"}, ("RENDERING-NPI", "2310B", "NM109")),
        ({"place_of_service": "1"}, ("PLACE-OF-SERVICE", "2400", "SV105")),
        ({"modifiers": ("2",)}, ("MODIFIERS", "2400", "SV101")),
        ({"modifiers": ("25", "26", "59", "76", "77")}, ("MODIFIERS", "2400", "SV101")),
        ({"charge_cents": 10**10}, ("BALANCE", "2300", "CLM02")),
    ],
)
def test_a_line_must_be_writable(changes: dict[str, Any], place: tuple[str, str, str]) -> None:
    assert places(found((opened(), captured(charge(1, **changes)), coded((1,))))) == {place}


def test_more_than_50_lines_do_not_fit() -> None:
    charges = tuple(charge(n, procedure=f"{10000 + n}") for n in range(1, MAX_LINES + 2))
    given = (opened(), captured(*charges), coded(*[(1,)] * len(charges)))
    assert places(found(given)) == {("SIZE-LINES", "2400", "LX01")}


def test_every_line_points_to_a_diagnosis_that_is_there() -> None:
    assert places(found((opened(), captured(), coded((1,))))) == {("POINTERS", "2400", "SV107")}
    assert places(found((opened(), captured(), coded((1,), (3,))))) == {
        ("POINTERS", "2400", "SV107")
    }


def test_a_claim_needs_a_diagnosis() -> None:
    account: Account = fold(ACCOUNT, READY)
    bare = type(account)(
        **{f: getattr(account, f) for f in account.__struct_fields__} | {"diagnoses": ()}
    )
    rules = {failure.rule for failure in judge(bare, FIRST, books()).failures}
    assert rules == {"SIZE-DIAGNOSES", "POINTERS"}
    assert Diagnosis(sequence=12, code="R05.9").sequence == 12


def test_the_filing_limit_counts_from_the_first_service_and_its_last_day_is_in_time() -> None:
    assert found(book=books(day=DAY + timedelta(days=90))) == ()
    late = found(book=books(day=DAY + timedelta(days=91)))
    assert places(late) == {("FILING-LIMIT", "2300", "CLM01")}


def test_a_later_filing_limit_of_the_payer_counts_for_later_services_only() -> None:
    tighter = payer(filing_limit_days=1, in_force_from=DAY + timedelta(days=1))
    assert found(book=books(tighter, day=DAY + timedelta(days=30))) == ()


def test_terms_of_a_payer_count_for_services_from_their_first_day() -> None:
    tighter = payer(filing_limit_days=1, in_force_from=DAY)
    late = found(book=books(tighter, day=DAY + timedelta(days=2)))
    assert [failure.rule for failure in late] == ["FILING-LIMIT"]
    wider = payer(filing_limit_days=90, in_force_from=DAY)
    assert found(book=books(tighter, wider, day=DAY + timedelta(days=2))) == ()
    first = payer("PAYER-A", filing_limit_days=1, in_force_from=DAY + timedelta(days=9))
    only = evolve_book(Books(), first)
    assert only.filing_limit_days("PAYER-A", DAY) == 1, "before its first day, as first listed"


def test_a_replacement_has_no_filing_limit_but_needs_the_payers_control_number() -> None:
    late = books(day=DAY + timedelta(days=91))
    seven = ClaimState(claim=CLAIM, payer="PAYER-A", payer_order=1, frequency="7")
    assert places(found(book=late, claim=seven)) == {("PAYER-CONTROL", "2300", "REF02")}


def test_enrolment_counts_from_its_day() -> None:
    assert found(book=books(enrolled(yes=False)))[0].rule == "ENROLMENT"
    over = replace(enrolled(yes=False), effective_from=DAY)
    for given, rules in (
        ((over,), ["ENROLMENT"]),
        ((replace(over, effective_from=DAY + timedelta(days=1)),), []),
        ((over, replace(over, effective_from=DAY - timedelta(days=1))), ["ENROLMENT"]),
        ((over, replace(over, enrolled=True)), []),
    ):
        assert [failure.rule for failure in found(book=books(*given))] == rules
    assert {f.rule for f in found(book=Books(today=DAY))} == {
        "BILLING-LISTED",
        "PAYER-LISTED",
        "ENROLMENT",
    }


def test_a_coverage_must_be_in_force() -> None:
    over = coverage(effective_to=DAY - timedelta(days=1))
    failures = found((opened(coverages=(over,)), captured(), coded()))
    assert places(failures) == {("COVERAGE-DATES", "2000B", "SBR01")}


def test_a_repeated_line_is_a_warning_unless_a_modifier_says_it_is_meant() -> None:
    twin = charge(2, procedure="99211")
    (warning,) = found((opened(), captured(charge(1), twin), coded()))
    assert (warning.rule, warning.severity) == ("DUPLICATE-LINE", "warn")
    meant = charge(2, procedure="99211", modifiers=("76",))
    assert found((opened(), captured(charge(1), meant), coded())) == ()


def test_a_later_payer_needs_an_earlier_decision_that_adds_up() -> None:
    two = (opened(coverages=(coverage(), coverage(2, "PAYER-B"))), captured(), coded())
    second = ClaimState(claim=CLAIM, payer="PAYER-B", payer_order=2)
    assert places(found(two, claim=second)) == {("PRIOR-PAYERS", "2320", "SBR01")}
    assert found((*two, adjudicated()), claim=second) == ()
    odd = adjudicated(paid_cents=1)
    assert places(found((*two, odd), claim=second)) == {("PRIOR-BALANCE", "2320", "AMT02")}


def test_what_a_file_cannot_carry_is_never_overridden() -> None:
    assert {
        "COVERAGE-DATES",
        "FILING-LIMIT",
        "ELIGIBILITY",
        "PRIOR-LINES",
        "SERVICE-DAYS",
    } == OVERRIDABLE
    assert ACCOUNT_NO and date.min < DAY
