"""An encounter opens one account; what changes about the person reaches every account of theirs."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.registration import (
    AccountOpened,
    AccountRegistered,
    CoveragesKept,
    CoveragesSet,
    PatientDemographicsCorrected,
    PatientRegistered,
)
from contracts.values import Coverage, Sealed
from services.registration.api.bodies import Person
from services.registration.domain import PATIENT, CorrectDemographics, OpenAccount, SetCoverages
from services.registration.domain.patient import ACCOUNTS_AT_MOST
from shared.service import Scope
from shared.streams import account_number
from tests.unit.scenario import refused, said, scenario

DAY = date(2026, 1, 5)
PERSON: dict[str, Any] = {
    "mrn": "ZZMRN1",
    "last": "ZZTESTA",
    "first": "QUINN",
    "born_on": date(1980, 2, 3),
    "sex": "U",
    "street": "1 OAK LANE",
    "city": "NOWHERE",
    "state": "OH",
    "zip": "00000",
}
BOX = Sealed(key_id="k", box="b")
NUMBER = account_number("t", "s", "registration")
OPEN = OpenAccount(
    account=NUMBER,
    digest="d1",
    patient="p",
    guarantor="g",
    source_system="s",
    encounter="e",
    encounter_class="clinic",
    scope=Scope("t", "L", "F"),
    service_from=DAY,
    service_to=DAY,
    person=BOX,
    coverages=(),
)
KEPT = AccountRegistered(account=NUMBER, digest="d1")


def test_a_first_encounter_registers_the_patient_and_opens_the_account() -> None:
    registered, kept, (stream, opened) = said(PATIENT, [], OPEN)
    assert isinstance(registered, PatientRegistered)
    assert kept == KEPT
    assert (stream, type(opened)) == (f"account/{NUMBER}", AccountOpened)


def test_the_same_encounter_again_is_quiet_and_with_other_content_refused() -> None:
    scenario(PATIENT, given=[KEPT], when=OPEN, then=[])
    assert "other content" in refused(PATIENT, [KEPT], replace(OPEN, digest="d2"))


def test_coverages_are_ordered_without_a_gap() -> None:
    second = Coverage(order=2, payer="P", filing_indicator="CI", member=BOX, effective_from=DAY)
    assert "ordered" in refused(PATIENT, [], replace(OPEN, coverages=(second,)))
    first, third = (replace(second, order=order) for order in (1, 3))
    for billing in ("bill", "history"):
        gap = replace(OPEN, coverages=(first, third), billing=billing)
        assert "ordered" in refused(PATIENT, [], gap)


def test_a_history_may_wait_for_the_second_payer_alone() -> None:
    second = Coverage(order=2, payer="P", filing_indicator="CI", member=BOX, effective_from=DAY)
    *_, (_, opened) = said(PATIENT, [], replace(OPEN, coverages=(second,), billing="history"))
    assert [cover.order for cover in opened.coverages] == [2]


def test_a_history_may_know_no_payer_at_all_and_what_is_billed_begins_with_the_first() -> None:
    second = Coverage(order=2, payer="P", filing_indicator="CI", member=BOX, effective_from=DAY)
    first, third = (replace(second, order=order) for order in (1, 3))
    for billing, coverages in (
        ("history", ()),
        ("bill", (first, second)),
        ("history", (second, third)),
    ):
        when = replace(OPEN, billing=billing, coverages=coverages)
        *_, (_, opened) = said(PATIENT, [], when)
        assert opened.coverages == coverages
    assert "ordered" in refused(PATIENT, [], replace(OPEN, coverages=(second, third)))


def test_a_patient_holds_so_many_accounts_and_no_more() -> None:
    many = [
        AccountRegistered(account=account_number("t", "s", str(n)), digest="d")
        for n in range(ACCOUNTS_AT_MOST)
    ]
    assert said(PATIENT, many[1:], OPEN)[-1][0] == f"account/{NUMBER}"
    assert "too many accounts" in refused(PATIENT, many, OPEN)


def test_a_service_does_not_end_before_it_begins() -> None:
    assert refused(PATIENT, [], replace(OPEN, service_to=date(2026, 1, 4)))


def test_new_coverages_reach_every_account() -> None:
    when = SetCoverages("p", (), DAY, "card shown", "d")
    own, kept, (stream, copied) = said(PATIENT, [KEPT], when)
    assert isinstance(own, CoveragesSet)
    assert kept == CoveragesKept(digest="d")
    assert (stream, copied) == (f"account/{NUMBER}", own)
    assert said(PATIENT, [KEPT, kept], when) == []
    assert refused(PATIENT, [], when)


def test_corrected_demographics_reach_every_account() -> None:
    when = CorrectDemographics("p", BOX, ("zip",), "moved", "staff")
    own, (stream, copied) = said(PATIENT, [KEPT], when)
    assert isinstance(own, PatientDemographicsCorrected)
    assert (stream, copied) == (f"account/{NUMBER}", own)
    assert refused(PATIENT, [], when)
    assert said(PATIENT, [KEPT], replace(when, changed=())) == []


@pytest.mark.parametrize("text", ["José", "O'TEST", "Test*Name"])
def test_a_name_of_which_a_claim_can_carry_something_is_taken(text: str) -> None:
    assert Person(**{**PERSON, "last": text}).last == text


@pytest.mark.parametrize("field", ["last", "first", "street", "city"])
def test_a_text_of_which_a_claim_can_carry_nothing_is_refused_at_the_door(field: str) -> None:
    with pytest.raises(ValidationError, match="Latin letters"):
        Person(**{**PERSON, field: "测试"})
