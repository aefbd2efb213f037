"""How a 277CA (005010X214) is built: source, receiver, providers and the claims of each, every level with its status."""

from shared.x12.guides import ANY, Guide, Loop, Seg, codes


def _level(code: str) -> Seg:
    return Seg(tag="HL", only=codes(code), at=3, needs=(1, 3), elements=4)


def _name(loop: str, kinds: str) -> Loop:
    seg = Seg(tag="NM1", only=codes(kinds), needs=(1, 2), both=((8, 9),), elements=12)
    return Loop(id=loop, must=True, most=1, parts=(seg,))


def _trace(code: str) -> Seg:
    return Seg(tag="TRN", needs=(1, 2), allowed={1: codes(code)}, elements=4)


def _status(*, must: bool) -> Seg:
    return Seg(tag="STC", must=must, most=ANY, needs=(1,), elements=12)


def _totals(kinds: str) -> tuple[Seg, Seg]:
    return (
        Seg(tag="QTY", only=codes(kinds), most=2, needs=(1, 2)),
        Seg(tag="AMT", only=codes("YU YY"), most=2, needs=(1, 2)),
    )


def _day(code: str, *, must: bool = True) -> Seg:
    return Seg(tag="DTP", only=codes(code), must=must, needs=(1, 2, 3), elements=3)


_LINE = Loop(
    id="2220D",
    parts=(
        Seg(tag="SVC", needs=(1, 2), elements=7),
        _status(must=True),
        Seg(tag="REF", only=codes("FJ"), needs=(1, 2)),
        Seg(tag="REF", only=codes("XZ"), needs=(1, 2)),
        _day("472", must=False),
    ),
)
_CLAIM = Loop(
    id="2200D",
    must=True,
    parts=(
        _trace("2"),
        _status(must=True),
        Seg(tag="REF", only=codes("1K"), needs=(1, 2)),
        Seg(tag="REF", only=codes("D9"), needs=(1, 2)),
        Seg(tag="REF", only=codes("BLT"), needs=(1, 2)),
        _day("472", must=False),
        _LINE,
    ),
)
_PATIENT = Loop(
    id="2000D",
    parts=(_level("PT"), _name("2100D", "QC"), _CLAIM),
)
_PROVIDER = Loop(
    id="2000C",
    parts=(
        _level("19"),
        _name("2100C", "85"),
        Loop(
            id="2200C",
            most=1,
            parts=(
                _trace("1 2"),
                _status(must=False),
                Seg(tag="REF", only=codes("0B 1G G2 LU SY TJ"), most=3, needs=(1, 2)),
                *_totals("QA QC"),
            ),
        ),
        _PATIENT,
    ),
)
_RECEIVER = Loop(
    id="2000B",
    must=True,
    most=1,
    parts=(
        _level("21"),
        _name("2100B", "41"),
        Loop(
            id="2200B",
            must=True,
            most=1,
            parts=(_trace("2"), _status(must=True), *_totals("90 AA")),
        ),
        _PROVIDER,
    ),
)
_SOURCE = Loop(
    id="2000A",
    must=True,
    most=1,
    parts=(
        _level("20"),
        _name("2100A", "AY PR"),
        Loop(
            id="2200A",
            must=True,
            most=1,
            parts=(_trace("1"), _day("050"), _day("009")),
        ),
        _RECEIVER,
    ),
)
GUIDE = Guide(
    "005010X214",
    Seg(
        tag="BHT",
        must=True,
        needs=(1, 2, 3, 4),
        allowed={1: codes("0085"), 2: codes("08"), 6: codes("TH")},
        elements=6,
    ),
    _SOURCE,
)
