"""The real services over one log: registration and coding obey and change their minds, payers answer as they like."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from random import Random
from typing import Any

import msgspec

from contracts.catalogue import EVENTS
from contracts.reference import BusinessDayOpened, CutoffReached
from services.adjudication_tracking.app import SERVICE as ADJUDICATION_TRACKING
from services.coding.app import SERVICE as CODING
from services.denial.app import SERVICE as DENIAL
from services.eligibility.app import SERVICE as ELIGIBILITY
from services.posting.app import SERVICE as POSTING
from services.posting.domain.commands import ReceivePayment, WriteOff
from services.registration.app import SERVICE as REGISTRATION
from services.reporting.app import SERVICE as REPORTING
from services.submission.app import SERVICE as SUBMISSION
from shared.service import Decider, Order, Service, to
from shared.streams import (
    BROADCAST,
    account_stream,
    guarantor_stream,
    patient_stream,
    remittance_stream,
)
from tests.simulation import claims_promises
from tests.simulation import claims_said as said
from tests.simulation.claims_said import CODES, DAY, SCOPE
from tests.simulation.play import Errand
from tests.simulation.world import World

MOST_SECONDS = 8.0
LAST_SECONDS = 14.0


@dataclass(frozen=True)
class Tell:
    """Say these events, on the stream or to everybody."""

    events: tuple[Any, ...]
    everybody: bool = False


class Told(msgspec.Struct, frozen=True):
    """How many events were said."""

    events: int = 0


def _tell(command: Tell, state: Told | None, book: Any) -> list[Any]:
    return [to(BROADCAST, e) if command.everybody else e for e in command.events]


def _told(state: Told | None, event: Any) -> Told:
    return Told((state or Told()).events + 1)


OUTSIDE = Service(
    name="outside",
    hears=frozenset(),
    says=frozenset(EVENTS),
    deciders={
        kind: Decider(kind, Told, _tell, _told) for kind in ("account", "books", "remittance")
    },
    react=lambda event, at: [],
)
"""Payers and the calendar: it says what comes in from outside."""
SERVICES = (
    OUTSIDE,
    REGISTRATION,
    CODING,
    ELIGIBILITY,
    SUBMISSION,
    ADJUDICATION_TRACKING,
    POSTING,
    DENIAL,
    REPORTING,
)


class _Objects:
    """The code tables and the rates of a contract, by their hash."""

    def __init__(self) -> None:
        self.tables = {
            sha256(data).hexdigest(): data for data in (*CODES.values(), said.RATES, said.PAIRS)
        }

    async def read(self, name: str) -> bytes:
        return self.tables[name]


class ClaimsPlay:
    """Accounts with charges; each payer pays, adjusts, denies and takes back whatever it likes."""

    objects: Any = _Objects()

    def services(self, world: World) -> list[Service]:
        return [replace(one, hand_overs=()) for one in SERVICES]

    def errands(self, world: World) -> list[Errand]:
        rng, errands = world.rng, list[Errand]()

        def ask(
            service: str, stream: str, command: Any, key: str, after: float, behind: str = ""
        ) -> None:
            order = Order(stream, command, key, key.encode(), SCOPE, "tester")
            errands.append(Errand(service, order, after, behind))

        ask("outside", "books/company", Tell(said.books(), everybody=True), "books", 0.0)
        for n in range(world.options.days):
            opened = BusinessDayOpened(day=date(2025, 1, 7 + n))
            cut = CutoffReached(day=opened.day)
            told = Tell((opened, cut), everybody=True)
            behind = f"day {n - 1}" if n else "books"
            ask("outside", "books/company", told, f"day {n}", rng.uniform(1, LAST_SECONDS), behind)
        for n in range(world.options.accounts):
            account = said.number(n)
            stream, begins = account_stream(account), rng.uniform(0, 4)
            own = Random(f"{world.options.seed} {account}")
            charges = said.charges(account, rng)
            patient = f"patient-{n % 3}"
            ask(
                "registration",
                patient_stream(patient),
                said.opening(account, patient, own.choice((said.PAYERS, said.PAYERS[:1]))),
                f"open {n}",
                begins,
            )
            ask(
                "coding",
                stream,
                said.capture(account, charges),
                f"charges {n}",
                begins + rng.random(),
            )
            for k, change in enumerate(said.changes(account, patient, n, charges, rng)):
                after = rng.uniform(begins + 1, LAST_SECONDS)
                key = f"change {n} {k}"
                ask(change.service, change.stream, change.command, key, after, change.behind)
            answers = said.answers(account, charges, rng)
            for k, event in enumerate(answers):
                after = rng.uniform(begins, MOST_SECONDS)
                ask("outside", stream, Tell((event,)), f"answer {n} {k}", after)
            check = said.released(account, answers)
            to_whom, after = remittance_stream(check.remittance), rng.uniform(0, MOST_SECONDS)
            ask("outside", to_whom, Tell((check,)), f"check {n}", after)
            guarantor, cents = f"guarantor-{n % 2}", rng.randrange(500, 9_000)
            paid = ReceivePayment(guarantor, f"payment-{n}", "card", cents, DAY, account)
            after, key = rng.uniform(begins, LAST_SECONDS), f"payment {n} {cents}"
            ask("posting", guarantor_stream(guarantor), paid, key, after)
            bucket = rng.choice(("open", "denied", "patient"))
            off = WriteOff(account, "small_balance", "small", "manager", None, None, bucket)
            ask("posting", stream, off, f"write off {n}", rng.uniform(3, MOST_SECONDS))
            for k, command in enumerate(said.about_a_balance(account, n)):
                key = f"balance {n} {k}"
                ask(
                    "posting",
                    guarantor_stream(said.WHO_OWES),
                    command,
                    key,
                    own.uniform(3, MOST_SECONDS),
                )
        return errands

    def poison(self, world: World) -> None:
        world.strange(account_stream(said.number(world.rng.randrange(world.options.accounts))))

    def check(self, world: World, found: Callable[[str], None]) -> None:
        claims_promises.check(world, found)
