"""Denial and posting told the same story: what denials stand for is what is denied in the journal."""

from collections import deque
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.coding import ChargeCorrected
from contracts.registration import CoveragesSet
from services.denial.domain import ACCOUNT as DENIALS
from services.denial.domain.state import Book
from services.denial.reactions import react
from services.posting.domain.commands import TransferDenied, WriteOff
from shared.errors import Refused
from tests.unit.posting.facts import (
    ACCOUNT,
    DAY,
    ONE,
    SECOND_CLAIM,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life

STEPS = ("deny", "deny some", "pay", "take back", "transfer", "write off", "gone", "second")


class Both:
    """An account of posting, and what denial makes of everything that posting says."""

    def __init__(self) -> None:
        self.life = Life(opened("BLUE", "AETNA"), captured())
        self.denials: Any = None
        self.heard = 0
        self.count = 0
        self.live: list[tuple[str, int]] = []

    def do(self, step: str) -> None:
        self.count += 1
        name = f"adj-{self.count}"
        match step:
            case "deny":
                self._post(name, line(0, ("CO", "197", 20_000)))
            case "deny some":
                self._post(name, line(4_000, ("CO", "45", 6_000), ("CO", "197", 10_000)))
            case "pay":
                self._post(name, line(8_000 + self.count, ("CO", "45", 12_000 - self.count)))
            case "take back" if self.live:
                last, paid = self.live.pop()
                self.life.take_back(taken_back(paid, last))
            case "transfer":
                self._may(TransferDenied(ACCOUNT, "payer", "r", "a"))
            case "write off":
                self._may(WriteOff(ACCOUNT, "denial", "r", "a", None, None, "denied"))
            case "gone":
                only = opened("BLUE").coverages
                self.life.hear(
                    CoveragesSet(patient="p1", coverages=only, set_on=DAY, reason="ended")
                )
            case "second":
                self._post(
                    name,
                    line(1_000, ("CO", "197", 3_000)),
                    claim=SECOND_CLAIM,
                    payer="AETNA",
                    payer_order=2,
                )
        self._hear()

    def _post(self, name: str, one: Any, **more: Any) -> None:
        self.live.append((name, one.paid_cents))
        self.life.post(adjudicated(one, adjudication=name, remittance=f"r-{name}", **more))

    def _may(self, command: Any) -> None:
        with suppress(Refused):
            self.life.obey(command)

    def _hear(self) -> None:
        at: Any = SimpleNamespace(stream=f"account/{ACCOUNT}")
        for event in self.life.said[self.heard :]:
            self.denials = DENIALS.evolve(self.denials, event)
            for _, command in react(event, at):
                self._decide(command)
        self.heard = len(self.life.said)

    def _decide(self, command: Any) -> None:
        said = deque(DENIALS.decide(command, self.denials, Book()))
        while said:
            self.denials = DENIALS.evolve(self.denials, said.popleft())

    def standing(self) -> int:
        if self.denials is None:
            return 0
        return sum(d.left for d in self.denials.denials.values() if d.standing)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=8))
def test_the_denials_that_stand_are_what_is_denied(happening: list[str]) -> None:
    both = Both()
    for step in happening:
        both.do(step)
        assert both.standing() == max(0, both.life.balance(ONE).denied), happening


def _both(*answers: Any) -> Both:
    both = Both()
    for number, (what, more) in enumerate(answers, 1):
        both.count = number
        if isinstance(what, str):
            both.life.take_back(taken_back(0, what))
            both._hear()
        else:
            both._post(f"adj-{number}", what, **more)
            both._hear()
    return both


DENIED = line(0, ("CO", "197", 20_000))
MOSTLY = line(0, ("CO", "197", 19_000), ("PR", "2", 1_000))
SECOND: dict[str, Any] = {"claim": SECOND_CLAIM, "payer": "AETNA", "payer_order": 2}


def test_a_second_denial_that_leaves_a_part_to_the_patient_stands_for_all_that_it_denied() -> None:
    both = _both((DENIED, {}), (MOSTLY, {}))
    assert both.standing() == both.life.balance(ONE).denied == 19_000


def test_a_later_payers_denial_ends_when_the_earlier_payers_is_taken_back() -> None:
    both = _both((DENIED, {}), (DENIED, SECOND), ("adj-1", {}))
    assert (both.standing(), both.life.balance(ONE).open) == (0, 20_000)


def test_a_denial_is_not_opened_again_for_money_that_left_by_another_way() -> None:
    contractual = line(0, ("CO", "45", 20_000))
    both = _both((DENIED, {}), (DENIED, SECOND), (contractual, {}), ("adj-1", {}), ("adj-3", {}))
    assert both.standing() == max(0, both.life.balance(ONE).denied)


def test_a_patients_part_that_is_not_taken_of_what_was_denied_ends_no_denial() -> None:
    first = line(0, ("CO", "197", 1_000), ("CO", "45", 14_000), ("PR", "2", 5_000))
    second = line(0, ("OA", "23", 16_000), ("PR", "2", 4_000))
    again = line(600, ("OA", "23", 18_000), ("PR", "2", 1_400))
    both = _both((first, {}), (second, SECOND), (again, SECOND))
    assert both.standing() == both.life.balance(ONE).denied == 400


def test_a_part_that_was_written_off_and_is_paid_after_all_is_the_standing_denials_again() -> None:
    both = _both((DENIED, {}))
    both._may(WriteOff(ACCOUNT, "denial", "r", "a", 100, None, "denied"))
    both._hear()
    assert both.standing() == 19_900
    both._post("adj-2", line(100, ("CO", "197", 19_800), ("PR", "2", 100)), **SECOND)
    both._hear()
    assert both.standing() == both.life.balance(ONE).denied == 19_800


def test_what_was_not_there_when_it_was_denied_and_comes_back_later_is_work_too() -> None:
    paid, nothing = line(1, ("OA", "23", 19_999)), line(0, ("OA", "23", 20_000))
    both = _both(
        (DENIED, SECOND),
        (paid, SECOND),
        ("adj-1", {}),
        (DENIED, {}),
        ("adj-2", {}),
        (nothing, SECOND),
    )
    assert both.standing() == both.life.balance(ONE).denied == 20_000
    assert [(d.adjudication, d.left) for d in both.denials.denials.values() if d.standing] == [
        ("adj-4", 19_999),
        ("adj-4", 1),
    ]


def test_denials_stand_for_no_more_than_is_denied_when_the_charge_is_lowered() -> None:
    owes = line(0, ("CO", "197", 19_999), ("PR", "2", 1))
    both = _both((owes, SECOND), (owes, SECOND), ("adj-1", {}))
    void = ChargeCorrected(
        account=ACCOUNT, before=charge(), after=charge(units=0), reason="never done"
    )
    both.life.hear(void)
    both._hear()
    assert both.standing() == both.life.balance(ONE).denied == 0
