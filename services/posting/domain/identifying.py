"""What a person knows of an overpayment: since when, and the good-faith look at what else the same cause overpaid."""

from datetime import date
from typing import NamedTuple

from contracts.posting import (
    OverpaymentIdentified,
    OverpaymentInvestigationConcluded,
    OverpaymentInvestigationOpened,
)
from services.posting.domain.account_state import Posted
from services.posting.domain.commands import (
    ConcludeInvestigation,
    IdentifyOverpayment,
    InvestigateOverpayment,
)
from services.posting.domain.sixty_days import TO_RETURN, Known, look_back_until
from services.posting.domain.telling import Telling
from shared.errors import Refused


class Open(NamedTuple):
    """An overpayment of which something is open, and the day that it is."""

    posted: Posted
    cents: int
    today: date

    def day(self, said: date | None) -> date:
        """The day that was said, else today's; Refused where it has not come."""
        if said is not None and said > self.today:
            raise Refused(f"{said} has not come: today is {self.today}")
        return said or self.today


def identify(telling: Telling, command: IdentifyOverpayment) -> None:
    """An earlier day may be told later: nobody knows less than before."""
    there = _open(telling, command.adjudication)
    posted, day = there.posted, there.day(command.identified_on)
    if posted.paid_on is not None and day < posted.paid_on:
        raise Refused(f"nobody knew of it on {day}: it was paid on {posted.paid_on}")
    before = posted.known
    if before is not None and before.identified_on < day and command.identified_on is not None:
        raise Refused(
            f"it was identified on {before.identified_on}: an earlier day can be told, no later one"
        )
    if before is not None and before.identified_on <= day:
        return
    # An investigation that began after the earlier day still began when it did.
    known = Known(day, before.looked_from, before.concluded_on) if before else Known(day)
    telling.say(
        OverpaymentIdentified(
            account=telling.account.number,
            claim=posted.claim,
            adjudication=command.adjudication,
            payer=posted.payer,
            cents=there.cents,
            identified_on=day,
            due_on=known.due_on(),
            look_back_until=look_back_until(posted.paid_on) if posted.paid_on else None,
            reason=command.reason,
            approver=command.approver,
        )
    )


def investigate(telling: Telling, command: InvestigateOverpayment) -> None:
    """Once, and only while the sixty days run: what is late already is not suspended."""
    there = _open(telling, command.adjudication)
    posted, day, known = there.posted, there.day(command.looked_from), there.posted.known
    if known is None:
        raise Refused("identify it first: an investigation suspends the 60 days from there")
    if known.concluded_on is not None:
        raise Refused(f"its investigation was concluded on {known.concluded_on}; there is one")
    if known.looked_from is not None:
        if command.looked_from in (None, known.looked_from):
            return
        raise Refused(f"it is under investigation since {known.looked_from}")
    if not known.identified_on <= day <= known.identified_on + TO_RETURN:
        raise Refused(
            f"{day} is outside of the 60 days that an investigation suspends: "
            f"{known.identified_on} to {known.identified_on + TO_RETURN}"
        )
    looking = Known(known.identified_on, day)
    telling.say(
        OverpaymentInvestigationOpened(
            account=telling.account.number,
            claim=posted.claim,
            adjudication=command.adjudication,
            payer=posted.payer,
            looked_from=day,
            suspended_until=looking.suspended_until(),
            due_on=looking.due_on(),
            reason=command.reason,
            approver=command.approver,
        )
    )


def conclude(telling: Telling, command: ConcludeInvestigation) -> None:
    """After its 180 days too: they suspended no more than that."""
    there = _open(telling, command.adjudication)
    posted, day, known = there.posted, there.day(command.concluded_on), there.posted.known
    if known is None or known.looked_from is None:
        raise Refused("it is not under investigation")
    if known.concluded_on is not None:
        if command.concluded_on in (None, known.concluded_on):
            return
        raise Refused(f"its investigation was concluded on {known.concluded_on}")
    if day < known.looked_from:
        raise Refused(f"its investigation began on {known.looked_from}, after {day}")
    over = Known(known.identified_on, known.looked_from, day)
    telling.say(
        OverpaymentInvestigationConcluded(
            account=telling.account.number,
            claim=posted.claim,
            adjudication=command.adjudication,
            payer=posted.payer,
            concluded_on=day,
            suspended_days=over.suspended().days,
            due_on=over.due_on(),
            reason=command.reason,
            approver=command.approver,
        )
    )


def _open(telling: Telling, adjudication: str) -> Open:
    posted = telling.account.posted.get(adjudication)
    cents = sum(posted.overpaid().values()) if posted is not None and posted.live else 0
    if posted is None or cents <= 0:
        raise Refused("nothing of that decision is overpaid and still here")
    return Open(posted, cents, telling.book.today or telling.day)
