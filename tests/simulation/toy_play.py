"""The kernel's toys: alpha says charges, beta and gamma answer them, gamma also obeys and has timers, delta queues."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec

from contracts.coding import ChargesCaptured
from contracts.posting import WriteOffPosted
from shared import envelope as wire
from shared.service import Decider, Order, Service, Wake
from shared.streams import account_stream
from tests.kernel.cluster import ACCOUNTS, SCOPE
from tests.kernel.toys import ALPHA, BETA, GAMMA, Capture, Count, OpenDay, Reduce, Told
from tests.simulation.play import Errand
from tests.simulation.world import World

MOST_SECONDS = 8.0


class Queue(msgspec.Struct, frozen=True):
    """Cents that wait for the next day, and those that a day took."""

    waiting: int = 0
    drained: int = 0
    account: str = ""


@dataclass(frozen=True)
class Drain:
    """The day opened."""

    day: date


def _drain(command: Drain, state: Queue, book: Any) -> list[Any]:
    if not state.waiting:
        return []
    return [
        WriteOffPosted(
            account=state.account,
            kind="q",
            reason="toy",
            approver="toy",
            cents=state.waiting,
            entry=f"{state.account}/{command.day}",
            posted_on=command.day,
            entries=(),
        )
    ]


def _queue(state: Queue | None, event: Any) -> Queue:
    before = state or Queue(account=event.account)
    if isinstance(event, ChargesCaptured):
        waiting = before.waiting + event.charges[0].charge_cents
        return msgspec.structs.replace(before, waiting=waiting)
    drained = before.drained + event.cents
    return msgspec.structs.replace(before, waiting=before.waiting - event.cents, drained=drained)


DELTA = Service(
    name="delta",
    hears=frozenset({"coding.charges_captured.v1", "reference.business_day_opened.v1"}),
    says=frozenset({"posting.write_off_posted.v1"}),
    deciders={
        "account": Decider(
            "account",
            Queue,
            _drain,
            _queue,
            timers=lambda state: {"drain": Wake(date(2000, 1, 1))} if state.waiting else {},
            wake=lambda what, day, state, book: Drain(day),
        )
    },
    react=lambda event, at: [],
)
"""Its queue fills while days come: a timer that is set, dropped, and set again."""


class ToyPlay:
    """Every charge has its own cents, so that each can be told from every other."""

    objects: Any = None

    def services(self, world: World) -> list[Service]:
        return [ALPHA, _sick(BETA, world), _sick(GAMMA, world), DELTA]

    def errands(self, world: World) -> list[Errand]:
        rng, options, errands = world.rng, world.options, []

        def ask(service: str, stream: str, command: Any, key: str, behind: str = "") -> None:
            order = Order(stream, command, key, key.encode(), SCOPE, "tester")
            errands.append(Errand(service, order, rng.uniform(0, MOST_SECONDS), behind))

        for n in range(options.commands):
            account = ACCOUNTS[rng.randrange(options.accounts)]
            if rng.random() < 0.75:
                limit = rng.choice((2, 4, 1_000, 1_000))
                capture = Capture(account, 100 + n, limit)
                ask("alpha", account_stream(account), capture, f"charge {n}")
            else:
                ask("gamma", account_stream(account), Reduce(account, 100 + n), f"reduce {n}")
        for n in range(options.days):
            behind = f"day {n - 1}" if n else ""
            ask("alpha", "books/company", OpenDay(date(2026, 1, 6 + n)), f"day {n}", behind)
        return errands

    def poison(self, world: World) -> None:
        stream = account_stream(ACCOUNTS[world.rng.randrange(world.options.accounts)])
        world.strange(stream)

    def check(self, world: World, found: Callable[[str], None]) -> None:
        charged = _cents(world, "alpha", "coding.charges_captured.v1")
        asked = Counter(
            int(key.partition(" ")[2]) + 100
            for key, answer in world.answers.items()
            if key.startswith("charge") and answer.status == 200
        )
        if Counter(c for many in charged.values() for c in many) != asked:
            found("the charges in the outbox are not the charges that were answered")
        for account in ACCOUNTS[: world.options.accounts]:
            stream = account_stream(account)
            cents = charged.get(stream, [])
            beta = _state(world, "beta", stream, Count) or Count()
            told = (_state(world, "gamma", stream, Told) or Told()).order
            if list(beta.order) != cents[-50:] or beta.charges != len(cents):
                found(f"beta counted {beta.order}, alpha said {cents}")
            if beta.woken != len(cents):
                found(f"beta answered {beta.woken} of {len(cents)} charges")
            if [int(t[1:]) for t in told if t[0] == "c"] != cents:
                found(f"gamma was told {told}, alpha said {cents}")
            if sorted(int(t[1:]) for t in told if t[0] == "r") != sorted(cents):
                found(f"gamma answered {told}, alpha said {cents}")
            decided = Counter(t for t in told if t[0] == "d")
            queue = _state(world, "delta", stream, Queue) or Queue()
            if queue.drained + queue.waiting != sum(cents):
                found(f"delta drained {queue} of {cents}")
            if any(many > 1 for many in decided.values()):
                found(f"gamma decided twice: {decided}")
            reduced = {
                f"d{int(key[7:]) + 100}"
                for key, answer in world.answers.items()
                if key.startswith("reduce") and answer.status == 200
            }
            if not {t for t in decided if len(t) > 3} <= reduced:
                found(f"gamma decided what nobody asked: {decided}")


def _sick(service: Service, world: World) -> Service:
    """A rule of its account fails on some charges, as long as faults happen."""
    account = service.deciders["account"]

    def decide(command: Any, state: Any, book: Any) -> Any:
        ill = world.faulty and not isinstance(command, Reduce)
        if ill and (command.cents * 7919 + world.options.seed) % 100 < world.options.sick * 30:
            raise ArithmeticError("a sick rule")
        return account.decide(command, state, book)

    return replace(service, deciders={"account": replace(account, decide=decide)})


def _cents(world: World, name: str, kind: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    rows = world.databases[name].tables["outbox_seq"].values()
    for row in sorted(rows, key=lambda r: (r.partition, r.seq)):
        if row.wire == kind:
            event = wire.decode_event(kind, wire.decode(row.value).data)
            found.setdefault(row.stream, []).append(event.charges[0].charge_cents)
    return found


def _state(world: World, name: str, stream: str, kind: type) -> Any:
    row = world.databases[name].tables["state"].get(stream)
    return msgspec.msgpack.decode(row[4], type=kind) if row is not None else None
