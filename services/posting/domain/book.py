"""What posting keeps of the broadcasts: the day, the first open day of the books, the rule sets."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from contracts.reference import BusinessDayOpened, PeriodClosed, RuleSetPublished
from services.posting.domain.classify import RuleSet, in_force, publish


class Book(Struct, frozen=True):
    """`posting_day` is never in a closed period."""

    today: date | None = None
    next_open: date | None = None
    sets: tuple[RuleSet, ...] = ()

    def posting_day(self, otherwise: date) -> date:
        """The day on which money is posted now."""
        day = self.today or otherwise
        return day if self.next_open is None else max(day, self.next_open)

    def rules_on(self, day: date) -> RuleSet:
        """The adjustment rules in force on a day."""
        return in_force(self.sets, day)


def evolve_book(book: Book, event: object) -> Book:
    """The book after a broadcast."""
    match event:
        case BusinessDayOpened():
            return replace(book, today=event.day)
        case PeriodClosed():
            later = max(book.next_open or event.next_open, event.next_open)
            return replace(book, next_open=later)
        case RuleSetPublished() if event.rules:
            return replace(book, sets=publish(book.sets, event))
    return book
