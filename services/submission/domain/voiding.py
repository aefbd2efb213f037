"""A claim that a payer has is voided (frequency 8), and goes as a new claim afterwards when a person wants it.

So is what the payer decided while a correction of it came to nothing; one that nobody has is voided at once, and so
is one whose payer takes no voids and was told by other means. A void that
the payer does not take is sent again, or withdrawn.
"""

from collections.abc import Iterable
from dataclasses import replace

from contracts.submission import ClaimVoided, CorrectionDeclined, VoidWithdrawn
from services.submission.domain.account_state import Account
from services.submission.domain.books import Books
from services.submission.domain.claim_state import VOID, ClaimState
from services.submission.domain.commands import VoidClaim, WithdrawVoid
from services.submission.domain.ending import ended, must_be_said, nobody_has
from services.submission.domain.package import is_voidable, newest_adjudication
from services.submission.domain.prior import Known
from services.submission.domain.sending import TRANSPORT, again, payer_now, resubmission
from shared.errors import Refused
from shared.service import Event, Say

IN_ITS_PLACE = "The claim is voided in place of its correction, which does not go any more."
TELL_IT = "tell it by phone, portal, letter or fax, and say here how (told)"
TAKES_NONE = {
    "reopening": f"this payer takes no voids: ask it to reopen its decision, or {TELL_IT}",
    "new_claim": f"this payer takes no voids: {TELL_IT}",
}


def void(account: Account, command: VoidClaim, books: Books) -> Iterable[Event | Say]:
    """Ask the payer to cancel what it accepted or decided, under its own control number; once. What never left just ends."""
    claim = account.claims.get(command.claim)
    if claim is None:
        raise Refused("this account has no such claim")
    if claim.status == "voided" or (claim.frequency == VOID and claim.status in _ON_ITS_WAY):
        return []
    if nobody_has(account, claim):
        return [ended(account, claim, command.reason, command.by), *_gone(account, claim)]
    if claim.status not in ("accepted", "adjudicated") and not _came_to_nothing(account, claim):
        raise Refused(
            f"only what a payer has, or what is held and nobody has, is voided; this one is {claim.status}"
        )
    if claim.reopening:
        raise Refused("the payer is asked to reopen its decision on this claim")
    policy, control = _policy(account, claim, books), control_of(account, claim)
    if command.told and policy == "yes":
        raise Refused("this payer takes voids: leave out how it was told, and one goes")
    if command.told:
        return [_told(account, claim, command, control), *_gone(account, claim)]
    if not control:
        raise Refused("a void needs the payer's control number, and none is known")
    if payer_now(account, claim) != claim.payer:
        raise Refused(
            "the coverage names another payer by now: set it back, void, then set it anew"
        )
    if policy != "yes":
        raise Refused(TAKES_NONE[policy])
    must_be_said(account, "void")
    if not is_voidable(account, claim):
        raise Refused(
            "no charge of the claim is left: set them back, and void the claim before its charges"
        )
    event = resubmission(
        account,
        claim,
        "void",
        frequency=VOID,
        payer_control=control,
        reason=command.reason,
        asked_by=command.by,
    )
    return [*again(account, claim, event, books), *_gone(account, claim)]


def _told(account: Account, claim: ClaimState, command: VoidClaim, control: str) -> ClaimVoided:
    """A payer that takes no voids was told by other means: nothing is asked of it any more, and what stands is named."""
    ends = ended(account, claim, command.reason, command.by)
    standing = _standing(account, claim)
    return replace(
        ends,
        payer_control=control,
        told=command.told,
        reference=command.reference,
        standing=tuple(known.adjudication for known in standing),
        standing_paid_cents=sum(known.payment.paid_cents for known in standing),
    )


def _standing(account: Account, claim: ClaimState) -> list[Known]:
    """The decisions on it that were not taken back."""
    return [known for known in account.known if known.payment.payer_order == claim.payer_order]


def _gone(account: Account, claim: ClaimState) -> list[CorrectionDeclined]:
    """No correction of a voided claim is on its way any more: what was denied is somebody's work again."""
    if not claim.denials:
        return []
    newest = newest_adjudication(account, claim.payer_order)
    return [
        CorrectionDeclined(
            account=account.account,
            claim=claim.claim,
            adjudication=claim.answers or newest,
            newest=newest,
            denials=claim.denials,
            reason=IN_ITS_PLACE,
        )
    ]


def _came_to_nothing(account: Account, claim: ClaimState) -> bool:
    """Whether a correction of what the payer decided is held or was rejected: the payer has the claim as it decided it."""
    stuck = claim.status == "rejected" or (
        claim.status == "held" and TRANSPORT not in claim.reasons
    )
    decided = bool(newest_adjudication(account, claim.payer_order))
    return stuck and decided and claim.frequency != VOID


_ON_ITS_WAY = ("queued", "held", "submitted", "accepted", "transport_rejected")


def withdraw(account: Account, command: WithdrawVoid) -> list[Event | Say]:
    """Drop a void that an edit holds or that was rejected: what the payer has stands as it did."""
    claim = account.claims.get(command.claim)
    if claim is None:
        raise Refused("this account has no such claim")
    if claim.frequency != VOID or claim.before_void is None:
        raise Refused("there is no void of this claim")
    if claim.status not in ("held", "rejected"):
        raise Refused(
            f"only a void that is held or rejected is withdrawn; this one is {claim.status}"
        )
    before = claim.before_void
    return [
        VoidWithdrawn(
            account=account.account,
            claim=claim.claim,
            attempt=claim.attempt,
            payer=claim.payer,
            payer_order=claim.payer_order,
            stands=before.stands,
            frequency=before.frequency,
            payer_control=before.payer_control,
            reason=command.reason,
            withdrawn_by=command.by,
        )
    ]


def control_of(account: Account, claim: ClaimState) -> str:
    """The payer's number for what it has: of its newest decision, else of its 277CA."""
    decided = [
        known.payment
        for known in account.known
        if (known.payment.payer_order, known.payment.payer) == (claim.payer_order, claim.payer)
    ]
    return (decided[-1].payer_control if decided else "") or claim.accepted_as


def _policy(account: Account, claim: ClaimState, books: Books) -> str:
    day = account.service_from
    listed = books.payer(claim.payer, day) if day else None
    return listed.replacement if listed else "new_claim"


def settle(account: Account, number: str) -> list[Event | Say]:
    """The payer took the void: say so, with what it has still to take back."""
    claim = account.claims.get(number)
    if claim is None or claim.frequency != VOID or not claim.taken or claim.status == "voided":
        return []
    standing = _standing(account, claim)
    return [
        ClaimVoided(
            account=account.account,
            claim=claim.claim,
            attempt=claim.attempt,
            payer=claim.payer,
            payer_order=claim.payer_order,
            payer_control=claim.payer_control,
            taken_by=claim.taken,
            standing=tuple(known.adjudication for known in standing),
            standing_paid_cents=sum(known.payment.paid_cents for known in standing),
        )
    ]
