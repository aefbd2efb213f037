"""What must be so when the real services have lived over one log: the money adds up, and what leaves says what its account says."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec

from contracts.coding import ChargeCorrected, ChargesCaptured, CodingHeld
from contracts.submission import ClaimPackage
from services.posting.app import SERVICE as POSTING
from services.posting.domain.account_state import Account
from services.posting.domain.balance import equation
from services.posting.domain.guarantor import timers
from services.posting.domain.guarantor_state import Guarantor
from services.posting.projections.statements import PATIENT_BALANCE
from services.submission.domain.account_state import Account as Billed
from services.submission.domain.ending import is_empty
from services.submission.domain.package import is_ready, package
from services.submission.domain.sending import payer_now
from shared import envelope as wire
from tests.simulation.claims_said import PHONE
from tests.simulation.world import World

Found = Callable[[str], None]


def check(world: World, found: Found) -> None:
    """Every promise; `found` hears of a broken one."""
    captured = _charged(world)
    tables = world.databases["posting"].tables
    charged: Counter[str] = Counter()
    for stream, account in _accounts(world, "posting", Account):
        for charge, balance in account.balances.items():
            charged[stream[8:]] += balance.charged
            if equation(balance):
                found(f"the money of {charge or stream} is {equation(balance)} cents off")
    if +charged != +captured:
        found(f"posting holds charges of {charged}, coding captured {captured}")
    cash = sum(int(k.split()[2]) for k in world.answers if k.startswith("payment "))
    _guarantors_know_what_is_owed(world, found)
    _rows_add_up(tables, captured, cash, _not_posted(world), found)
    _each_leaves_once(world, found)
    _what_leaves_says_what_its_account_says(world, found)
    _what_has_nothing_to_bill_has_ended(world, found)
    world.seen["account with money"] += len(captured)
    world.seen["payment posted"] += len(_said(world, "posting", "posting.payment_posted.v1"))
    found_under, settled = (
        len(_said(world, "posting", f"posting.underpayment_{what}.v1"))
        for what in ("found", "settled")
    )
    world.seen["underpayment found"] += found_under
    world.seen["underpayment taken back"] += settled
    world.seen["denial opened"] += len(_said(world, "denial", "denial.denial_opened.v1"))
    world.seen["everything posted"] += not _not_posted(world)
    world.seen["claim created"] += len(_said(world, "submission", "submission.claim_created.v1"))
    world.seen["claims batched"] += len(
        _said(world, "submission", "submission.interchange_batched.v1")
    )


def _said(world: World, name: str, kind: str) -> list[Any]:
    return [r for r in world.databases[name].tables["outbox"].values() if r.wire == kind]


def _told(world: World, name: str, kind: str, where: str = "account") -> list[Any]:
    """What a service said on streams of a kind."""
    return [
        wire.decode_event(row.wire, wire.decode(row.value).data)
        for row in _said(world, name, f"{name}.{kind}.v1")
        if row.stream.startswith(f"{where}/")
    ]


def _accounts(world: World, name: str, kind: type) -> Iterator[tuple[str, Any]]:
    for stream, row in world.databases[name].tables["state"].items():
        if stream.startswith("account/"):
            yield stream, msgspec.msgpack.decode(row[4], type=kind)


def _charged(world: World) -> Counter[str]:
    """What each account charges: as captured, and by how much corrections moved it."""
    charged: Counter[str] = Counter()
    captured: list[ChargesCaptured] = _told(world, "coding", "charges_captured")
    corrected: list[ChargeCorrected] = _told(world, "coding", "charge_corrected")
    for one in captured:
        charged[one.account] += sum(c.charge_cents for c in one.charges)
    for one in corrected:
        charged[one.account] += _cents(one.after) - _cents(one.before)
    world.seen["charge corrected"] += len(corrected)
    world.seen["charge supported"] += len(_told(world, "coding", "charge_supported"))
    held: list[CodingHeld] = _told(world, "coding", "coding_held")
    world.seen["held for a pair"] += sum(f.rule.startswith("PTP") for h in held for f in h.failures)
    return charged


def _cents(charge: Any) -> int:
    return charge.charge_cents if charge.units else 0


# -- the money


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
    tables: Any, captured: Counter[str], cash: int, not_posted: int, found: Found
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


def _guarantors_know_what_is_owed(world: World, found: Found) -> None:
    """What each account owes is what its guarantor heard last, in state and row, and a timer waits for what is to be asked for."""
    owed = {
        s[8:]: a.total("patient") for s, a in _accounts(world, "posting", Account) if a.guarantor
    }
    tables = world.databases["posting"].tables
    columns = list(PATIENT_BALANCE.columns)
    shown = [dict(zip(columns, row[1:], strict=True)) for row in tables["patient_balance"].values()]
    rows = {row["account"]: row["owed_cents"] for row in shown}
    heard: dict[str, int] = {}
    for stream, row in tables["state"].items():
        if not stream.startswith("guarantor/"):
            continue
        guarantor = msgspec.msgpack.decode(row[4], type=Guarantor)
        heard |= {account: one.cents for account, one in guarantor.owed.items()}
        for what in timers(guarantor):
            if (stream, what) not in tables["due"]:
                found(f"nothing wakes {stream} for {what}")
    for account, cents in owed.items():
        if not cents == heard.get(account, 0) == rows.get(account, 0):
            found(
                f"account {account} owes {cents}, {heard.get(account)} was heard, {rows.get(account)} is shown"
            )
    for kind in ("statement_issued", "balance_disputed", "payment_plan_agreed", "balance_placed"):
        world.seen[kind.replace("_", " ")] += len(_told(world, "posting", kind, "guarantor"))


# -- the claims


def _each_leaves_once(world: World, found: Found) -> None:
    """An attempt is in one file at most, and what was given back is in none."""
    asides = _told(world, "submission", "claim_set_aside", "outbound")
    gone = [(one.claim, one.attempt) for one in asides]
    files = _told(world, "submission", "interchange_batched", "outbound")
    left = [(c.claim, c.attempt) for file in files for s in file.sets for c in s.claims]
    for attempt, times in Counter([*gone, *left]).items():
        if times > 1:
            found(
                f"attempt {attempt} was in {left.count(attempt)} files and given back {gone.count(attempt)} times"
            )
    world.seen["claim given back"] += len(gone)
    asked = [
        (one.claim, one.attempt) for one in _told(world, "submission", "claim_recalled", "outbound")
    ]
    world.seen["claim asked back too late"] += len(set(asked) & set(left))


Attempt = tuple[str, int]


def _what_leaves_says_what_its_account_says(world: World, found: Found) -> None:
    """What waits says what its account says; what left otherwise was in a file before, and was asked back once."""
    told = [one.package for one in _told(world, "submission", "claim_queued", "outbound")]
    packages: dict[Attempt, ClaimPackage] = {(one.claim, one.attempt): one for one in told}
    if len(packages) < len(told):
        found("a package was made twice under one number")
    files = _told(world, "submission", "interchange_batched", "outbound")
    billed = {(c.claim, c.attempt): c.cents for file in files for s in file.sets for c in s.claims}
    for attempt, cents in billed.items():
        if cents != sum(charge.charge_cents for charge in packages[attempt].charges):
            found(f"attempt {attempt} bills {cents} cents, its charges are others")
    recalled = _told(world, "submission", "claim_recalled", "outbound")
    asked = Counter((one.claim, one.attempt) for one in recalled)
    if asked and max(asked.values()) > 1:
        found(f"an attempt was asked back more than once: {asked}")
    asides = _told(world, "submission", "claim_set_aside", "outbound")
    gone = {(one.claim, one.attempt) for one in asides}
    for _, account in _accounts(world, "submission", Billed):
        for claim in account.claims.values():
            attempt = (claim.claim, claim.attempt)
            if any(rule == "CODING-HELD" for rule, _ in claim.held_for):
                world.seen["held by coding"] += 1
            if claim.status != "queued":
                continue
            if attempt in gone or attempt not in packages:
                found(f"attempt {attempt} is to leave, and is in no queue")
            elif account.coding_held and attempt not in billed:
                found(f"attempt {attempt} is to leave, and coding holds its encounter")
            elif packages[attempt] == _now(account, claim, packages[attempt]):
                world.seen["leaves as its account says it"] += 1
            elif attempt not in billed or not asked[attempt]:
                found(f"attempt {attempt} says what its account said before")
            else:
                world.seen["left as its account said it before"] += 1
    _what_went_anew(world, packages, gone)


def _what_has_nothing_to_bill_has_ended(world: World, found: Found) -> None:
    """A claim that never left is held for nothing when its charges are all voided, and is back when there are any."""
    for _, account in _accounts(world, "submission", Billed):
        for claim in account.claims.values():
            if claim.status == "held" and is_empty(account, claim):
                found(f"claim {claim.claim} is held, and has nothing to bill")
            ended = claim.emptied and claim.status == "voided"
            if ended and is_ready(account) and claim.payer_order not in account.forwarded:
                found(f"claim {claim.claim} ended, and its account has charges to bill")
            world.seen["claim ended for want of charges"] += ended


def _now(account: Billed, claim: Any, then: ClaimPackage) -> ClaimPackage:
    """The attempt as it would be compiled now. What earlier payers decide later is told after its own payer's answer."""
    of_now = msgspec.structs.replace(claim, payer=payer_now(account, claim))
    now = replace(package(account, of_now), prior=then.prior)
    return replace(now, person=then.person) if now.person.box.startswith(PHONE) else now


def _what_went_anew(
    world: World, packages: dict[Attempt, ClaimPackage], gone: set[Attempt]
) -> None:
    for claim, attempt in gone:
        after = packages.get((claim, attempt + 1))
        if after is None:
            world.seen["claim given back and held"] += 1
            continue
        before = packages[claim, attempt]
        for name in ("person", "coverages", "charges", "diagnoses"):
            if getattr(before, name) != getattr(after, name):
                world.seen[f"given back for its {name}"] += 1
