"""How an attempt goes: judged, then held with its reasons or put into its receiver's queue."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from contracts.denial import ClaimCorrection
from contracts.submission import (
    ClaimHeld,
    ClaimPackage,
    ClaimQueued,
    ClaimResubmitted,
    EditFailure,
    Frequency,
    TransportRejected,
)
from services.submission.domain import edits
from services.submission.domain.account_state import Account
from services.submission.domain.books import Books
from services.submission.domain.claim_state import VOID, ClaimState, at_payer, evolve_claim
from services.submission.domain.findings import Facts
from services.submission.domain.lanes import lane_of
from services.submission.domain.package import (
    charges_of,
    coverage_of,
    filing_limit,
    lines_of,
    package,
    total_of,
)
from shared.service import Event, Say, to
from shared.streams import outbound_stream

REPLACEMENT: Frequency = "7"
TRANSPORT = "TRANSPORT"
SET_ASIDE = "SET-ASIDE"
_OF_THE_BOOKS = ("", "1000", "1000A", "1000B", "2000A", "2010AA", "2010BB", "2330B")
"""Loops that are filled from listings alone."""


class Judged(NamedTuple):
    """A claim's newest attempt as it would go, and all that the edits find of it."""

    package: ClaimPackage
    failures: tuple[EditFailure, ...]


def judge(account: Account, claim: ClaimState, books: Books) -> Judged:
    """The newest attempt, compiled and judged; overridden rules say nothing."""
    assert account.service_from is not None
    facts = Facts(
        package=package(account, claim),
        books=books,
        today=books.today,
        service_from=account.service_from,
        filing_limit_on=filing_limit(account, claim.payer, books),
        not_covered=account.not_covered.get(claim.payer, ""),
        coding_held=account.coding_held,
    )
    failures = tuple(f for f in edits.judge(facts) if f.rule not in claim.overridden)
    return Judged(facts.package, failures)


def blocks(failures: Iterable[EditFailure]) -> tuple[EditFailure, ...]:
    """Those that hold the claim."""
    return tuple(failure for failure in failures if failure.severity == "block")


def warnings(failures: Iterable[EditFailure]) -> tuple[EditFailure, ...]:
    """Those that go with it."""
    return tuple(failure for failure in failures if failure.severity == "warn")


def held(account: Account, claim: ClaimState, reasons: tuple[EditFailure, ...]) -> ClaimHeld:
    """The attempt does not go."""
    return ClaimHeld(
        account=account.account, claim=claim.claim, attempt=claim.attempt, reasons=reasons
    )


def queued(account: Account, wanted: ClaimPackage, books: Books) -> Say:
    """The attempt waits in the queue of its payer's receiver, in the lane of its account."""
    place = place_of(account, wanted.payer, books)
    assert place is not None  # PAYER-LISTED and RECEIVER-LISTED hold the claim otherwise.
    receiver, lane = place
    return to(
        outbound_stream(receiver, lane), ClaimQueued(package=wanted, receiver=receiver, lane=lane)
    )


def place_of(account: Account, payer: str, books: Books) -> tuple[str, int] | None:
    """Receiver and lane of the account's claims to a payer; None when one of the two is not listed."""
    listed = books.payer(payer, account.service_from) if account.service_from else None
    if listed is None or listed.receiver not in books.receivers:
        return None
    lanes = books.receivers[listed.receiver].lanes
    return listed.receiver, lane_of(account.account, lanes)


def queued_or_held(
    account: Account, claim: ClaimState, judged: Judged, books: Books
) -> Event | Say:
    """One of the two, by what the edits found."""
    if blocks(judged.failures):
        return held(account, claim, judged.failures)
    return queued(account, judged.package, books)


def resubmission(
    account: Account,
    claim: ClaimState,
    cause: Literal["transport", "rejection", "correction", "void", "after_void"],
    *,
    frequency: Frequency | None = None,
    payer_control: str | None = None,
    adjudication: str = "",
    correction: ClaimCorrection | None = None,
    note: str = "",
    reason: str = "",
    asked_by: str = "",
) -> ClaimResubmitted:
    """The next attempt. What was rejected never existed at the payer: it goes as what it was.

    Nor did anything that another payer has, whose number it would name: to the payer of now it is an original.
    """
    wanted = correction or ClaimCorrection(note=note)
    control = claim.payer_control if payer_control is None else payer_control
    goes_as, payer = frequency or claim.frequency, payer_now(account, claim)
    if goes_as == REPLACEMENT and payer != claim.payer:
        goes_as, control = "1", ""
    changed = {charge.charge: charge for charge in wanted.charges}
    after = msgspec.structs.replace(
        claim,
        frequency=goes_as,
        says=at_payer(claim),
        corrected={**claim.corrected, **changed},
    )
    goes_with = charges_of(account, after)
    return ClaimResubmitted(
        account=account.account,
        claim=claim.claim,
        attempt=claim.attempt + 1,
        frequency=goes_as,
        payer=claim.payer if goes_as == VOID else payer,
        payer_order=claim.payer_order,
        payer_control=control,
        cause=cause,
        adjudication=adjudication,
        charges=tuple(changed.values()),
        authorization=wanted.authorization,
        note=wanted.note,
        total_cents=total_of(goes_with),
        reason=reason,
        asked_by=asked_by,
        lines=lines_of(goes_with),
    )


def payer_now(account: Account, claim: ClaimState) -> str:
    """Whom the coverage in the claim's place names by now; the claim's own payer where there is none."""
    coverage = coverage_of(account, claim.payer_order)
    return coverage.payer if coverage else claim.payer


def again(
    account: Account, claim: ClaimState, event: ClaimResubmitted, books: Books
) -> list[Event | Say]:
    """Say the next attempt and where it went."""
    after = evolve_claim(claim, event)
    return [event, queued_or_held(account, after, judge(account, after, books), books)]


def offence(rejected: TransportRejected) -> Iterable[EditFailure]:
    """Why the named offender of a rejected set is held."""
    for fault in rejected.faults:
        sentence = fault.sentence or f"{rejected.level} answered {fault.code}."
        yield transport_failure(rejected, fault.segment, fault.element, sentence)
    if not rejected.faults:
        yield transport_failure(rejected, "", "", f"{rejected.level} answered {rejected.code}.")


def transport_failure(
    rejected: TransportRejected, segment: str, element: str, sentence: str
) -> EditFailure:
    """A TA1's or 999's complaint as a reason in the work list."""
    return EditFailure(
        rule=TRANSPORT,
        rule_version="1",
        loop="",
        element=f"{segment}{element}",
        severity="block",
        sentence=f"{sentence} ({rejected.level}, set {rejected.st02 or 'all'})"[:500],
        fix="Mend what is named, then resubmit.",
    )


ERASED = "the person was erased"
NOTHING_MENDS_IT = "Nobody can send it any more: withdraw a void, write off what is open."


def asked_back() -> EditFailure:
    """Why a claim was taken out of the queue: it goes as its next attempt."""
    return EditFailure(
        rule=SET_ASIDE,
        rule_version="1",
        loop="2300",
        element="CLM01",
        severity="block",
        sentence="Person, coverages, charges or codes changed while the claim waited for its file.",
        fix="Nothing: it goes again by itself.",
    )


def refused_by_writer(sentence: str, loop: str, element: str) -> EditFailure:
    """Why a claim that passed its edits was set aside. What listings mend it waits for by itself; the rest is a biller's."""
    books = loop in _OF_THE_BOOKS
    fix = "Correct the listing." if books else "Correct person, coverages or charges."
    return EditFailure(
        rule=edits.WRITER if books else SET_ASIDE,
        rule_version="1",
        loop=loop,
        element=element,
        severity="block",
        sentence=f"The claim could not be written into its file: {sentence}."[:500],
        fix=NOTHING_MENDS_IT if sentence == ERASED else fix,
    )
