"""Another system's charges and claims: they count as what that system says is left of them, in whatever order we hear."""

from datetime import date

from contracts.posting import ChargesSetAside, MovedAmount, OpeningBalancePosted
from contracts.submission import ClaimImported
from contracts.values import JournalLine
from services.posting.domain.balance import CLAIM_LEVEL
from services.posting.domain.telling import Telling


def take_over(telling: Telling, said: ClaimImported) -> None:
    """A claim opens with what the other system left of it; a charge opens once."""
    account = telling.account
    fresh = tuple(b for b in said.opening if b.charge not in account.opened_with)
    if not fresh:
        return
    lines: list[JournalLine] = []
    for b in fresh:
        owed = (("ar_open", b.insurance_open_cents), ("ar_patient", b.patient_owes_cents))
        both = b.insurance_open_cents + b.patient_owes_cents
        for ledger, cents in (*owed, ("opening", -both)):
            if cents:
                lines.append(
                    JournalLine(ledger=ledger, cents=cents, charge=b.charge or None, kind="opening")
                )
    telling.say(
        OpeningBalancePosted(
            account=said.account,
            claim=said.claim,
            balances=fresh,
            entry=f"{said.account}-J{account.entries + 1:05d}",
            posted_on=telling.book.posting_day(
                said.first_billed_on or account.service_on or date.min
            ),
            entries=tuple(lines),
        )
    )


def set_aside(telling: Telling) -> None:
    """Charges of a history account, and those that a claim took over, are no receivables as captured."""
    account = telling.account
    foreign = account.balances if account.history else account.opened_with
    captured = {
        charge: account.balance(charge).charged - account.opened_with.get(charge, 0)
        for charge in foreign
        if charge != CLAIM_LEVEL
    }
    captured = {charge: cents for charge, cents in captured.items() if cents}
    if not captured:
        return
    telling.say(
        ChargesSetAside(
            account=account.number,
            amounts=tuple(MovedAmount(charge=k, cents=c) for k, c in captured.items()),
            entry=account.next_entry(),
            posted_on=telling.day,
            entries=tuple(
                JournalLine(ledger=ledger, cents=signed, charge=charge, kind="another system's")
                for charge, cents in captured.items()
                for ledger, signed in (("charges", cents), ("ar_open", -cents))
            ),
        )
    )
