"""Reading a whole 270 or 271: whatever the guide knows has a place, the rest is kept where it stood."""

from shared.x12.eligibility_loops.model import (
    Answerer,
    Asker,
    Benefit,
    EligibilitySet,
    Inquiry,
    Insurant,
    Person,
)
from shared.x12.envelope import TransactionSet
from shared.x12.fields import el, padded
from shared.x12.findings import Finding
from shared.x12.inquiry_loops.model import Level, Name, Procedure
from shared.x12.inquiry_loops.read import InquiryReading, fill, last, reference, refusal, trace


class EligibilityReading(InquiryReading):
    """A set as it is read."""

    structure = "0022"
    tags = (
        *InquiryReading.tags,
        *("AAA", "AMT", "EB", "EQ", "HI", "HSD", "III", "INS", "LE", "LS", "MPI", "MSG", "PRV"),
    )

    def __init__(self, one: TransactionSet) -> None:
        self.made = EligibilitySet()
        super().__init__(one, self.made)
        self.benefit: Benefit | None = None
        self.inquiry: Inquiry | None = None

    def opened_level(self, code: str, place: int) -> Level | None:
        self.benefit = self.inquiry = None
        if code == "20":
            self.made.sources.append(Answerer(place=place))
            return self.made.sources[-1]
        receivers = last(self.made.sources, Answerer).receivers
        if code == "21":
            receivers.append(Asker(place=place))
            return receivers[-1]
        subscribers = last(receivers, Asker).subscribers
        if code == "22":
            subscribers.append(Insurant(place=place))
            return subscribers[-1]
        if code != "23":
            return None
        dependents = last(subscribers, Insurant).dependents
        dependents.append(Person(place=place))
        return dependents[-1]

    def nm1(self, place: int, s: list[str]) -> bool:
        if self.benefit is None:
            return super().nm1(place, s)
        self.name = Name(place=place)
        self.benefit.others.append(self.name)
        return fill(self.name, s)

    def trn(self, place: int, s: list[str]) -> bool:
        if not isinstance(self.level, Person):
            return False
        self.level.traces.append(trace(s))
        return len(s) <= 5

    # -- what is answered ----------------------------------------------------------------------------

    def eb(self, place: int, s: list[str]) -> bool:
        if not isinstance(self.level, Person):
            return False
        s, self.name = padded(s, 15), None
        made = self.benefit = Benefit(s[1], s[2], self._repetitions(s[3]), s[4], s[5], s[6])
        made.place = place
        made.cents = self.money_or_none(s[7], place, 7)
        made.share = self.quantity(s[8], place, 8)
        made.quantity_kind, made.quantity = s[9], self.quantity(s[10], place, 10)
        made.authorization, made.in_network = s[11], s[12]
        made.procedure = self._procedure(s[13])
        made.pointers = self._pointers(s[14])
        self.level.benefits.append(made)
        return len(s) <= 15 and (made.procedure is not None or not s[13])

    def hsd(self, place: int, s: list[str]) -> bool:
        if self.benefit is None:
            return False
        return self._as_it_stood(self.benefit.deliveries, s)

    def iii(self, place: int, s: list[str]) -> bool:
        owner = self.benefit or self.inquiry
        return owner is not None and self._as_it_stood(owner.natures, s)

    def msg(self, place: int, s: list[str]) -> bool:
        if self.benefit is None or len(s) != 2:
            return False
        self.benefit.messages.append(s[1])
        return True

    def ls(self, place: int, s: list[str]) -> bool:
        self.name = None
        return self.benefit is not None and s[1:] == ["2120"]

    le = ls

    # -- what is asked -------------------------------------------------------------------------------

    def eq(self, place: int, s: list[str]) -> bool:
        if not isinstance(self.level, Person):
            return False
        s, self.name = padded(s, 6), None
        made = self.inquiry = Inquiry(self._repetitions(s[1]), self._procedure(s[2]), s[3], s[4])
        made.pointers, made.place = self._pointers(s[5]), place
        self.level.inquiries.append(made)
        return len(s) <= 6 and (made.procedure is not None or not s[2])

    def amt(self, place: int, s: list[str]) -> bool:
        if self.inquiry is None:
            return False
        self.inquiry.amounts.append((el(s, 1), self.taker.money(el(s, 2), place, 2)))
        return len(s) <= 3

    # -- of either -----------------------------------------------------------------------------------

    def ref(self, place: int, s: list[str]) -> bool:
        owner = self.benefit or self.inquiry
        if owner is None or self.name is not None:
            return super().ref(place, s)
        owner.references.append(reference(s))
        return len(s) <= 4

    def dtp(self, place: int, s: list[str]) -> bool:
        owner = self.benefit or self.inquiry
        if owner is None or self.name is not None:
            return super().dtp(place, s)
        dated = self.dated(place, s)
        if dated is not None:
            owner.dates.append(dated)
        return dated is not None

    def aaa(self, place: int, s: list[str]) -> bool:
        if self.benefit is None or self.name is not None:
            return super().aaa(place, s)
        self.benefit.refusals.append(refusal(s))
        return len(s) <= 5 and not el(s, 2)

    def _repetitions(self, text: str) -> list[str]:
        mark = self.set.delimiters.repetition
        return (text.split(mark) if mark else [text]) if text else []

    def _pointers(self, text: str) -> list[str]:
        return text.split(self.set.delimiters.component) if text else []

    def _procedure(self, text: str) -> Procedure | None:
        return self.procedure(text) if text else None

    def _as_it_stood(self, where: list[list[str]], s: list[str]) -> bool:
        segment = self.verbatim(s)
        if segment is not None:
            where.append(segment[1:])
        return segment is not None


def read_eligibility(one: TransactionSet) -> tuple[EligibilitySet, list[Finding]]:
    """A whole set, and what could not be read of it."""
    reading = EligibilityReading(one)
    reading.run()
    return reading.made, reading.taker.findings
