"""What an account's claims rest on, and how far each claim has come."""

from datetime import date
from typing import Any, Literal

import msgspec

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimRejected,
)
from contracts.coding import ChargeCorrected, ChargesCaptured, EncounterCoded
from contracts.eligibility import BenefitsConfirmed, InquiryRejected
from contracts.registration import AccountOpened, CoveragesSet, PatientDemographicsCorrected
from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimImported,
    ClaimReleased,
    ClaimResubmitted,
    ClaimSubmitted,
    ClaimVoided,
    ForwardingGivenUp,
    Frequency,
    PriorPayment,
    ReopeningAsked,
    ReopeningOpened,
    TransportRejected,
)
from contracts.values import Charge, CodedLine, Consent, Coverage, Diagnosis, Provider, Sealed
from services.submission.domain.prior import Known, told
from shared.streams import read_claim_number

Status = Literal[
    "queued",
    "held",
    "submitted",
    "transport_rejected",
    "rejected",
    "accepted",
    "adjudicated",
    "voided",
    "forwarded",
    "imported",
]
NO_DECISION = ("23", "25")
"""CLP02 of another payer's claim, and of a predetermination."""
IN_TRANSPORT = ("queued", "submitted")
_NOT_ABOUT_COVERAGE = ("42", "80")
"""AAA03 reasons that say the payer could not answer, not that the person is not covered."""


class ClaimState(msgspec.Struct, frozen=True):
    """One claim of the account and its newest attempt."""

    claim: str
    payer: str = ""
    payer_order: int = 0
    status: Status = "queued"
    attempt: int = 1
    frequency: Frequency = "1"
    payer_control: str = ""
    answers: str = ""
    """The adjudication that the newest correction answered."""
    reasons: tuple[str, ...] = ()
    held_for: tuple[tuple[str, str], ...] = ()
    """Rule and element of each reason, to tell a new reason from the same one again."""
    overridden: tuple[str, ...] = ()
    transport_tries: int = 0
    corrected: dict[str, Charge] = {}
    authorization: str = ""
    note: str = ""
    foreign_number: str = ""
    told: str = ""
    """What the newest attempt says of earlier payers' money."""
    reopening: str = ""
    """The adjudication that a person asks the payer to reopen, until it is answered."""
    asked: bool = False
    accepted_as: str = ""
    """The number under which the payer's 277CA took a claim that it shall decide."""
    taken: Literal["", "277CA", "reversal"] = ""
    """By which of its words the payer took the void that the newest attempt is."""
    sent: dict[str, int] = {}
    """The file and set in which each attempt left, and which attempt that was."""


class Account(msgspec.Struct, frozen=True):
    """An encounter account; facts may come in any order, so that `opened` may still be False."""

    account: str = ""
    opened: bool = False
    billing: str = ""
    facility: str = ""
    legal_entity: str = ""
    service_from: date | None = None
    service_to: date | None = None
    person: Sealed | None = None
    coverages: tuple[Coverage, ...] = ()
    providers: tuple[Provider, ...] = ()
    consent: Consent = Consent()
    charges: dict[str, Charge] = {}
    diagnoses: tuple[Diagnosis, ...] = ()
    coded: tuple[CodedLine, ...] = ()
    not_covered: dict[str, str] = {}
    """Payer -> what eligibility said against it: `inactive`, or the AAA03 reason."""
    claims: dict[str, ClaimState] = {}
    known: tuple[Known, ...] = ()
    """Adjudications that were not reversed, oldest first, of whatever payer."""
    forwarded: tuple[int, ...] = ()
    """Payer orders that an earlier payer crossed the claim over to."""

    def claim_of(self, order: int) -> ClaimState | None:
        """The claim of a payer order."""
        return next((c for c in self.claims.values() if c.payer_order == order), None)


_replace = msgspec.structs.replace


def evolve(state: Account | None, event: Any) -> Account:
    """Fold one event of the account's stream."""
    account = state or Account()
    match event:
        case AccountOpened():
            return _opened(account, event)
        case CoveragesSet():
            return _replace(account, coverages=event.coverages)
        case PatientDemographicsCorrected():
            return _replace(account, person=event.person)
        case ChargesCaptured():
            new = {charge.charge: charge for charge in event.charges}
            return _replace(account, account=event.account, charges={**account.charges, **new})
        case ChargeCorrected():
            return _corrected(account, event)
        case EncounterCoded():
            return _replace(
                account, account=event.account, diagnoses=event.diagnoses, coded=event.lines
            )
        case BenefitsConfirmed() | InquiryRejected():
            return _replace(account, not_covered=_not_covered(account, event))
        case ClaimAdjudicated() | AdjudicationReversed() | ClaimForwarded():
            return _decided(account, event)
    return _claim_event(account, event)


def _opened(account: Account, event: AccountOpened) -> Account:
    # Corrections of person or coverages may have been heard before the account was open.
    return _replace(
        account,
        account=event.account,
        opened=True,
        billing=event.billing,
        facility=event.facility,
        legal_entity=event.legal_entity,
        service_from=event.service_from,
        service_to=event.service_to,
        person=account.person or event.person,
        coverages=account.coverages or event.coverages,
        providers=event.providers,
        consent=event.consent,
    )


def _corrected(account: Account, event: ChargeCorrected) -> Account:
    claims = {
        number: _replace(claim, corrected=_without(claim.corrected, event.after.charge))
        for number, claim in account.claims.items()
    }
    charges = {**account.charges, event.after.charge: event.after}
    return _replace(account, charges=charges, claims=claims)


def _without(charges: dict[str, Charge], charge: str) -> dict[str, Charge]:
    return {number: kept for number, kept in charges.items() if number != charge}


def _not_covered(account: Account, event: BenefitsConfirmed | InquiryRejected) -> dict[str, str]:
    others = {payer: why for payer, why in account.not_covered.items() if payer != event.payer}
    if isinstance(event, BenefitsConfirmed):
        return others if event.active else {**others, event.payer: "inactive"}
    if event.reason in _NOT_ABOUT_COVERAGE:
        return account.not_covered
    return {**others, event.payer: event.reason}


def _decided(
    account: Account, event: ClaimAdjudicated | AdjudicationReversed | ClaimForwarded
) -> Account:
    match event:
        case ClaimAdjudicated() if event.status in NO_DECISION:
            return account
        case ClaimAdjudicated():
            known = (*account.known, Known(event.adjudication, _prior(event)))
            account = _replace(account, known=known)
            claim = account.claims.get(event.claim)
            if claim is None or claim.payer_order != event.payer_order:
                return account
            return _with(account, _replace(claim, status="adjudicated", reopening="", asked=False))
        case AdjudicationReversed():
            account = _void_taken(account, event)
            left = tuple(one for one in account.known if one.adjudication != event.reverses)
            claims = {
                number: _replace(claim, reopening="", asked=False)
                if claim.reopening == event.reverses
                else claim
                for number, claim in account.claims.items()
            }
            return _replace(account, known=left, claims=claims)
        case ClaimForwarded():
            order = event.payer_order or _order_of(event.expected_claim or "")
            if not order:
                return account
            account = _replace(account, forwarded=(*account.forwarded, order))
            claim = account.claim_of(order)
            if claim is None or claim.status != "held":
                return account
            return _with(account, _replace(claim, status="forwarded", reasons=(), held_for=()))
    return account


def _void_taken(account: Account, event: AdjudicationReversed) -> Account:
    """A reversal of what the claim's own payer decided, while its void is on the way, is its answer to it."""
    claim = account.claims.get(event.claim)
    reversed_here = any(k.adjudication == event.reverses for k in account.known)
    if claim is None or claim.frequency != "8" or claim.status == "voided" or not reversed_here:
        return account
    if claim.attempt not in claim.sent.values():
        return account
    return _with(account, _replace(claim, taken="reversal"))


def _order_of(claim: str) -> int:
    read = read_claim_number(claim)
    return read[1] if read else 0


def _prior(event: ClaimAdjudicated) -> PriorPayment:
    return PriorPayment(
        payer=event.payer,
        payer_order=event.payer_order,
        payer_control=event.payer_control,
        paid_cents=event.paid_cents,
        paid_on=event.paid_on,
        adjustments=event.adjustments,
        lines=event.lines,
    )


def _with(account: Account, claim: ClaimState) -> Account:
    return _replace(account, claims={**account.claims, claim.claim: claim})


def _claim_event(account: Account, event: Any) -> Account:
    if isinstance(event, ClaimCreated | ClaimImported):
        imported = isinstance(event, ClaimImported)
        made = ClaimState(
            claim=event.claim,
            payer=event.payer,
            payer_order=event.payer_order,
            status="imported" if imported else "queued",
            foreign_number=event.foreign_number if isinstance(event, ClaimImported) else "",
        )
        made = _replace(made, told=told(account.known, made.payer_order))
        return _with(account if account.account else _replace(account, account=event.account), made)
    if isinstance(event, ForwardingGivenUp):
        left = tuple(order for order in account.forwarded if order != event.payer_order)
        account = _replace(account, forwarded=left)
    claim = account.claims.get(getattr(event, "claim", ""))
    if claim is None:
        return account
    after = evolve_claim(claim, event)
    if isinstance(event, ClaimReleased | ClaimResubmitted | ReopeningOpened):
        # What goes says of earlier payers what is known when it goes.
        after = _replace(after, told=told(account.known, claim.payer_order))
    return _with(account, after)


def evolve_claim(claim: ClaimState, event: Any) -> ClaimState:
    """Fold an event of one claim; what speaks of an earlier attempt changes nothing."""
    match event:
        case ClaimHeld():
            reasons = event.reasons
            return _replace(
                claim,
                status="held",
                reasons=tuple(reason.rule for reason in reasons if reason.severity == "block"),
                held_for=tuple((reason.rule, reason.element) for reason in reasons),
            )
        case ClaimReleased():
            overridden = tuple(dict.fromkeys((*claim.overridden, *event.overridden)))
            return _replace(claim, status="queued", reasons=(), held_for=(), overridden=overridden)
        case ClaimResubmitted():
            return _resubmitted(claim, event)
        case ClaimSubmitted():
            sent = {**claim.sent, file_of(event.isa13, event.st02): event.attempt}
            claim = _replace(claim, sent=sent)
            left = event.attempt == claim.attempt and claim.status == "queued"
            return _replace(claim, status="submitted") if left else claim
        case TransportRejected(attempt=claim.attempt) if claim.status in IN_TRANSPORT:
            return _replace(claim, status="transport_rejected")
        case ReopeningOpened():
            answers = event.adjudication
            return _replace(claim, reopening=answers, answers=answers, asked=False)
        case ReopeningAsked():
            return _replace(claim, asked=True)
        case ForwardingGivenUp() if claim.status == "forwarded":
            return _replace(claim, status="held")
        case ClaimVoided():
            return _replace(claim, status="voided", accepted_as="", taken="")
        case ClaimAcknowledged() if answers_newest(claim, event, ("submitted",)):
            return _replace(claim, status="accepted", transport_tries=0, **_by_payer(claim, event))
        case ClaimAcknowledged() if claim.status == "accepted" and event.by == "payer":
            newest = answers_newest(claim, event, ("accepted",))
            return _replace(claim, **_by_payer(claim, event)) if newest else claim
        case ClaimRejected() if answers_newest(claim, event, ("submitted", "accepted")):
            return _replace(claim, status="rejected", transport_tries=0)
    return claim


def _by_payer(claim: ClaimState, event: ClaimAcknowledged) -> dict[str, Any]:
    """What a payer's 277CA adds to a clearinghouse's: its number, or that it took the void."""
    if event.by != "payer":
        return {}
    if claim.frequency == "8":
        return {"taken": "277CA"}
    return {"accepted_as": event.payer_control or claim.accepted_as}


def file_of(isa13: int, st02: str) -> str:
    """A file and set of ours, as a 277CA names them."""
    return f"{isa13:09d}/{st02}"


def answers_newest(
    claim: ClaimState, event: ClaimAcknowledged | ClaimRejected, awaiting: tuple[Status, ...]
) -> bool:
    """Whether a 277CA is about the newest attempt, and that one waits for it.

    It names the file that it answers. One that we did not hear of yet overtook our word that the newest attempt
    left; one that names no file may mean a first attempt before that word, for there is no older one to mean.
    """
    attempt = claim.sent.get(file_of(event.answers_isa13, event.answers_st02))
    if attempt is not None and attempt < claim.attempt:
        return False
    if claim.status in awaiting:
        return True
    known = claim.attempt in claim.sent.values()
    return claim.status == "queued" and not known and (bool(event.answers_isa13) or claim.attempt == 1)


def _resubmitted(claim: ClaimState, event: ClaimResubmitted) -> ClaimState:
    again = event.cause == "transport"
    return _replace(
        claim,
        status="queued",
        attempt=event.attempt,
        frequency=event.frequency,
        payer=event.payer,
        payer_control=event.payer_control,
        answers=event.adjudication or claim.answers,
        reasons=(),
        held_for=(),
        transport_tries=claim.transport_tries + 1 if again else 0,
        taken="",
        corrected={**claim.corrected, **{charge.charge: charge for charge in event.charges}},
        authorization=event.authorization or claim.authorization,
        note=event.note or claim.note,
    )
