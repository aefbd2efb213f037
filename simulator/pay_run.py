"""A payer's pay runs: one 835 per payer, TIN and run, its EFT within three business days, and what goes wrong."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from shared.x12.remittance_835 import Plb, RemitClaim, Remittance, write_835
from shared.x12.writing import Header
from simulator import weights
from simulator.adjudicate import Decision
from simulator.chance import Chance

CLAIMS_IN_ONE_835 = 400


def _bank(trace_id: str) -> list[str]:
    """BPR05 to BPR15 of an EFT between accounts that could not exist."""
    return [
        "CCP",
        "01",
        "999999992",
        "DA",
        "123456",
        trace_id,
        "",
        "01",
        "999988880",
        "DA",
        "98765",
    ]


@dataclass(slots=True)
class Due:
    """Something to pay (or take back) on a pay run on or after a day."""

    on: date
    order: int
    claims: list[RemitClaim]
    plb: list[Plb]
    payer: str
    tax_id: str
    npi: str


@dataclass(slots=True)
class Deposit:
    """Money that reaches the bank on a day."""

    on: date
    amount_cents: int
    trace: str
    payer_trace_id: str


@dataclass(slots=True)
class Treasury:
    """All payers' due payments. `payers` gives name, X12 id and trace id by our code for them."""

    chance: Chance
    payers: dict[str, dict[str, str]]
    due: dict[tuple[str, str], list[Due]] = field(default_factory=dict)
    deposits: list[Deposit] = field(default_factory=list)
    forward: dict[tuple[str, str], int] = field(default_factory=dict)
    runs: int = 0
    paid_cents: int = 0
    unbalanced_left: int = 1
    order: int = 0

    def add(
        self,
        decision: Decision,
        on: date,
        claims: list[RemitClaim] | None = None,
        plb: list[Plb] | None = None,
    ) -> None:
        """Pay this decision on the first run from that day."""
        self.order += 1
        key = (decision.payer, decision.tax_id)
        listed = [decision.claim] if claims is None else claims
        self.due.setdefault(key, []).append(
            Due(on, self.order, listed, plb or [], decision.payer, decision.tax_id, decision.npi)
        )

    def run(self, on: date) -> list[tuple[str, bytes]]:
        """The 835 files of this day's pay runs, each with a name; deposits are noted."""
        files: list[tuple[str, bytes]] = []
        for payer, tax_id in sorted(self.due):
            if on.weekday() != weights.habits_of(payer, on).pay_weekday:
                continue
            waiting = self.due[payer, tax_id]
            ready = sorted((d for d in waiting if d.on <= on), key=lambda d: (d.on, d.order))
            self.due[payer, tax_id] = [d for d in waiting if d.on > on]
            while ready:
                part, ready = ready[:CLAIMS_IN_ONE_835], ready[CLAIMS_IN_ONE_835:]
                files += self._pay(payer, tax_id, part, on)
        return files

    def _pay(self, payer: str, tax_id: str, part: list[Due], on: date) -> list[tuple[str, bytes]]:
        self.runs += 1
        facts = self.payers[payer]
        claims = [claim for due in part for claim in due.claims]
        plb = [p for due in part for p in due.plb]
        key = (payer, tax_id)
        carried = self.forward.pop(key, 0)
        if carried:
            plb.append(Plb("FB", carried, "CARRIED", part[0].npi, date(on.year, 12, 31)))
        amount = sum(c.paid_cents for c in claims) - sum(p.cents for p in plb)
        if amount < 0:
            self.forward[key] = -amount
            plb.append(Plb("FB", amount, "FORWARD", part[0].npi, date(on.year, 12, 31)))
            amount = 0
        remit = Remittance(
            "I" if amount else "H",
            amount,
            method="ACH" if amount else "NON",
            paid_on=on,
            trn02=f"{facts['prefix']}{self.runs:08d}",
            trn03=facts["trace_id"],
            produced_on=on,
            payer_name=facts["name"],
            payer_id=facts["payer_id"],
            payee_name="SYNTHETIC BILLING GROUP",
            payee_npi=part[0].npi,
            payee_tax_id=tax_id,
            claims=claims,
            plb=plb,
            bank=_bank(facts["trace_id"]) if amount else [],
            payer_street="1 PAYER WAY",
            payer_city="ANYTOWN",
            payer_state="NY",
            payer_zip="100010000",
            payer_contact="PROVIDER LINE",
            payer_phone="5550100001",
        )
        files = []
        if self.unbalanced_left and amount and self.runs > 12:
            self.unbalanced_left -= 1
            files.append(
                (f"835-{payer}-{self.runs:06d}-unbalanced.835", self._unbalanced(remit, on))
            )
        files.append(
            (f"835-{payer}-{self.runs:06d}.835", write_835(self._header(facts, on), [remit]))
        )
        if amount:
            self.paid_cents += amount
            later = self.chance.pick(weights.EFT_DAYS, "eft", self.runs)
            self.deposits.append(Deposit(_after(on, later), amount, remit.trn02, remit.trn03))
        return files

    def _unbalanced(self, good: Remittance, on: date) -> bytes:
        """The same payment as it first went out, a dollar off under another trace; the payer sends it anew."""
        facts = next(f for f in self.payers.values() if f["payer_id"] == good.payer_id)
        bad = Remittance(**{f: getattr(good, f) for f in good.__dataclass_fields__})
        bad.trn02, bad.amount_cents = good.trn02 + "X", good.amount_cents + 100
        return write_835(self._header(facts, on, 500_000), [bad])

    def _header(self, facts: dict[str, str], on: date, shift: int = 0) -> Header:
        number = self.runs + shift
        return Header(facts["payer_id"], "CLAIMLOG", number, number, on)

    def banked(self, on: date) -> list[Deposit]:
        """Deposits that arrive up to this day."""
        arrived = [d for d in self.deposits if d.on <= on]
        self.deposits = [d for d in self.deposits if d.on > on]
        return arrived


def _after(on: date, days: int) -> date:
    while days:
        on += timedelta(days=1)
        if on.weekday() < 5:
            days -= 1
    return on
