"""A claim that waits in a queue when its account says it differently is asked back, and goes as the account says it.

The queue decides: what is in a file already leaves as it was, and nothing more is said of it.
"""

import msgspec

from contracts.submission import ClaimPackage, ClaimRecalled, ClaimReleased, ClaimSetAside
from services.submission.domain.account_state import Account
from services.submission.domain.books import Books
from services.submission.domain.claim_state import VOID, ClaimState
from services.submission.domain.ending import ended, is_empty
from services.submission.domain.lanes import NO_FILE
from services.submission.domain.package import package
from services.submission.domain.sending import (
    again,
    held,
    payer_now,
    place_of,
    queued,
    resubmission,
)
from shared.service import Event, Say, to
from shared.streams import outbound_stream

MENDED = "The claim was set aside of its file, and what held it was mended."


def overtaken(account: Account, claim: ClaimState) -> bool:
    """Whether the claim waits, or is in a file that has not left, and its account says it differently by now, or coding holds it."""
    if claim.status != "queued" or not claim.waits_under:
        return False
    if account.coding_held and claim.frequency != VOID:
        return True
    return package(*_then(account, claim)) != package(account, claim)


def recall(account: Account, books: Books) -> list[Event | Say]:
    """Every claim that the account has overtaken is asked back where it waits, once."""
    said: list[Event | Say] = []
    for claim in account.claims.values():
        if claim.recalled or not overtaken(account, claim):
            continue
        place = _where(account, claim, books)
        if place is not None:
            event = ClaimRecalled(account=account.account, claim=claim.claim, attempt=claim.attempt)
            said += [event, to(outbound_stream(*place), event)]
    return said


def take_back(account: Account, aside: ClaimSetAside, books: Books) -> list[Event | Say]:
    """What the queue gave back goes as the account says it now; what the writer refused is held, unless it was overtaken.

    A payer that decided meanwhile, of an attempt before, does not keep back what was to go. What has no charge any
    more goes nowhere.
    """
    claim = account.claims.get(aside.claim)
    given_back = aside.isa13 == NO_FILE
    waits = ("queued", "adjudicated") if given_back else ("queued",)
    if claim is None or claim.attempt != aside.attempt or claim.status not in waits:
        return []
    if is_empty(account, claim):
        return [ended(account, claim)]
    if given_back or overtaken(account, claim):
        return sent_anew(account, claim, aside.reason.sentence, books)
    return [held(account, claim, (aside.reason,))]


def sent_anew(account: Account, claim: ClaimState, why: str, books: Books) -> list[Event | Say]:
    """It goes as its next attempt, or is held with what the edits find: a package is never made twice under one number."""
    event = resubmission(account, claim, "correction", adjudication=claim.answers, reason=why)
    return again(account, claim, event, books)


def let_go(
    account: Account, claim: ClaimState, wanted: ClaimPackage, books: Books
) -> list[Event | Say]:
    """A claim that nothing holds any more goes; what was set aside of its file goes as its next attempt."""
    if claim.aside == claim.attempt:
        return sent_anew(account, claim, MENDED, books)
    released = ClaimReleased(account=account.account, claim=claim.claim, attempt=claim.attempt)
    return [released, queued(account, wanted, books)]


def _then(account: Account, claim: ClaimState) -> tuple[Account, ClaimState]:
    """Account and claim as they were when the claim was compiled. A void says what its payer has, whatever is charged by now."""
    then = msgspec.structs.replace(account, coverages=claim.waits_under)
    was = claim.waits_with
    if was is None or claim.frequency == VOID:
        return then, claim
    then = msgspec.structs.replace(
        then, person=was.person, charges=was.charges, diagnoses=was.diagnoses, coded=was.coded
    )
    return then, msgspec.structs.replace(claim, corrected=was.corrected)


def _where(account: Account, claim: ClaimState, books: Books) -> tuple[str, int] | None:
    """The receiver's lane in which it waits; None when its payer or receiver is listed no more."""
    then, _ = _then(account, claim)
    payer = claim.payer if claim.frequency == VOID else payer_now(then, claim)
    return place_of(account, payer, books)
