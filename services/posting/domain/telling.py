"""What one decision says, folded as it goes, so that the next rule sees what the one before did."""

from datetime import date

from contracts.posting import PatientBalanceTold
from services.posting.domain.account_fold import evolve
from services.posting.domain.account_state import Account
from services.posting.domain.book import Book
from shared.service import Event, Say, to
from shared.streams import guarantor_stream


class Telling:
    """The account as it is by now, the book, and everything said so far."""

    def __init__(self, account: Account, book: Book) -> None:
        self.account = account
        self.book = book
        self.says: list[Event | Say] = []

    @property
    def day(self) -> date:
        """The day on which money is posted now."""
        return self.book.posting_day(self.account.service_on or date.min)

    def say(self, event: Event, whole: Say | None = None) -> None:
        """An event of the account itself; `whole` is the same event with what goes around it."""
        self.says.append(whole or event)
        self.account = evolve(self.account, event)

    def tell(self, stream: str, event: Event) -> None:
        """An event of another stream."""
        self.says.append(to(stream, event))


def tell_guarantor(telling: Telling) -> None:
    """What the patient owes on this account now: the guarantor's statements are made of it."""
    account = telling.account
    if not account.guarantor:
        return
    parts = account.balances.values()
    told = PatientBalanceTold(
        guarantor=account.guarantor,
        account=account.number,
        legal_entity=account.legal_entity,
        service_on=account.service_on,
        told_on=telling.book.today or telling.day,
        charged_cents=sum(b.charged for b in parts),
        insurance_paid_cents=sum(b.insurance_paid for b in parts),
        adjusted_cents=sum(b.contractual + sum(b.written_off.values()) for b in parts),
        patient_paid_cents=sum(b.patient_paid for b in parts),
        with_payers_cents=sum(b.open + b.denied + b.next_payer for b in parts),
        owed_cents=account.total("patient"),
    )
    telling.tell(guarantor_stream(account.guarantor), told)
