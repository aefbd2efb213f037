"""How a 999 (005010X231A1) is built: one answer to a group, and in it one to each of its sets."""

from shared.x12.guides import ANY, Guide, Loop, Seg, codes

_CONTEXT = Seg(tag="CTX", most=10, needs=(1,), elements=6)
_ELEMENT = Loop(
    id="2110",
    parts=(
        Seg(
            tag="IK4",
            needs=(1, 3),
            allowed={3: codes("1 2 3 4 5 6 7 8 9 10 12 13 I6 I9 I10 I11 I12 I13")},
            elements=4,
        ),
        _CONTEXT,
    ),
)
_SEGMENT = Loop(
    id="2100",
    parts=(
        Seg(
            tag="IK3",
            needs=(1, 2, 4),
            allowed={4: codes("1 2 3 4 5 6 7 8 I4 I6 I7 I8 I9")},
            elements=4,
        ),
        _CONTEXT,
        _ELEMENT,
    ),
)
GUIDE = Guide(
    "005010X231A1",
    Seg(tag="AK1", must=True, needs=(1, 2), elements=3),
    Loop(
        id="2000",
        most=ANY,
        parts=(
            Seg(tag="AK2", needs=(1, 2), elements=3),
            _SEGMENT,
            Seg(
                tag="IK5",
                must=True,
                needs=(1,),
                allowed={1: codes("A E M R W X")},
                elements=6,
            ),
        ),
    ),
    Seg(
        tag="AK9",
        must=True,
        needs=(1, 2, 3, 4),
        allowed={1: codes("A E M P R W X")},
        elements=9,
    ),
)
