"""Files that leave: the real hand-over worker between a lane that asks for files and somebody who takes them away."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from contracts.eligibility import InquiryFileSent
from shared.service import Decider, Order, Service
from tests.kernel.cluster import SCOPE
from tests.kernel.handing_toy import TOY, WIRE, asked
from tests.simulation.play import Errand
from tests.simulation.world import World

MOST_SECONDS = 8.0
LANES = 2
SENT = "eligibility.inquiry_file_sent.v1"


class Lane(msgspec.Struct, frozen=True):
    """How many files were asked for and left."""

    asked: int = 0
    left: int = 0


def decide(command: Any, state: Lane | None, book: Any) -> list[Any]:
    """Ask for a file by its number, or state that it left."""
    if isinstance(command, int):
        return [asked(command, 1 + command % LANES)[0]]
    number, sha256, size = command
    name = f"CH/{number:09d}.270"
    return [
        InquiryFileSent(receiver="CH", isa13=number, file_name=name, sha256=sha256, size_bytes=size)
    ]


def evolve(state: Lane | None, event: Any) -> Lane:
    before = state or Lane()
    if isinstance(event, InquiryFileSent):
        return msgspec.structs.replace(before, left=before.left + 1)
    return msgspec.structs.replace(before, asked=before.asked + 1)


SENDER = replace(
    TOY,
    says=frozenset({WIRE, SENT}),
    deciders={"outbound": Decider("outbound", Lane, decide, evolve)},
)


class FilesPlay:
    """Every file has its number, and leaves once."""

    objects: Any = None

    def services(self, world: World) -> list[Service]:
        return [SENDER]

    def errands(self, world: World) -> list[Errand]:
        rng, errands = world.rng, list[Errand]()
        for n in range(1, world.options.commands + 1):
            order = Order(
                f"outbound/CH/{1 + n % LANES}", n, f"file {n}", b"%d" % n, SCOPE, "tester"
            )
            errands.append(Errand("toy", order, rng.uniform(0, MOST_SECONDS)))
        return errands

    def poison(self, world: World) -> None:
        world.strange(f"outbound/CH/{1 + world.rng.randrange(LANES)}")

    def check(self, world: World, found: Callable[[str], None]) -> None:
        world.outside.take_away()
        orders = [errand.order for errand in world.asked]
        answered = {o.command for o in orders if world.answers[o.key].status == 200}
        wanted = Counter(f"CH/{number:09d}.270" for number in answered)
        if world.outside.taken != wanted:
            found(f"files that left {world.outside.taken}, files that were asked for {wanted}")
        for stream, row in world.databases["toy"].tables["state"].items():
            lane = msgspec.msgpack.decode(row[4], type=Lane)
            if lane.asked != lane.left:
                found(
                    f"{stream} asked for {lane.asked} files, and {lane.left} are stated to have left"
                )
