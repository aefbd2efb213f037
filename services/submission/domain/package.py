"""What goes on the wire for one attempt of a claim, compiled from the account alone."""

from datetime import date, timedelta

import msgspec

from contracts.submission import ClaimPackage
from contracts.values import Charge, ClaimLine, Coverage
from services.submission.domain.account_state import Account
from services.submission.domain.books import Books
from services.submission.domain.claim_state import VOID, ClaimState, at_payer
from services.submission.domain.prior import prior_payments


def coverages_in_force(account: Account) -> tuple[Coverage, ...]:
    """The coverages of the first day of service in order; all of them when none was in force."""
    day = account.service_from
    ordered = sorted(account.coverages, key=lambda coverage: coverage.order)
    if day is None:
        return tuple(ordered)
    return tuple(c for c in ordered if in_force(c, day)) or tuple(ordered)


def in_force(coverage: Coverage, day: date) -> bool:
    """Whether the coverage counts on a day; both ends count."""
    ends = coverage.effective_to
    return coverage.effective_from <= day and (ends is None or day <= ends)


def coverage_of(account: Account, order: int) -> Coverage | None:
    """The coverage of a payer order."""
    return next((c for c in coverages_in_force(account) if c.order == order), None)


def is_ready(account: Account) -> bool:
    """Whether a first claim can be compiled: open, billed by us, insured, charged and coded."""
    return is_said(account) and bool(billable(account))


def is_voidable(account: Account, claim: ClaimState) -> bool:
    """Whether a void of it can be compiled: something is charged, or what was is known."""
    void = msgspec.structs.replace(claim, frequency=VOID, says=at_payer(claim))
    return is_said(account) and bool(charges_of(account, void))


def is_said(account: Account) -> bool:
    """Whether all is known of it that a claim says beside its charges."""
    return bool(
        account.opened and account.billing == "bill" and account.coverages and account.coded
    )


def billable(account: Account) -> tuple[Charge, ...]:
    """The charges that were not voided, in the order of their numbers."""
    return tuple(c for _, c in sorted(account.charges.items()) if c.units > 0)


def charges_of(account: Account, claim: ClaimState) -> tuple[Charge, ...]:
    """The account's charges with what corrections of this claim say differently; a void names those that its payer has."""
    charges = billable(account)
    if claim.frequency == VOID and claim.says:
        known = {**account.gone, **{charge.charge: charge for charge in charges}}
        charges = tuple(known[number] for number in claim.says if number in known)
    return tuple(claim.corrected.get(charge.charge, charge) for charge in charges)


def total_of(charges: tuple[Charge, ...]) -> int:
    """CLM02 in cents."""
    return sum(charge.charge_cents for charge in charges)


def lines_of(charges: tuple[Charge, ...]) -> tuple[ClaimLine, ...]:
    """The service lines, each naming its charge."""
    return tuple(
        ClaimLine(line=n, charge=charge.charge, charge_cents=charge.charge_cents)
        for n, charge in enumerate(charges, start=1)
    )


def newest_adjudication(account: Account, order: int) -> str:
    """The last adjudication of a payer order that was not taken back."""
    of_order = [k.adjudication for k in account.known if k.payment.payer_order == order]
    return of_order[-1] if of_order else ""


def filing_limit(account: Account, payer: str, books: Books) -> date:
    """The last day on which the payer takes the claim, counted from the first service."""
    first = account.service_from or min(c.service_on for c in account.charges.values())
    return first + timedelta(days=books.filing_limit_days(payer, first))


def package(account: Account, claim: ClaimState) -> ClaimPackage:
    """The claim's newest attempt, people sealed as they came."""
    assert account.person is not None
    charges = charges_of(account, claim)
    authorizations = {charge.authorization or "" for charge in charges}
    return ClaimPackage(
        account=account.account,
        claim=claim.claim,
        attempt=claim.attempt,
        frequency=claim.frequency,
        payer_control=claim.payer_control,
        payer=claim.payer,
        payer_order=claim.payer_order,
        facility=account.facility,
        legal_entity=account.legal_entity,
        person=account.person,
        coverages=coverages_in_force(account),
        charges=charges,
        diagnoses=account.diagnoses,
        coded=account.coded,
        prior=prior_payments(account.known, claim.payer_order),
        authorization=claim.authorization
        or (authorizations.pop() if len(authorizations) == 1 else ""),
        note=claim.note,
        total_cents=total_of(charges),
        providers=account.providers,
        consent=account.consent,
        facts=account.facts,
        stated_note=account.note,
    )
