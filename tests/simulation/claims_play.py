"""The real services over one log: registration and coding obey, payers answer as they like, the money must add up."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAdjudicated,
    RemittanceReleased,
)
from contracts.catalogue import EVENTS
from contracts.coding import ChargesCaptured
from contracts.reference import BusinessDayOpened, CodeSetPublished, CutoffReached
from contracts.values import AdjudicatedLine, Adjustment, Charge, CodedLine, Diagnosis
from services.adjudication_tracking.app import SERVICE as ADJUDICATION_TRACKING
from services.coding.app import SERVICE as CODING
from services.coding.domain import Capture, Code
from services.denial.app import SERVICE as DENIAL
from services.eligibility.app import SERVICE as ELIGIBILITY
from services.posting.app import SERVICE as POSTING
from services.posting.domain.account_state import Account
from services.posting.domain.balance import equation
from services.posting.domain.commands import ReceivePayment, WriteOff
from services.registration.app import SERVICE as REGISTRATION
from services.registration.domain import OpenAccount, SetCoverages
from services.reporting.app import SERVICE as REPORTING
from services.submission.app import SERVICE as SUBMISSION
from shared import envelope as wire
from shared.service import Decider, Order, Scope, Service, to
from shared.streams import (
    BROADCAST,
    account_number,
    account_stream,
    charge_number,
    claim_number,
    guarantor_stream,
    patient_stream,
    remittance_stream,
)
from tests.simulation.play import Errand
from tests.simulation.world import World
from tests.unit.posting.facts import RULES
from tests.unit.submission import facts

SCOPE = Scope("test", "LE1", "F1")
DAY = date(2025, 1, 6)
PAYERS = ("PAYER-A", "PAYER-B")
CODES = {"ICD-10-CM": b"J06.9 J069 R05.9 R059", "HCPCS": b"G0001"}
ADJUSTED = (("CO", "45"), ("CO", "253"), ("CO", "197"), ("PR", "2"), ("PI", "999"))
MOST_SECONDS = 8.0
LAST_SECONDS = 14.0
DIAGNOSES = (Diagnosis(sequence=1, code="J06.9"),)


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
    """The code tables, by their hash."""

    def __init__(self) -> None:
        self.tables = {sha256(data).hexdigest(): data for data in CODES.values()}

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

        ask("outside", "books/company", Tell(_books(), everybody=True), "books", 0.0)
        for n in range(world.options.days):
            opened = BusinessDayOpened(day=date(2025, 1, 7 + n))
            cut = CutoffReached(day=opened.day)
            told = Tell((opened, cut), everybody=True)
            behind = f"day {n - 1}" if n else "books"
            ask("outside", "books/company", told, f"day {n}", rng.uniform(1, LAST_SECONDS), behind)
        for n in range(world.options.accounts):
            account = _number(n)
            stream, begins = account_stream(account), rng.uniform(0, 4)
            charges = _charges(account, rng)
            patient = f"patient-{n % 3}"
            ask(
                "registration",
                patient_stream(patient),
                _open(account, patient),
                f"open {n}",
                begins,
            )
            ask("coding", stream, _capture(account, charges), f"charges {n}", begins + rng.random())
            anew = _set_anew(patient, n, rng)
            after = rng.uniform(begins + 1, LAST_SECONDS)
            ask("registration", patient_stream(patient), anew, f"set anew {n}", after, f"open {n}")
            again = Code(account, DIAGNOSES, _lines(charges), "coder")
            ask("coding", stream, again, f"code {n}", rng.uniform(5, LAST_SECONDS))
            answers = _answers(account, charges, rng)
            for k, event in enumerate(answers):
                after = rng.uniform(begins, MOST_SECONDS)
                ask("outside", stream, Tell((event,)), f"answer {n} {k}", after)
            check = _released(account, answers)
            to_whom, after = remittance_stream(check.remittance), rng.uniform(0, MOST_SECONDS)
            ask("outside", to_whom, Tell((check,)), f"check {n}", after)
            guarantor, cents = f"guarantor-{n % 2}", rng.randrange(500, 9_000)
            paid = ReceivePayment(guarantor, f"payment-{n}", "card", cents, DAY, account)
            after, key = rng.uniform(begins, LAST_SECONDS), f"payment {n} {cents}"
            ask("posting", guarantor_stream(guarantor), paid, key, after)
            bucket = rng.choice(("open", "denied", "patient"))
            off = WriteOff(account, "small_balance", "small", "manager", None, None, bucket)
            ask("posting", stream, off, f"write off {n}", rng.uniform(3, MOST_SECONDS))
        return errands

    def poison(self, world: World) -> None:
        world.strange(account_stream(_number(world.rng.randrange(world.options.accounts))))

    def check(self, world: World, found: Callable[[str], None]) -> None:
        captured: Counter[str] = Counter()
        for row in world.databases["coding"].tables["outbox"].values():
            if row.wire == "coding.charges_captured.v1":
                event: ChargesCaptured = wire.decode_event(row.wire, wire.decode(row.value).data)
                captured[event.account] += sum(c.charge_cents for c in event.charges)
        tables = world.databases["posting"].tables
        charged: Counter[str] = Counter()
        for stream, row in tables["state"].items():
            if not stream.startswith("account/"):
                continue
            account = msgspec.msgpack.decode(row[4], type=Account)
            for charge, balance in account.balances.items():
                charged[stream[8:]] += balance.charged
                if equation(balance):
                    found(f"the money of {charge or stream} is {equation(balance)} cents off")
        if charged != captured:
            found(f"posting holds charges of {charged}, coding captured {captured}")
        cash = sum(int(k.split()[2]) for k in world.answers if k.startswith("payment "))
        _rows_add_up(tables, captured, cash, _not_posted(world), found)
        _each_leaves_once(world, found)
        world.seen["account with money"] += len(captured)
        world.seen["payment posted"] += len(_said(world, "posting", "posting.payment_posted.v1"))
        world.seen["denial opened"] += len(_said(world, "denial", "denial.denial_opened.v1"))
        world.seen["everything posted"] += not _not_posted(world)
        world.seen["claim created"] += len(
            _said(world, "submission", "submission.claim_created.v1")
        )
        world.seen["claims batched"] += len(
            _said(world, "submission", "submission.interchange_batched.v1")
        )


def _said(world: World, name: str, kind: str) -> list[Any]:
    return [r for r in world.databases[name].tables["outbox"].values() if r.wire == kind]


def _each_leaves_once(world: World, found: Callable[[str], None]) -> None:
    """An attempt is in one file at most, and what was given back is in none."""
    asides = _told_of(world, "claim_set_aside", "outbound")
    gone = [(one.claim, one.attempt) for one in asides]
    files = _told_of(world, "interchange_batched", "outbound")
    left = [(c.claim, c.attempt) for file in files for s in file.sets for c in s.claims]
    for attempt, times in Counter([*gone, *left]).items():
        if times > 1:
            found(f"attempt {attempt} was in {left.count(attempt)} files and given back {gone.count(attempt)} times")
    world.seen["claim given back"] += len(gone)
    asked = [(one.claim, one.attempt) for one in _told_of(world, "claim_recalled", "outbound")]
    world.seen["claim asked back too late"] += len(set(asked) & set(left))


def _told_of(world: World, kind: str, where: str) -> list[Any]:
    rows = _said(world, "submission", f"submission.{kind}.v1")
    return [
        wire.decode_event(row.wire, wire.decode(row.value).data)
        for row in rows
        if row.stream.startswith(f"{where}/")
    ]


def _not_posted(world: World) -> int:
    """Payers' decisions that posting holds back, such as a reversal that came before what it reverses."""
    told = {
        wire.decode_event(row.wire, wire.decode(row.value).data).adjudication + row.stream
        for kind in ("claim_adjudicated", "adjudication_reversed")
        for row in _said(world, "outside", f"adjudication_tracking.{kind}.v1")
    }
    posted = ("posting.payment_posted.v1", "posting.posting_reversed.v1")
    return len(told) - sum(len(_said(world, "posting", kind)) for kind in posted)


def _rows_add_up(
    tables: Any, captured: Counter[str], cash: int, not_posted: int, found: Callable[[str], None]
) -> None:
    """charge = paid + adjusted + patient owes + open, per account, from posting's rows."""
    rows = set()
    projections = {p.table: list(p.columns) for p in POSTING.projections}
    for row in tables["account_balance"].values():
        one = dict(zip(projections["account_balance"], row[1:], strict=True))
        rows.add(one["account"])
        parts = sum(
            one[f"{name}_cents"]
            for name in ("insurance_paid", "patient_paid", "contractual", "patient", "open")
        )
        parts += one["denied_cents"] + one["next_payer_cents"] - one["credit_cents"]
        parts += sum((one["written_off"] or {}).values())
        if not one["charged_cents"] == parts == captured[one["account"]]:
            found(f"the row of account {one['account']} does not add up: {one}")
    if rows != set(captured):
        found(f"there are rows of {len(rows)} accounts and charges of {len(captured)}")
    ledgers: Counter[str] = Counter()
    for row in tables["journal"].values():
        one = dict(zip(projections["journal"], row[1:], strict=True))
        ledgers[one["ledger"]] += one["cents"]
    if sum(ledgers.values()):
        found(f"the journal does not sum to zero: {ledgers}")
    if ledgers["cash"] != cash:
        found(f"the journal holds {ledgers['cash']} cents of cash, {cash} were received")
    if ledgers["remittance_clearing"] and not not_posted:
        found(f"{ledgers['remittance_clearing']} cents are left in clearing")


# -- what is said from outside -----------------------------------------------------------------------------


def _books() -> tuple[Any, ...]:
    sets = [
        CodeSetPublished(
            name=name,
            version="1",
            sha256=sha256(data).hexdigest(),
            effective_from=date(2024, 1, 1),
            effective_to=None,
            codes=len(data.split()),
        )
        for name, data in CODES.items()
    ]
    payers = [facts.payer(name) for name in PAYERS]
    enrolled = [facts.enrolled(name) for name in PAYERS]
    rules = replace(RULES, effective_from=date(2024, 1, 1))
    listed = (facts.facility(), *payers, facts.RECEIVER, *enrolled)
    return (BusinessDayOpened(day=DAY), *listed, rules, *sets)


def _number(n: int) -> str:
    return account_number("test", "ehr", f"encounter {n}")


def _charges(account: str, rng: Any) -> tuple[Charge, ...]:
    return tuple(
        facts.charge(
            charge=charge_number(account, n),
            procedure="G0001",
            charge_cents=rng.randrange(5_000, 30_000),
        )
        for n in range(1, rng.choice((2, 3)))
    )


def _capture(account: str, charges: tuple[Charge, ...]) -> Capture:
    return Capture(account, charges, DIAGNOSES, _lines(charges), "coder")


def _lines(charges: tuple[Charge, ...]) -> tuple[CodedLine, ...]:
    return tuple(CodedLine(charge=c.charge, pointers=(1,)) for c in charges)


def _open(account: str, patient: str) -> OpenAccount:
    given = facts.opened(
        account=account,
        patient=patient,
        coverages=tuple(facts.coverage(n, payer) for n, payer in enumerate(PAYERS, 1)),
    )
    return OpenAccount(
        account=account,
        digest="d",
        patient=patient,
        guarantor="guarantor",
        source_system="ehr",
        encounter=account,
        encounter_class="AMB",
        scope=SCOPE,
        service_from=DAY,
        service_to=DAY,
        person=facts.SEALED,
        coverages=given.coverages,
    )


def _set_anew(patient: str, n: int, rng: Any) -> SetCoverages:
    """Other coverages of a patient, or the same payers in another order."""
    payers = rng.choice((PAYERS, PAYERS[::-1], PAYERS[1:]))
    relation = rng.choice(("18", "01"))
    coverages = [
        facts.coverage(order, payer, relation=relation) for order, payer in enumerate(payers, 1)
    ]
    return SetCoverages(patient, tuple(coverages), DAY, "the right card", f"set anew {n}")


def _answers(account: str, charges: tuple[Charge, ...], rng: Any) -> list[Any]:
    answers: list[Any] = []
    for order, payer in enumerate(PAYERS, 1):
        for k in range(rng.choice((0, 1, 1, 2))):
            one = _adjudicated(account, charges, rng, order, payer, f"adj-{order}-{k}")
            answers.append(one)
            if rng.random() < 0.2:
                answers.append(one)  # Payers resend.
            if rng.random() < 0.3:
                answers.append(_taken_back(one))
    return answers


def _released(account: str, answers: list[Any]) -> RemittanceReleased:
    """One check for all of them; what was sent twice is in it once."""
    cents = sum(one.paid_cents for one in {one.adjudication: one for one in answers}.values())
    return RemittanceReleased(
        remittance=f"check-{account}",
        payer=PAYERS[0],
        payee_tax_id="990000001",
        check_number="check",
        paid_on=DAY,
        amount_cents=cents,
        claims=len(answers),
        claims_cents=cents,
    )


def _adjudicated(
    account: str, charges: tuple[Charge, ...], rng: Any, order: int, payer: str, name: str
) -> ClaimAdjudicated:
    lines = []
    for charge in charges:
        left, adjustments = charge.charge_cents, []
        for group, reason in rng.sample(ADJUSTED, rng.choice((0, 1, 1, 2))):
            part = rng.randint(0, left)
            adjustments.append(Adjustment(group=group, reason=reason, cents=part))
            left -= part
        line = AdjudicatedLine(
            charge=charge.charge,
            charge_cents=charge.charge_cents,
            paid_cents=left,
            adjustments=tuple(adjustments),
        )
        lines.append(line)
    return facts.adjudicated(
        name,
        account=account,
        claim=claim_number(account, order),
        payer=payer,
        payer_order=order,
        charge_cents=sum(one.charge_cents for one in lines),
        paid_cents=sum(one.paid_cents for one in lines),
        patient_cents=0,
        adjustments=(),
        lines=tuple(lines),
    )


def _taken_back(one: ClaimAdjudicated) -> AdjudicationReversed:
    return replace(
        facts.taken_back(one.adjudication),
        account=one.account,
        claim=one.claim,
        payer=one.payer,
        charge_cents=-one.charge_cents,
        paid_cents=-one.paid_cents,
    )
