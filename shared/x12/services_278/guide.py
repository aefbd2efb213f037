"""How a 278 (005010X217) is built: reviewer, requester, subscriber, dependent, events and their services.

Request and response have one order; only a response refuses, decides, and says whom to ask.
"""

from collections.abc import Iterable

from shared.x12.guides import ANY, Guide, Loop, Seg, codes
from shared.x12.inquiry_loops import guide as g
from shared.x12.services_278.check import REQUESTERS, REVIEWERS


def _said(*, answers: bool) -> tuple[Seg, ...]:
    """What opens an event and a service."""
    asked = Seg(tag="UM", needs=(1,), elements=10)
    decided = Seg(tag="HCR", needs=(1,), elements=4)
    return (
        g.traces(3, "1 2"),
        *((g.AAA,) if answers else ()),
        asked,
        *((decided,) if answers else ()),
        g.refs(),
        g.dates(),
        Seg(tag="HI", needs=(1,), elements=12),
    )


_HSD = Seg(tag="HSD", both=((1, 2),), elements=8)
_PWK = Seg(tag="PWK", most=10, needs=(1, 2), both=((5, 6),), elements=7)


def _provider(loop: str, *, answers: bool) -> Loop:
    """Who is to serve, where, or how somebody is carried there."""
    refusals = (g.AAA,) if answers else ()
    return g.name(loop, "", g.refs(), g.N3, g.N4, g.per(3), *refusals, g.PRV, most=None)


def _event(*, answers: bool) -> Loop:
    """Loop 2000E with its services (2000F)."""
    service = Loop(
        id="2000F",
        parts=(
            g.level("SS"),
            *_said(answers=answers),
            Seg(tag="SV1", elements=20),
            Seg(tag="SV2", elements=10),
            Seg(tag="SV3", needs=(1,), elements=11),
            Seg(tag="TOO", most=32, elements=3),
            _HSD,
            _PWK,
            g.MSG,
            _provider("2010F", answers=answers),
        ),
    )
    return Loop(
        id="2000E",
        parts=(
            g.level("EV"),
            *_said(answers=answers),
            _HSD,
            Seg(tag="CRC", most=ANY, needs=(1, 2, 3), elements=7),
            Seg(tag="CL1", elements=4),
            Seg(tag="CR1", elements=10),
            Seg(tag="CR2", elements=12),
            Seg(tag="CR5", elements=18),
            Seg(tag="CR6", needs=(1, 2), elements=21),
            _PWK,
            g.MSG,
            _provider("2010E", answers=answers),
            service,
        ),
    )


def _person(letter: str, code: str, kind: str, below: Iterable[Loop], *, answers: bool) -> Loop:
    """Loops 2000C or 2000D."""
    refusals = (g.AAA,) if answers else ()
    named = g.name(
        f"2010{letter}",
        kind,
        g.refs(),
        g.N3,
        g.N4,
        *refusals,
        g.DMG,
        g.INS,
        must=True,
    )
    return Loop(id=f"2000{letter}", parts=(g.level(code), *refusals, named, *below))


def guide_of(*, answers: bool) -> Guide:
    """The table of a request, or of its response."""
    refusals = (g.AAA,) if answers else ()
    event = _event(answers=answers)
    dependent = _person("D", "23", "QC", (event,), answers=answers)
    subscriber = _person("C", "22", "IL", (event, dependent), answers=answers)
    asks = g.name(
        "2010B",
        REQUESTERS,
        g.refs(most=8),
        g.N3,
        g.N4,
        g.per(3),
        *refusals,
        g.PRV,
        must=True,
    )
    requester = Loop(
        id="2000B", must=not answers, parts=(g.level("21"), *refusals, asks, subscriber)
    )
    contacts = (g.per(3), g.AAA) if answers else ()
    reviewer = Loop(
        id="2000A",
        must=True,
        parts=(
            g.level("20"),
            *refusals,
            g.name("2010A", REVIEWERS, *contacts, must=True),
            requester,
        ),
    )
    opening = Seg(
        tag="BHT",
        must=True,
        needs=(1, 2, 3, 4, 5),
        allowed={1: codes("0007"), 2: codes("11" if answers else "01 13 36")},
        elements=6,
    )
    return Guide("005010X217", opening, reviewer)


REQUEST, RESPONSE = guide_of(answers=False), guide_of(answers=True)
