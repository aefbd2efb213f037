"""How an 837I (005010X223A2) is built: an institutional claim and its lines."""

from shared.x12.claim_loops import guide as g
from shared.x12.guides import ANY, Loop, Seg

_LINE = Loop(
    id="2400",
    must=True,
    most=999,
    parts=(
        Seg(tag="LX", needs=(1,), elements=1),
        Seg(tag="SV2", must=True, needs=(1, 3, 4, 5), elements=10),
        g.PWK,
        g.dates("472"),
        g.ref("6R 9B 9D"),
        g.amt("GT N8"),
        Seg(tag="NTE", needs=(1, 2)),
        g.HCP,
        Loop(
            id="2410",
            most=1,
            parts=(
                Seg(tag="LIN", needs=(2, 3)),
                Seg(tag="CTP", must=True, needs=(4, 5)),
                g.ref("VY XZ"),
            ),
        ),
        g.provider("2420", "72 ZZ 82 DN", most=ANY),
        g.decided(),
    ),
)
_CLAIM = Loop(
    id="2300",
    most=100,
    parts=(
        Seg(tag="CLM", needs=(1, 2, 5, 7, 8, 9), allowed=g.CLM_CODES, elements=20),
        g.dates("096", "434", "435", "050", must=True),
        Seg(tag="CL1", must=True, needs=(3,), elements=3),
        g.PWK,
        Seg(tag="CN1", needs=(1,)),
        g.amt("F3"),
        g.ref("4N 9F G1 F8 9A 9C LX D9 LU EA P4 G4"),
        g.K3,
        Seg(tag="NTE", most=ANY, needs=(1, 2)),
        Seg(tag="CRC", most=ANY, needs=(1, 2, 3), elements=7),
        Seg(tag="HI", must=True, most=ANY, needs=(1,), elements=12),
        g.HCP,
        g.provider("2310", "71 72 ZZ 82 77 DN", most=ANY),
        g.others("D A8 EAF"),
        _LINE,
    ),
)
GUIDE = g.guide_837("005010X223A2", _CLAIM, ("EI",))
