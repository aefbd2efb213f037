"""Synthetic people, every one impossible: member ids and MRNs that no system issues, phones that nobody has.

Each person's last name holds a canary, a text that occurs nowhere else: found outside a sealed field or an X12
file it proves a leak.
"""

from datetime import date, timedelta
from typing import Any

from simulator.chance import Chance

FIRST = (
    "ADA",
    "BORIS",
    "CLARA",
    "DANTE",
    "EDITH",
    "FELIX",
    "GRETA",
    "HUGO",
    "IRIS",
    "JONAS",
    "KEIRA",
    "LEON",
)
LAST = (
    "ALDER",
    "BIRCH",
    "CEDAR",
    "DOGWOOD",
    "ELM",
    "FIR",
    "GINKGO",
    "HAZEL",
    "IRONWOOD",
    "JUNIPER",
)
STREETS = ("OAK LANE", "HILL ROAD", "LAKE STREET", "MILL COURT")


CANARY = "QZXKVJWQ"
"""How every canary begins: long enough never to appear in ciphertext by chance."""


def canary(number: int) -> str:
    """The text that gives a person's PHI away: letters only, so that a name may hold it."""
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, 20)
        letters = "BCDFGHJKLMNPQRSTVWXZ"[rest] + letters
    return CANARY + letters


def person(chance: Chance, number: int) -> dict[str, Any]:
    """The registration fields of synthetic person `number`."""
    old = chance.below(10, "old", number) < 4
    age_days = (65 * 365 if old else 18 * 365) + chance.below(25 * 365, "age", number)
    born_on = date(2025, 6, 1) - timedelta(days=age_days)
    return {
        "mrn": f"ZZ-{number:07d}",
        "last": f"{chance.pick(LAST, 'last', number)} {canary(number)}",
        "first": chance.pick(FIRST, "first", number),
        "middle": "",
        "born_on": born_on.isoformat(),
        "sex": chance.pick(("F", "M"), "sex", number),
        "street": f"{1 + chance.below(9999, 'house', number)} {chance.pick(STREETS, 'street', number)}",
        "city": "ANYTOWN",
        "state": "NY",
        "zip": "100010000",
        "phone": f"5550{100000 + number % 900000:06d}",
    }


def member_id(payer: str, number: int) -> str:
    """A member id that starts with signs no payer uses."""
    return f"ZZZ{payer[:3]}{number:07d}X"
