"""How a 270 and a 271 (005010X279A1) are built: payer, provider, subscriber, dependent, what is asked or answered of them."""

from collections.abc import Iterable

from shared.x12.eligibility_loops.check import RECEIVERS, SOURCES
from shared.x12.guides import Guide, Loop, Seg, codes
from shared.x12.inquiry_loops import guide as g

BENEFITS = codes("1 2 3 4 5 6 7 8 A B C CB D E F G H I J K L M MC N O P Q R S T U V W X Y")
"""What a benefit says (EB01)."""


def _asked(letter: str) -> Loop:
    """Loop 2110 of a 270."""
    return Loop(
        id=f"2110{letter}",
        most=99,
        parts=(
            Seg(tag="EQ", elements=5),
            Seg(tag="AMT", only=codes("R PB"), most=2, needs=(1, 2), elements=2),
            g.III,
            g.refs(most=1),
            g.dates(most=1),
        ),
    )


def _answered(letter: str) -> Loop:
    """Loops 2110 to 2120 of a 271."""
    named = g.name(f"2120{letter}", "", g.N3, g.N4, g.per(3), g.PRV, must=True, most=23)
    opens, closes = (
        Seg(tag=tag, must=tag == "LE", needs=(1,), allowed={1: codes("2120")}, elements=1)
        for tag in ("LS", "LE")
    )
    return Loop(
        id=f"2110{letter}",
        parts=(
            Seg(tag="EB", needs=(1,), allowed={1: BENEFITS}, elements=14),
            Seg(tag="HSD", most=9, both=((1, 2),), elements=8),
            g.refs(most=9),
            g.dates(most=20),
            g.AAA,
            g.MSG,
            g.III,
            Loop(id=f"2120{letter}", most=1, implied=True, parts=(opens, named, closes)),
        ),
    )


def _person(letter: str, code: str, kind: str, below: Iterable[Loop], *, answers: bool) -> Loop:
    """Loops 2000C or 2000D with those below."""
    named = g.name(
        f"2100{letter}",
        kind,
        g.refs(most=9),
        g.N3,
        g.N4,
        *((g.AAA,) if answers else ()),
        g.PRV,
        g.DMG,
        g.INS,
        Seg(tag="HI", needs=(1,), elements=8),
        g.dates(most=9 if answers else 2),
        *((Seg(tag="MPI", needs=(1, 2, 3), elements=7),) if answers else ()),
        _answered(letter) if answers else _asked(letter),
        must=True,
    )
    trace = g.traces(3, "1 2") if answers else g.traces(2, "1")
    return Loop(id=f"2000{letter}", parts=(g.level(code), trace, named, *below))


def guide_of(*, answers: bool) -> Guide:
    """The table of a 270, or of the 271 that answers it."""
    refusals = (g.AAA,) if answers else ()
    dependent = _person("D", "23", "03", (), answers=answers)
    subscriber = _person("C", "22", "IL", (dependent,), answers=answers)
    receiver = Loop(
        id="2000B",
        must=not answers,
        parts=(
            g.level("21"),
            g.name("2100B", RECEIVERS, g.refs(most=9), g.N3, g.N4, *refusals, g.PRV, must=True),
            subscriber,
        ),
    )
    contacts = (g.per(3), g.AAA) if answers else ()
    source = Loop(
        id="2000A",
        must=True,
        parts=(
            g.level("20"),
            *refusals,
            g.name("2100A", SOURCES, *contacts, must=True),
            receiver,
        ),
    )
    purposes = codes("06 11") if answers else codes("01 13")
    opening = Seg(
        tag="BHT",
        must=True,
        needs=(1, 2, 4, 5),
        allowed={1: codes("0022"), 2: purposes},
        elements=6,
    )
    return Guide("005010X279A1", opening, source)


GUIDE_270, GUIDE_271 = guide_of(answers=False), guide_of(answers=True)
