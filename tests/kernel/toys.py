"""Two small services for the kernel suites: `alpha` says a charge per command, `beta` counts and answers it.

They speak real events, so that the wire, the registry and the tables are the real ones.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from fastapi import APIRouter

from contracts.coding import ChargesCaptured
from contracts.posting import WriteOffPosted
from contracts.reference import BusinessDayOpened
from contracts.values import Charge
from shared.errors import Refused
from shared.http import IdempotencyKey
from shared.service import At, Decider, Doors, Order, Projection, Row, Scope, Service, Wake, to
from shared.streams import BROADCAST, account_stream, charge_number

DAY = date(2026, 1, 5)


@dataclass(frozen=True)
class Capture:
    """Say one more charge of this account; refused from `limit` on."""

    account: str
    cents: int
    limit: int = 1_000_000


@dataclass(frozen=True)
class OpenDay:
    """Open a business day, in every partition."""

    day: date


class Count(msgspec.Struct, frozen=True):
    """How many charges there are, and their cents, and whether an answer is due."""

    charges: int = 0
    cents: int = 0
    order: tuple[int, ...] = ()
    woken: int = 0


class Days(msgspec.Struct, frozen=True):
    """The book: the open day."""

    today: date | None = None


def capture(command: Capture, state: Count | None, book: Any) -> list[Any]:
    state = state or Count()
    if state.charges >= command.limit:
        raise Refused("enough charges")
    charge = Charge(
        charge=charge_number(command.account, state.charges + 1),
        service_on=DAY,
        procedure="G0001",
        units=1,
        charge_cents=command.cents,
        place_of_service="11",
        rendering_npi="1999000009",
    )
    return [ChargesCaptured(account=command.account, charges=(charge,))]


def count(state: Count | None, event: Any) -> Count:
    state = state or Count()
    if isinstance(event, ChargesCaptured):
        cents = event.charges[0].charge_cents
        return msgspec.structs.replace(
            state,
            charges=state.charges + 1,
            cents=state.cents + cents,
            order=(*state.order, cents)[-50:],
        )
    if isinstance(event, WriteOffPosted):
        return msgspec.structs.replace(state, woken=state.woken + 1)
    return state


def open_day(command: OpenDay, state: Any, book: Any) -> list[Any]:
    return [to(BROADCAST, BusinessDayOpened(day=command.day))]


def evolve_days(book: Days, event: Any) -> Days:
    return Days(event.day) if isinstance(event, BusinessDayOpened) else book


def _row(row: Row | None, event: Any, at: At) -> Row:
    before = row or {"account": at.stream[8:], "charges": 0, "cents": 0}
    cents = event.charges[0].charge_cents
    return {
        "account": before["account"],
        "charges": before["charges"] + 1,
        "cents": before["cents"] + cents,
    }


TOTALS = Projection(
    table="totals",
    columns={"account": "text", "charges": "bigint", "cents": "bigint"},
    key=("account",),
    hears=frozenset({"coding.charges_captured.v1"}),
    keys=lambda event, at: [(at.stream[8:],)],
    project=_row,
)

LINES = Projection(
    table="lines",
    columns={"event_id": "text", "account": "text", "cents": "bigint"},
    key=("event_id",),
    hears=frozenset({"coding.charges_captured.v1", "posting.write_off_posted.v1"}),
    keys=lambda event, at: [(at.event_id,)],
    project=lambda row, event, at: {
        "event_id": at.event_id,
        "account": event.account,
        "cents": getattr(event, "cents", 0),
    },
    append=True,
)


def alpha_routes(doors: Doors) -> APIRouter:
    """One door: capture a charge."""
    router = APIRouter()

    @router.post("/captures/{account}/{cents}")
    async def capture(account: str, cents: int, key: IdempotencyKey) -> dict[str, Any]:
        order = Order(
            account_stream(account),
            Capture(account, cents),
            key,
            f"{account}/{cents}".encode(),
            Scope("toy", "entity", "facility"),
            "tester",
        )
        (answer,) = await doors.handle([order])
        return {"status": answer.status, "said": answer.said, "again": answer.again}

    return router


ALPHA = Service(
    name="alpha",
    hears=frozenset({"reference.business_day_opened.v1"}),
    says=frozenset({"coding.charges_captured.v1", "reference.business_day_opened.v1"}),
    deciders={
        "account": Decider("account", Count, capture, count),
        "books": Decider("books", Count, open_day, count),
    },
    react=lambda event, at: [],
    projections=(TOTALS,),
    book=Days(),
    evolve_book=evolve_days,
    routes=alpha_routes,
)


@dataclass(frozen=True)
class Answer:
    """Answer a captured charge by a write-off of its cents."""

    account: str
    cents: int
    kind: str = "toy"


def answer(command: Answer, state: Count | None, book: Any) -> list[Any]:
    state = state or Count()
    if command.cents < 0:
        raise Refused("a negative charge")
    return [
        WriteOffPosted(
            account=command.account,
            kind=command.kind,
            reason="toy",
            approver="toy",
            cents=command.cents,
            entry=f"{command.account}/{state.woken + 1}",
            posted_on=DAY,
            entries=(),
        )
    ]


def beta_react(event: Any, at: At) -> list[tuple[str, Any]]:
    if isinstance(event, ChargesCaptured):
        return [(at.stream, Answer(event.account, event.charges[0].charge_cents))]
    return []


BETA = Service(
    name="beta",
    hears=frozenset({"coding.charges_captured.v1", "reference.business_day_opened.v1"}),
    says=frozenset({"posting.write_off_posted.v1"}),
    deciders={
        "account": Decider(
            "account",
            Count,
            answer,
            count,
            timers=lambda state: (
                {"daily": Wake(date(2026, 1, 6))} if state.charges > 0 and state.woken < 99 else {}
            ),
            wake=lambda what, day, state, book: None,
        )
    },
    react=beta_react,
    projections=(TOTALS, LINES),
    book=Days(),
    evolve_book=evolve_days,
)


@dataclass(frozen=True)
class Reduce:
    """Write off so many cents of an account, by command."""

    account: str
    cents: int


class Told(msgspec.Struct, frozen=True):
    """What was said of an account by anybody, in the order in which it was folded; `r` answers, `d` is decided."""

    account: str = ""
    order: tuple[str, ...] = ()


def tell(state: Told | None, event: Any) -> Told:
    order = state.order if state is not None else ()
    if isinstance(event, ChargesCaptured):
        return Told(event.account, (*order, f"c{event.charges[0].charge_cents}"))
    return Told(event.account, (*order, f"{event.kind}{event.cents}"))


def reduce(command: Any, state: Told | None, book: Any) -> list[Any]:
    kind = "r" if isinstance(command, Answer) else "d"
    after = state.order[-1] if state is not None else "nothing"
    return [
        WriteOffPosted(
            account=command.account,
            kind=kind,
            reason=f"after {after}",
            approver="toy",
            cents=command.cents,
            entry=f"{command.account}/{after}",
            posted_on=DAY,
            entries=(),
        )
    ]


STORY = Projection(
    table="story",
    columns={"account": "text", "told": "text"},
    key=("account",),
    hears=frozenset({"coding.charges_captured.v1", "posting.write_off_posted.v1"}),
    keys=lambda event, at: [(event.account,)],
    project=lambda row, event, at: {
        "account": event.account,
        "told": (row["told"] if row else "") + " " + tell(None, event).order[0],
    },
)

GAMMA = Service(
    name="gamma",
    hears=frozenset({"coding.charges_captured.v1", "reference.business_day_opened.v1"}),
    says=frozenset({"posting.write_off_posted.v1"}),
    deciders={
        "account": Decider(
            "account",
            Told,
            reduce,
            tell,
            timers=lambda state: {"daily": Wake(date(2026, 1, 6))},
            wake=lambda what, day, state, book: Reduce(state.account, day.day),
        )
    },
    react=beta_react,
    projections=(STORY,),
)
"""It hears another's charges and takes commands on the same streams: what it folds has an order that shows."""

ACCOUNT = account_stream
