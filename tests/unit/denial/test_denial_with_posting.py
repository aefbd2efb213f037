"""Denial and posting told the same story: what denials stand for is what is denied in the journal."""

from collections import deque
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

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
