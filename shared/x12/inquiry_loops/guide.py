"""Segments that the guides of eligibility and of reviews have alike: levels, names, addresses, refusals."""

from shared.x12.guides import ANY, Loop, Seg, codes

N3 = Seg(tag="N3", needs=(1,), elements=2)
N4 = Seg(tag="N4", needs=(1,), elements=7)
DMG = Seg(tag="DMG", both=((1, 2),), elements=3)
AAA = Seg(tag="AAA", most=9, needs=(1, 3), allowed={1: codes("N Y")}, elements=4)
INS = Seg(tag="INS", needs=(1, 2), allowed={1: codes("N Y")}, elements=17)
MSG = Seg(tag="MSG", most=10, needs=(1,), elements=3)
III = Seg(tag="III", most=10, both=((1, 2),), elements=9)
PRV = Seg(tag="PRV", needs=(1,), both=((2, 3),), elements=3)


def level(code: str) -> Seg:
    """An HL of this code."""
    return Seg(tag="HL", only=codes(code), at=3, needs=(1, 3), elements=4)


def per(most: int) -> Seg:
    """Contacts of somebody."""
    pairs = ((3, 4), (5, 6), (7, 8))
    return Seg(tag="PER", most=most, needs=(1,), both=pairs, elements=8)


def refs(most: int = ANY) -> Seg:
    """Numbers of any kind."""
    return Seg(tag="REF", most=most, needs=(1, 2), elements=4)


def dates(most: int = ANY) -> Seg:
    """Days of any kind."""
    return Seg(tag="DTP", most=most, needs=(1, 2, 3), elements=3)


def traces(most: int, kinds: str) -> Seg:
    """Numbers by which a question is known."""
    return Seg(tag="TRN", most=most, needs=(1, 2), allowed={1: codes(kinds)}, elements=4)


def name(
    loop: str, kinds: str, *parts: Seg | Loop, must: bool = False, most: int | None = 1
) -> Loop:
    """A loop that starts with somebody's name; of any kind where none is named."""
    only = codes(kinds) if kinds else None
    first = Seg(tag="NM1", only=only, needs=(1, 2), both=((8, 9),), elements=12)
    return Loop(id=loop, must=must, most=ANY if most is None else most, parts=(first, *parts))
