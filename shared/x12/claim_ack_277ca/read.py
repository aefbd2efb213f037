"""Reading a 277CA set."""

from collections.abc import Callable

from shared.x12.claim_ack_277ca.model import ClaimAck277, ClaimStatus277, ProviderAck277
from shared.x12.dates import day_or_none, first_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, el
from shared.x12.findings import Finding


def read_277ca(one: TransactionSet) -> tuple[ClaimAck277, list[Finding]]:
    """The acknowledgement and what could not be read of it."""
    reading = _Reading(one)
    for place, s in enumerate(one.segments):
        reader = _READERS.get(s[0])
        if reader is not None:
            reader(reading, place, s)
    return reading.ack, reading.taker.findings


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self.taker = Taker(one)
        self.ack = ClaimAck277("", "", "", "", control=one.control)
        self.level = ""
        self.name = ("", "", "")
        self.claim: ClaimStatus277 | None = None

    @property
    def provider(self) -> ProviderAck277:
        if not self.ack.providers:
            self.ack.providers.append(ProviderAck277("", ""))
        return self.ack.providers[-1]

    def bht(self, place: int, s: list[str]) -> None:
        self.ack.reference, self.ack.on = el(s, 3), day_or_none(el(s, 4))

    def hl(self, place: int, s: list[str]) -> None:
        self.level, self.claim = el(s, 3), None

    def nm1(self, place: int, s: list[str]) -> None:
        if self.level == "20":
            self.ack.sender, self.ack.sender_name, self.ack.sender_id = el(s, 1), el(s, 3), el(s, 9)
        elif self.level == "21":
            self.ack.receiver_name, self.ack.receiver_id = el(s, 3), el(s, 9)
        elif self.level == "19":
            self.ack.providers.append(ProviderAck277(el(s, 3), el(s, 9)))
        elif self.level == "PT":
            self.name = (el(s, 3), el(s, 4), el(s, 9))

    def trn(self, place: int, s: list[str]) -> None:
        if self.level == "21":
            self.ack.batch = el(s, 2)
        elif self.level == "PT":
            self.claim = ClaimStatus277(el(s, 2), "", "", 0, segment=place)
            c = self.claim
            c.patient_last, c.patient_first, c.patient_id = self.name
            self.provider.claims.append(c)

    def stc(self, place: int, s: list[str]) -> None:
        c = self.claim
        if c is None or c.category:
            return
        parts = [*self.taker.parts(el(s, 1)), "", ""]
        c.category, c.status_code, c.entity = parts[0], parts[1], parts[2]
        c.effective_on, c.action = day_or_none(el(s, 2)), el(s, 3)
        c.charge_cents = self.taker.money_or_zero(el(s, 4), place, 4)
        c.message = el(s, 12)

    def ref(self, place: int, s: list[str]) -> None:
        if self.claim is None:
            return
        if el(s, 1) == "1K":
            self.claim.payer_control = el(s, 2)
        elif el(s, 1) == "D9":
            self.claim.clearinghouse_trace = el(s, 2)

    def dtp(self, place: int, s: list[str]) -> None:
        if self.claim is not None and el(s, 1) == "472":
            self.claim.service_on = first_day(el(s, 3))
        elif self.claim is None and el(s, 1) == "050":
            self.ack.received_on = day_or_none(el(s, 3))

    def qty(self, place: int, s: list[str]) -> None:
        what, count = el(s, 1), self.taker.units(el(s, 2) or "0", place, 2)
        if what == "90":
            self.ack.accepted = count
        elif what == "AA":
            self.ack.rejected = count
        elif what == "QA":
            self.provider.accepted = count
        elif what == "QC":
            self.provider.rejected = count

    def amt(self, place: int, s: list[str]) -> None:
        what, cents = el(s, 1), self.taker.money_or_zero(el(s, 2), place, 2)
        owner = self.ack if self.level == "21" else self.provider
        if what == "YU":
            owner.accepted_cents = cents
        elif what == "YY":
            owner.rejected_cents = cents


_READERS: dict[str, Callable[[_Reading, int, list[str]], None]] = {
    name.upper(): getattr(_Reading, name)
    for name in ("bht", "hl", "nm1", "trn", "stc", "ref", "dtp", "qty", "amt")
}
