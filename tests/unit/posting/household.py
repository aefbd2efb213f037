"""A guarantor lived through, morning by morning: timers are woken and put off as the kernel does."""

from datetime import date, timedelta
from typing import Any

from contracts.posting import PatientBalanceTold, PatientPaymentApplied, PatientPaymentReceived
from contracts.reference import BusinessDayOpened, StatementTermsListed
from services.posting.domain import GUARANTOR
from services.posting.domain.book import Book, evolve_book
from services.posting.domain.guarantor_state import Guarantor
from shared.service import Say, Wake

FIRST = date(2026, 3, 2)
ONE, TWO, OTHER = "0000000000000A", "0000000000000B", "0000000000000C"
ENTITY = "L1"


def terms(**changed: Any) -> StatementTermsListed:
    """A statement every 30 days, due in 21; three notices, an agency 30 days after the last and 120 after the first."""
    facts: dict[str, Any] = {
        "name": "HOUSE",
        "remit_to": ("ZZ CLINIC", "1 NOWHERE ST"),
        "phone": "555-0100",
        "message": "Call us.",
        "effective_from": date(2026, 1, 1),
    }
    return StatementTermsListed(**(facts | changed))


class Household:
    """One guarantor and the book; `said` are (day, event) of the guarantor's stream."""

    def __init__(self, *listed: StatementTermsListed) -> None:
        self.day = FIRST
        self.book = Book()
        for event in (*listed, BusinessDayOpened(day=FIRST)):
            self.book = evolve_book(self.book, event)
        self.state: Guarantor | None = None
        self.due: dict[str, date] = {}
        self.said: list[tuple[date, Any]] = []
        self.paid: dict[str, int] = {}

    def hear(self, event: Any) -> "Household":
        """An event of the guarantor's stream."""
        before = self._timers()
        self.state = GUARANTOR.evolve(self.state, event)
        after = self._timers()
        for what in before.keys() - after.keys():
            self.due.pop(what, None)
        for what, wake in after.items():
            if before.get(what) != wake:
                self.due[what] = wake.due_on
        return self

    def owes(
        self, account: str, cents: int, entity: str = ENTITY, charged: int = 20_000
    ) -> "Household":
        """An account tells what is owed there now."""
        told = PatientBalanceTold(
            guarantor="g1",
            account=account,
            legal_entity=entity,
            service_on=date(2026, 2, 1),
            told_on=self.day,
            charged_cents=charged,
            insurance_paid_cents=charged - cents - self.paid.get(account, 0),
            adjusted_cents=0,
            patient_paid_cents=self.paid.get(account, 0),
            with_payers_cents=0,
            owed_cents=cents,
        )
        return self.hear(told)

    def pays(self, account: str, cents: int, left: int) -> "Household":
        """Money comes for an account and meets its balance; so much is left."""
        number = f"P{len(self.state.payments) if self.state else 0}"
        received = PatientPaymentReceived(
            guarantor="g1",
            payment=number,
            tender="check",
            amount_cents=cents,
            received_on=self.day,
            account=account,
        )
        applied = PatientPaymentApplied(
            guarantor="g1",
            payment=number,
            account=account,
            cents=cents,
            entry=f"{number}-G",
            posted_on=self.day,
        )
        return self.hear(received).hear(applied).is_paid(account, cents, left)

    def is_paid(self, account: str, cents: int, left: int) -> "Household":
        """Its account tells that a patient's money met its balance, of whomever it came."""
        self.paid[account] = self.paid.get(account, 0) + cents
        return self.owes(account, left)

    def obey(self, command: Any) -> list[Any]:
        """A command decided; what it says is folded."""
        fresh = [
            answer.event if isinstance(answer, Say) else answer
            for answer in GUARANTOR.decide(command, self.state, self.book)
        ]
        for event in fresh:
            self.said.append((self.day, event))
            self.hear(event)
        return fresh

    def until(self, day: date) -> "Household":
        """Every morning up to this day; weekends are mornings too."""
        while self.day < day:
            self.day += timedelta(days=1)
            self.book = evolve_book(self.book, BusinessDayOpened(day=self.day))
            for what in sorted(w for w, due in self.due.items() if due <= self.day):
                self._wake(what)
        return self

    def for_days(self, days: int) -> "Household":
        """So many mornings."""
        return self.until(self.day + timedelta(days=days))

    def of(self, kind: type) -> list[Any]:
        """What was said of a kind."""
        return [event for _, event in self.said if isinstance(event, kind)]

    def _wake(self, what: str) -> None:
        assert self.state is not None and GUARANTOR.wake is not None
        command = GUARANTOR.wake(what, self.day, self.state, self.book)
        if isinstance(command, Wake):
            assert command.due_on > self.day
            self.due[what] = command.due_on
            return
        if command is not None:
            self.obey(command)
        still = self._timers().get(what)
        if still is None:
            self.due.pop(what, None)
        else:
            self.due[what] = max(still.due_on, self.day + timedelta(days=1))

    def _timers(self) -> dict[str, Wake]:
        assert GUARANTOR.timers is not None
        return dict(GUARANTOR.timers(self.state)) if self.state else {}
