"""Where an account's claims stand when a test begins, and what is said of them then."""

from typing import Any

from services.submission.domain import ACCOUNT
from services.submission.domain.commands import BuildClaim
from services.submission.domain.lanes import lane_of
from tests.unit.scenario import said
from tests.unit.submission.facts import ACCOUNT_NO, READY, after, books, enrolled, submitted

QUEUE = f"outbound/CLEARING/{lane_of(ACCOUNT_NO, 1)}"
BUILT = after(READY, BuildClaim())
SENT = (*BUILT, submitted())
UNENROLLED = books(enrolled(yes=False))
HELD = after(READY, BuildClaim(), UNENROLLED)


def tell(given: tuple[Any, ...], command: Any, book: Any = None) -> tuple[Any, Any]:
    """What is said on the account, and what is put into a queue (or None)."""
    told = said(ACCOUNT, given, command, book or books())
    queued = [event[1] for event in told if isinstance(event, tuple)]
    own = [event for event in told if not isinstance(event, tuple)]
    return own, queued[0] if queued else None
