"""Something sent about an account is addressed as its person was known then, and to nobody once they were erased."""

from datetime import UTC, datetime
from typing import Any

from services.registration.api.people import NOT_YET
from simulator.chance import Chance
from simulator.people import person
from tests.journeys.office import Office

WHO = person(Chance(17), 3) | {"mrn": "ZZA-1"}


async def account(office: Office, name: str, who: dict[str, Any]) -> tuple[str, str]:
    """An account of another system's history, and its patient: nothing of it is open."""
    where = office.books.facilities[0]
    body = {
        "source_system": "ELSEWHERE",
        "encounter": f"ADDRESSED-{name}",
        "encounter_class": "clinic",
        "facility": where["facility"],
        "legal_entity": where["legal_entity"],
        "service_from": office.day.isoformat(),
        "service_to": office.day.isoformat(),
        "billing": "history",
        "patient": who,
        "coverages": [],
    }
    answer = await office.tell("registration", "/encounters", {"encounters": [body]})
    (taken,) = answer["encounters"]
    assert taken["status"] == 200, taken
    await office.quiet()
    return taken["account"], taken["patient"]


async def addressed(office: Office, *accounts: str, then: datetime | None = None) -> list[str]:
    """The street of each account's person, or why there is none."""
    body = {"accounts": list(accounts), "as_of": then.isoformat() if then else None}
    answer = await office.tell("registration", "/people", body)
    return [one["person"]["street"] if one["person"] else one["why"] for one in answer["people"]]


async def test_who_moved_is_addressed_as_then_and_who_was_erased_not_at_all(office: Office) -> None:
    before = datetime.now(UTC)
    first, patient = await account(office, "first", WHO)
    then = datetime.now(UTC)
    moved = {"person": WHO | {"street": "9 ELM WAY"}, "changed": ["street"], "reason": "MOVED"}
    await office.tell("registration", f"/patients/{patient}/demographics", moved)
    await office.quiet()
    assert await addressed(office, first) == ["9 ELM WAY"]
    assert await addressed(office, first, then=then) == [WHO["street"]]
    assert await addressed(office, first, then=before) == [NOT_YET]

    await office.tell("registration", f"/patients/{patient}/erasure", {"reason": "THEY ASKED"})

    async def gone() -> bool:
        return await addressed(office, first, first, then=then) == ["erased", "erased"]

    await office.until(gone, "the keys to be gone")
    await office.quiet()
    again, same = await account(office, "again", WHO | {"street": "5 ASH ROAD"})
    assert same == patient
    assert await addressed(office, first, again) == ["erased", "5 ASH ROAD"]
