"""Somebody of whom nothing is open is erased."""

from datetime import date

from simulator.books import Books
from simulator.chance import Chance
from simulator.doors import Doors
from simulator.people import person

SOURCE = "ELSEWHERE"


async def erase_somebody(doors: Doors, books: Books, name: str, day: date) -> str:
    """A person with one encounter of another system's, who is to be erased; their id."""
    where = books.facilities[0]
    body = {
        "source_system": SOURCE,
        "encounter": f"GONE-{name}",
        "encounter_class": "clinic",
        "facility": where["facility"],
        "legal_entity": where["legal_entity"],
        "service_from": day.isoformat(),
        "service_to": day.isoformat(),
        "billing": "history",
        "patient": person(Chance(13), 1) | {"mrn": f"ZZG-{name}"},
        "coverages": [],
    }
    answer = await doors.post("registration", "/encounters", f"gone/{name}", {"encounters": [body]})
    (taken,) = answer["encounters"]
    assert taken["status"] == 200, taken
    await doors.post(
        "registration",
        f"/patients/{taken['patient']}/erasure",
        f"gone/{name}/erase",
        {"reason": "THE CLIENT LEFT"},
    )
    return str(taken["patient"])
