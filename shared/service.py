"""What a service is to the kernel: the streams it decides on, what it hears, its reactions and its rows.

A service's `domain.py`, `reactions.py` and `projections.py` are pure; `app.py` puts them into one `Service`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

import msgspec

from shared.errors import ServiceError

Event = Any
"""An event of `contracts`."""
Command = Any
"""A frozen dataclass of the service's own `domain.py`."""
State = Any
"""A frozen msgspec.Struct (or None before the first event)."""


class Scope(msgspec.Struct, frozen=True, gc=False):
    """Whose business it is. `facility` and `legal_entity` may be empty: a check belongs to a TIN."""

    tenant: str = ""
    legal_entity: str = ""
    facility: str = ""


class At(msgspec.Struct, frozen=True, gc=False):
    """Where and when an event stands: what a reaction or a row may need beside the event itself.

    `recorded_at` is UTC system time, `occurred_on` the business date; `offset` is the record's place in the
    partition, or -1 for an own event that is folded before it was heard.
    """

    stream: str
    partition: int
    event_id: str
    wire: str
    scope: Scope
    occurred_on: date
    recorded_at: datetime
    actor: str
    correlation: str
    producer: str
    position: int
    offset: int = -1


class Say(msgspec.Struct, frozen=True, gc=False):
    """An event with more than its face: another stream, another business date, its scope, where it came from."""

    event: Event
    stream: str | None = None
    occurred_on: date | None = None
    scope: Scope | None = None
    rule_set: str = ""
    source_sha256: str = ""
    source_segment: int = 0


def to(stream: str, event: Event, scope: Scope | None = None) -> Say:
    """Say an event on another stream; whoever lives there hears it from the log, we too."""
    return Say(event, stream=stream, scope=scope)


class Book:
    """What broadcasts said so far in this partition; `today` is the open business day (None before the first).

    A service subclasses it as a frozen msgspec.Struct with a default for every field and gives
    `evolve_book(book, event) -> book`; `decide` receives it as its third argument.
    """


class Wake(msgspec.Struct, frozen=True, gc=False):
    """A timer of a stream: `moment` is `open` (the day opens) or `cutoff` (the day's sending cut-off)."""

    due_on: date
    moment: Literal["open", "cutoff"] = "open"


Decide = Callable[[Command, State | None, Any], Iterable["Event | Say"]]
Evolve = Callable[[State | None, Event], State]


@dataclass(frozen=True, slots=True)
class Decider:
    """The rules of one kind of stream.

    `decide(command, state, book)` answers with events (of this stream, or `to` another), raises `Refused`, or
    answers with nothing. `evolve(state, event)` never refuses and never changes its argument. `timers(state)`
    names what the stream waits for; when due, `wake(what, day, state, book)` gives the command, or a later day
    to be asked again when the book says that it is too early.
    """

    kind: str
    state: type
    decide: Decide
    evolve: Evolve
    timers: Callable[[State], Mapping[str, Wake]] | None = None
    wake: Callable[[str, date, State, Any], Command | Wake | None] | None = None


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Projection:
    """A table that a person (or a gateway) reads. A row belongs to one stream or carries its partition in its key.

    `columns` maps each column to its PostgreSQL type, `key` names the key columns (the kernel adds `partition`
    to the table itself). `keys(event, at)` names the rows an event touches, each a tuple in the order of `key`;
    `project(row, event, at)` gives the new row as a dict of all columns, or None to delete it; `row` is None when
    there is none yet. With `append=True` rows are only ever added: `project` is called with None, nothing is
    loaded, and `keys` must be unique (use at.event_id). With `keyed=True` the key comes as `project`'s fourth
    argument: an event that touches several rows needs to know which one it is asked for. Where rows are only
    added, `rows(event, at)` may give all rows of an event instead of `keys` and `project`.
    """

    table: str
    columns: Mapping[str, str]
    key: Sequence[str]
    hears: frozenset[str] = frozenset()
    keys: Callable[[Event, At], Iterable[tuple[Any, ...]]] | None = None
    project: Callable[..., Row | None] | None = None
    append: bool = False
    keyed: bool = False
    rows: Callable[[Event, At], Iterable[Row]] | None = None
    indexes: Sequence[str] = ()
    """Extra index definitions, such as `(due_on, owner)`."""
    lasting: bool = False
    """Whether its rows stay as they came, nearly always: their pages are filled whole."""


class Outside(Protocol):
    """What a gateway may use: the key ring, the object folder, the service's own rows, and its own doors."""

    tenant: str

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        """Rows of the service's own tables; `$1` style arguments."""

    async def book(self, partition: int) -> Any:
        """The book as of now in that partition."""

    async def open_all(self, sealed: Sequence[tuple[Any, type]]) -> list[Any]:
        """The contents of sealed fields, each as the given type of `contracts.phi`; None where erased."""

    async def handle(self, orders: "Sequence[Order]") -> "list[Answer]":
        """Each order's answer, in order; one refused order stops no other."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A file that leaves after its event (`wire`) was heard back: staged, renamed into the outbound folder, handed.

    `file_name(event)` is a path below the outbound folder, unique for ever (it holds the control number).
    `build(event, at, outside)` gives the bytes; it must give the same bytes again; None when nothing is to leave after
    all. `handed(event, at, sha256, size)`
    gives the (stream, command) that states the fact; the stream is the event's own.
    """

    wire: str
    file_name: Callable[[Event], str]
    build: Callable[[Event, At, Outside], Awaitable[bytes | None]]
    handed: Callable[[Event, At, str, int], tuple[str, Command]]


ERASURE = {
    "stream": "text",
    "state": "text",
    "subjects": "text[]",
    "position": "bigint",
    "key_ids": "text[]",
}
"""Columns of a projection `erasure`: `subjects` of the key ring, the `position` of the event that erased them on its
channel, the `state` (`erased` until the keys are gone, then `destroyed`), and the `key_ids` of all that are gone."""
ERASURE_INDEX = "(partition) where state = 'erased'"


@dataclass(frozen=True, slots=True)
class Erasing:
    """How the keys of a row of the projection `erasure` go (`shared/erasing.py`).

    `held(row, book)` tells whether they must stay for now; `destroyed(row, key_ids)` gives the (stream, command) that
    states the fact. A service that receives files gives the day `before` which they are kept no longer, and the
    (stream, command) that may `end` one of its rows.
    """

    reason: str
    held: Callable[[Mapping[str, Any], Any], bool]
    destroyed: Callable[[Mapping[str, Any], Sequence[str]], tuple[str, Command]]
    before: Callable[[Any], date | None] = lambda book: None
    end: Callable[[Mapping[str, Any]], tuple[str, Command]] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A command at a door. `key` is the Idempotency-Key of this one command, `body` what it is compared by.

    `scope` is used until the stream has a scope of its own (from its first event that names a facility). `door` is the path
    at which a caller used the key: the same body somewhere else is another command.
    """

    stream: str
    command: Command
    key: str
    body: bytes
    scope: Scope
    actor: str
    occurred_on: date | None = None
    door: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order: 200 with what was said, or the status and code of the refusal.

    `again` tells that the key was known and this is the first answer once more.
    """

    status: int
    stream: str
    said: tuple[tuple[str, str], ...] = ()
    """(wire name, event id) of the events."""
    code: str = ""
    sentence: str = ""
    again: bool = False

    def refusal(self) -> ServiceError:
        """This no as an error to raise at a door: its own status and code, so that nobody takes a wait for a rule."""
        no = ServiceError(self.sentence)
        no.status, no.code = self.status, self.code
        return no

    def item(self) -> dict[str, Any]:
        """As a door tells it among others: a refusal is an item too, `said` are wire names."""
        return {
            "status": self.status,
            "code": self.code,
            "sentence": self.sentence,
            "said": [wire for wire, _ in self.said],
            "again": self.again,
        }

    def told(self) -> dict[str, Any]:
        """As a door tells it alone: a refusal is raised."""
        if self.status != 200:
            raise self.refusal()
        return self.item()


class Doors(Protocol):
    """The way in for commands and the way out for queries; routes of `api.py` use nothing else.

    `seal_all` makes a new data key per distinct `subject` (durable before it returns) unless the subject (such
    as a patient id) has one, and seals each value under its subject's key.
    """

    tenant: str
    service: str

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        """Each order's answer, in order; one refused order stops no other."""

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        """Rows of the service's own tables; `$1` style arguments."""

    async def book(self, partition: int = 0) -> Any:
        """The book as of now in that partition."""

    async def seal_all(self, values: Sequence[tuple[str, Any]]) -> list[Any]:
        """Sealed fields for (subject, value) pairs; values are records of `contracts.phi`."""

    async def open_all(self, sealed: Sequence[tuple[Any, type]]) -> list[Any]:
        """The contents of sealed fields, each as the given type; None where the key was destroyed."""

    def pseudonym(self, *parts: str) -> str:
        """A random-looking id that is the same for the same parts: HMAC under the key ring's own secret."""

    async def store_object(self, data: bytes) -> str:
        """Keep a file in the object folder; its SHA-256 in hex."""

    async def read_object(self, sha256: str) -> bytes:
        """A kept file; NotFound when it is absent or erased."""


@dataclass(frozen=True, slots=True)
class Service:
    """Everything the kernel needs to run a service.

    `hears`: wire names of events that are decoded, from the log, its own included when it must react to them or
    fold them on another stream; an own event on the deciding stream is folded and projected at once and only
    reacted to when heard back. `says`: wire names it may produce. `react(event, at)` gives (stream, command)
    pairs, whose stream is always the stream on which the event stands; for a broadcast it is called once per
    partition and gives nothing (use timers).
    `book`, `evolve_book`: the broadcast fold. `hydrate(book, objects)` may load files that the book names; what it
    returns is passed to decide as the book, and to evolve_book; `shelve(book)` is what of it is kept.
    """

    name: str
    hears: frozenset[str]
    says: frozenset[str]
    deciders: Mapping[str, Decider]
    react: Callable[[Event, At], Iterable[tuple[str, Command]]]
    projections: Sequence[Projection] = ()
    book: Any = None
    evolve_book: Callable[[Any, Event], Any] | None = None
    hydrate: Callable[[Any, Any], Any] | None = None
    shelve: Callable[[Any], Any] = lambda book: book
    hand_overs: Sequence[HandOver] = ()
    erasing: Erasing | None = None
    routes: Callable[[Doors], Any] | None = None
    """`api.routes(doors)` gives the fastapi.APIRouter of the service's doors."""
