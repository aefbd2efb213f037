"""Every coverage of a new account is asked about once; a payer that was down is asked again, a few times."""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from contracts.eligibility import (
    BenefitsConfirmed,
    BenefitsUnclear,
    InquiryQueued,
    InquiryRejected,
    InquirySent,
)
from contracts.registration import AccountOpened, CoveragesSet
from contracts.values import Coverage, Sealed
from services.eligibility.domain.books import Book
from shared.service import Decider, to
from shared.streams import ACCOUNT_LENGTH

PAYER_DOWN = "42"
TRIES = 3


@dataclass(frozen=True)
class Inquire:
    """Ask about every coverage that was not asked about."""

    account: str


@dataclass(frozen=True)
class AskAgain:
    """The payer could not answer; ask the coverage with this trace once more."""

    trace: str


Command = Inquire | AskAgain


class Account(msgspec.Struct, frozen=True, array_like=True):
    """The account's person and coverages; by trace, how often each was asked about and what came of it."""

    account: str = ""
    facility: str = ""
    legal_entity: str = ""
    service_on: date | None = None
    person: Sealed | None = None
    coverages: tuple[Coverage, ...] = ()
    asked: dict[str, int] = {}
    answered: dict[str, bool] = {}
    """Whether the payer called the coverage active."""
    billed: bool = True


def trace_of(account: str, order: int) -> str:
    """TRN02 of the inquiry about a coverage: leads back to account and order by arithmetic."""
    return f"{account}{order}"


def read_trace(trace: str) -> str | None:
    """The account that a trace leads to; None when it is not one of ours."""
    trace = trace.strip().upper()
    right = len(trace) == ACCOUNT_LENGTH + 1 and trace[-1].isdigit() and trace.isalnum()
    return trace[:ACCOUNT_LENGTH] if right else None


def queue_of(receiver: str, lane: int) -> str:
    """The stream of a receiver's queue of inquiries."""
    return f"outbound/{receiver}/270-{lane}"


def decide(command: Command, state: Account | None, book: Book) -> list[Any]:
    """What follows from a command on an account."""
    if state is None or state.person is None:
        return []
    match command:
        case Inquire():
            return _inquire(state, book)
        case AskAgain(trace):
            return _again(trace, state, book)


def _inquire(account: Account, book: Book) -> list[Any]:
    if not account.billed:
        return []
    return [
        said
        for cover in account.coverages
        if trace_of(account.account, cover.order) not in account.asked
        for said in _ask(account, cover, 1, book)
    ]


def _ask(account: Account, cover: Coverage, tries: int, book: Book) -> list[Any]:
    if not book.may_ask(account.legal_entity, cover.payer) or account.service_on is None:
        return []
    payer = book.payers[cover.payer]
    receiver = book.receivers[payer.receiver]
    lane = zlib.crc32(account.account.encode()) % receiver.lanes
    assert account.person is not None
    queued = InquiryQueued(
        account=account.account,
        trace=trace_of(account.account, cover.order),
        payer=cover.payer,
        coverage_order=cover.order,
        facility=account.facility,
        service_on=account.service_on,
        relation=cover.relation,
        person=account.person,
        member=cover.member,
        tries=tries,
        receiver=receiver.receiver,
        lane=lane,
    )
    return [to(queue_of(receiver.receiver, lane), queued)]


def _again(trace: str, account: Account, book: Book) -> list[Any]:
    tries = account.asked.get(trace, 0)
    if tries >= TRIES or trace in account.answered:
        return []
    covers = [c for c in account.coverages if trace_of(account.account, c.order) == trace]
    return [said for cover in covers for said in _ask(account, cover, tries + 1, book)]


def evolve(state: Account | None, event: Any) -> Account:
    """The account after an event."""
    account = state or Account()
    replace = msgspec.structs.replace
    match event:
        case AccountOpened():
            return replace(
                account,
                account=event.account,
                facility=event.facility,
                legal_entity=event.legal_entity,
                service_on=event.service_from,
                person=event.person,
                coverages=event.coverages,
                billed=event.billing == "bill",
            )
        case CoveragesSet():
            return _covered_anew(account, event)
        case InquirySent(trace=trace):
            asked = {**account.asked, trace: account.asked.get(trace, 0) + 1}
            return replace(account, asked=asked)
        case BenefitsConfirmed() | BenefitsUnclear():
            active = isinstance(event, BenefitsConfirmed) and event.active
            return replace(account, answered={**account.answered, event.trace: active})
        case InquiryRejected(trace=trace) if event.reason != PAYER_DOWN:
            return replace(account, answered={**account.answered, trace: False})
    return account


def _covered_anew(account: Account, event: CoveragesSet) -> Account:
    """Another payer in the same place is asked anew, and so is one that did not say yes: the ids may be mended."""
    kept = {c.order: c.payer for c in account.coverages}
    same = {
        trace
        for c in event.coverages
        if kept.get(c.order) == c.payer
        and account.answered.get(trace := trace_of(account.account, c.order), True)
    }
    return msgspec.structs.replace(
        account,
        coverages=event.coverages,
        asked={trace: n for trace, n in account.asked.items() if trace in same},
        answered={trace: yes for trace, yes in account.answered.items() if trace in same},
    )


ACCOUNT = Decider("account", Account, decide, evolve)
