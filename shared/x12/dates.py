"""X12 dates and times: CCYYMMDD, YYMMDD, HHMM, and date ranges."""

from datetime import date


class NotADate(ValueError):
    """The text is not a date."""


def day(text: str) -> date:
    """CCYYMMDD to a date."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise NotADate("not a date of the form CCYYMMDD")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise NotADate("no such day") from None


def day_or_none(text: str) -> date | None:
    """A date, or None where there is none that can be read."""
    try:
        return day(text)
    except NotADate:
        return None


def first_day(text: str) -> date | None:
    """The first day of a D8 date or of an RD8 range."""
    return day_or_none(text.partition("-")[0])


def d8(value: date) -> str:
    """CCYYMMDD."""
    return value.strftime("%Y%m%d")


def d6(value: date) -> str:
    """YYMMDD, as ISA09 wants it."""
    return value.strftime("%y%m%d")
