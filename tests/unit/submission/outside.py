"""The outside of submission in memory: rows of what was queued and batched, synthetic people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from contracts.phi import MemberDetails, PersonDetails
from contracts.submission import ClaimPackage, ClaimQueued, ClaimSetAside, InterchangeBatched
from contracts.values import Sealed
from services.submission.domain import ACCOUNT, OUTBOUND, Books
from services.submission.domain.claim_state import ClaimState
from services.submission.domain.package import package
from services.submission.domain.queue import CloseQueue
from shared.service import Answer, At, Order, Row, Scope
from shared.streams import account_number, claim_number
from tests.unit.scenario import fold, said
from tests.unit.submission.facts import (
    DAY,
    READY,
    adjudicated,
    books,
    captured,
    charge,
    coded,
    coverage,
    facility,
    opened,
)

AT = At(
    stream="outbound/CLEARING/0",
    partition=0,
    event_id="event",
    wire="submission.interchange_batched.v1",
    scope=Scope("tenant"),
    occurred_on=DAY,
    recorded_at=datetime(2025, 1, 6, 17, 5, tzinfo=UTC),
    actor="test",
    correlation="",
    producer="submission/0",
    position=1,
)
BOOKS = books(facility(facility="F2", npi="1679576722"))
PERSON = PersonDetails(
    last="Testa*person",
    first="Zoë",
    born_on=date(1980, 5, 5),
    sex="F",
    street="2 Example Way",
    city="Springfield",
    state="IL",
    zip="62701-0002",
)
PARENT = replace(PERSON, first="Ann", born_on=date(1955, 1, 1))
SELF = Sealed(key_id="k", box="c2VsZg==")
CHILD = Sealed(key_id="k", box="Y2hpbGQ=")
NOBODY = Sealed(key_id="k", box="bm9ib2R5")
GONE = "Z29uZQ=="
CONTENTS = {
    SELF.box: MemberDetails(member_id="XX0000001", group_number="G1"),
    CHILD.box: MemberDetails(member_id="XX0000002", subscriber=PARENT),
}


def one_package(number: int, where: str = "F1", **changes: Any) -> ClaimPackage:
    """The package of a facility's number-th claim."""
    ours = coverage(member=SELF)
    given = (opened(coverages=(ours,)), *READY[1:])
    claim = ClaimState(claim="X", payer="PAYER-A", payer_order=1)
    account = account_number("tenant", where, str(number))
    made = replace(
        package(fold(ACCOUNT, given), claim),
        account=account,
        claim=claim_number(account, 1),
        facility=where,
    )
    return replace(made, **changes)


def second_payer() -> ClaimPackage:
    """A claim to the second payer, of a child, after the first payer decided."""
    both = (
        coverage(member=SELF),
        coverage(2, "PAYER-B", relation="19", member=CHILD, insurance_type="12"),
    )
    paid = adjudicated(lines=())
    given = (opened(coverages=both), captured(charge(1), charge(2)), coded(), paid)
    made = package(fold(ACCOUNT, given), ClaimState(claim="X", payer="PAYER-B", payer_order=2))
    return replace(made, claim=claim_number(made.account, 2))


class Memory:
    """Doors and outside at once, as far as the gateway uses them."""

    tenant = "tenant"

    def __init__(self, *packages: ClaimPackage, erased: bool = False) -> None:
        self.packages = packages
        self.erased = erased
        self.aside: list[ClaimSetAside] = []
        self.queued = tuple(ClaimQueued(package=p, receiver="CLEARING", lane=0) for p in packages)
        (self.event,) = said(OUTBOUND, self.queued, CloseQueue(DAY), BOOKS)
        assert isinstance(self.event, InterchangeBatched)

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        """Rows of `claim_package` or `interchange`, by key; no file was erased."""
        if "erasure" in sql:
            return []
        wanted = set(zip(*args, strict=True))
        if "claim_package" in sql:
            return [
                {"package": msgspec.json.encode(p)}
                for p in self.packages
                if (p.claim, p.attempt) in wanted
            ]
        if (self.event.receiver, self.event.isa13) not in wanted:
            return []
        return [
            {
                "receiver": self.event.receiver,
                "isa13": self.event.isa13,
                "batched": msgspec.json.encode(self.event),
                "batched_at": AT.recorded_at,
                "aside": [[one.claim, one.attempt] for one in self.aside],
            }
        ]

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        """The lane's answers; what was set aside is remembered as its row is."""
        for order in orders:
            for event in said(OUTBOUND, [*self.queued, self.event], order.command, BOOKS):
                self.aside.append(event)
        return [Answer(200, order.stream) for order in orders]

    async def book(self, partition: int = 0) -> Books:
        """The books."""
        return BOOKS

    async def open_all(self, sealed: Sequence[tuple[Any, type]]) -> list[Any]:
        """People by their box."""
        if self.erased:
            return [None] * len(sealed)
        return [self._content(one.box, kind) for one, kind in sealed]

    def _content(self, box: str, kind: type) -> Any:
        if kind is MemberDetails:
            return CONTENTS[box]
        strange = {GONE: None, NOBODY.box: replace(PERSON, last="测")}
        return strange.get(box, PERSON)


TWO = Memory(*(one_package(n) for n in range(3)), one_package(9, "F2"))
