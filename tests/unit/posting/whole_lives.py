"""Whole lives of an account: coverages, charges, answers at either level, and money that goes back and forth."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from contracts.coding import ChargeCorrected
from contracts.posting import (
    OverpaymentRecovered,
    OverpaymentRefunded,
    PatientPaymentReceived,
    ProviderAdjustmentsDelivered,
)
from contracts.registration import CoveragesSet
from contracts.values import Adjustment, Coverage, ProviderAdjustment
from services.denial.domain import ACCOUNT as DENIALS
from services.denial.domain.state import Book as Policies
from services.denial.reactions import react as denial_reacts
from services.posting.domain.commands import (
    RefundOverpayment,
    RefundPatient,
    TakeBackWriteOff,
    TransferDenied,
    WriteOff,
)
from services.reporting.app import SERVICE as REPORTING
from services.reporting.projections.overpayments import OVERPAYMENTS
from shared.errors import Refused
from shared.streams import account_stream, claim_number, guarantor_stream, payee_stream
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    DAY,
    ONE,
    SEALED,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.town import TODAY, Town
from tests.unit.reporting.rows import Rows

HERE = account_stream(ACCOUNT)
AMOUNTS = {ONE: 20_000, TWO: 9_900}
ORDERS = (
    ("BLUE", "AETNA"), ("AETNA", "BLUE"), ("BLUE",), ("AETNA",), ("BLUE", "AETNA", "SUPP"), (),
)  # fmt: skip
PAYERS = ("BLUE", "AETNA", "SUPP")
STEPS = (
    "answer", "answer", "again", "correct", "reverse", "twice", "lower", "cover", "pay", "pay back",
    "write off", "owe again", "transfer", "refund", "take", "put off", "acknowledge",
)  # fmt: skip


class WholeLife:
    """An account, its payees and guarantor, and denial beside it; payers speak in whole decisions."""

    def __init__(self, levels: bool) -> None:
        self.levels = levels
        self.covers: tuple[str, ...] = ORDERS[0]
        self.town = Town(opened(*self.covers), captured(charge(), charge(TWO, AMOUNTS[TWO])))
        self.now = dict(AMOUNTS)
        self.standing: list[Any] = []
        self.count = 0
        self.received = self.refunded = self.paid_back = 0
        self.taken: dict[str, int] = {}
        self.denials: Any = None
        self.told = 0
        self.did: list[Any] = []

    def do(self, draw: Any, step: str) -> None:
        self.count += 1
        getattr(self, f"_{step.replace(' ', '_')}")(draw)
        self._tell_denial()

    def _answer(self, draw: Any) -> None:
        payer = draw(st.sampled_from(self.covers or PAYERS[:1]))
        order = self.covers.index(payer) + 1 if payer in self.covers else 1
        if not any(one.payer == payer for one in self.standing):
            self._post(draw, payer, order, self._lines(draw, order))

    def _again(self, draw: Any) -> None:
        """A corrected claim is answered, and nothing of the first answer reversed."""
        if self.standing:
            before = self.standing[draw(st.integers(0, len(self.standing) - 1))]
            self._post(
                draw, before.payer, before.payer_order, self._lines(draw, before.payer_order)
            )

    def _correct(self, draw: Any) -> None:
        if self.standing:
            before = self.standing[draw(st.integers(0, len(self.standing) - 1))]
            for one in [one for one in self.standing if one.payer == before.payer]:
                self._back(one)
            self._post(
                draw, before.payer, before.payer_order, self._lines(draw, before.payer_order)
            )

    def _reverse(self, draw: Any) -> None:
        if self.standing:
            self._back(self.standing[draw(st.integers(0, len(self.standing) - 1))])

    def _twice(self, draw: Any) -> None:
        if self.standing:
            before = self.standing[draw(st.integers(0, len(self.standing) - 1))]
            again = replace(
                before, adjudication=f"adj-{self.count}", remittance=f"rem-{self.count}"
            )
            self.standing.append(again)
            self.town.say(HERE, again)
            self.did.append(again)

    def _lower(self, draw: Any) -> None:
        number = draw(st.sampled_from([ONE, TWO]))
        before, self.now[number] = self.now[number], draw(st.integers(0, AMOUNTS[number]))
        self._heard(
            ChargeCorrected(
                account=ACCOUNT,
                before=charge(number, before),
                after=charge(number, self.now[number]),
                reason="captured wrong",
            )
        )

    def _cover(self, draw: Any) -> None:
        self.covers = draw(st.sampled_from(ORDERS))
        ended = draw(st.sampled_from([None, *self.covers]))
        covers = tuple(self._coverage(n, p, p == ended) for n, p in enumerate(self.covers, 1))
        self._heard(CoveragesSet(patient="p1", coverages=covers, set_on=DAY, reason="r"))
        self.covers = tuple(p for p in self.covers if p != ended) if ended else self.covers

    def _coverage(self, order: int, payer: str, ended: bool) -> Coverage:
        one = opened(payer).coverages[0]
        return replace(
            one, order=order, effective_to=date(2025, 6, 30) if ended else None, member=SEALED
        )

    def _pay(self, draw: Any) -> None:
        cents = draw(st.integers(1, 9_000))
        self.received += cents
        paid = PatientPaymentReceived(
            guarantor="g1",
            payment=f"pay-{self.count}",
            tender="card",
            amount_cents=cents,
            received_on=DAY,
            account=ACCOUNT,
        )
        self.town.say(guarantor_stream("g1"), paid)
        self._heard(paid)

    def _pay_back(self, draw: Any) -> None:
        for payment, (_, left) in self.town.account.payments.items():
            if left > 0:
                self.paid_back += left
                self.town.obey(
                    HERE, RefundPatient(ACCOUNT, payment, f"pr-{self.count}", "r", "a", left)
                )
                self.did.append(("pay back", left))
                return

    def _write_off(self, draw: Any) -> None:
        bucket = draw(st.sampled_from(["patient", "denied", "next_payer", "open"]))
        cents = draw(st.one_of(st.none(), st.integers(1, 5_000)))
        self._may(WriteOff(ACCOUNT, "bad_debt", "r", "a", cents, None, bucket))

    def _owe_again(self, draw: Any) -> None:
        bucket = draw(st.sampled_from(["patient", "denied", "next_payer", "open"]))
        cents = draw(st.one_of(st.none(), st.integers(1, 5_000)))
        self._may(TakeBackWriteOff(ACCOUNT, "bad_debt", "r", "a", cents, None, bucket))

    def _transfer(self, draw: Any) -> None:
        self._may(TransferDenied(ACCOUNT, draw(st.sampled_from(["payer", "patient"])), "r", "a"))

    def _refund(self, draw: Any) -> None:
        for name, posted in self.town.account.posted.items():
            if posted.live and posted.overpaid():
                before = sum(self.refunds())
                self._may(RefundOverpayment(ACCOUNT, name, f"ref-{self.count}", "r", "a"))
                self.refunded += sum(self.refunds()) - before
                return

    def refunds(self) -> list[int]:
        return [e.cents for e in self.town.of(OverpaymentRefunded, "account")]

    def _take(self, draw: Any) -> None:
        self._plb(draw, draw(st.integers(1, 12_000)), "WO")

    def _put_off(self, draw: Any) -> None:
        self._plb(draw, -draw(st.integers(1, 12_000)), "WO")

    def _acknowledge(self, draw: Any) -> None:
        self._plb(draw, -draw(st.integers(1, 12_000)), "72")

    def _plb(self, draw: Any, cents: int, reason: str) -> None:
        payer = draw(st.sampled_from(PAYERS[:2]))
        reference = draw(st.sampled_from([CLAIM, "ICN1"]))
        self.taken[payer] = self.taken.get(payer, 0) + cents
        said = ProviderAdjustmentsDelivered(
            payer=payer,
            tax_id="990000001",
            remittance=f"rem-{self.count}",
            check_number=f"EFT{self.count}",
            adjustments=(ProviderAdjustment(reason=reason, reference=reference, cents=cents),),
            posted_on=TODAY,
        )
        self.town.say(payee_stream(payer, "990000001"), said)
        self.did.append((reason, cents, payer, reference))

    def _lines(self, draw: Any, order: int) -> tuple[Any, ...]:
        lines = []
        for number, cents in self.now.items():
            paid = draw(st.integers(0, cents))
            patient = draw(st.integers(0, cents - paid))
            group, code = draw(st.sampled_from([("CO", "45"), ("CO", "197")]))
            if order > 1:
                group, code = draw(st.sampled_from([("OA", "23"), ("OA", "23"), ("CO", "197")]))
            rest = cents - paid - patient
            lines.append(line(paid, (group, code, rest), ("PR", "2", patient), number=number))
        return tuple(lines)

    def _post(self, draw: Any, payer: str, order: int, lines: tuple[Any, ...]) -> None:
        more: dict[str, Any] = {
            "adjudication": f"adj-{self.count}", "remittance": f"rem-{self.count}", "payer": payer,
            "payer_order": order, "claim": claim_number(ACCOUNT, order), "payer_control": "ICN1",
        }  # fmt: skip
        if self.levels and draw(st.booleans()):
            more["charge_cents"] = sum(one.charge_cents for one in lines)
            more["paid_cents"] = sum(one.paid_cents for one in lines)
            more["adjustments"] = tuple(
                Adjustment(group=a.group, reason=a.reason, cents=a.cents)
                for one in lines
                for a in one.adjustments
            )
            lines = ()
        said = adjudicated(*lines, **more)
        self.standing.append(said)
        self.did.append(said)
        self.town.say(HERE, said)

    def _back(self, said: Any) -> None:
        self.standing.remove(said)
        back = replace(taken_back(said.paid_cents, said.adjudication), payer=said.payer)
        self.did.append(("reversed", said.adjudication))
        self.town.say(HERE, back)

    def _heard(self, event: Any) -> None:
        self.did.append(event)
        self.town.say(HERE, event)

    def _may(self, command: Any) -> None:
        self.did.append(command)
        with suppress(Refused):
            self.town.obey(HERE, command)

    def _tell_denial(self) -> None:
        at: Any = SimpleNamespace(stream=HERE)
        for stream, event in self.town.said[self.told :]:
            if stream != HERE:
                continue
            self.denials = DENIALS.evolve(self.denials, event)
            for _, command in denial_reacts(event, at):
                for said in DENIALS.decide(command, self.denials, Policies()):
                    self.denials = DENIALS.evolve(self.denials, said)
        self.told = len(self.town.said)

    def check(self) -> None:
        """Every cent has an owner, and nothing is below zero that has no name."""
        state = self.town.account
        paid = sum(one.paid_cents for one in self.standing)
        recovered = sum(e.cents for e in self.town.of(OverpaymentRecovered, "account"))
        assert state.total("insurance_paid") == paid - self.refunded - recovered
        waiting = sum(left for _, left in state.payments.values())
        assert state.total("patient_paid") + waiting == self.received - self.paid_back
        assert self.town.ledgers.get("recovery_clearing", 0) == 0
        assert self.town.ledgers.get("patient_clearing", 0) == 0
        owed: dict[str, int] = {}
        for posted in state.posted.values():
            for key, cents in posted.owed_back().items():
                owed[key] = owed.get(key, 0) + cents
        for key, after in state.balances.items():
            assert after.credit == owed.get(key, 0), (key, after, owed)
            assert min(after.written_off.values(), default=0) >= 0
            let_go = sum(off.cents for off in state.let_go if off.charge == key)
            assert let_go == sum(after.written_off.values())
            left = (after.open, after.denied, after.next_payer, after.patient)
            if not self.levels:
                assert after.open > 0 or min(left) >= 0, (key, after)
        assert state.total("credit") == reported_credit(self.town)
        total = [state.total(name) for name in ("open", "denied", "next_payer", "patient")]
        assert total[0] > 0 or min(total) >= 0, (total, state.balances)
        if self.denials is not None:
            known = self.denials.denials.values()
            standing = sum(d.left for d in known if self.denials.stands(d))
            denied = sum(max(0, after.denied) for after in state.balances.values())
            moves = sum(
                d.left for d in known if d.waits
            )  # To be the patient's, by an event that follows.
            assert denied - moves <= standing <= denied, ("denials", standing, denied, moves)


def reported_credit(town: Town) -> int:
    """What reporting's rows of overpayments leave to be sent back, less what payers took back that we had refunded."""
    rows = Rows(replace(REPORTING, projections=(OVERPAYMENTS,)))
    for stream, event in town.said:
        rows.tell(event, stream=stream)
    return sum(
        (0 if row["ended"] == "reversed" else row["cents"])
        - row["recovered_cents"]
        - row["refunded_cents"]
        for row in rows.tables["overpayment_view"].values()
    )
