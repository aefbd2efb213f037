"""X12 dates and times: CCYYMMDD, YYMMDD, HHMM, and date ranges."""

from datetime import date
from functools import lru_cache


class NotADate(ValueError):
    """The text is not a date."""


def day(text: str) -> date:
    """CCYYMMDD to a date."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise NotADate("not a date of the form CCYYMMDD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADate("no such day") from None


def day_or_none(text: str) -> date | None:
    """A date, or None where there is none that can be read."""
    return _day_or_none(text) if len(text) == 8 else None


@lru_cache(maxsize=4_096)
def _day_or_none(text: str) -> date | None:
    try:
        return day(text)
    except NotADate:
        return None


def payment_day(text: str) -> date | None:
    """A day on which money moves, or None: for no day some payers send an end of the calendar, to which nothing can be counted."""
    found = day_or_none(text)
    return found if found is not None and 1900 <= found.year <= 2199 else None


def first_day(text: str) -> date | None:
    """The first day of a D8 date, of an RD8 range, or of a DT date with its time."""
    return day_or_none(text if len(text) == 8 else text.partition("-")[0][:8])


class Days(dict[str, date | None]):
    """First days by their text, for the same reason as `money.Cents`."""

    MOST = 32_768
    LONGEST = 17
    """Of two days with a hyphen; nothing longer is remembered."""

    def __missing__(self, text: str) -> date | None:
        found = first_day(text)
        if len(self) >= self.MOST:
            self.clear()
        if len(text) <= self.LONGEST:
            self[text] = found
        return found


DAYS = Days()


def last_day(text: str) -> date | None:
    """The last day of an RD8 range, of one day too; else None."""
    return day_or_none(text.partition("-")[2])


@lru_cache(maxsize=4_096)
def d8(value: date) -> str:
    """CCYYMMDD."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def d6(value: date) -> str:
    """YYMMDD, as ISA09 wants it."""
    return d8(value)[2:]
