"""What one decision says, folded as it goes, so that the next rule sees what the one before did."""

from datetime import date

from services.posting.domain.account_fold import evolve
from services.posting.domain.account_state import Account
from services.posting.domain.book import Book
from shared.service import Event, Say, to


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
