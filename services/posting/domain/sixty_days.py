"""Sixty days from the day on which somebody knew of an overpayment, and how an investigation suspends them (42 CFR 401.305)."""

from datetime import date, timedelta

from msgspec import Struct

TO_RETURN = timedelta(days=60)
LONGEST_LOOK = timedelta(days=180)
"""From the day of identification, whenever the investigation began."""
LOOK_BACK_YEARS = 6
"""What was received longer before it was identified has not to be returned."""


class Known(Struct, frozen=True, array_like=True):
    """Since when somebody knows, and from when to when related overpayments were looked for."""

    identified_on: date
    looked_from: date | None = None
    concluded_on: date | None = None

    def suspended_until(self) -> date:
        """The last day that an investigation can suspend."""
        return self.identified_on + LONGEST_LOOK

    def suspended(self) -> timedelta:
        """How long the sixty days stood still; while the look lasts, how long they can at most.

        They do not where they had run out before it began.
        """
        if self.looked_from is None or self.looked_from > self.identified_on + TO_RETURN:
            return timedelta(0)
        last = self.suspended_until()
        return max(timedelta(0), min(self.concluded_on or last, last) - self.looked_from)

    def due_on(self) -> date:
        """The last day on which it is returned in time."""
        return self.identified_on + TO_RETURN + self.suspended()


def look_back_until(received_on: date) -> date:
    """The last day on which knowing of it still means that it has to be returned."""
    year = received_on.year + LOOK_BACK_YEARS
    leap = (received_on.month, received_on.day) == (2, 29)
    return date(year, 3, 1) if leap else received_on.replace(year=year)
