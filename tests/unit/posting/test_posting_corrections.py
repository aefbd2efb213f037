"""Two payers that answer, correct themselves and pay twice, with payments and write-offs between: nothing is lost."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.posting import PatientPaymentApplied, PatientPaymentReceived
from services.posting.domain.commands import RefundOverpayment, TransferDenied, WriteOff
from shared.errors import Refused
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    DAY,
    ONE,
    SECOND_CLAIM,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life

CHARGES = {ONE: 20_000, TWO: 9_900}
STEPS = (
    "first",
    "second",
    "first again",
    "second again",
    "pay",
    "write_off",
    "twice",
    "transfer",
    "refund",
)


class Story:
    """An account whose two payers speak in whole decisions, as payers do."""

    def __init__(self) -> None:
        both = captured(charge(), charge(TWO, 9_900))
        self.life = Life(opened("BLUE", "AETNA"), both)
        self.standing: dict[int, list[Any]] = {1: [], 2: []}
        self.count = 0
        self.received = 0
        self.refunded = 0

    def do(self, draw: Any, step: str) -> None:
        order = 2 if step.startswith("second") else 1
        if step == "pay":
            self._pay(draw(st.integers(1, 9_000)))
        elif step == "write_off":
            self._write_off(draw)
        elif step == "transfer":
            self._may(
                TransferDenied(ACCOUNT, draw(st.sampled_from(["payer", "patient"])), "r", "a")
            )
        elif step == "refund":
            self._refund()
        elif step == "twice" and self.standing[1]:
            self._post(1, self.standing[1][-1].lines)
        elif step.endswith("again"):
            while self.standing[order]:
                said = self.standing[order].pop()
                back = taken_back(said.paid_cents, said.adjudication)
                self.life.take_back(back)
            self._post(order, self._lines(draw, order))
        elif step in ("first", "second") and not self.standing[order]:
            self._post(order, self._lines(draw, order))

    def _lines(self, draw: Any, order: int) -> tuple[Any, ...]:
        lines = []
        for number, cents in CHARGES.items():
            paid = draw(st.integers(0, cents))
            patient = draw(st.integers(0, cents - paid))
            group, code = draw(st.sampled_from([("CO", "45"), ("CO", "197")]))
            if order == 2:
                group, code = "OA", "23"
            rest = cents - paid - patient
            lines.append(line(paid, (group, code, rest), ("PR", "2", patient), number=number))
        return tuple(lines)

    def _post(self, order: int, lines: tuple[Any, ...]) -> None:
        self.count += 1
        said = adjudicated(
            *lines,
            adjudication=f"adj-{self.count}",
            claim=CLAIM if order == 1 else SECOND_CLAIM,
            payer="BLUE" if order == 1 else "AETNA",
            payer_order=order,
            remittance=f"rem-{self.count}",
        )
        self.standing[order].append(said)
        self.life.post(said)

    def _pay(self, cents: int) -> None:
        self.received += cents
        self.life.hear(
            PatientPaymentReceived(
                guarantor="g1",
                payment=f"pay-{self.received}-{cents}",
                tender="card",
                amount_cents=cents,
                received_on=DAY,
                account=ACCOUNT,
            )
        )

    def _write_off(self, draw: Any) -> None:
        bucket = draw(st.sampled_from(["patient", "denied"]))
        cents = draw(st.one_of(st.none(), st.integers(1, 5_000)))
        self._may(WriteOff(ACCOUNT, "bad_debt", "r", "a", cents, None, bucket))

    def _refund(self) -> None:
        assert self.life.state is not None
        for name, posted in self.life.state.posted.items():
            open_now = sum(posted.overpaid().values())
            if posted.live and open_now:
                self.count += 1
                self.refunded += open_now
                self.life.obey(RefundOverpayment(ACCOUNT, name, f"ref-{self.count}", "r", "a"))
                return

    def _may(self, command: Any) -> None:
        with suppress(Refused):
            self.life.obey(command)

    def check(self) -> None:
        state = self.life.state
        assert state is not None
        paid = sum(said.paid_cents for both in self.standing.values() for said in both)
        assert state.total("insurance_paid") == paid - self.refunded
        waiting = sum(left for _, left in state.payments.values())
        assert state.total("patient_paid") + waiting == self.received
        applied = sum(event.cents for event in self.life.of(PatientPaymentApplied))
        assert applied == state.total("patient_paid") == sum(a.cents for a in state.applied)
        for key, after in state.balances.items():
            owed = (after.open, after.denied, after.next_payer, after.patient)
            assert after.open > 0 or min(owed) >= 0, (key, after)
            assert after.credit >= 0 or self.refunded  # Taken back after it was refunded.
            assert min(after.written_off.values(), default=0) >= 0
            let_go = sum(off.cents for off in state.let_go if off.charge == key)
            assert let_go == sum(after.written_off.values())


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(st.sampled_from(STEPS), max_size=9))
def test_every_cent_of_every_payer_and_patient_is_somewhere_and_nothing_owed_is_negative(
    data: st.DataObject, happening: list[str]
) -> None:
    story = Story()
    for step in happening:
        story.do(data.draw, step)
        story.check()
