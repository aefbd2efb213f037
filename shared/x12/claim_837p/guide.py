"""How an 837P (005010X222A1) is built: a professional claim and its lines."""

from shared.x12.claim_loops import guide as g
from shared.x12.guides import ANY, Loop, Seg, codes

_LINE = Loop(
    id="2400",
    must=True,
    most=50,
    parts=(
        Seg(tag="LX", needs=(1,), elements=1),
        Seg(tag="SV1", must=True, needs=(1, 2, 3, 4), elements=21),
        Seg(tag="SV5", needs=(1, 2, 3)),
        g.PWK,
        Seg(tag="CR1", needs=(4, 5, 6), elements=10),
        Seg(tag="CR3", needs=(1, 2, 3)),
        Seg(tag="CRC", most=ANY, needs=(1, 2, 3), elements=7),
        g.dates("472", "471", "607", "463", "461", "304", "738", "739", "011", "455", "454"),
        Seg(tag="QTY", most=2, needs=(1, 2)),
        Seg(tag="MEA", most=5, needs=(1, 2, 3)),
        Seg(tag="CN1", needs=(1,)),
        g.ref("9B 9D G1 6R EW X4 F4 BT 9F"),
        g.amt("T F4"),
        g.K3,
        Seg(tag="NTE", most=2, needs=(1, 2)),
        Seg(tag="PS1", needs=(1, 2)),
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
        g.provider("2420", "82 QB 77 DQ DK DN P3 PW 45", most=ANY),
        g.decided(),
        Loop(
            id="2440",
            parts=(Seg(tag="LQ", needs=(1, 2)), Seg(tag="FRM", most=99, needs=(1,))),
        ),
    ),
)
_CLAIM = Loop(
    id="2300",
    most=100,
    parts=(
        Seg(
            tag="CLM",
            needs=(1, 2, 5, 6, 7, 8, 9),
            allowed={6: codes("N Y"), **g.CLM_CODES},
            elements=20,
        ),
        g.dates(
            *(
                [
                    "431",
                    "454",
                    "304",
                    "453",
                    "439",
                    "484",
                    "455",
                    "471",
                    "314",
                    "360",
                    "361",
                    "297",
                    "296",
                    "435",
                    "096",
                    "090",
                    "091",
                    "444",
                    "050",
                ]
            )
        ),
        g.PWK,
        Seg(tag="CN1", needs=(1,)),
        g.amt("F5"),
        g.ref("4N F5 EW 9F G1 F8 X4 9A 9C LX D9 EA P4 1J"),
        g.K3,
        Seg(tag="NTE", needs=(1, 2)),
        Seg(tag="CR1", needs=(4, 5, 6), elements=10),
        Seg(tag="CR2", elements=12),
        Seg(tag="CRC", most=ANY, needs=(1, 2, 3), elements=7),
        Seg(tag="HI", must=True, most=ANY, needs=(1,), elements=12),
        g.HCP,
        g.provider("2310", "DN P3 82 77 DQ PW 45", most=ANY),
        g.others("D A8 EAF"),
        _LINE,
    ),
)
GUIDE = g.guide_837("005010X222A1", _CLAIM, ("EI", "SY"))
