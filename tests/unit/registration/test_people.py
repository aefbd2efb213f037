"""Whom something is addressed to is told as it was known at a moment: every version of a person is kept, sealed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from contracts.phi import PersonDetails
from contracts.registration import PatientDemographicsCorrected, PatientRegistered
from contracts.values import Sealed
from services.registration.api.people import NOT_YET
from services.registration.app import SERVICE
from services.registration.domain import Book
from services.registration.projections.people import PERSON_VERSIONS
from shared.http import app
from shared.service import At, Scope

THEN = datetime(2026, 1, 5, 12, tzinfo=UTC)
REGISTERED = PatientRegistered(
    patient="p", person=Sealed(key_id="k", box="first"), source_system="s"
)
CORRECTED = PatientDemographicsCorrected(
    patient="p",
    person=Sealed(key_id="k", box="second"),
    changed=("street",),
    reason="MOVED",
    proposed_by="staff",
)
A, B, C, D = (f"{letter:0<14}" for letter in "ABCD")
QUINN = PersonDetails(
    last="ZZTESTA",
    first="QUINN",
    born_on=date(1980, 2, 3),
    sex="U",
    street="1 OAK LANE",
    city="NOWHERE",
    state="OH",
    zip="00000",
    phone="5550100",
    mrn="ZZMRN1",
)
SHOWN = {
    "last": "ZZTESTA", "first": "QUINN", "middle": "", "suffix": "", "street": "1 OAK LANE",
    "street2": "", "city": "NOWHERE", "state": "OH", "zip": "00000", "minor": False,
}  # fmt: skip


def at(stream: str, position: int) -> At:
    return At(
        stream, 0, f"e{position}", "w", Scope(), THEN.date(), THEN, "a", "c", "registration/0", position
    )  # fmt: skip


def rows(*events: tuple[str, Any]) -> list[dict[str, Any]]:
    keys, project = PERSON_VERSIONS.keys, PERSON_VERSIONS.project
    assert keys is not None and project is not None
    return [
        row
        for n, (stream, event) in enumerate(events, 1)
        for _ in keys(event, at(stream, n))
        if (row := project(None, event, at(stream, n))) is not None
    ]


def test_a_person_has_a_version_when_registered_and_with_every_correction_of_their_own() -> None:
    kept = rows(("patient/p", REGISTERED), ("patient/p", CORRECTED), (f"account/{A}", CORRECTED))
    assert [(row["patient"], row["position"], row["person"]) for row in kept] == [
        ("p", 1, "first"),
        ("p", 2, "second"),
    ]
    assert all(row["recorded_at"] == THEN and row["key_id"] == "k" for row in kept)
    assert PERSON_VERSIONS.append


class Doors:
    """Doors of whom A is known, B was erased and C came later; D is nobody's account."""

    def __init__(self, who: PersonDetails = QUINN) -> None:
        self.asked: list[Any] = []
        self.who = who

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        self.asked.append(args)
        return [
            {"account": C, "key_id": None, "person": None},
            {"account": B, "key_id": "gone", "person": "box"},
            {"account": A, "key_id": "k", "person": "box"},
        ]

    async def open_all(self, sealed: list[tuple[Sealed, type]]) -> list[Any]:
        return [None if one.key_id == "gone" else self.who for one, _ in sealed]

    async def book(self) -> Book:
        return Book(today=date(2026, 3, 1))


async def asked(doors: Any, body: dict[str, Any]) -> httpx.Response:
    async def ready() -> dict[str, Any]:
        return {}

    assert SERVICE.routes is not None
    transport = httpx.ASGITransport(app=app(SERVICE, ready, SERVICE.routes(doors)))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        return await client.post("/people", json=body)


async def test_an_address_is_told_without_anything_else_of_the_person() -> None:
    doors = Doors()
    answer = await asked(doors, {"accounts": [A, B, C, D], "as_of": "2026-01-05T12:00:00Z"})
    assert answer.json() == {
        "people": [
            {"account": A, "person": SHOWN, "why": ""},
            {"account": B, "person": None, "why": "erased"},
            {"account": C, "person": None, "why": NOT_YET},
            {"account": D, "person": None, "why": "no such account"},
        ]
    }
    assert doors.asked == [([A, B, C, D], THEN)]


async def test_without_a_moment_it_is_as_of_now() -> None:
    doors = Doors()
    answer = await asked(doors, {"accounts": [A]})
    assert answer.status_code == 200 and doors.asked == [([A], None)]


@pytest.mark.parametrize(
    ("born_on", "then", "minor"),
    [
        (date(2008, 1, 5), "2026-01-04T23:59:59Z", True),
        (date(2008, 1, 5), "2026-01-05T00:00:00Z", False),
        (date(2008, 2, 29), "2026-02-28T12:00:00Z", True),
        (date(2008, 2, 29), None, False),
        (date(2008, 3, 2), None, True),
        (None, None, False),
    ],
)
async def test_who_is_not_of_age_at_that_moment_is_told_as_a_minor(
    born_on: date | None, then: str | None, minor: bool
) -> None:
    answer = await asked(Doors(replace(QUINN, born_on=born_on)), {"accounts": [A], "as_of": then})
    (one,) = answer.json()["people"]
    assert one["person"]["minor"] is minor and "born_on" not in one["person"]


@pytest.mark.parametrize(
    "body",
    [
        {"accounts": []},
        {"accounts": [A] * 501},
        {"accounts": ["QUINN ZZTESTA"]},
        {"accounts": [A], "as_of": "2026-01-05T12:00:00"},
        {"accounts": [A], "as_of": "9999-12-31T23:59:59Z"},
    ],
)
async def test_what_is_asked_wrongly_is_refused_without_a_word_of_it(body: dict[str, Any]) -> None:
    answer = await asked(Doors(), body)
    assert answer.status_code == 422 and "ZZTESTA" not in answer.text
