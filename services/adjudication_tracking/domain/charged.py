"""A charge as tracking keeps it: what a payer's line is led back by."""

from datetime import date

import msgspec

from contracts.values import Charge


class Charged(msgspec.Struct, frozen=True, array_like=True):
    """A charge of an account; `modifiers` in the order of the claim."""

    charge: str
    service_on: date
    procedure: str
    modifiers: tuple[str, ...]
    charge_cents: int


def charged(c: Charge) -> Charged:
    """What is kept of a captured charge."""
    return Charged(c.charge, c.service_on, c.procedure, c.modifiers, c.charge_cents)
