"""What registration's door takes of people and providers: all that a claim may say, and nothing that it cannot."""

import json
from dataclasses import fields
from datetime import date
from typing import Any, cast

import pytest
from pydantic import ValidationError

from services.registration.api.bodies import CoverageBody, Encounter, Holder, Note, ProviderBody
from services.registration.api.routes import _answers, _checked, _content
from services.registration.domain import OpenAccount
from shared.service import Answer, Order, Scope
from shared.streams import account_number

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
    doctor = {"role": "DN", "last": "ZZDOC"}
    told = _content(Encounter.model_validate({**ENCOUNTER, "providers": [doctor]}))
    facts = json.loads(told)
    assert "signature_source" not in facts["consent"] and "suffix" not in facts["providers"][0]
    for more in (
        {"consent": {"signature_source": "P"}},
        {"providers": [{**doctor, "suffix": "III"}]},
    ):
        assert (
            _content(Encounter.model_validate({**ENCOUNTER, "providers": [doctor], **more})) != told
        )


def test_a_note_told_before_lines_and_rides_were_known_is_the_same_content_still() -> None:
    noted = {**ENCOUNTER, "note": {"text": "SEEN AT NIGHT"}}
    told = _content(Encounter.model_validate(noted))
    assert '"lines"' not in told and '"stops"' not in told
    ride = {"reason": "A", "miles": "12"}
    more = _content(
        Encounter.model_validate({**noted, "note": {"text": "SEEN AT NIGHT", "trips": [ride]}})
    )
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
        {
            "stops": [
                {"role": "QC", "street": "1 WAY", "city": "TOWN", "state": "NY", "zip": "10001"}
            ]
        },
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


class _Doors:
    """Doors whose tables hold one account, and that take every command."""

    async def rows(self, sql: str, accounts: list[str]) -> list[dict[str, Any]]:
        return [{"account": "A1", "patient": "one"}] if "A1" in accounts else []

    async def handle(self, orders: list[Order]) -> list[Answer]:
        return [Answer(200, o.stream, (("registered", o.command.account),)) for o in orders]


def _order(account: str, patient: str) -> Order:
    facts = dict.fromkeys((f.name for f in fields(OpenAccount)), cast("Any", None))
    command = OpenAccount(**{**facts, "account": account, "patient": patient})
    return Order(f"patient/{patient}", command, "key", b"", Scope("t"), "somebody")


async def test_an_encounter_of_another_patient_is_refused_and_stops_no_other() -> None:
    asked = [("A1", "one"), ("A1", "two"), ("A2", "two"), ("A2", "three"), ("A3", "three")]
    answers = await _answers(cast("Any", _Doors()), [_order(*one) for one in asked])
    assert [a.status for a in answers] == [200, 409, 200, 409, 200]
    assert answers[1].sentence == "this encounter is registered already, for another patient"
    assert [said for a in answers for _, said in a.said] == ["A1", "A2", "A3"]


class _Known(_Doors):
    """Doors whose tables hold the encounter E1."""

    tenant = "t"

    def pseudonym(self, kind: str, *parts: str) -> str:
        return " ".join(parts)

    async def rows(self, sql: str, accounts: list[str]) -> list[dict[str, Any]]:
        day = date(2026, 1, 5)
        row = {
            "patient": "EHR ZZ1",
            "facility": "FAC1",
            "service_from": day,
            "service_to": day,
            "billing": "bill",
        }
        return [{"account": account_number("t", "EHR", "E1"), **row}]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({}, ""),
        ({"encounter": "E2"}, ""),
        ({"facility": "FAC2"}, "this encounter is registered already, with another facility"),
        (
            {"service_from": "2026-01-04"},
            "this encounter is registered already, with another service_from",
        ),
        (
            {"patient": {**ENCOUNTER["patient"], "mrn": "ZZ2"}},
            "this encounter is registered already, for another patient",
        ),
    ],
)
async def test_whether_an_encounter_is_free_is_told_before_it_is_registered(
    told: dict[str, Any], sentence: str
) -> None:
    asked = Encounter.model_validate({**ENCOUNTER, **told})
    (answer,) = await _checked(cast("Any", _Known()), [asked])
    assert (answer["sentence"], answer["status"]) == (sentence, 409 if sentence else 200)


async def test_one_number_for_two_patients_of_one_request_is_not_free() -> None:
    two = Encounter.model_validate({**ENCOUNTER, "encounter": "E2"})
    other = Encounter.model_validate(
        {**ENCOUNTER, "encounter": "E2", "patient": {**ENCOUNTER["patient"], "mrn": "ZZ2"}}
    )
    answers = await _checked(cast("Any", _Known()), [two, other])
    assert [a["status"] for a in answers] == [200, 409]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_end_a_coverage_and_are_no_day_of_service(day: str) -> None:
    assert CoverageBody(**{**COVERAGE, "effective_to": day}).effective_to == date.fromisoformat(day)
    with pytest.raises(ValidationError):
        Encounter.model_validate({**ENCOUNTER, "service_from": day})
    with pytest.raises(ValidationError):
        Encounter.model_validate({**ENCOUNTER, "service_to": day})
