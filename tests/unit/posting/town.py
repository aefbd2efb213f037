"""All streams of posting at once, in memory: what is said on another stream is heard there, in order."""

from collections import deque
from datetime import UTC, date, datetime
from typing import Any

from contracts.registry import wire_name
from services.posting.domain import DECIDERS
from services.posting.domain.account_state import Account
from services.posting.domain.balance import Balance, equation
from services.posting.domain.book import Book
from services.posting.projections.journal import HEARS, lines_of
from services.posting.reactions import react
from shared.service import At, Say, Scope
from shared.streams import account_stream, kind_of
from tests.unit.posting.facts import ACCOUNT, BOOK

TODAY = date(2026, 1, 21)


class Town:
    """Says events and obeys commands; every entry and every charge is checked on the way."""

    def __init__(self, *given: Any, book: Book = BOOK) -> None:
        self.book = book
        self.states: dict[str, Any] = {}
        self.said: list[tuple[str, Any]] = []
        self.ledgers: dict[str, int] = {}
        self.unheard: deque[tuple[str, Any, bool]] = deque()
        self.say(account_stream(ACCOUNT), *given)

    def say(self, stream: str, *events: Any) -> "Town":
        """Events of others, each heard with all that follows from it."""
        for event in events:
            self.unheard.append((stream, event, False))
            self._settle()
        return self

    def obey(self, stream: str, command: Any) -> "Town":
        """A command at a door."""
        self._decide(stream, command)
        self._settle()
        return self

    def of(self, kind: type, on: str = "") -> list[Any]:
        """Everything said of a kind, on streams of a kind."""
        return [e for s, e in self.said if isinstance(e, kind) and kind_of(s).startswith(on)]

    @property
    def account(self) -> Account:
        """The account of the story."""
        state: Account = self.states[account_stream(ACCOUNT)]
        return state

    def balance(self, charge: str) -> Balance:
        """One charge of it."""
        return self.account.balance(charge)

    def _settle(self) -> None:
        while self.unheard:
            stream, event, own = self.unheard.popleft()
            at = self._at(stream, event)
            if not own:
                self._fold(stream, event)
                self._enter(event, at)
            for where, command in react(event, at):
                self._decide(where, command)

    def _decide(self, stream: str, command: Any) -> None:
        decider = DECIDERS[kind_of(stream)]
        for answer in list(decider.decide(command, self.states.get(stream), self.book)):
            say = answer if isinstance(answer, Say) else Say(answer)
            where = say.stream or stream
            self.said.append((where, say.event))
            if where == stream:
                self._fold(stream, say.event)
                self._enter(say.event, self._at(stream, say.event))
            self.unheard.append((where, say.event, where == stream))

    def _fold(self, stream: str, event: Any) -> None:
        decider = DECIDERS[kind_of(stream)]
        self.states[stream] = decider.evolve(self.states.get(stream), event)
        if kind_of(stream) == "account":
            for balance in self.states[stream].balances.values():
                assert equation(balance) == 0, (event, balance)

    def _enter(self, event: Any, at: At) -> None:
        if not isinstance(event, HEARS):
            return
        lines = lines_of(event, at)
        assert sum(line.cents for line in lines) == 0, event
        for line in lines:
            self.ledgers[line.ledger] = self.ledgers.get(line.ledger, 0) + line.cents

    def _at(self, stream: str, event: Any) -> At:
        now = datetime(2026, 1, 21, tzinfo=UTC)
        wire, scope = wire_name(type(event)), Scope("t", "L1", "F1")
        return At(stream, 0, "e", wire, scope, TODAY, now, "a", "c", "posting/0", 1)
