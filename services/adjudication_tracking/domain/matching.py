"""Leading a payer's lines back to our charges: REF*6R, else procedure, modifiers, date and charge, else less of it."""

from dataclasses import replace

from contracts.values import AdjudicatedLine, ClaimPayment
from services.adjudication_tracking.domain.account_state import Account
from services.adjudication_tracking.domain.charged import Charged
from services.adjudication_tracking.domain.claim import Claim


def matched_lines(
    payment: ClaimPayment, claim: Claim, account: Account
) -> tuple[AdjudicatedLine, ...]:
    """The lines with their charges; a line that fits none keeps none, and its money stays at claim level."""
    left = [account.charges[c] for c in claim.charges if c in account.charges]
    if not left:
        left = list(account.charges.values())
    found: list[AdjudicatedLine] = []
    for line in payment.lines:
        # A charge that came late is on no claim as it was first made; its own number leads to it all the same.
        charge = account.charges.get(line.charge or "") or _match(line, left)
        # A payer may answer one charge in several lines; a named charge may be named again.
        if charge is not None and line.charge != charge.charge:
            left = [c for c in left if c.charge != charge.charge]
        found.append(replace(line, charge=charge.charge if charge else None))
    return tuple(found)


def _match(line: AdjudicatedLine, left: list[Charged]) -> Charged | None:
    same = [
        c
        for c in left
        if c.procedure == line.procedure
        and abs(line.charge_cents) == c.charge_cents
        and line.service_on in (None, c.service_on)
    ]
    exact = [c for c in same if c.modifiers == line.modifiers]
    if len(exact) == 1:
        return exact[0]
    return same[0] if len(same) == 1 else None
