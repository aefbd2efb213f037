"""A claim that waits in a queue with coverages that were set anew is asked back, and goes with those of now.

The queue decides: what is in a file already leaves as it was, and nothing more is said of it.
"""

import msgspec

from contracts.submission import ClaimRecalled, ClaimSetAside
from services.submission.domain.account_state import Account
from services.submission.domain.books import Books
from services.submission.domain.claim_state import VOID, ClaimState
from services.submission.domain.package import coverages_in_force
from services.submission.domain.sending import again, payer_now, place_of, resubmission
from shared.service import Event, Say, to
from shared.streams import outbound_stream


def overtaken(account: Account, claim: ClaimState) -> bool:
    """Whether the claim waits, or is in a file that has not left, with other coverages than those of now."""
    if claim.status != "queued" or not claim.waits_under:
        return False
    return coverages_in_force(_then(account, claim)) != coverages_in_force(account)


def recall(account: Account, books: Books) -> list[Event | Say]:
    """Every claim that the coverages have overtaken is asked back where it waits."""
    return [
        to(
            outbound_stream(*place),
            ClaimRecalled(account=account.account, claim=claim.claim, attempt=claim.attempt),
        )
        for claim in account.claims.values()
        if overtaken(account, claim) and (place := _where(account, claim, books))
    ]


def sent_anew(
    account: Account, claim: ClaimState, aside: ClaimSetAside, books: Books
) -> list[Event | Say]:
    """It goes as its next attempt, or is held with what the edits find: a package is never made twice under one number."""
    why = aside.reason.sentence
    event = resubmission(account, claim, "correction", adjudication=claim.answers, reason=why)
    return again(account, claim, event, books)


def _then(account: Account, claim: ClaimState) -> Account:
    return msgspec.structs.replace(account, coverages=claim.waits_under)


def _where(account: Account, claim: ClaimState, books: Books) -> tuple[str, int] | None:
    """The receiver's lane in which it waits; None when its payer or receiver is listed no more."""
    void = claim.frequency == VOID
    payer = claim.payer if void else payer_now(_then(account, claim), claim)
    return place_of(account, payer, books)
