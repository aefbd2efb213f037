"""Another system's claim, taken over with what that system left of it."""

from datetime import date

from contracts.posting import OpeningBalancePosted
from contracts.submission import ClaimImported
from contracts.values import JournalLine
from services.posting.domain.telling import Telling


def take_over(telling: Telling, said: ClaimImported) -> None:
    """Another system's claim opens with what that system left of it."""
    account = telling.account
    fresh = tuple(b for b in said.opening if b.charge not in account.balances)
    if not fresh:
        return
    lines: list[JournalLine] = []
    for b in fresh:
        owed = (("ar_open", b.insurance_open_cents), ("ar_patient", b.patient_owes_cents))
        both = b.insurance_open_cents + b.patient_owes_cents
        for ledger, cents in (*owed, ("opening", -both)):
            if cents:
                lines.append(
                    JournalLine(ledger=ledger, cents=cents, charge=b.charge, kind="opening")
                )
    telling.say(
        OpeningBalancePosted(
            account=said.account,
            claim=said.claim,
            balances=fresh,
            entry=f"{said.account}-J{account.entries + 1:05d}",
            posted_on=telling.book.posting_day(said.first_billed_on or account.service_on or date.min),
            entries=tuple(lines),
        )
    )
