"""What is taken apart or put together loses no set, no claim, no cent and no segment, and every part stands for itself."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.x12 import TransactionSet, kind_of, open_file, read_file
from shared.x12.claim_837i import read_837i
from shared.x12.claim_837p import Batch837, read_837p, rewrite_837p, write_837p
from shared.x12.cutting import join, split_claims, split_sets
from shared.x12.cutting_envelope import NotCut
from shared.x12.hierarchy import CLAIMS, check_levels
from shared.x12.remittance_835 import read_835, write_835
from tests.x12.everything import OFFICE, WRITTEN
from tests.x12.made import (
    BILLING,
    CHILD,
    DAY,
    HEADER,
    SAMPLES,
    VARIETY,
    batch,
    claim,
    claim_paid,
    needs_samples,
    remittance,
    secondary,
)
from tests.x12.strategies import billing, claims_837p, remittances

SETS = sorted({*WRITTEN} - {"TA1"})
CLAIM_SETS = [kind for kind in SETS if kind.startswith("837")]
MIXED = write_837p(
    HEADER,
    [
        batch(claim(clm01="A1"), claim(clm01="A2"), secondary()),
        batch(
            *(claim(clm01=f"C{n}", patient=CHILD, patient_relation="19") for n in range(5)),
            control="0002",
        ),
    ],
)
quickly = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow], database=None
)


def by_set(data: bytes, control: int | None = None) -> list[bytes]:
    return gathered(split_sets(open_file(data), control))


def by_claims(data: bytes, most: int, control: int | None = None) -> list[bytes]:
    return gathered(split_claims(open_file(data), most, control))


def gathered(pieces: Iterable[Any]) -> list[bytes]:
    parts: dict[int, bytes] = {}
    for piece in pieces:
        parts[piece.part] = parts.get(piece.part, b"") + piece.data
    return [parts[n] for n in range(len(parts))]


def joined(parts: list[bytes], control: int | None = None) -> bytes:
    named = ((f"part {n}", open_file(part)) for n, part in enumerate(parts, 1))
    return b"".join(join(named, control))


def sets(data: bytes) -> list[TransactionSet]:
    """Its sets; fails when anything is wrong with the envelope."""
    file = read_file(data)
    assert file.findings == []
    return list(file.sets())


def bodies(data: bytes) -> list[list[str]]:
    return [one.raw for one in read_file(data, strict=False).sets()]


def claims(data: bytes) -> list[Any]:
    """Every claim with everybody above it, wherever it stands."""
    found = []
    for one in read_file(data, strict=False).sets():
        read = read_837i if kind_of(one) == "837I" else read_837p
        for made in read(one)[0]:  # type: ignore[operator]
            facts = msgspec.to_builtins(made)
            del facts["segment"]
            found.append(facts)
    return found


def without_levels(data: bytes) -> Counter[str]:
    return Counter(
        text for raw in bodies(data) for text in raw if not text.startswith(("HL*", "HL|"))
    )


@pytest.mark.parametrize("kind", SETS)
def test_every_set_becomes_a_file_of_its_own_and_comes_together_again(kind: str) -> None:
    data = WRITTEN[kind]
    parts = by_set(data)
    assert [len(sets(part)) for part in parts] == [1] * len(bodies(data))
    assert bodies(joined(parts)) == bodies(data)


@pytest.mark.parametrize("most", [1, 2, 3, 100])
@pytest.mark.parametrize("kind", CLAIM_SETS)
def test_claims_are_dealt_out_and_come_together_again(kind: str, most: int) -> None:
    data = WRITTEN[kind]
    parts = by_claims(data, most)
    for part in parts:
        (one,) = sets(part)
        assert check_levels(one, CLAIMS) == []
        assert 1 <= len(claims(part)) <= most
    assert claims(joined(parts)) == claims(data)
    assert [c for part in parts for c in claims(part)] == claims(data)


@pytest.mark.parametrize("most", [1, 2, 4])
def test_a_claim_keeps_everybody_above_it_in_whatever_part_it_is(most: int) -> None:
    parts = by_claims(MIXED, most)
    assert [len(claims(part)) for part in parts] == {
        1: [1] * 8,
        2: [2, 1, 2, 2, 1],
        4: [3, 4, 1],
    }[most]
    assert claims(joined(parts)) == claims(MIXED)
    assert set(without_levels(joined(parts))) == set(without_levels(MIXED))


def test_what_is_not_cut_is_the_same_to_the_last_segment() -> None:
    assert [raw for part in by_claims(MIXED, 100) for raw in bodies(part)] == bodies(MIXED)


def test_a_level_without_claims_is_kept() -> None:
    alone = b"HL*2*1*22*0~SBR*P*18*******MB~NM1*IL*1*ZZALONE*A****MI*XX777~"
    data = WRITTEN["837P"].replace(b"HL*2*1*22*0~", alone + b"HL*3*1*22*0~", 1)
    data = data.replace(b"SE*", b"SE*9", 1)
    (one, *_) = read_file(data, strict=False).sets()
    data = data.replace(b"SE*9" + str(one.count - 1).encode(), b"SE*%d" % (one.count + 2), 1)
    parts = by_claims(data, 1)
    assert sum(part.count(b"ZZALONE") for part in parts) == 1


def test_the_sets_of_one_check_stay_together() -> None:
    checks = [
        remittance(claim_paid(), control="0001"),
        remittance(claim_paid(), trn02="CHECK2", control="0002"),
        remittance(claim_paid(clp01="B1"), control="0003"),
    ]
    data = write_835(HEADER, checks)
    first, second = by_set(data)
    assert [read_835(one)[0].trn02 for one in sets(first)] == ["CHECK1", "CHECK1"]
    assert [read_835(one)[0].trn02 for one in sets(second)] == ["CHECK2"]
    assert Counter(map(tuple, bodies(joined([first, second])))) == Counter(map(tuple, bodies(data)))


def test_control_numbers_count_up_from_the_files_own_or_from_a_given_one() -> None:
    assert [read_file(part).interchanges[0].control for part in by_set(MIXED)] == [
        "000000017",
        "000000018",
    ]
    (first, second) = (read_file(part).interchanges[0] for part in by_set(MIXED, 500))
    assert (first.control, first.groups[0].control) == ("000000500", "500")
    assert (second.control, second.groups[0].control) == ("000000501", "501")


def test_the_sets_of_a_joined_file_are_numbered_anew() -> None:
    parts = by_claims(MIXED, 2)
    assert [one.control for one in sets(joined(parts, 900))] == [
        *("0001", "0002", "0003", "0004", "0005")
    ]
    assert read_file(joined(parts, 900)).interchanges[0].control == "000000900"


def test_files_with_other_separators_are_joined_in_those_of_the_first() -> None:
    ours = WRITTEN["837P"]
    theirs = ours.replace(b"*", b"|").replace(b"~", b"!\n").replace(b"000000017", b"000000018")
    both = sets(joined([ours, theirs]))
    assert [one.raw for one in both[:2]] == [one.raw for one in both[2:]]


def test_data_that_holds_a_separator_of_the_first_file_is_not_joined() -> None:
    theirs = WRITTEN["835"].replace(b"*", b"|").replace(b"SYNTHETIC PAYER", b"A*B")
    with pytest.raises(NotCut, match="holds a separator"):
        joined([WRITTEN["835"], theirs])


@pytest.mark.parametrize(
    ("changed", "by", "what"),
    [
        (b"SYN", b"SYN", "is in part 1 already"),
        (b"CLEARING       ", b"CLEARING2      ", "another receiver"),
        (b"*0*T*", b"*0*P*", "another usage"),
    ],
)
def test_what_does_not_belong_together_is_not_joined(changed: bytes, by: bytes, what: str) -> None:
    with pytest.raises(NotCut, match=what):
        joined([WRITTEN["835"], WRITTEN["835"].replace(changed, by)])


def test_kinds_are_not_mixed() -> None:
    with pytest.raises(NotCut, match="another kind"):
        joined([WRITTEN["835"], WRITTEN["999"]])
    with pytest.raises(NotCut, match="only claims"):
        by_claims(WRITTEN["835"], 5)


@pytest.mark.parametrize("cut", [by_set, lambda data: by_claims(data, 1), lambda d: joined([d])])
def test_a_wrong_envelope_is_neither_split_nor_joined(cut: Any) -> None:
    with pytest.raises(NotCut, match="SE01"):
        cut(WRITTEN["837P"].replace(b"SE*", b"SE*9", 1))


def test_a_ta1_belongs_to_no_part() -> None:
    with pytest.raises(NotCut, match="TA1"):
        by_set(WRITTEN["835"].replace(b"GS*", b"TA1*000000017*260105*0800*A*000~GS*", 1))


def test_signs_beyond_ascii_stay_what_they_are() -> None:
    data = WRITTEN["835"].replace(b"SYNTHETIC PAYER", "CAFÉ PAYER Ω".encode())
    assert bodies(joined(by_set(data))) == bodies(data)


def test_a_set_that_comes_in_small_pieces_is_cut_alike() -> None:
    stream = open_file(WRITTEN["835"][n : n + 7] for n in range(0, len(WRITTEN["835"]), 7))
    assert gathered(split_sets(stream)) == by_set(WRITTEN["835"])


@quickly
@given(st.lists(remittances, min_size=1, max_size=4))
def test_any_remittances_split_and_joined_are_the_same(made: list[Any]) -> None:
    for n, one in enumerate(made):
        one.control = f"{n + 1:04d}"
    data = write_835(HEADER, made)
    again = joined(by_set(data))
    assert Counter(map(tuple, bodies(again))) == Counter(map(tuple, bodies(data)))
    money = [read_835(one)[0].amount_cents for one in sets(again)]
    assert sorted(money) == sorted(one.amount_cents for one in made)


@quickly
@given(st.lists(claims_837p, min_size=1, max_size=6), billing, st.integers(1, 4))
def test_any_claims_split_and_joined_are_the_same(made: list[Any], who: Any, most: int) -> None:
    data = rewrite_837p(HEADER, [Batch837("0001", "B1", DAY, "0800", *OFFICE, who, made)])
    parts = by_claims(data, most)
    assert max(len(claims(part)) for part in parts) <= most
    assert claims(joined(parts)) == claims(data)
    assert sum(c["total_cents"] for c in claims(joined(parts))) == sum(c.total_cents for c in made)


@pytest.mark.parametrize("name", sorted(VARIETY))
def test_every_variety_of_claim_is_cut_without_loss(name: str) -> None:
    made = [claim(), VARIETY[name], claim()]
    data = write_837p(HEADER, [Batch837("0001", "B1", DAY, "0800", *OFFICE, BILLING, made)])
    assert claims(joined(by_claims(data, 1))) == claims(data)


@needs_samples
def test_every_sample_is_split_and_joined_without_loss() -> None:
    refused = []
    for path in sorted(SAMPLES.rglob("*.*")):
        if not path.is_file() or path.suffix == ".md":
            continue
        data = path.read_bytes()
        try:
            assert bodies(joined(by_set(data))) == bodies(data)
            if path.suffix in (".837", ".837i"):
                parts = by_claims(data, 1)
                assert claims(joined(parts)) == claims(data)
                assert set(without_levels(joined(parts))) == set(without_levels(data))
        except NotCut:
            refused.append(path.stem)
    assert refused == ["subscriber-health-benefit-check-error"]
