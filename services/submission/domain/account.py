"""The account's claims: compiled once, held or queued, and sent again as another attempt.

Says what happened on the account and puts the compiled claim into its receiver's queue.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from contracts.coding import CodingFailure
from contracts.denial import CorrectionRequested
from contracts.submission import (
    ClaimCreated,
    ClaimReleased,
    CorrectionDeclined,
    TransportRejected,
)
from services.submission.domain import edits
from services.submission.domain.account_state import Account, evolve
from services.submission.domain.books import Books
from services.submission.domain.claim_state import VOID, ClaimState, evolve_claim
from services.submission.domain.commands import (
    AnswerSetAside,
    AnswerTransport,
    BillForwarded,
    BillNext,
    BuildClaim,
    Command,
    ImportClaim,
    RecordReopening,
    ReleaseClaim,
    ReplaceClaim,
    RestateNext,
    ResubmitClaim,
    SendCorrection,
    SettleVoid,
    VoidClaim,
    WithdrawVoid,
)
from services.submission.domain.crossing import bill_forwarded
from services.submission.domain.ending import (
    begin_again,
    end_empty,
    must_be_ready,
    nothing_is_left,
)
from services.submission.domain.history import take_over
from services.submission.domain.package import (
    coverage_of,
    coverages_in_force,
    filing_limit,
    is_ready,
    lines_of,
    newest_adjudication,
)
from services.submission.domain.recalling import MENDED, let_go, recall, sent_anew, take_back
from services.submission.domain.restating import record, reopen, replace, restate
from services.submission.domain.sending import (
    REPLACEMENT,
    TRANSPORT,
    again,
    blocks,
    held,
    judge,
    offence,
    payer_now,
    queued,
    queued_or_held,
    resubmission,
    transport_failure,
    warnings,
)
from services.submission.domain.voiding import settle, void, withdraw
from shared.errors import Refused
from shared.service import Decider, Event, Say, Wake
from shared.streams import claim_number

MAX_TRANSPORT_TRIES = 3
"""A set that is rejected without a named offender would go round for ever."""
MOST_OF_A_REASON = 500
ANY_DAY = date(2000, 1, 1)
Said = Iterable[Event | Say]


def decide(command: Command, state: Account | None, book: Books | None) -> Said:
    """The account's rules, one function per command."""
    account, books = state or Account(), book or Books()
    match command:
        case BuildClaim():
            return [*recall(account, books), *_build(account, books)]
        case BillNext():
            return _bill_next(account, command.order, books)
        case RestateNext():
            return restate(account, command.order, books)
        case RecordReopening():
            return record(account, command)
        case AnswerTransport():
            return _answer_transport(account, command.rejected, books)
        case AnswerSetAside():
            return take_back(account, command.aside, books)
        case SendCorrection():
            return _correct(account, command, books)
        case ReleaseClaim():
            return _release(account, command, books)
        case BillForwarded():
            return bill_forwarded(account, command, books, _create)
        case ReplaceClaim():
            return replace(account, command, books)
        case VoidClaim():
            return void(account, command, books)
        case WithdrawVoid():
            return withdraw(account, command)
        case SettleVoid():
            # A decision that was taken back may have been all that kept a claim of no charge.
            return [*settle(account, command.claim), *end_empty(account)]
        case ResubmitClaim():
            return _resubmit(account, command, books)
        case ImportClaim():
            return take_over(account, command)


def _build(account: Account, books: Books) -> Said:
    if nothing_is_left(account):
        voids = (claim for claim in account.claims.values() if claim.frequency == VOID)
        waiting = [one for claim in voids for one in _look_again(account, claim, books)]
        return [*end_empty(account), *waiting]
    if not is_ready(account):
        return []
    if not account.claims:
        return _create(account, coverages_in_force(account)[0].order, books)
    return [one for claim in account.claims.values() for one in _look_again(account, claim, books)]


def _bill_next(account: Account, order: int, books: Books) -> Said:
    if not is_ready(account) or coverage_of(account, order) is None:
        return []
    claim = account.claim_of(order)
    if claim is not None:
        return [*_look_again(account, claim, books), *restate(account, order, books)]
    if order in account.forwarded:
        return []
    return _create(account, order, books)


def _create(account: Account, order: int, books: Books) -> Said:
    coverage = coverage_of(account, order)
    assert coverage is not None and account.service_from and account.service_to
    number = claim_number(account.account, order)
    claim = ClaimState(claim=number, payer=coverage.payer, payer_order=order)
    judged = judge(account, claim, books)
    created = ClaimCreated(
        account=account.account,
        claim=number,
        claim_no=order,
        payer=coverage.payer,
        payer_order=order,
        form="837P",
        service_from=account.service_from,
        service_to=account.service_to,
        total_cents=judged.package.total_cents,
        lines=lines_of(judged.package.charges),
        filing_limit_on=filing_limit(account, coverage.payer, books),
        warnings=warnings(judged.failures),
    )
    return [created, queued_or_held(account, claim, judged, books)]


def _look_again(account: Account, claim: ClaimState, books: Books) -> Said:
    """A held claim goes when nothing blocks it any more; the same reasons are not said twice."""
    if claim.status == "voided" and claim.emptied:
        return begin_again(account, claim, books)
    if claim.status != "held" or TRANSPORT in claim.reasons:
        return []
    if claim.frequency == REPLACEMENT and payer_now(account, claim) != claim.payer:
        original = resubmission(account, claim, "correction", adjudication=claim.answers)
        return again(account, claim, original, books)
    claim = _to_the_payer_of_now(account, claim)
    wanted, failures = judge(account, claim, books)
    if blocks(failures):
        held_for = tuple((failure.rule, failure.element) for failure in failures)
        return [] if held_for == claim.held_for else [held(account, claim, failures)]
    return let_go(account, claim, wanted, books)


def _to_the_payer_of_now(account: Account, claim: ClaimState) -> ClaimState:
    """The claim as it goes by now; a void goes to nobody but the payer that has the claim."""
    payer = claim.payer if claim.frequency == VOID else payer_now(account, claim)
    return msgspec.structs.replace(claim, payer=payer)


def _answer_transport(account: Account, rejected: TransportRejected, books: Books) -> Said:
    claim = account.claims.get(rejected.claim)
    if claim is None or claim.status != "transport_rejected" or claim.attempt != rejected.attempt:
        return []
    if rejected.offender:
        return [held(account, claim, tuple(offence(rejected)))]
    if claim.transport_tries >= MAX_TRANSPORT_TRIES:
        tired = transport_failure(
            rejected, "", "", "The set was rejected again and again and no claim of it was named."
        )
        return [held(account, claim, (tired,))]
    return again(account, claim, resubmission(account, claim, "transport"), books)


def _correct(account: Account, command: SendCorrection, books: Books) -> Said:
    asked = command.asked
    claim = account.claims.get(asked.claim)
    if claim is not None and claim.answers == asked.adjudication:
        return []
    newest = newest_adjudication(account, claim.payer_order) if claim else ""
    reason = _why_declined(claim, asked, newest) or _why_refused(command.failed)
    if claim is None or reason or not is_ready(account):
        return [
            CorrectionDeclined(
                account=asked.account,
                claim=asked.claim,
                adjudication=asked.adjudication,
                newest=newest,
                denials=asked.denials,
                reason=reason or "The account is not billed by us.",
            )
        ]
    # A payer that the coverage names only now decided nothing: it reopens nothing and knows no number.
    same = payer_now(account, claim) == claim.payer
    if asked.route == "reopening" and same:
        return [reopen(account, claim, asked, _control(account, asked))]
    replacement = asked.route == "replacement" and same
    event = resubmission(
        account,
        claim,
        "correction",
        frequency=REPLACEMENT if replacement else "1",
        payer_control=_control(account, asked) if replacement else "",
        adjudication=asked.adjudication,
        correction=asked.correction,
    )
    return again(account, claim, event, books)


def _why_declined(claim: ClaimState | None, asked: CorrectionRequested, newest: str) -> str:
    if claim is None:
        return "The account has no such claim."
    if newest != asked.adjudication:
        return "A later decision of the payer is known, or this one was taken back."
    if claim.status == "voided":
        return "The claim was voided."
    if claim.status != "adjudicated":
        return "A later attempt of the claim is on its way."
    return ""


def _why_refused(failed: tuple[CodingFailure, ...]) -> str:
    """What a biller reads of coding's findings: the denial is open again, and is corrected otherwise."""
    told = "; ".join(f"{one.rule}, charge {one.field}: {one.sentence}" for one in failed)
    return f"Coding does not let the correction go. {told}"[:MOST_OF_A_REASON] if failed else ""


def _control(account: Account, asked: CorrectionRequested) -> str:
    newest = [k.payment for k in account.known if k.adjudication == asked.adjudication]
    return (newest[-1].payer_control if newest else "") or asked.payer_control


def _release(account: Account, command: ReleaseClaim, books: Books) -> Said:
    claim = account.claims.get(command.claim)
    if claim is None:
        raise Refused("this account has no such claim")
    if claim.status != "held":
        return []
    if TRANSPORT in claim.reasons:
        raise Refused("this attempt was sent and rejected: mend it, then resubmit it")
    unknown = sorted(set(command.overridden) - edits.OVERRIDABLE)
    if unknown:
        raise Refused(f"nobody may override {', '.join(unknown)}")
    released = ClaimReleased(
        account=account.account,
        claim=claim.claim,
        attempt=claim.attempt,
        overridden=command.overridden,
        reason=command.reason,
    )
    after = _to_the_payer_of_now(account, evolve_claim(claim, released))
    wanted, failures = judge(account, after, books)
    still = sorted({failure.rule for failure in blocks(failures)})
    if still:
        raise Refused(f"still held for {', '.join(still)}")
    if claim.aside == claim.attempt:
        return [released, *sent_anew(account, after, MENDED, books)]
    return [released, queued(account, wanted, books)]


def _resubmit(account: Account, command: ResubmitClaim, books: Books) -> Said:
    claim = account.claims.get(command.claim)
    if claim is None:
        raise Refused("this account has no such claim")
    offender = claim.status == "held" and TRANSPORT in claim.reasons
    if claim.status == "accepted" and payer_now(account, claim) != claim.payer:
        # Whoever has it is not who covers the person; it never decided, and no answer of it is asked for any more.
        must_be_ready(account, "resubmit")
        anew = resubmission(
            account, claim, "correction", frequency="1", payer_control="", note=command.note
        )
        return again(account, claim, anew, books)
    if claim.status in ("held", "adjudicated", "imported", "forwarded") and not offender:
        raise Refused(f"only a rejected claim is resubmitted; this one is {claim.status}")
    if claim.status == "voided":
        must_be_ready(account, "resubmit")
        anew = resubmission(
            account, claim, "after_void", frequency="1", payer_control="", note=command.note
        )
        return again(account, claim, anew, books)
    if claim.status != "rejected" and not offender:
        return []
    return again(
        account, claim, resubmission(account, claim, "rejection", note=command.note), books
    )


def timers(state: Account) -> Mapping[str, Wake]:
    """Claims held for what a broadcast may mend are looked at again every morning."""
    waiting = any(
        claim.status == "held" and edits.MENDED_BY_BOOKS.intersection(claim.reasons)
        for claim in state.claims.values()
    )
    return {"look again": Wake(ANY_DAY)} if waiting else {}


def wake(what: str, day: date, state: Account, book: Books | None) -> BuildClaim:
    """The morning's look."""
    return BuildClaim()


ACCOUNT = Decider(
    kind="account", state=Account, decide=decide, evolve=evolve, timers=timers, wake=wake
)
