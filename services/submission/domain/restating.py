"""Claims that went out and have to be told again: to the payer that reopens, or that an earlier payer's correction concerns."""

from collections.abc import Iterable

from contracts.denial import ClaimCorrection, CorrectionRequested
from contracts.submission import ReopeningAsked, ReopeningOpened
from services.submission.domain.account_state import Account
from services.submission.domain.books import Books
from services.submission.domain.claim_state import ClaimState
from services.submission.domain.commands import RecordReopening, ReplaceClaim
from services.submission.domain.ending import must_be_ready
from services.submission.domain.package import newest_adjudication
from services.submission.domain.prior import told
from services.submission.domain.sending import REPLACEMENT, again, payer_now, resubmission
from shared.errors import Refused
from shared.service import Event, Say

CORRECTED = "CORRECTED PRIMARY PAYMENT"
"""The note of a claim that goes again because an earlier payer corrected itself."""


def restate(account: Account, order: int, books: Books) -> Iterable[Event | Say]:
    """An adjudicated claim whose earlier payers say something else by now goes again, as its payer takes it.

    One that is still on its way is told after its answer. A decision that was only taken back tells nothing yet.
    """
    claim = account.claim_of(order)
    known = told(account.known, order)
    if claim is None or not claim.told or claim.status != "adjudicated" or claim.reopening:
        return []
    if not known or known == claim.told:
        return []
    newest = newest_adjudication(account, order)
    return _told_again(account, claim, newest, ClaimCorrection(note=CORRECTED), books)


def replace(account: Account, command: ReplaceClaim, books: Books) -> Iterable[Event | Say]:
    """A person sends a decided claim again with what its charges and codes say by now; while one is on its way, no other."""
    claim = account.claims.get(command.claim)
    if claim is None:
        raise Refused("this account has no such claim")
    newest = newest_adjudication(account, claim.payer_order)
    if claim.status != "adjudicated":
        raise Refused(
            f"only a claim that its payer decided is replaced; this one is {claim.status}"
        )
    if not newest:
        raise Refused("the payer took its decision back: there is nothing to replace")
    if claim.reopening:
        raise Refused("the payer is asked to reopen its decision on this claim")
    must_be_ready(account, "replace")
    correction = ClaimCorrection(note=command.note, authorization=command.authorization)
    return _told_again(account, claim, newest, correction, books, command.reason, command.by)


def _told_again(
    account: Account,
    claim: ClaimState,
    newest: str,
    correction: ClaimCorrection,
    books: Books,
    reason: str = "",
    by: str = "",
) -> Iterable[Event | Say]:
    """The claim again as its payer takes it: replaced, anew, or by a reopening."""
    control = next((k.payment.payer_control for k in account.known if k.adjudication == newest), "")
    day = account.service_from
    listed = books.payer(claim.payer, day) if day else None
    policy = listed.replacement if listed else "new_claim"
    same = payer_now(account, claim) == claim.payer
    if policy == "reopening" and same:
        return [_reopening(account, claim, newest, control, (), correction)]
    replacement = policy == "yes" and bool(control) and same
    event = resubmission(
        account,
        claim,
        "correction",
        frequency=REPLACEMENT if replacement else "1",
        payer_control=control if replacement else "",
        adjudication=newest,
        correction=correction,
        reason=reason,
        asked_by=by,
    )
    return again(account, claim, event, books)


def reopen(
    account: Account, claim: ClaimState, asked: CorrectionRequested, control: str
) -> ReopeningOpened:
    """What a person asks of a payer that takes no replacement."""
    return _reopening(account, claim, asked.adjudication, control, asked.denials, asked.correction)


def _reopening(
    account: Account,
    claim: ClaimState,
    adjudication: str,
    control: str,
    denials: tuple[str, ...],
    correction: ClaimCorrection,
) -> ReopeningOpened:
    return ReopeningOpened(
        account=account.account,
        claim=claim.claim,
        adjudication=adjudication,
        payer=claim.payer,
        payer_order=claim.payer_order,
        payer_control=control,
        denials=denials,
        correction=correction,
    )


def record(account: Account, command: RecordReopening) -> list[Event | Say]:
    """It was asked: once, while it is open."""
    claim = account.claims.get(command.claim)
    if claim is None or not claim.reopening:
        raise Refused("no reopening of this claim waits to be asked for")
    if claim.asked:
        return []
    return [
        ReopeningAsked(
            account=account.account,
            claim=claim.claim,
            adjudication=claim.reopening,
            payer=claim.payer,
            channel=command.channel,
            reference=command.reference,
            asked_on=command.asked_on,
            asked_by=command.by,
        )
    ]
