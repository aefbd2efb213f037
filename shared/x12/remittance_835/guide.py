"""How an 835 (005010X221A1) is built: header, payer and payee, claims under LX, lines, provider adjustments."""

from shared.x12.guides import ANY, Guide, Loop, Seg, codes

_ID = ((8, 9),)
_PAYERS_IDS = codes("0B 1A 1B 1C 1D 1G 1H 1J D3 G2 HPI LU SY TJ")


def _name(kinds: str, *, must: bool = False) -> Seg:
    return Seg(tag="NM1", only=codes(kinds), must=must, needs=(1, 2), both=_ID, elements=12)


_CAS = Seg(tag="CAS", most=99, needs=(1, 2, 3), elements=19)
_PAYER = Loop(
    id="1000A",
    must=True,
    most=1,
    parts=(
        Seg(tag="N1", only=codes("PR"), needs=(1, 2), both=((3, 4),), elements=4),
        Seg(tag="N3", must=True, needs=(1,), elements=2),
        Seg(tag="N4", must=True, needs=(1,), elements=7),
        Seg(tag="REF", only=codes("2U EO HI NF"), most=4, needs=(1, 2)),
        Seg(tag="PER", only=codes("CX"), needs=(1,), both=((3, 4), (5, 6), (7, 8))),
        Seg(tag="PER", only=codes("BL"), usual=True, most=ANY, needs=(1,), both=((3, 4), (5, 6))),
        Seg(tag="PER", only=codes("IC"), needs=(1, 3, 4)),
    ),
)
_PAYEE = Loop(
    id="1000B",
    must=True,
    most=1,
    parts=(
        Seg(
            tag="N1",
            only=codes("PE"),
            needs=(1, 2, 3, 4),
            allowed={3: codes("FI XV XX")},
            elements=4,
        ),
        Seg(tag="N3", needs=(1,), elements=2),
        Seg(tag="N4", needs=(1,), elements=7),
        Seg(tag="REF", only=codes("0B D3 PQ TJ"), most=ANY, needs=(1, 2)),
        Seg(tag="RDM", needs=(1,)),
    ),
)
_LINE = Loop(
    id="2110",
    most=999,
    parts=(
        Seg(tag="SVC", needs=(1, 2, 3), elements=7),
        Seg(tag="DTM", only=codes("150 151 472"), most=2, needs=(1, 2)),
        _CAS,
        Seg(tag="REF", only=codes("1S APC BB E9 G1 G3 RB"), most=8, needs=(1, 2)),
        Seg(tag="REF", only=codes("6R"), needs=(1, 2)),
        Seg(tag="REF", only=_PAYERS_IDS, most=18, needs=(1, 2)),
        Seg(tag="REF", only=codes("0K"), most=5, needs=(1, 2)),
        Seg(tag="AMT", only=codes("B6 KH T T2 ZK ZL ZM ZN ZO"), most=9, needs=(1, 2)),
        Seg(tag="QTY", only=codes("ZK ZL ZM ZN ZO"), most=6, needs=(1, 2)),
        Seg(tag="LQ", most=99, needs=(1, 2), allowed={1: codes("HE RX")}),
    ),
)
_CLAIM = Loop(
    id="2100",
    must=True,
    parts=(
        Seg(
            tag="CLP",
            needs=(1, 2, 3, 4, 6, 7),
            allowed={2: codes("1 2 3 4 19 20 21 22 23 25")},
            elements=14,
        ),
        _CAS,
        _name("QC", must=True),
        _name("IL"),
        _name("74"),
        _name("82"),
        _name("TT"),
        _name("PR"),
        _name("GB"),
        Seg(tag="MIA", needs=(1,), elements=24),
        Seg(tag="MOA", elements=9),
        Seg(
            tag="REF",
            only=codes("1L 1W 28 6P 9A 9C BB CE EA F8 G1 G3 IG SY"),
            most=5,
            needs=(1, 2),
        ),
        Seg(tag="REF", only=_PAYERS_IDS - {"SY"}, most=10, needs=(1, 2)),
        Seg(tag="DTM", only=codes("232 233"), most=2, needs=(1, 2)),
        Seg(tag="DTM", only=codes("036"), needs=(1, 2)),
        Seg(tag="DTM", only=codes("050"), needs=(1, 2)),
        Seg(tag="PER", only=codes("CX"), most=2, needs=(1,), both=((3, 4), (5, 6), (7, 8))),
        Seg(
            tag="AMT",
            only=codes("AU D8 DY F5 I NL T T2 ZK ZL ZM ZN ZO"),
            most=13,
            needs=(1, 2),
        ),
        Seg(
            tag="QTY",
            only=codes("CA CD LA LE NE NR OU PS VS ZK ZL ZM ZN ZO"),
            most=14,
            needs=(1, 2),
        ),
        _LINE,
    ),
)
GUIDE = Guide(
    "005010X221A1",
    Seg(
        tag="BPR",
        must=True,
        needs=(1, 2, 3, 4),
        allowed={
            1: codes("C D H I P U X"),
            3: codes("C D"),
            4: codes("ACH BOP CHK FWT NON"),
            5: codes("CCP CTX"),
        },
        elements=16,
    ),
    Seg(tag="TRN", must=True, needs=(1, 2, 3), allowed={1: codes("1")}, elements=4),
    Seg(tag="CUR", needs=(1, 2)),
    Seg(tag="REF", only=codes("EV"), needs=(1, 2)),
    Seg(tag="REF", only=codes("F2"), needs=(1, 2)),
    Seg(tag="DTM", only=codes("405"), needs=(1, 2)),
    _PAYER,
    _PAYEE,
    Loop(
        id="2000",
        implied=True,
        parts=(
            Seg(tag="LX", needs=(1,), elements=1),
            Seg(tag="TS3", needs=(1, 2, 3, 4, 5), elements=24),
            Seg(tag="TS2", elements=19),
            _CLAIM,
        ),
    ),
    Seg(
        tag="PLB",
        most=ANY,
        needs=(1, 2, 3, 4),
        both=((5, 6), (7, 8), (9, 10), (11, 12), (13, 14)),
        elements=14,
    ),
)
