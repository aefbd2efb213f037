"""271 (005010X279A1): what a payer answers about a coverage, or why it does not (AAA)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el
from shared.x12.findings import Finding
from shared.x12.money import amount
from shared.x12.writing import Header, Segments, interchange, transaction

VERSION = "005010X279A1"
_LOOPS = {"20": "2000A", "21": "2100B", "22": "2100C", "23": "2100D"}


@dataclass(slots=True)
class Benefit:
    """One EB: information code, coverage level, service types, period, money or fraction (basis points)."""

    code: str
    level: str = ""
    service_types: list[str] = field(default_factory=list)
    plan: str = ""
    period: str = ""
    cents: int | None = None
    basis_points: int | None = None


@dataclass(slots=True)
class Rejection:
    """One AAA: reason and follow-up, and the loop it stood in."""

    reason: str
    follow_up: str
    loop: str


@dataclass(slots=True)
class Answer271:
    """One subscriber's (or dependent's) answer, by trace. Names and member id are PHI."""

    trace: str
    last: str = ""
    first: str = ""
    member_id: str = ""
    payer_name: str = ""
    payer_id: str = ""
    provider_name: str = ""
    provider_npi: str = ""
    benefits: list[Benefit] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    segment: int = -1


def read_271(one: TransactionSet) -> tuple[list[Answer271], list[Finding]]:
    """The answers of a set; an AAA above the subscriber belongs to every answer below it (or to one of its own)."""
    reading = _Reading(one)
    for place, s in enumerate(one.segments):
        reading.take(place, s)
    if not reading.answers and reading.above:
        reading.answers.append(Answer271("", rejections=list(reading.above)))
    return reading.answers, reading.taker.findings


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self.taker = Taker(one)
        self.answers: list[Answer271] = []
        self.above: list[Rejection] = []
        self.level = ""
        self.payer = self.provider = ("", "")

    def take(self, place: int, s: list[str]) -> None:
        tag = s[0]
        if tag == "HL":
            self._level(place, el(s, 3))
        elif tag == "NM1" and self.level == "20":
            self.payer = (el(s, 3), el(s, 9))
        elif tag == "NM1" and self.level == "21":
            self.provider = (el(s, 3), el(s, 9))
        elif tag == "AAA":
            self._aaa(s)
        elif self.answers and self.level in ("22", "23"):
            self._detail(place, s)

    def _level(self, place: int, level: str) -> None:
        before, self.level = self.level, level
        if level == "20":
            self.above = []
        # A dependent right below a subscriber without an answer of its own takes its place.
        if level == "22" or (level == "23" and before != "22"):
            made = Answer271("", segment=place, rejections=list(self.above))
            made.payer_name, made.payer_id = self.payer
            made.provider_name, made.provider_npi = self.provider
            self.answers.append(made)

    def _aaa(self, s: list[str]) -> None:
        said = Rejection(el(s, 3), el(s, 4), _LOOPS.get(self.level, ""))
        if self.level in ("22", "23") and self.answers:
            self.answers[-1].rejections.append(said)
        else:
            self.above.append(said)

    def _detail(self, place: int, s: list[str]) -> None:
        a = self.answers[-1]
        if s[0] == "TRN":
            if el(s, 1) == "2" or not a.trace:
                a.trace = el(s, 2)
        elif s[0] == "NM1" and el(s, 1) in ("IL", "03"):
            a.last, a.first = el(s, 3), el(s, 4)
            a.member_id = el(s, 9) or a.member_id
        elif s[0] == "EB":
            a.benefits.append(self._benefit(place, s))

    def _benefit(self, place: int, s: list[str]) -> Benefit:
        repetition = self.taker.set.delimiters.repetition
        text = el(s, 3)
        types = text.split(repetition) if repetition else [text]
        fraction = None
        if el(s, 8):
            fraction = self.taker.money_or_zero(el(s, 8), place, 8) * 100
        return Benefit(
            el(s, 1),
            el(s, 2),
            [t for t in types if t],
            el(s, 5),
            el(s, 6),
            self.taker.money_or_zero(el(s, 7), place, 7) if el(s, 7) else None,
            fraction,
        )


def write_271(header: Header, control: str, reference: str, answers: Sequence[Answer271]) -> bytes:
    """One interchange, one ST, as a payer answers."""
    s = Segments()
    s.add("BHT", "0022", "11", reference, f"{header.on:%Y%m%d}", header.hhmm)
    level = 0
    source = receiver = ("", "")
    source_level = receiver_level = 0
    for a in answers:
        if (a.payer_name, a.payer_id) != source:
            source, receiver, level = (a.payer_name, a.payer_id), ("", ""), level + 1
            source_level = level
            s.add("HL", str(level), "", "20", "1")
            s.add("NM1", "PR", "2", a.payer_name, "", "", "", "", "PI", a.payer_id)
        if (a.provider_name, a.provider_npi) != receiver:
            receiver, level = (a.provider_name, a.provider_npi), level + 1
            receiver_level = level
            s.add("HL", str(level), str(source_level), "21", "1")
            s.add("NM1", "1P", "2", a.provider_name, "", "", "", "", "XX", a.provider_npi)
        level += 1
        s.add("HL", str(level), str(receiver_level), "22", "0")
        s.add("TRN", "2", a.trace, "9CLAIMLOG1")
        s.add("NM1", "IL", "1", a.last, a.first, "", "", "", "MI", a.member_id)
        for r in a.rejections:
            s.add("AAA", "N", "", r.reason, r.follow_up)
        for b in a.benefits:
            _eb(s, b)
    return interchange(header, "HB", VERSION, [transaction("271", control, VERSION, s)])


def _eb(s: Segments, b: Benefit) -> None:
    fraction = amount(b.basis_points // 100) if b.basis_points is not None else ""
    money = amount(b.cents) if b.cents is not None else ""
    types = "^".join(b.service_types)
    s.raw("EB", b.code, b.level, types, "", b.plan, b.period, money, fraction)
