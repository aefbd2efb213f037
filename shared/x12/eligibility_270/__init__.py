"""270 (005010X279A1): asking a payer what a coverage is worth."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.x12.dates import d8, day_or_none, first_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el
from shared.x12.findings import Finding
from shared.x12.writing import Header, Segments, interchange, transaction

VERSION = "005010X279A1"


@dataclass(slots=True)
class Inquiry270:
    """One subscriber's inquiry, known by its trace (TRN02). Names and member id are PHI."""

    trace: str
    trace_origin: str
    payer_name: str
    payer_id: str
    provider_name: str
    provider_npi: str
    member_id: str
    last: str
    first: str
    born_on: date | None = None
    sex: str = ""
    service_on: date | None = None
    service_types: list[str] = field(default_factory=lambda: ["30"])


@dataclass(slots=True)
class Batch270:
    """One ST of inquiries."""

    control: str
    reference: str
    on: date
    hhmm: str
    inquiries: list[Inquiry270]


def write_270(header: Header, batches: Sequence[Batch270]) -> bytes:
    """One interchange with one ST per batch; sources and receivers repeat only when they change."""
    sets = [transaction("270", b.control, VERSION, _body(b)) for b in batches]
    return interchange(header, "HS", VERSION, sets)


def _body(b: Batch270) -> Segments:
    s = Segments()
    s.add("BHT", "0022", "13", b.reference, d8(b.on), b.hhmm)
    level = 0
    source = receiver = ("", "")
    source_level = receiver_level = 0
    for i in b.inquiries:
        if (i.payer_name, i.payer_id) != source:
            source, receiver, level = (i.payer_name, i.payer_id), ("", ""), level + 1
            source_level = level
            s.add("HL", str(level), "", "20", "1")
            s.add("NM1", "PR", "2", i.payer_name, "", "", "", "", "PI", i.payer_id)
        if (i.provider_name, i.provider_npi) != receiver:
            receiver, level = (i.provider_name, i.provider_npi), level + 1
            receiver_level = level
            s.add("HL", str(level), str(source_level), "21", "1")
            s.add("NM1", "1P", "2", i.provider_name, "", "", "", "", "XX", i.provider_npi)
        level += 1
        s.add("HL", str(level), str(receiver_level), "22", "0")
        s.add("TRN", "1", i.trace, i.trace_origin)
        s.add("NM1", "IL", "1", i.last, i.first, "", "", "", "MI", i.member_id)
        if i.born_on:
            s.add("DMG", "D8", d8(i.born_on), i.sex)
        if i.service_on:
            s.add("DTP", "291", "D8", d8(i.service_on))
        for code in i.service_types:
            s.add("EQ", code)
    return s


def read_270(one: TransactionSet) -> tuple[list[Inquiry270], list[Finding]]:
    """The inquiries of a set, as a payer reads them."""
    taker = Taker(one)
    found: list[Inquiry270] = []
    payer = provider = ("", "")
    level = ""
    for s in one.segments:
        if s[0] == "HL":
            level = el(s, 3)
            if level == "22":
                found.append(Inquiry270("", "", *payer, *provider, "", "", "", service_types=[]))
        elif s[0] == "NM1" and level == "20":
            payer = (el(s, 3), el(s, 9))
        elif s[0] == "NM1" and level == "21":
            provider = (el(s, 3), el(s, 9))
        elif found and level in ("22", "23"):
            _inquiry(found[-1], s)
    return found, taker.findings


def _inquiry(i: Inquiry270, s: list[str]) -> None:
    if s[0] == "TRN":
        i.trace, i.trace_origin = el(s, 2), el(s, 3)
    elif s[0] == "NM1" and el(s, 1) == "IL":
        i.last, i.first, i.member_id = el(s, 3), el(s, 4), el(s, 9)
    elif s[0] == "DMG":
        i.born_on, i.sex = day_or_none(el(s, 2)), el(s, 3)
    elif s[0] == "DTP":
        i.service_on = first_day(el(s, 3))
    elif s[0] == "EQ":
        i.service_types.append(el(s, 1))
