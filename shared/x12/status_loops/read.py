"""Reading a 276 or a 277."""

from shared.x12.envelope import TransactionSet
from shared.x12.fields import el, padded
from shared.x12.inquiry_loops.model import Level
from shared.x12.inquiry_loops.read import InquiryReading, last, reference, trace
from shared.x12.status_loops.model import (
    Patient,
    Payer,
    Provider,
    Receiver,
    Status,
    StatusClaim,
    StatusCode,
    StatusLine,
    StatusSet,
    Subscriber,
)


class StatusReading(InquiryReading):
    """A set of claim statuses as it is read."""

    structure = "0010"
    tags = (*InquiryReading.tags, "STC", "SVC", "AMT")

    def __init__(self, one: TransactionSet) -> None:
        self.made = StatusSet()
        super().__init__(one, self.made)
        self.claim: StatusClaim | None = None
        self.line: StatusLine | None = None

    def opened_level(self, code: str, place: int) -> Level | None:
        self.claim = self.line = None
        if code == "20":
            payer = Payer(place=place)
            self.made.payers.append(payer)
            return payer
        receivers = last(self.made.payers, Payer).receivers
        if code == "21":
            receiver = Receiver(place=place)
            receivers.append(receiver)
            return receiver
        providers = last(receivers, Receiver).providers
        if code == "19":
            provider = Provider(place=place)
            providers.append(provider)
            return provider
        if code not in ("22", "23"):
            return None
        return self._person(code, last(providers, Provider), place)

    def _person(self, code: str, provider: Provider, place: int) -> Level:
        if code == "22":
            subscriber = Subscriber(place=place)
            provider.subscribers.append(subscriber)
            return subscriber
        patient = Patient(place=place)
        last(provider.subscribers, Subscriber).dependents.append(patient)
        return patient

    def trn(self, place: int, s: list[str]) -> bool:
        self.line, level = None, self.level
        if isinstance(level, Patient):
            self.claim = StatusClaim(trace(s), place=place)
            level.claims.append(self.claim)
        elif isinstance(level, Provider | Receiver) and level.trace is None:
            level.trace = trace(s)
        else:
            return False
        return len(s) <= 5

    def stc(self, place: int, s: list[str]) -> bool:
        owner = self.line or self.claim or self.level
        if not isinstance(owner, StatusLine | StatusClaim | Provider | Receiver):
            return False
        s = padded(s, 13)
        codes = [self._code(text) for text in (s[1], s[10], s[11])]
        while codes and codes[-1] == StatusCode(""):
            codes.pop()
        days = [self.taker.day(s[n], place, n) for n in (2, 6, 8)]
        status = Status(
            [code for code in codes if code is not None],
            days[0],
            self.money_or_none(s[4], place, 4),
            self.money_or_none(s[5], place, 5),
            days[1],
            s[7],
            days[2],
            s[9],
            s[12],
            s[3],
            place,
        )
        owner.statuses.append(status)
        return len(s) <= 13 and None not in codes and all(len(s[n]) in (0, 8) for n in (2, 6, 8))

    def _code(self, text: str) -> StatusCode | None:
        parts = self.taker.parts(text, 4)
        return StatusCode(*parts) if len(parts) == 4 else None

    def svc(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        s = padded(s, 8)
        what = self.procedure(s[1])
        if what is None:
            return False
        self.line = StatusLine(
            what,
            self.taker.money(s[2], place, 2),
            self.money_or_none(s[3], place, 3),
            s[4],
            self.quantity(s[7], place, 7),
            place=place,
        )
        self.claim.lines.append(self.line)
        return len(s) <= 8 and not (s[5] or s[6])

    def ref(self, place: int, s: list[str]) -> bool:
        owner = self.line or self.claim
        if owner is None:
            return False
        owner.references.append(reference(s))
        return len(s) <= 4

    def dtp(self, place: int, s: list[str]) -> bool:
        owner, dated = self.line or self.claim, self.dated(place, s)
        if owner is None or dated is None:
            return False
        owner.dates.append(dated)
        return True

    def amt(self, place: int, s: list[str]) -> bool:
        if self.claim is None or self.line is not None or el(s, 1) != "T3":
            return False
        if self.claim.charge_cents is not None:
            return False
        self.claim.charge_cents = self.taker.money(el(s, 2), place, 2)
        return len(s) <= 3


def read_status(one: TransactionSet) -> StatusReading:
    """A whole set, read."""
    reading = StatusReading(one)
    reading.run()
    return reading
