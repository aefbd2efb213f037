"""What another system's claim says that may speak of the patient: notes, rides of an ambulance and where they began and ended."""

from typing import Any

from cli.not_carried import LINE_NOTES, NOTES, STOPS, is_ride, is_stop
from shared.x12.claim_837p import Ambulance, ProfessionalClaim, Provider

_WHOLE = 0
"""The line of what is said of the whole claim."""


def told_of_people(c: ProfessionalClaim) -> dict[str, Any] | None:
    """The note of an encounter as registration takes it; None when there is nothing of the kind."""
    noted = c.note and c.note_kind in NOTES
    lines = [
        {"line": n, "text": line.note, "kind": line.note_kind or "ADD"}
        for n, line in enumerate(c.lines, 1)
        if line.note and (line.note_kind or "ADD") in LINE_NOTES
    ]
    trips = [_trip(c.ambulance, None, _WHOLE)]
    trips += [
        _trip(line.ambulance, line.ambulance_patients, n) for n, line in enumerate(c.lines, 1)
    ]
    stops = _stops(c.providers, _WHOLE)
    for n, line in enumerate(c.lines, 1):
        stops += _stops(line.providers, n)
    made: dict[str, Any] = {"text": c.note, "kind": c.note_kind} if noted else {}
    said = (("lines", lines), ("trips", [trip for trip in trips if trip]), ("stops", stops))
    made |= {name: listed for name, listed in said if listed}
    return made or None


def _trip(a: Ambulance | None, patients: int | None, line: int) -> dict[str, Any] | None:
    told: dict[str, Any] = {}
    if a is not None and is_ride(a):
        told = {"reason": a.reason, "miles": a.miles, "pounds": a.pounds}
        told |= {"round_trip": a.round_trip, "stretcher": a.stretcher}
    if patients is not None and 0 < patients < 100:
        told["patients"] = patients
    return {**told, "line": line} if told else None


def _stops(listed: list[Provider], line: int) -> list[dict[str, Any]]:
    """The first of each role, as far as it is a place."""
    stops: dict[str, dict[str, Any]] = {}
    for p in listed:
        if p.role in STOPS and is_stop(p):
            address = {"street": p.street, "street2": p.street2, "city": p.city}
            address |= {"state": p.state, "zip": p.zip.replace("-", "")}
            stops.setdefault(p.role, {"role": p.role, "name": p.last, **address, "line": line})
    return list(stops.values())
