"""How a 276 and a 277 (005010X212) are built: payer, receiver, provider, subscriber, dependent, their claims and lines."""

from shared.x12.guides import ANY, Guide, Loop, Seg, codes


def _level(code: str) -> Seg:
    return Seg(tag="HL", only=codes(code), at=3, needs=(1, 3), elements=4)


def _name(loop: str, kinds: str, *parts: Seg, most: int = 1) -> Loop:
    seg = Seg(tag="NM1", only=codes(kinds), needs=(1, 2), both=((8, 9),), elements=12)
    return Loop(id=loop, must=True, most=most, parts=(seg, *parts))


def _whole(loop: str, answers: bool) -> tuple[Loop, ...]:
    """A status of everything below, which only an answer has."""
    trace = Seg(tag="TRN", needs=(1, 2), elements=4)
    return (Loop(id=loop, most=1, parts=(trace, *_statuses(must=True))),) if answers else ()


def _statuses(*, must: bool) -> tuple[Seg, ...]:
    return (Seg(tag="STC", must=must, most=ANY, needs=(1,), elements=12),)


def _claim(letter: str, answers: bool) -> Loop:
    days = Seg(tag="DTP", only=codes("472"), most=ANY, needs=(1, 2, 3))
    line = Loop(
        id=f"2220{letter}" if answers else f"2210{letter}",
        parts=(
            Seg(tag="SVC", needs=(1, 2), elements=7),
            *(_statuses(must=True) if answers else ()),
            Seg(tag="REF", only=codes("FJ"), needs=(1, 2)),
            days,
        ),
    )
    return Loop(
        id=f"2200{letter}",
        must=False,
        parts=(
            Seg(tag="TRN", needs=(1, 2), elements=4),
            *(_statuses(must=True) if answers else ()),
            Seg(tag="REF", only=codes("1K BLT D9 EA EJ LU VV XZ 6P"), most=ANY, needs=(1, 2)),
            *(() if answers else (Seg(tag="AMT", only=codes("T3"), needs=(1, 2)),)),
            days,
            line,
        ),
    )


def _person(letter: str, code: str, kind: str, answers: bool, *below: Loop) -> Loop:
    birth = () if answers else (Seg(tag="DMG", needs=(1, 2)),)
    parts = (
        _level(code),
        *birth,
        _name(f"2100{letter}", kind),
        _claim(letter, answers),
        *below,
    )
    return Loop(id=f"2000{letter}", parts=parts)


def guide_of(*, answers: bool) -> Guide:
    """The table of a 276, or of the 277 that answers it."""
    dependent = _person("E", "23", "QC", answers)
    subscriber = _person("D", "22", "IL", answers, dependent)
    provider = Loop(
        id="2000C",
        parts=(_level("19"), _name("2100C", "1P", most=2), *_whole("2200C", answers), subscriber),
    )
    receiver = Loop(
        id="2000B",
        parts=(_level("21"), _name("2100B", "41"), *_whole("2200B", answers), provider),
    )
    contact = Seg(tag="PER", needs=(1, 3, 4), elements=8)
    payer = _name("2100A", "PR AY", *((contact,) if answers else ()))
    purposes = codes("08") if answers else codes("13")
    opening = Seg(
        tag="BHT",
        must=True,
        needs=(1, 2, 3, 4),
        allowed={1: codes("0010"), 2: purposes},
        elements=6,
    )
    source = Loop(id="2000A", must=True, parts=(_level("20"), payer, receiver))
    return Guide("005010X212", opening, source)


GUIDE_276, GUIDE_277 = guide_of(answers=False), guide_of(answers=True)
