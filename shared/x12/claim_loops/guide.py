"""How both kinds of 837 are built: header, billing provider, subscriber, patient; claims and lines are each set's own."""

from collections.abc import Sequence
from dataclasses import replace

from shared.x12.guides import ANY, Guide, Loop, Seg, codes

_ID = ((8, 9),)
_NUMBERS_OF = {"41": "46", "40": "46", "PE": "PI XV", "IL": "II MI", "PR": "PI XV"}
"""Which lists NM109 is from (NM108), by NM101; of providers it is the NPI."""
_RELATIONS = codes("01 19 20 21 39 40 53 G8")
_TURNS = codes("A B C D E F G H P S T U")
_FILED = codes("11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ")
"""Whose turn a payer has (SBR01), and what sort of payer it is (SBR09)."""
DMG = Seg(tag="DMG", needs=(1, 2, 3), allowed={1: codes("D8"), 3: codes("F M U")})
CLM_CODES = {
    **{7: codes("A B C"), 8: codes("N W Y"), 9: codes("I Y"), 10: codes("P")},
    20: codes("1 2 3 4 5 6 7 8 9 10 11 15"),
}
"""Assignment, benefits assigned, release of what is known of somebody and who signed it, why a claim is late."""
N3 = Seg(tag="N3", needs=(1,), elements=2)
N4 = Seg(tag="N4", needs=(1,), elements=7)
ADDRESS = (replace(N3, must=True), replace(N4, must=True))
PER = Seg(tag="PER", most=2, needs=(1, 3, 4), both=((3, 4), (5, 6), (7, 8)), elements=8)
CAS = Seg(tag="CAS", most=5, needs=(1, 2, 3), allowed={1: codes("CO CR OA PI PR")}, elements=19)
HI = Seg(tag="HI", most=ANY, needs=(1,), elements=12)
K3 = Seg(tag="K3", most=10, needs=(1,))
HCP = Seg(tag="HCP", needs=(1,), elements=15)
PWK = Seg(tag="PWK", most=10, needs=(1, 2), both=((5, 6),), elements=6)


def dates(*kinds: str, must: bool = False) -> Seg:
    """DTPs of these kinds, each as often as one likes."""
    return Seg(tag="DTP", only=codes(" ".join(kinds)), must=must, most=ANY, needs=(1, 2, 3))


def ref(kinds: str, most: int = ANY, *, must: bool = False) -> Seg:
    """REFs of these kinds."""
    return Seg(tag="REF", only=codes(kinds), must=must, most=most, needs=(1, 2))


def amt(kinds: str) -> Seg:
    """AMTs of these kinds."""
    return Seg(tag="AMT", only=codes(kinds), most=ANY, needs=(1, 2))


def name(loop: str, kinds: str, *parts: Seg, must: bool = False, most: int = 1) -> Loop:
    """A loop that starts with somebody's name."""
    ids = codes(" ".join(_NUMBERS_OF.get(kind, "XX") for kind in kinds.split()))
    allowed = {2: codes("1 2"), 8: ids}
    first = Seg(tag="NM1", only=codes(kinds), needs=(1, 2), both=_ID, allowed=allowed, elements=12)
    return Loop(id=loop, must=must, most=most, parts=(first, *parts))


def provider(loop: str, kinds: str, most: int = 1) -> Loop:
    """Somebody who took part, or a place."""
    prv = Seg(tag="PRV", needs=(1, 2, 3))
    return name(loop, kinds, prv, N3, N4, ref("0B 1G G2 LU EI SY"), PER, most=most)


def others(patient_amounts: str) -> Loop:
    """Loop 2320 with those below it: another coverage."""
    allowed = {1: _TURNS, 2: _RELATIONS | {"18"}, 9: _FILED}
    sbr = Seg(tag="SBR", needs=(1,), allowed=allowed, elements=9)
    parts: tuple[Seg | Loop, ...] = (
        sbr,
        CAS,
        amt(patient_amounts),
        Seg(tag="DMG", needs=(1, 2)),
        Seg(
            tag="OI",
            must=True,
            needs=(3, 6),
            allowed={3: CLM_CODES[8], 4: CLM_CODES[10], 6: CLM_CODES[9]},
            elements=6,
        ),
        Seg(tag="MIA", needs=(1,), elements=24),
        Seg(tag="MOA", elements=9),
        name("2330A", "IL", N3, N4, ref("SY"), must=True),
        name(
            "2330B",
            "PR",
            N3,
            N4,
            dates("573"),
            ref("2U EI FY NF G1 9F T4 F8"),
            must=True,
        ),
        name("2330C", "DN P3 71 72 ZZ 82 77 DQ 85", ref("0B 1G G2 LU EI SY"), most=ANY),
    )
    return Loop(id="2320", most=10, parts=parts)


def decided() -> Loop:
    """Loop 2430: what an earlier payer did with a line."""
    svd = Seg(tag="SVD", needs=(1, 2, 5), elements=6)
    parts = (svd, CAS, dates("573"), amt("EAF"))
    return Loop(id="2430", most=15, parts=parts)


def guide_837(version: str, claim: Loop, billing_kinds: Sequence[str]) -> Guide:
    """The whole set around a kind of claim."""
    subscriber = Loop(
        id="2000B",
        must=True,
        parts=(
            _level("22"),
            Seg(
                tag="SBR",
                must=True,
                needs=(1,),
                allowed={1: _TURNS, 2: codes("18"), 9: _FILED},
                elements=9,
            ),
            Seg(tag="PAT", elements=9),
            name(
                "2010BA",
                "IL",
                N3,
                N4,
                DMG,
                ref("SY Y4 1W"),
                PER,
                must=True,
            ),
            name("2010BB", "PR", N3, N4, ref("2U EI FY NF G2 LU"), must=True),
            claim,
            _patient(claim),
        ),
    )
    billing = Loop(
        id="2000A",
        must=True,
        parts=(
            _level("20"),
            Seg(tag="PRV", needs=(1, 2, 3), allowed={1: codes("BI"), 2: codes("PXC")}),
            Seg(tag="CUR", needs=(1, 2)),
            name(
                "2010AA",
                "85",
                Seg(tag="N3", must=True, needs=(1,), elements=2),
                Seg(tag="N4", must=True, needs=(1,), elements=7),
                ref(" ".join([*billing_kinds, "0B", "1G", "G2", "LU"]), must=True),
                PER,
                must=True,
            ),
            name("2010AB", "87", *ADDRESS),
            name("2010AC", "PE", N3, N4, ref("2U EI FY NF")),
            subscriber,
        ),
    )
    return Guide(
        version,
        Seg(
            tag="BHT",
            must=True,
            needs=(1, 2, 3, 4, 5, 6),
            allowed={1: codes("0019"), 2: codes("00 18"), 6: codes("31 CH RP")},
            elements=6,
        ),
        name("1000A", "41", Seg(tag="PER", must=True, most=2, needs=(1, 3, 4)), must=True),
        name("1000B", "40", must=True),
        billing,
    )


def _level(code: str) -> Seg:
    return Seg(tag="HL", only=codes(code), at=3, needs=(1, 3), elements=4)


def _patient(claim: Loop) -> Loop:
    return Loop(
        id="2000C",
        parts=(
            _level("23"),
            Seg(tag="PAT", must=True, needs=(1,), allowed={1: _RELATIONS}, elements=9),
            name(
                "2010CA",
                "QC",
                *ADDRESS,
                replace(DMG, must=True),
                ref("Y4 1W SY"),
                PER,
                must=True,
            ),
            claim,
        ),
    )
