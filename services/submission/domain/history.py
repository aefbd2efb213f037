"""Another system's claim, taken over with what is left of it and never sent."""

from collections.abc import Iterable

from contracts.submission import ClaimImported, OpeningBalance
from services.submission.domain.account_state import Account
from services.submission.domain.commands import ImportClaim
from shared.errors import Refused
from shared.service import Event, Say
from shared.streams import claim_number


def take_over(account: Account, command: ImportClaim) -> Iterable[Event | Say]:
    """Claim it for the account; lines and opening balances must add up. What names no charge adds up to nothing."""
    known = account.claim_of(command.payer_order)
    if known is not None and known.foreign_number == command.foreign_number:
        return []
    if known is not None:
        raise Refused("the account already has a claim of this payer order")
    if sum(line.charge_cents for line in command.lines) != command.total_cents:
        raise Refused("the lines do not add up to the claim")
    charged = {"": 0} | {line.charge: line.charge_cents for line in command.lines}
    for opening in command.opening:
        if charged.get(opening.charge) != _opened_cents(opening):
            raise Refused("an opening balance does not add up to its charge")
    if sum(opening.insurance_open_cents for opening in command.opening) < 0:
        raise Refused("more was paid and adjusted than the claim charges")
    return [
        ClaimImported(
            account=command.account,
            claim=claim_number(command.account, command.payer_order),
            foreign_number=command.foreign_number,
            payer=command.payer,
            payer_order=command.payer_order,
            lines=command.lines,
            total_cents=command.total_cents,
            first_billed_on=command.first_billed_on,
            opening=command.opening,
        )
    ]


def _opened_cents(opening: OpeningBalance) -> int:
    return (
        opening.insurance_paid_cents
        + opening.patient_paid_cents
        + opening.contractual_cents
        + opening.patient_owes_cents
        + opening.insurance_open_cents
    )
