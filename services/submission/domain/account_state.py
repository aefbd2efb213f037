"""What an account's claims rest on, and how far each claim has come."""

from datetime import date
from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAdjudicated,
    ClaimForwarded,
)
from contracts.coding import ChargeCorrected, ChargesCaptured, CodingHeld, EncounterCoded
from contracts.eligibility import BenefitsConfirmed, InquiryRejected
from contracts.registration import AccountOpened, CoveragesSet, PatientDemographicsCorrected
from contracts.submission import (
    ClaimCreated,
    ClaimImported,
    ClaimReleased,
    ClaimResubmitted,
    ForwardingGivenUp,
    PriorPayment,
    ReopeningOpened,
)
from contracts.values import (
    Charge,
    ClaimFacts,
    CodedLine,
    Consent,
    Coverage,
    Diagnosis,
    Provider,
    Sealed,
)
from services.submission.domain.claim_state import VOID, ClaimState, evolve_claim
from services.submission.domain.compiled import ON_NO_CLAIM, Compiled
from services.submission.domain.prior import Known, told
from shared.streams import read_claim_number

NO_DECISION = ("23", "25")
"""CLP02 of another payer's claim, and of a predetermination."""
_NOT_ABOUT_COVERAGE = ("42", "80")
"""AAA03 reasons that say the payer could not answer, not that the person is not covered."""


class Account(msgspec.Struct, frozen=True, array_like=True):
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
    facts: ClaimFacts = ClaimFacts()
    note: Sealed | None = None
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
    gone: dict[str, Charge] = {}
    """Charges that were voided, as they were, once there was a claim: a payer may have them."""
    coding_held: str = ""
    """What coding found, where it holds what it had coded before."""

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
            return _replace(_kept(account), coverages=event.coverages)
        case PatientDemographicsCorrected():
            unsaid = ON_NO_CLAIM.issuperset(event.changed)
            return _replace(account if unsaid else _kept(account), person=event.person)
        case ChargesCaptured():
            new = {charge.charge: charge for charge in event.charges}
            account = _said(_kept(account))
            return _replace(account, account=event.account, charges={**account.charges, **new})
        case ChargeCorrected():
            return _corrected(_kept(account), event)
        case EncounterCoded():
            account = _kept(account)
            return _replace(
                account,
                account=event.account,
                diagnoses=event.diagnoses,
                coded=event.lines,
                coding_held="",
            )
        case CodingHeld():
            return _replace(_kept(account), coding_held=_first(event))
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
        facts=event.facts,
        note=event.note,
    )


def _kept(account: Account) -> Account:
    """Before it changes, what waits in a queue keeps what it was compiled from."""
    if all(claim.status != "queued" for claim in account.claims.values()):
        return account
    claims = {
        number: _replace(
            claim,
            waits_under=claim.waits_under or account.coverages,
            waits_with=claim.waits_with or _compiled(account, claim),
        )
        if claim.status == "queued"
        else claim
        for number, claim in account.claims.items()
    }
    return _replace(account, claims=claims)


def _compiled(account: Account, claim: ClaimState) -> Compiled:
    return Compiled(
        account.person, account.charges, account.diagnoses, account.coded, claim.corrected
    )


def _corrected(account: Account, event: ChargeCorrected) -> Account:
    number, after = event.after.charge, event.after
    if bool(event.before.units) != bool(after.units):
        account = _said(account)
    charges = {**account.charges, number: after}
    if not after.units:
        # What a payer has of it stays as it was said to it, corrections included.
        named = account.claims and event.before.units
        gone = {**account.gone, number: event.before} if named else account.gone
        return _replace(account, charges=charges, gone=gone)
    claims = {
        name: _replace(claim, corrected=_without(claim.corrected, number))
        for name, claim in account.claims.items()
    }
    gone = _without(account.gone, number)
    return _replace(account, charges=charges, gone=gone, claims=claims)


def _said(account: Account) -> Account:
    """Before charges come or go, each claim keeps which of them its newest attempt names."""
    charged = tuple(sorted(n for n, charge in account.charges.items() if charge.units))
    claims = {
        number: _replace(claim, says=claim.says or charged)
        for number, claim in account.claims.items()
    }
    return _replace(account, claims=claims) if claims else account


def _without(charges: dict[str, Charge], charge: str) -> dict[str, Charge]:
    return {number: kept for number, kept in charges.items() if number != charge}


def _first(event: CodingHeld) -> str:
    return event.failures[0].sentence if event.failures else "it waits for a coder"


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
            decided = _replace(claim, status="adjudicated", reopening="", asked=False, denials=())
            return _with(account, decided)
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
    if claim is None or claim.frequency != VOID or claim.status == "voided" or not reversed_here:
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
