"""Reading a 277CA set."""

from collections.abc import Callable
from datetime import date

from shared.x12.claim_ack_277ca.model import (
    ClaimAck277,
    ClaimStatus277,
    LineStatus277,
    ProviderAck277,
    Status277,
)
from shared.x12.dates import last_day
from shared.x12.envelope import TransactionSet
from shared.x12.fields import Taker, padded
from shared.x12.findings import Finding


def read_277ca(one: TransactionSet) -> tuple[ClaimAck277, list[Finding]]:
    """The acknowledgement and what could not be read of it."""
    reading = _Reading(one)
    for place, segment in one.walk():
        reader = _READERS.get(segment[0])
        if reader is None or not reader(reading, place, padded(segment, 13)):
            (reading.claim or reading.ack).unknown.append(segment)
    return reading.ack, reading.taker.findings


class _Reading:
    def __init__(self, one: TransactionSet) -> None:
        self.taker = Taker(one)
        self.ack = ClaimAck277("", "", "", "", control=one.control)
        self.level = ""
        self.name = ("", "", "")
        self.claim: ClaimStatus277 | None = None
        self.line: LineStatus277 | None = None

    @property
    def provider(self) -> ProviderAck277:
        if not self.ack.providers:
            self.ack.providers.append(ProviderAck277("", ""))
        return self.ack.providers[-1]

    def bht(self, place: int, s: list[str]) -> bool:
        self.ack.reference, self.ack.on = s[3], self.taker.day(s[4], place, 4)
        return True

    def hl(self, place: int, s: list[str]) -> bool:
        self.level, self.claim, self.line, self.name = s[3], None, None, ("", "", "")
        return True

    def nm1(self, place: int, s: list[str]) -> bool:
        if self.level == "20":
            self.ack.sender, self.ack.sender_name, self.ack.sender_id = s[1], s[3], s[9]
        elif self.level == "21":
            self.ack.receiver_name, self.ack.receiver_id = s[3], s[9]
        elif self.level == "19":
            self.ack.providers.append(ProviderAck277(s[3], s[9]))
            self.provider.places["NM1"] = place
            self.provider.by_npi = s[8] == "XX"
        elif self.level in ("PT", "22", "23"):
            self.name = (s[3], s[4], s[9])
        else:
            return False
        return True

    def trn(self, place: int, s: list[str]) -> bool:
        if self.level == "21":
            self.ack.batch = s[2]
        elif self.level in ("PT", "22", "23"):
            self.line = None
            self.claim = ClaimStatus277(s[2], "", "", 0, segment=place)
            c = self.claim
            c.patient_last, c.patient_first, c.patient_id = self.name
            self.provider.claims.append(c)
        return self.level in ("20", "21", "19", "PT", "22", "23")

    def stc(self, place: int, s: list[str]) -> bool:
        statuses = self._statuses(place, s)
        if self.line is not None:
            self.line.statuses += statuses
        elif self.claim is not None:
            self._of_claim(self.claim, statuses)
        elif self.level == "21" and self.ack.status is None:
            self.ack.status = statuses[0]
            self.ack.places["STC"] = place
        elif self.level == "19" and self.provider.status is None:
            self.provider.status = statuses[0]
            self.provider.places["STC"] = place
        else:
            return False
        return True

    def _statuses(self, place: int, s: list[str]) -> list[Status277]:
        """STC01, and STC10 and STC11 where they say more."""
        found: list[Status277] = []
        on = self.taker.day(s[2], place, 2)
        for text in (s[1], s[10], s[11]):
            if text or not found:
                what = self.taker.parts(text, 3)
                cents = self.taker.money_or_zero(s[4], place, 4)
                made = Status277(what[0], what[1], what[2], s[3], cents, on, s[12])
                found.append(made)
        return found

    def _of_claim(self, c: ClaimStatus277, statuses: list[Status277]) -> None:
        first, *more = statuses
        if c.category:
            c.more += statuses
            return
        c.category, c.status_code, c.entity = first.category, first.status_code, first.entity
        c.effective_on, c.action = first.effective_on, first.action
        c.charge_cents, c.message = first.cents, first.message
        c.more += more

    def svc(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        what = self.taker.parts(s[1], 2)
        self.line = LineStatus277(what[1], self.taker.money_or_zero(s[2], place, 2))
        self.claim.lines.append(self.line)
        return True

    def ref(self, place: int, s: list[str]) -> bool:
        if self.claim is None:
            return False
        if self.line is not None:
            if s[1] not in ("6R", "FJ"):
                return False
            self.line.line_control = s[2]
        elif s[1] == "1K":
            self.claim.payer_control = s[2]
        elif s[1] == "D9":
            self.claim.clearinghouse_trace = s[2]
        elif s[1] == "BLT":
            self.claim.bill_type = s[2]
        else:
            return False
        return True

    def dtp(self, place: int, s: list[str]) -> bool:
        what, on = s[1], self.taker.day(s[3], place, 3)
        if what == "472" and self.line is not None:
            self.line.service_on = on
        elif what == "472" and self.claim is not None:
            self.claim.service_on, self.claim.service_to = (
                on,
                self._until(place, s[3]) if on else None,
            )
        elif what == "050" and self.claim is None:
            self.ack.received_on = on
        else:
            return self.claim is None and what == "009"
        return True

    def _until(self, place: int, text: str) -> date | None:
        """The last day of a range."""
        until = last_day(text)
        if until is None and "-" in text:
            self.taker.note(place, "not a date", 3, "8", "warning", rule="date.unreadable")
        return until

    def qty(self, place: int, s: list[str]) -> bool:
        names = {"90": "accepted", "AA": "rejected", "QA": "accepted", "QC": "rejected"}
        if s[1] not in names or self.level not in ("21", "19"):
            return False
        owner = self.ack if self.level == "21" else self.provider
        owner.places[names[s[1]]] = place
        setattr(owner, names[s[1]], self.taker.units(s[2] or "0", place, 2))
        return True

    def amt(self, place: int, s: list[str]) -> bool:
        names = {"YU": "accepted_cents", "YY": "rejected_cents"}
        if s[1] not in names or self.level not in ("21", "19"):
            return False
        owner = self.ack if self.level == "21" else self.provider
        owner.places[names[s[1]]] = place
        setattr(owner, names[s[1]], self.taker.money(s[2], place, 2))
        return True


_READERS: dict[str, Callable[[_Reading, int, list[str]], bool]] = {
    name.upper(): getattr(_Reading, name)
    for name in ("bht", "hl", "nm1", "trn", "stc", "svc", "ref", "dtp", "qty", "amt")
}
