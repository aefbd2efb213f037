"""What posting remembers of an account."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from services.posting.domain.balance import CLAIM_LEVEL, Balance, Line, below_zero
from services.posting.domain.sixty_days import Known


class Cover(Struct, frozen=True, array_like=True):
    """A coverage's place in the order of benefits."""

    order: int
    payer: str
    effective_from: date
    effective_to: date | None = None


class Takeback(Struct, frozen=True, array_like=True):
    """What a payer kept back under one reference, all told, and the check that said so last."""

    payer: str
    tax_id: str
    reference: str
    cents: int = 0
    remittance: str = ""
    check_number: str = ""


class Recovered(Struct, frozen=True, array_like=True):
    """How much of an overpaid posting a takeback met, on which charge."""

    takeback: str
    charge: str
    cents: int


class Posted(Struct, frozen=True, array_like=True):
    """A posted adjudication, with the lines that a reversal mirrors; `moved_to` is a payer order, 0 the patient.

    `crossed` while a payer that it was sent on to may still answer; `off` are its lines, by their place, that were allowed
    other than the contract says and are still somebody's work; `known` is since when somebody knows that it overpaid;
    `late` while that it was paid late is still somebody's work.
    """

    claim: str
    payer: str
    order: int
    entry: str
    paid: int
    lines: tuple[Line, ...] = ()
    moves: tuple[Line, ...] = ()
    moved_to: int | None = None
    live: bool = True
    crossed: bool = False
    recovered: tuple[Recovered, ...] = ()
    off: tuple[int, ...] = ()
    paid_on: date | None = None
    known: Known | None = None
    late: bool = False

    def paid_for(self) -> set[str]:
        """The charges that it brought money for."""
        return {line.charge for line in self.lines if line.ledger == "remittance_clearing"}

    def overpaid(self) -> dict[str, int]:
        """What it brought too much and nobody took back, by charge."""
        return {charge: cents for charge, cents in self.owed_back().items() if cents > 0}

    def owed_to_us(self) -> dict[str, int]:
        """What its payer took back although we had refunded it, by charge."""
        return {charge: -cents for charge, cents in self.owed_back().items() if cents < 0}

    def owed_back(self) -> dict[str, int]:
        """What is owed back of it by charge; below zero it is the payer that owes."""
        left: dict[str, int] = {}
        for line in (*self.lines, *self.moves):
            if line.ledger == "overpayment":
                left[line.charge] = left.get(line.charge, 0) - line.cents
        for one in self.recovered:
            left[one.charge] = left.get(one.charge, 0) - one.cents
        return left


class Part(Struct, frozen=True, array_like=True):
    """What an adjudication left to whoever pays next, until it moves."""

    adjudication: str
    charge: str
    cents: int
    basis: str = ""
    protected: int = 0


class LetGo(Struct, frozen=True, array_like=True):
    """What a person wrote off, and out of which amount: it comes back when a payer pays it after all."""

    charge: str
    bucket: str
    kind: str
    cents: int


class Applied(Struct, frozen=True, array_like=True):
    """What of a patient's payment met a charge."""

    payment: str
    guarantor: str
    charge: str
    cents: int


class Account(Struct, frozen=True, array_like=True):
    """The money of one encounter account."""

    number: str = ""
    opened: bool = False
    history: bool = False
    legal_entity: str = ""
    guarantor: str = ""
    service_on: date | None = None
    covers: tuple[Cover, ...] = ()
    balances: dict[str, Balance] = {}
    posted: dict[str, Posted] = {}
    parts: tuple[Part, ...] = ()
    payments: dict[str, tuple[str, int]] = {}
    self_pay: bool = False
    entries: int = 0
    controls: dict[str, tuple[str, ...]] = {}
    """Payer -> the control numbers under which it decided claims of this account."""
    takebacks: dict[str, Takeback] = {}
    opened_with: dict[str, int] = {}
    """Charges taken over from another system, each with the amount that it opened with."""
    let_go: tuple[LetGo, ...] = ()
    applied: tuple[Applied, ...] = ()
    refunds: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    told: int = 0
    """What the guarantor has heard that the patient owes here."""

    def next_entry(self) -> str:
        """The id of the next journal entry: account and running number."""
        return f"{self.number}-J{self.entries + 1:05d}"

    def balance(self, charge: str) -> Balance:
        """The amounts of a charge, or of claim level."""
        return self.balances.get(charge, Balance())

    def answering(self, charge: str) -> Balance:
        """The amounts that an answer about this charge is taken from; one at claim level answers for all of them."""
        if charge != CLAIM_LEVEL:
            return self.balance(charge)
        return Balance(
            open=self.total("open"),
            denied=self.total("denied"),
            next_payer=self.total("next_payer"),
            patient=self.total("patient"),
        )

    def as_a_whole(self) -> bool:
        """Whether claim-level answers took what stands at charges: then no charge alone says what is left of it."""
        return below_zero(self.balance(CLAIM_LEVEL))

    def total(self, bucket: str) -> int:
        """One amount over the whole account."""
        return sum(getattr(balance, bucket) for balance in self.balances.values())

    def answered(self, order: int) -> bool:
        """Whether a payer order has a posted answer that stands."""
        return any(p.live and p.order == order for p in self.posted.values())

    def insurance(self, charge: str) -> int:
        """What insurance may still owe on a charge; at claim level, on the whole account."""
        return self.room(charge, ("open", "denied", "next_payer"))

    def room(self, charge: str, sources: Iterable[str]) -> int:
        """What is left in these amounts of a charge; at claim level, of the whole account.

        Denied or next-payer amounts below zero were taken twice (written off, or answered by a later payer,
        before a reversal) and are restated: they leave no less room for the correction.
        """
        among = [self.balance(charge)] if charge else self.balances.values()
        left = 0
        for source in sources:
            cents: int = sum(getattr(b, source) for b in among)
            left += cents if source == "open" else max(0, cents)
        if charge and self.as_a_whole():
            left = min(left, self.room(CLAIM_LEVEL, sources))
        return max(0, left)

    def asked_again(self, order: int) -> bool:
        """Whether an earlier payer's corrected decision left something to a payer that had answered."""
        asked = False
        for posted in self.posted.values():
            if posted.live and posted.order == order:
                asked = False
            elif posted.live and posted.moved_to == order:
                asked = True
        return asked

    def in_force(self) -> list[Cover]:
        """The coverages in force on the date of service, in their order."""
        day = self.service_on
        covers = [
            c
            for c in self.covers
            if day is None
            or (c.effective_from <= day and (c.effective_to is None or day <= c.effective_to))
        ]
        return sorted(covers, key=lambda c: c.order)

    def is_covered(self, order: int) -> bool:
        """Whether a coverage of this place is in force."""
        return any(cover.order == order for cover in self.in_force())
