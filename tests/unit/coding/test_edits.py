"""Code edits: pairs of one provider's day, more units than pass, and what ends a hold."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from contracts.coding import (
    ChargeCorrected,
    ChargesCaptured,
    ChargeSupported,
    CodingHeld,
    EncounterCoded,
)
from contracts.values import Charge
from services.coding.domain import (
    ACCOUNT,
    Capture,
    CorrectCharge,
    SupportCharge,
)
from services.coding.domain.edit_tables import Pairs
from shared.x12.npi import with_check_digit
from tests.unit.coding.edits import (
    ADD_ON_CODES,
    EDITS,
    EXAM,
    NO_EDITS,
    OPENED,
    PTP,
    VISIT,
    captured,
    charge,
    codes,
    judged,
    pairs,
    rules,
)
from tests.unit.coding.test_coding import DIAGNOSES, NUMBER
from tests.unit.scenario import refused, said, scenario


def test_a_pair_without_a_modifier_holds_the_charge_of_column_2() -> None:
    assert rules(VISIT, EXAM) == [("PTP-MODIFIER", 2)]
    assert rules(charge(1, "G0101"), charge(2, "G0438")) == [("PTP-MODIFIER", 1)]


def test_what_holds_it_names_both_codes_and_the_table() -> None:
    (held,) = judged(VISIT, EXAM)
    (failure,) = held.failures
    assert failure.value == "G0438"
    assert failure.sentence == (
        "G0101 is part of G0438 of the same day and provider, unless a modifier says that it is one of its own (NCCI PTP 2026Q1)"
    )


@pytest.mark.parametrize("modifier", ["LT", "F5", "25", "91"])
def test_a_modifier_of_the_list_parts_a_pair_on_either_of_its_codes(modifier: str) -> None:
    assert rules(VISIT, charge(2, "G0101", modifier)) == []
    assert rules(charge(1, "G0438", modifier), EXAM) == []


def test_another_modifier_does_not() -> None:
    assert rules(VISIT, charge(2, "G0101", "GA", "50")) == [("PTP-MODIFIER", 2)]


@pytest.mark.parametrize("modifier", ["59", "XE", "XP", "XS", "XU"])
def test_a_modifier_of_a_service_of_its_own_wants_a_recorded_reason(modifier: str) -> None:
    exam = charge(2, "G0101", modifier)
    assert rules(VISIT, exam) == [("PTP-REASON", 2)]
    when = codes(VISIT, exam)
    support = ((exam.charge, "another lesion"),)
    with_reason = Capture(NUMBER, (VISIT, exam), when.diagnoses, when.lines, when.coder, support)
    _, supported, coded = said(ACCOUNT, [OPENED], with_reason, EDITS)
    assert supported == ChargeSupported(account=NUMBER, charge=exam.charge, reason="another lesion")
    assert isinstance(coded, EncounterCoded)


def test_a_reason_of_the_other_code_parts_no_pair() -> None:
    exam = charge(2, "G0101", "59")
    when = codes(VISIT, exam)
    of_the_visit = ((VISIT.charge, "another lesion"),)
    with_reason = Capture(NUMBER, (VISIT, exam), when.diagnoses, when.lines, "c", of_the_visit)
    held = said(ACCOUNT, [OPENED], with_reason, EDITS)[-1]
    assert [failure.rule for failure in held.failures] == ["PTP-REASON"]


def test_no_modifier_parts_a_pair_of_indicator_0() -> None:
    assert rules(VISIT, charge(2, "G0439", "59")) == [("PTP", 2)]
    assert rules(VISIT, charge(2, "G0439", "LT")) == [("PTP", 2)]


def test_a_pair_is_of_one_day_and_one_provider_and_of_what_is_not_voided() -> None:
    assert rules(VISIT, replace(EXAM, service_on=date(2026, 3, 2))) == []
    assert rules(VISIT, replace(EXAM, rendering_npi=with_check_digit("199900200"))) == []
    given = [*captured(VISIT, EXAM), _corrected(EXAM, replace(EXAM, units=0))]
    (coded,) = said(ACCOUNT, given, codes(VISIT), EDITS)
    assert isinstance(coded, EncounterCoded)


def test_a_pair_holds_on_the_days_that_it_carries_and_on_no_other() -> None:
    old = date(2026, 2, 28)
    both = (charge(1, "G0438"), charge(2, "G0270"))
    assert rules(*both) == []
    assert rules(*(replace(c, service_on=old) for c in both)) == [("PTP", 2)]
    one_day = Pairs(pairs(("G0438", "G0270", 0, (old, old))))
    book = structs.replace(EDITS, edits_held={**EDITS.edits_held, PTP: one_day})
    held = {
        day: rules(*(replace(c, service_on=day) for c in both), book=book)
        for day in (date(2026, 2, 27), old, date(2026, 3, 1))
    }
    assert [bool(found) for found in held.values()] == [False, True, False]


def test_units_of_a_line_have_a_limit() -> None:
    assert rules(charge(1, "G0101", units=2)) == []
    assert rules(charge(1, "G0101", units=3)) == [("MUE-LINE", 1)]
    assert rules(charge(1, "G0101", units=2), charge(2, "G0101", "76", units=2)) == []


def test_units_of_a_day_are_those_of_all_its_lines() -> None:
    lines = charge(1, "J1885", units=2), charge(2, "J1885", "76", units=2)
    assert rules(*lines) == [("MUE-DAY", 2)]
    assert rules(lines[0], replace(lines[1], service_on=date(2026, 3, 2))) == []
    span = replace(lines[0], units=6, service_to=date(2026, 3, 2))
    assert rules(span) == []
    assert rules(replace(lines[0], units=1, quantity="3.5")) == [("MUE-DAY", 1)]
    assert rules(replace(lines[0], units=60, unit="MJ")) == []


def test_a_limit_of_indicator_3_gives_way_to_a_recorded_reason_and_one_of_2_does_not() -> None:
    drug = charge(1, "J3420", units=4)
    (held,) = judged(drug)
    assert [f.rule for f in held.failures] == ["MUE-REASON"]
    given = [*captured(drug), held]
    why = SupportCharge(NUMBER, drug.charge, "ordered for two conditions")
    supported, coded = said(ACCOUNT, given, why, EDITS)
    assert supported == ChargeSupported(
        account=NUMBER, charge=drug.charge, reason="ordered for two conditions"
    )
    assert isinstance(coded, EncounterCoded)
    scenario(ACCOUNT, given=[*given, supported, coded], when=why, then=[], book=EDITS)
    absolute = charge(1, "J1885", units=4)
    (held,) = judged(absolute)
    assert said(ACCOUNT, [*captured(absolute), held], why, EDITS) == [supported]
    stranger = SupportCharge(NUMBER, "X", "why")
    assert "no such charge" in refused(ACCOUNT, given, stranger, EDITS)


ADD_ON = charge(1, "G0101")


def test_an_add_on_code_wants_one_of_its_primary_codes_of_that_day_and_provider() -> None:
    assert rules(ADD_ON, book=ADD_ON_CODES) == [("ADD-ON", 1)]
    assert rules(ADD_ON, charge(2, "G0438"), book=ADD_ON_CODES) == []
    # One that it had until February is none in March, and no other code is one.
    assert rules(ADD_ON, charge(2, "G0439"), book=ADD_ON_CODES) == [("ADD-ON", 1)]
    in_february = date(2026, 2, 28)
    then = (replace(ADD_ON, service_on=in_february), charge(2, "G0439", service_on=in_february))
    assert rules(*then, book=ADD_ON_CODES) == []
    elsewhere = charge(2, "G0438", service_on=in_february)
    other = charge(2, "G0438", rendering_npi=with_check_digit("199900101"))
    for one in (elsewhere, other):
        assert ("ADD-ON", 1) in rules(ADD_ON, one, book=ADD_ON_CODES)


@pytest.mark.parametrize("code", ["J1885", "J3420"])
def test_where_payers_take_other_primary_codes_any_code_that_is_no_add_on_code_will_do(
    code: str,
) -> None:
    drug = charge(1, code)
    assert rules(drug, charge(2, "G0270"), book=ADD_ON_CODES) == []
    assert rules(drug, book=ADD_ON_CODES) == [("ADD-ON", 1)]
    assert rules(drug, charge(2, "G0101"), book=ADD_ON_CODES) == [("ADD-ON", 1), ("ADD-ON", 2)]


def test_whoever_bills_the_primary_code_elsewhere_says_so() -> None:
    (held,) = judged(ADD_ON, book=ADD_ON_CODES)
    assert held.failures[0].sentence == (
        "G0101 is billed in addition to a primary code of the same day and provider, and none is there (NCCI AOC 2026Q1)"
    )
    why = SupportCharge(NUMBER, ADD_ON.charge, "the visit is on another account")
    _, coded = said(ACCOUNT, [*captured(ADD_ON), held], why, ADD_ON_CODES)
    assert isinstance(coded, EncounterCoded)
    assert coded.code_sets[-1] == "NCCI AOC 2026Q1"


def _corrected(
    before: Charge, after: Charge, reason: str = "as the record says"
) -> ChargeCorrected:
    return ChargeCorrected(account=NUMBER, before=before, after=after, reason=reason)


def test_a_reason_is_about_the_charge_as_it_was() -> None:
    drug = charge(1, "J3420", units=4)
    why = ChargeSupported(account=NUMBER, charge=drug.charge, reason="ordered so")
    dearer, more = replace(drug, charge_cents=1), replace(drug, units=40)
    for after, rule in ((dearer, []), (more, ["MUE-REASON"])):
        (one,) = said(ACCOUNT, [*captured(drug), why, _corrected(drug, after)], codes(drug), EDITS)
        assert [f.rule for f in getattr(one, "failures", ())] == rule


def test_a_correction_that_leaves_a_modifier_as_it_was_gives_it_no_reason() -> None:
    exam = charge(2, "G0101", "59")
    given = [
        *captured(VISIT, exam),
        *said(ACCOUNT, captured(VISIT, exam), codes(VISIT, exam), EDITS),
    ]
    two = CorrectCharge(NUMBER, replace(exam, units=2), "two lesions")
    assert [type(event) for event in said(ACCOUNT, given, two, EDITS)] == [ChargeCorrected]


def test_a_correction_holds_neither_what_is_not_coded_nor_what_makes_no_pair() -> None:
    dearer = CorrectCharge(NUMBER, replace(EXAM, charge_cents=1), "typo")
    told = said(ACCOUNT, captured(VISIT, EXAM), dearer, EDITS)
    assert [type(event) for event in told] == [ChargeCorrected]
    (coded,) = said(ACCOUNT, captured(EXAM), codes(EXAM), EDITS)
    told = said(ACCOUNT, [*captured(EXAM), coded], dearer, EDITS)
    assert [type(event) for event in told] == [ChargeCorrected]


def test_a_hold_ends_by_itself_when_a_charge_is_corrected() -> None:
    (held,) = judged(VISIT, EXAM)
    given = [*captured(VISIT, EXAM), held]
    for after in (
        replace(EXAM, modifiers=("XU",)),
        replace(EXAM, units=0),
        charge(2, "G0439", units=0),
    ):
        event, coded = said(
            ACCOUNT, given, CorrectCharge(NUMBER, after, "as the record says"), EDITS
        )
        assert event == _corrected(EXAM, after)
        assert isinstance(coded, EncounterCoded)
        assert (coded.diagnoses, coded.coder) == (DIAGNOSES, "c")
        assert coded.code_sets[-2:] == ("NCCI PTP 2026Q1", "NCCI MUE 2026Q1")


def test_a_correction_that_mends_nothing_leaves_the_hold_as_it_is_and_another_fault_is_told() -> (
    None
):
    (held,) = judged(VISIT, EXAM)
    given = [*captured(VISIT, EXAM), held]
    cheaper = CorrectCharge(NUMBER, replace(EXAM, charge_cents=1), "typo")
    assert len(said(ACCOUNT, given, cheaper, EDITS)) == 1
    (_, again) = said(
        ACCOUNT, given, CorrectCharge(NUMBER, replace(EXAM, procedure="G0439"), "typo"), EDITS
    )
    assert [f.rule for f in again.failures] == ["PTP"]


def test_a_correction_of_what_was_coded_that_makes_a_pair_holds_it() -> None:
    exam = charge(2, "G0101", "LT")
    (coded,) = judged(VISIT, exam)
    without = CorrectCharge(NUMBER, EXAM, "not on the left")
    given = [*captured(VISIT, exam), coded]
    _, held = said(ACCOUNT, given, without, EDITS)
    assert isinstance(held, CodingHeld)
    assert (held.lines, held.coder) == (coded.lines, "c")
    assert len(said(ACCOUNT, given, without, NO_EDITS)) == 1
    back = CorrectCharge(NUMBER, exam, "on the left after all")
    _, once_more = said(ACCOUNT, [*given, _corrected(exam, EXAM), held], back, EDITS)
    assert replace(once_more, code_sets=coded.code_sets) == coded


def test_history_is_taken_as_it_was_billed() -> None:
    (coded,) = judged(VISIT, EXAM, given=[replace(OPENED, billing="history")])
    assert isinstance(coded, EncounterCoded)
    assert not any("NCCI" in name for name in coded.code_sets)
    history = [replace(OPENED, billing="history"), *captured(VISIT)[1:]]
    (alone,) = said(ACCOUNT, history, codes(VISIT), EDITS)
    more = ChargesCaptured(account=NUMBER, charges=(EXAM,))
    corrected = CorrectCharge(NUMBER, replace(EXAM, charge_cents=1), "typo")
    told = said(ACCOUNT, [*history, alone, more], corrected, EDITS)
    assert [type(event) for event in told] == [ChargeCorrected]


def test_without_a_table_nothing_is_held() -> None:
    assert rules(VISIT, EXAM, book=NO_EDITS) == []
