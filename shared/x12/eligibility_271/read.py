"""Reading a 271: benefits by person and trace, and rejections at whatever level they stand."""

from shared.x12.dates import day_or_none, first_day, last_day
from shared.x12.eligibility_271.model import Answer271, Benefit, Rejection
from shared.x12.eligibility_loops.model import EligibilitySet
from shared.x12.eligibility_loops.read import read_eligibility
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, padded
from shared.x12.findings import Finding

_LOOPS = {"20": "2000A", "21": "2100B", "22": "2100C", "23": "2100D"}
_PLAN_DATES = frozenset({"346", "356", "291", "307"})


def read_271(one: TransactionSet) -> tuple[list[Answer271], list[Finding]]:
    """The answers of a set; an AAA above the subscriber belongs to every answer below it (or to one of its own)."""
    reading = _Reading(one)
    for place, segment in one.walk():
        reading.take(place, segment)
    if not reading.answers and reading.above:
        payer, provider = reading.payer, reading.provider
        made = Answer271("", "", "", "", *payer, *provider, rejections=list(reading.above))
        reading.answers.append(made)
    return reading.answers, reading.taker.findings


def read_set_271(one: TransactionSet) -> tuple[EligibilitySet, list[Finding]]:
    """The whole set, level by level, nothing left out; what has no place is a note and stays where it stood."""
    return read_eligibility(one)


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self.taker = Taker(one)
        self.repetition = one.delimiters.repetition
        self.answers: list[Answer271] = []
        self.above: list[Rejection] = []
        self.level = self.named = ""
        self.payer = self.provider = ("", "")
        self.benefit: Benefit | None = None
        self.subscriber: Answer271 | None = None

    def take(self, place: int, segment: list[str]) -> None:
        s = padded(segment, 14)
        tag = s[0]
        if tag == "HL":
            self._level(place, s[3])
        elif tag == "AAA":
            self._aaa(s)
        elif self.answers and self.level in ("22", "23"):
            if not self._detail(place, s):
                self.answers[-1].unknown.append(segment)
        elif tag == "NM1":
            self.named = tag
            if self.level == "20":
                self.payer = (s[3], s[9])
            elif self.level == "21":
                self.provider = (s[3], s[9])

    def _level(self, place: int, level: str) -> None:
        before, self.level = self.level, level
        self.benefit, self.named = None, ""
        if level == "20":
            self.above, self.payer, self.provider = [], ("", ""), ("", "")
        elif level == "21":
            self.above = [r for r in self.above if r.loop.endswith("A")]
            self.provider = ("", "")
        # A dependent right below a subscriber without an answer of its own takes its place.
        silent = before == "22" and self.answers and not self.answers[-1].trace
        if level == "22" or (level == "23" and not silent):
            made = Answer271("", segment=place, rejections=list(self.above))
            made.payer_name, made.payer_id = self.payer
            made.provider_name, made.provider_npi = self.provider
            if level == "23" and self.subscriber is not None:
                made.member_id = self.subscriber.member_id
            self.answers.append(made)
        if level == "22":
            self.subscriber = self.answers[-1]
        elif level == "23":
            self.answers[-1].dependent = True

    def _aaa(self, s: list[str]) -> None:
        loop = _LOOPS.get(self.level, "")
        if self.level == "20" and self.named:
            loop = "2100A"
        said = Rejection(s[3], s[4], loop)
        if self.level in ("22", "23") and self.answers:
            self.answers[-1].rejections.append(said)
        else:
            self.above.append(said)

    def _detail(self, place: int, s: list[str]) -> bool:
        a, tag = self.answers[-1], s[0]
        if tag == "EB":
            self.benefit = self._benefit(place, s)
            a.benefits.append(self.benefit)
        elif self.benefit is not None:
            self._of_benefit(self.benefit, s)
        elif tag == "TRN":
            if s[1] == "2" or not a.trace:
                a.trace = s[2]
        elif tag == "NM1" and s[1] in ("IL", "03"):
            a.last, a.first = s[3], s[4]
            a.member_id = s[9] or a.member_id
        elif tag == "DMG":
            a.born_on, a.sex = day_or_none(s[2]), s[3]
        elif tag == "REF" and s[1] in ("6P", "1L") and not a.group_number:
            a.group_number = s[2]
        elif tag == "DTP" and s[1] in _PLAN_DATES and a.plan_from is None:
            a.plan_from, a.plan_to = first_day(s[3]), last_day(s[3])
        else:
            return False
        return True

    def _of_benefit(self, b: Benefit, s: list[str]) -> None:
        if s[0] == "MSG":
            b.messages.append(s[1])
        else:
            b.details.append([e for e in s if e] if s[0] in ("LS", "LE") else _unpadded(s))

    def _benefit(self, place: int, s: list[str]) -> Benefit:
        types = s[3].split(self.repetition) if self.repetition else [s[3]]
        procedure = self.taker.parts(s[13], 2)[1] if s[13] else ""
        return Benefit(
            s[1],
            s[2],
            [t for t in types if t],
            s[5],
            s[6],
            self.taker.money(s[7], place, 7) if s[7] else None,
            self._basis_points(s[8], place) if s[8] else None,
            s[4],
            s[9],
            s[10],
            s[11],
            s[12],
            procedure,
        )

    def _basis_points(self, text: str, place: int) -> int | None:
        """A fraction of one in hundredths of a percent: .2 is 2,000; more than one is taken as percent."""
        whole, _, decimals = text.partition(".")
        digits = whole + decimals
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 12:
            self.taker.note(place, "not a fraction", 8, "6")
            return None
        value = int(whole or "0") * 10_000 + int(decimals[:4].ljust(4, "0"))
        if value > 10_000:
            self.taker.note(place, "a fraction above one", 8, severity="warning")
            return value // 100
        return value


def _unpadded(s: list[str]) -> list[str]:
    last = max((n for n, e in enumerate(s) if e), default=0)
    return s[: last + 1]
