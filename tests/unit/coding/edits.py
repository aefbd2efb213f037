"""Tables of code edits that the tests of coding are judged by, and charges beside them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from contracts.coding import (
    ChargesCaptured,
    EncounterCoded,
)
from contracts.edit_tables import ADD_ONS, LIMIT, LIMITS, NO_LAST_DAY, PAIR, PAIRS, day_number
from contracts.reference import CodeEditsPublished, EditPart
from contracts.values import Charge, CodedLine
from services.coding.domain import (
    ACCOUNT,
    Book,
    Capture,
    Code,
    evolve_book,
)
from services.coding.domain.edit_tables import AddOns, Limits, Pairs
from shared.streams import charge_number
from tests.unit.coding.test_coding import BOOK, CHARGE, DIAGNOSES, NUMBER
from tests.unit.posting.facts import opened
from tests.unit.scenario import said

DAY = CHARGE.service_on
ALWAYS = (date(2020, 1, 1), None)
PAYER = "MEDB"
OPENED = replace(opened(PAYER), account=NUMBER)


def pairs(*rows: tuple[str, str, int, tuple[date, date | None]], begins: bytes = PAIRS) -> bytes:
    return begins + b"".join(
        sorted(
            PAIR.pack(
                a.encode(),
                b.encode(),
                day_number(days[0]),
                NO_LAST_DAY if days[1] is None else day_number(days[1]),
                indicator,
            )
            for a, b, indicator, days in rows
        )
    )


def limits(*rows: tuple[str, int, int]) -> bytes:
    return LIMITS + b"".join(sorted(LIMIT.pack(code.encode(), n, mai) for code, n, mai in rows))


def published(sha: str, **said: Any) -> CodeEditsPublished:
    facts: dict[str, Any] = {
        "kind": "ptp",
        "name": "NCCI",
        "version": "2026Q1",
        "parts": (EditPart(sha256=sha, edits=1),),
        "edits": 1,
        "effective_from": date(2026, 1, 1),
    }
    return CodeEditsPublished(**facts | said)


PTP, MUE, AOC = "d" * 64, "e" * 64, "f" * 64
TABLES: dict[str, Pairs | Limits] = {
    PTP: Pairs(
        pairs(
            ("G0438", "G0101", 1, ALWAYS),
            ("G0438", "G0439", 0, ALWAYS),
            ("G0438", "G0270", 0, (date(2020, 1, 1), date(2026, 2, 28))),
        )
    ),
    AOC: AddOns(
        pairs(
            ("G0101", "G0438", 1, ALWAYS),
            ("G0101", "G0439", 1, (date(2020, 1, 1), date(2026, 2, 28))),
            ("J1885", "CCCCC", 2, ALWAYS),
            ("J3420", "G0438", 3, ALWAYS),
            ("J3420", "CCCCC", 3, ALWAYS),
            begins=ADD_ONS,
        )
    ),
    MUE: Limits(limits(("G0101", 2, 1), ("J1885", 3, 2), ("J3420", 3, 3))),
}


def book_of(*tables: CodeEditsPublished) -> Book:
    book = BOOK
    codes = frozenset({"G0438", "G0439", "G0101", "G0270", "J1885", "J3420", "G04380"})
    for table in tables:
        book = evolve_book(book, table)
    known = {sha: codes if "G0438" in table else table for sha, table in book.tables.items()}
    return msgspec.structs.replace(book, tables=known, edits_held=dict(TABLES))


EDITS = book_of(published(PTP), published(MUE, kind="mue"))
ADD_ON_CODES = book_of(published(AOC, kind="aoc"))
NO_EDITS = book_of()


def charge(n: int, procedure: str, *modifiers: str, **said: Any) -> Charge:
    return replace(
        CHARGE, charge=charge_number(NUMBER, n), procedure=procedure, modifiers=modifiers, **said
    )


VISIT, EXAM = charge(1, "G0438"), charge(2, "G0101")


def codes(*charges: Charge) -> Code:
    lines = tuple(CodedLine(charge=c.charge, pointers=(1,)) for c in charges)
    return Code(NUMBER, DIAGNOSES, lines, "c")


def judged(*charges: Charge, book: Book = EDITS, given: Iterable[Any] = (OPENED,)) -> list[Any]:
    """What is said of the codes of charges just captured."""
    when = codes(*charges)
    return said(
        ACCOUNT, given, Capture(NUMBER, charges, when.diagnoses, when.lines, when.coder), book
    )[1:]


def rules(*charges: Charge, book: Book = EDITS, given: Iterable[Any] = (OPENED,)) -> list[Any]:
    """Rule and charge of what holds them; empty where they are coded."""
    (one,) = judged(*charges, book=book, given=given)
    if isinstance(one, EncounterCoded):
        return []
    return [(f.rule, int(f.field[-3:])) for f in one.failures]


def captured(*charges: Charge) -> list[Any]:
    return [OPENED, ChargesCaptured(account=NUMBER, charges=charges)]
