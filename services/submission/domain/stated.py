"""What the encounter says in free words, of the whole claim and of one charge: notes, and where somebody was driven."""

from typing import NamedTuple

from contracts.phi import AmbulanceStop, AmbulanceTrip, ClaimNote, LineNote
from contracts.values import Charge
from shared.streams import charge_number
from shared.x12 import claim_837p as x
from shared.x12.writing import plain

WHOLE = 0
"""The line of what speaks of the whole claim."""


class Stated(NamedTuple):
    """What is said of one line: its note, its ride, and the places of that."""

    note: LineNote | None = None
    trip: AmbulanceTrip = AmbulanceTrip()
    stops: tuple[x.Provider, ...] = ()


NOTHING = Stated()


def of_the_claim(said: ClaimNote | None) -> Stated:
    """What speaks of all of it; its note is `said` itself."""
    return NOTHING if said is None else _of_line(said, WHOLE)


def of_charge(said: ClaimNote | None, charge: Charge, account: str) -> Stated:
    """What speaks of a charge, which notes name by its number in the encounter."""
    return NOTHING if said is None else _of_line(said, _number_of(charge, account))


def _of_line(said: ClaimNote, line: int) -> Stated:
    note = next((note for note in said.lines if note.line == line), None)
    trip = next((trip for trip in said.trips if trip.line == line), NOTHING.trip)
    return Stated(note, trip, tuple([_stop(one) for one in said.stops if one.line == line]))


def _number_of(charge: Charge, account: str) -> int:
    """A charge's number in its encounter; -1 where another system numbers its charges."""
    own = charge.charge.rpartition("-")[2]
    known = own.isascii() and own.isdigit() and charge.charge == charge_number(account, int(own))
    return int(own) if known else -1


def _stop(one: AmbulanceStop) -> x.Provider:
    return x.Provider(
        role=one.role,
        last=plain(one.name, 60),
        organisation=True,
        street=plain(one.street, 55),
        street2=plain(one.street2, 55),
        city=plain(one.city, 30),
        state=one.state,
        zip=one.zip,
    )


def ride(trip: AmbulanceTrip) -> x.Ambulance | None:
    """CR1; None where nobody was driven."""
    if not trip.reason:
        return None
    purposes = (plain(trip.round_trip, 80), plain(trip.stretcher, 80))
    return x.Ambulance(trip.reason, trip.miles, trip.pounds, *purposes)
