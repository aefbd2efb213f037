"""What registration's door takes of people and providers: all that a claim may say, and nothing that it cannot."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.registration.api.bodies import CoverageBody, Encounter, Holder, Note, ProviderBody
from services.registration.api.routes import _content

COVERAGE: dict[str, Any] = {
    "order": 1,
    "payer": "BLUE",
    "relation": "19",
    "filing_indicator": "CI",
    "member_id": "M1",
    "effective_from": date(2026, 1, 1),
}


def test_a_subscriber_who_is_not_the_patient_may_be_known_by_name_alone() -> None:
    holder = CoverageBody(**COVERAGE, subscriber={"last": "TEST"}).subscriber
    assert holder is not None and (holder.born_on, holder.street, holder.sex) == (None, "", "U")


@pytest.mark.parametrize("name", ["", "测"])
def test_a_subscriber_has_a_name_that_can_stand_in_a_claim(name: str) -> None:
    with pytest.raises(ValidationError):
        Holder(last=name)


def test_an_address_is_whole_or_none() -> None:
    whole = {"street": "1 WAY", "city": "TOWN", "state": "IL", "zip": "62701"}
    assert Holder(last="TEST", **whole).city == "TOWN"  # type: ignore[arg-type]
    for missing in whole:
        with pytest.raises(ValidationError, match="an address is"):
            Holder(last="TEST", **{**whole, missing: ""})  # type: ignore[arg-type]


def test_a_provider_has_a_role_of_the_encounter_and_an_npi_with_its_check_digit() -> None:
    assert ProviderBody(role="DN", npi="1234567893").npi == "1234567893"
    with pytest.raises(ValidationError, match="check digit"):
        ProviderBody(role="DN", npi="1234567890")
    with pytest.raises(ValidationError):
        ProviderBody(role="PW")  # type: ignore[arg-type]


ENCOUNTER: dict[str, Any] = {
    "source_system": "EHR",
    "encounter": "E1",
    "encounter_class": "clinic",
    "facility": "FAC1",
    "legal_entity": "LE1",
    "service_from": "2026-01-05",
    "service_to": "2026-01-05",
    "patient": {
        "mrn": "ZZ1", "last": "TEST", "first": "A", "born_on": "1980-01-01", "sex": "U",
        "street": "1 WAY", "city": "TOWN", "state": "IL", "zip": "62701",
    },
    "coverages": [COVERAGE],
}  # fmt: skip


def test_what_was_no_field_once_makes_no_other_content_of_what_was_told_then() -> None:
    told = _content(Encounter.model_validate(ENCOUNTER))
    assert not any(later in told for later in ('"facts"', '"note"', '"references"'))
    noted = Encounter.model_validate({**ENCOUNTER, "note": {"text": "SEEN AT NIGHT"}})
    assert _content(noted) != told


def test_a_note_told_before_lines_and_rides_were_known_is_the_same_content_still() -> None:
    noted = {**ENCOUNTER, "note": {"text": "SEEN AT NIGHT"}}
    told = _content(Encounter.model_validate(noted))
    assert '"lines"' not in told and '"stops"' not in told
    ride = {"reason": "A", "miles": "12"}
    more = _content(Encounter.model_validate({**noted, "note": {"text": "SEEN AT NIGHT", "trips": [ride]}}))
    assert '"miles":"12"' in more


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"lines": [{"line": 0, "text": "A"}]},
        {"lines": [{"line": 1, "text": "A"}, {"line": 1, "text": "B"}]},
        {"trips": [{"line": 1}]},
        {"trips": [{"reason": "A"}]},
        {"trips": [{"reason": "Q", "miles": "1"}]},
        {"trips": [{"reason": "A", "miles": "1E3"}]},
        {"stops": [{"role": "PW", "street": "1 WAY", "city": "TOWN", "state": "NY", "zip": "1"}]},
        {"stops": [{"role": "QC", "street": "1 WAY", "city": "TOWN", "state": "NY", "zip": "10001"}]},
    ],
)
def test_a_note_says_something_once_and_in_its_form(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Note.model_validate(wrong)


def test_a_note_is_one_of_a_claim_and_something_of_it_can_be_written() -> None:
    assert Note(text="SEEN AT NIGHT").kind == "ADD"
    for wrong in ({"text": "测"}, {"text": "A" * 81}, {"text": "A", "kind": "ZZZ"}):
        with pytest.raises(ValidationError):
            Note(**wrong)
