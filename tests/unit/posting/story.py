"""An account's money lived through: commands one after the other, each answer folded."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from contracts.posting import PatientBalanceTold
from services.posting.domain import ACCOUNT as DECIDER
from services.posting.domain.account_state import Account
from services.posting.domain.balance import Balance, equation
from services.posting.domain.book import Book
from services.posting.domain.commands import PostAdjudication, ReversePosting
from services.posting.reactions import react
from shared.service import Say, Scope
from tests.unit.posting.facts import ACCOUNT, BOOK

SCOPE = Scope("t", "L1", "F1")


class Life:
    """Folds events and obeys commands; checks every entry and every charge on the way."""

    def __init__(self, *given: Any, book: Book = BOOK) -> None:
        self.book = book
        self.state: Account | None = None
        self.said: list[Any] = []
        self.elsewhere: list[tuple[str, Any]] = []
        self.told: list[PatientBalanceTold] = []
        for event in given:
            self.hear(event)

    def hear(self, event: Any, *, fold: bool = True) -> "Life":
        """An event of the account's stream: folded, and what follows from it done."""
        if fold:
            self.state = DECIDER.evolve(self.state, event)
        at: Any = SimpleNamespace(stream=f"account/{ACCOUNT}", scope=SCOPE)
        for _, command in react(event, at):
            self.obey(command)
        self.check()
        return self

    def obey(self, command: Any) -> "Life":
        """A command decided, its events folded and reacted to as the kernel does."""
        fresh = []
        for answer in DECIDER.decide(command, self.state, self.book):
            say = answer if isinstance(answer, Say) else Say(answer)
            if isinstance(say.event, PatientBalanceTold):
                assert say.stream == f"guarantor/{say.event.guarantor}"
                self.told.append(say.event)
                continue
            if say.stream is not None:
                self.elsewhere.append((say.stream, say.event))
                continue
            self.state = DECIDER.evolve(self.state, say.event)
            self.said.append(say.event)
            fresh.append(say.event)
        self.check()
        for event in fresh:
            self.hear(event, fold=False)
        return self

    def post(self, adjudicated: Any) -> "Life":
        return self.obey(PostAdjudication(adjudicated, SCOPE.legal_entity, SCOPE.facility))

    def take_back(self, reversal: Any) -> "Life":
        return self.obey(ReversePosting(reversal))

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.said if isinstance(event, kind)]

    def balance(self, charge: str) -> Balance:
        assert self.state is not None
        return self.state.balance(charge)

    def check(self) -> None:
        """Entries sum to zero, as a whole and per charge; every charge is the sum of its parts; guarantors know what they owe."""
        for event in self.said:
            sums: dict[str | None, int] = {}
            for line in getattr(event, "entries", ()):
                sums[line.charge] = sums.get(line.charge, 0) + line.cents
            assert not any(sums.values()), (event, sums)
        for balance in self._balances():
            assert equation(balance) == 0, balance
        if self.state is not None and self.state.guarantor:
            owed = self.state.total("patient")
            assert self.state.told == owed
            assert (self.told[-1].owed_cents if self.told else 0) == owed
        entries = [e.entry for e in self.said if hasattr(e, "entry")]
        assert len(entries) == len(set(entries))

    def _balances(self) -> Iterable[Balance]:
        return self.state.balances.values() if self.state else ()
