"""A claim that nobody has is ended on the spot: by itself when it never left and no charge is left, or by a person.

What ended by itself goes by itself when there is something to bill again; what a person ended waits for a person.
"""

from contracts.submission import ClaimVoided
from services.submission.domain.account_state import Account
from services.submission.domain.books import Books
from services.submission.domain.claim_state import ClaimState
from services.submission.domain.package import billable, is_said, newest_adjudication
from services.submission.domain.sending import TRANSPORT, again, resubmission
from shared.errors import Refused
from shared.service import Event, Say

EMPTY = "No charge of the claim is left, and it never left: there is nothing to bill."
CHARGED = "There are charges to bill again."


def nothing_is_left(account: Account) -> bool:
    """Whether the account was charged, and every charge was voided."""
    return bool(account.charges) and not billable(account)


def must_be_said(account: Account, then: str) -> None:
    """Refused where no claim of the account can be compiled, whatever is charged."""
    if not is_said(account):
        raise Refused(f"the account cannot be billed as it is: set its coverages, then {then} it")


def must_be_ready(account: Account, then: str) -> None:
    """Refused, and why, where nothing could be billed."""
    if nothing_is_left(account):
        raise Refused("no charge of the claim is left: there is nothing to bill")
    must_be_said(account, then)


def never_left(account: Account, claim: ClaimState) -> bool:
    """Whether no attempt was in a file, and no payer knows the claim by another way."""
    known = claim.before_void or newest_adjudication(account, claim.payer_order)
    return claim.frequency == "1" and not claim.sent and not known


def nobody_has(account: Account, claim: ClaimState) -> bool:
    """Whether what is held, or was rejected and has no charge any more, is at no payer: whatever left was refused."""
    if claim.before_void or newest_adjudication(account, claim.payer_order):
        return False
    if claim.status == "held":
        return TRANSPORT not in claim.reasons
    return claim.status == "rejected" and nothing_is_left(account)


def is_empty(account: Account, claim: ClaimState) -> bool:
    """Whether the claim neither asked anybody for anything nor has anything to ask for."""
    return nothing_is_left(account) and never_left(account, claim)


def end_empty(account: Account) -> list[Event | Say]:
    """Every held claim of an account whose charges are all voided, unless a payer may have it."""
    claims = account.claims.values() if nothing_is_left(account) else ()
    return [ended(account, c) for c in claims if c.status == "held" and is_empty(account, c)]


def ended(account: Account, claim: ClaimState, reason: str = EMPTY, by: str = "") -> ClaimVoided:
    """Nobody has the claim, and nobody will."""
    return ClaimVoided(
        account=account.account,
        claim=claim.claim,
        attempt=claim.attempt,
        payer=claim.payer,
        payer_order=claim.payer_order,
        payer_control="",
        taken_by="nobody",
        reason=reason,
        voided_by=by,
    )


def begin_again(account: Account, claim: ClaimState, books: Books) -> list[Event | Say]:
    """What ended for want of charges has some: it goes as its next attempt, unless an earlier payer sends it on."""
    if claim.payer_order in account.forwarded:
        return []
    event = resubmission(account, claim, "after_void", reason=CHARGED)
    return again(account, claim, event, books)
