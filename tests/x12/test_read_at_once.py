"""What is read at once, where a claim looks as usual, is what reading it segment by segment gives: model and findings."""

import random
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared.x12 import TransactionSet, Unreadable, kind_of, open_file, read_file
from shared.x12.claim_837i import Batch837I, write_837i
from shared.x12.claim_837i import check as institutional
from shared.x12.claim_837i.read import Reading837I
from shared.x12.claim_837p import Batch837, Reading837P, write_837p
from shared.x12.claim_837p import check as professional
from shared.x12.claim_loops.check import Wrong
from shared.x12.claim_loops.judging import judged
from shared.x12.findings import Finding
from shared.x12.runs import Remembered, pattern
from shared.x12.segments import Delimiters
from tests.x12 import varied, varied_stays
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, SAMPLES, VARIETY, batch, claim, secondary, service
from tests.x12.mutations import mutated
from tests.x12.test_judged import batch_of


class OneByOneP(Reading837P):
    """Reads every segment by itself."""

    def runs(self) -> dict[str, Any]:
        return {}


class OneByOneI(Reading837I):
    """Reads every segment by itself."""

    def runs(self) -> dict[str, Any]:
        return {}


CHECKS: dict[str, Any] = {"837P": professional, "837I": institutional}
RULES: dict[str, Any] = {"837P": professional.rules_837p, "837I": institutional.rules_837i}
EVERY_RULE: dict[str, Any] = {kind: check.every_rule for kind, check in CHECKS.items()}
AT_ONCE: dict[str, Any] = {"837P": Reading837P, "837I": Reading837I}
ONE_BY_ONE: dict[str, Any] = {"837P": OneByOneP, "837I": OneByOneI}
FILES = [
    WRITTEN["837P"],
    WRITTEN["837I"],
    write_837p(HEADER, [batch(*VARIETY.values())]),
    write_837p(HEADER, [batch(claim(service(1), service(2)), secondary(), claim())]),
    write_837p(HEADER, [batch_of(Batch837, varied.professional, range(60))]),
    write_837i(HEADER, [batch_of(Batch837I, varied_stays.institutional, range(40))]),
    *(path.read_bytes() for path in sorted(SAMPLES.rglob("*837*")) if path.is_file()),
    *(path.read_bytes() for path in sorted(SAMPLES.rglob("*.837")) if path.is_file()),
]
USUAL = write_837p(
    HEADER,
    [batch(claim(service(1), service(2), rendering_last="ZZDOC", rendering_npi="1999999992"))],
)
ODD = (
    "",
    "ZQ7Y",
    "73519",
    "20290317",
    "HC:1:2",
    "1:B:1",
    "-5",
    "1.5",
    "0",
    "12345678901",
    "RD8",
    "*",
    "~",
    "~LX",
)
STAY = WRITTEN["837I"]


def claim_sets(data: bytes) -> Iterator[TransactionSet]:
    try:
        yield from (o for o in read_file(data, strict=False).sets() if kind_of(o) in AT_ONCE)
    except Unreadable:
        return


def told(reading: Any, rules: Callable[..., Iterator[Finding]]) -> list[Any]:
    """Everything that comes of a set, and where the set was held from at every claim."""
    came: list[Any] = []
    for thing in judged(reading, rules):
        came.append((thing, reading.set.pinned))
    return [*came, reading.batch, reading.taker.findings]


def same(data: bytes) -> int:
    """How many sets were read, all of them alike."""
    count = 0
    for one, other in zip(claim_sets(data), claim_sets(data), strict=True):
        kind = kind_of(one)
        at_once = told(AT_ONCE[kind](one), RULES[kind])
        assert at_once == told(ONE_BY_ONE[kind](other), EVERY_RULE[kind])
        count += 1
    return count


def streamed(data: bytes, readings: dict[str, Any], size: int) -> list[Any]:
    came: list[Any] = []
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    for one in open_file(chunks):
        if kind_of(one) in readings:
            came += told(readings[kind_of(one)](one), EVERY_RULE[kind_of(one)])
    return came


@pytest.mark.parametrize("number", range(len(FILES)))
def test_every_file_is_read_alike(number: int) -> None:
    data = FILES[number]
    same(data)
    for size in (97, 9_000):
        assert streamed(data, AT_ONCE, size) == streamed(data, ONE_BY_ONE, size)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_done_to_a_file_it_is_read_alike(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        same(mutated(chance.choice([*FILES, USUAL, STAY]), chance))


def changed(data: bytes) -> Iterator[bytes]:
    """Every element as it should not be, and every segment shorter, longer, twice and left out."""
    segments = data.decode().split("~")
    for number, text in enumerate(segments):
        elements = text.split("*")
        if elements[0] in ("ISA", "GS", "ST", "SE", "GE", "IEA", ""):
            continue
        for position in range(1, len(elements)):
            others: list[list[str]] = [
                elements[:position],
                [*elements[:position], "", *elements[position:]],
            ]
            others += [[*elements[:position], odd, *elements[position + 1 :]] for odd in ODD]
            for other in others:
                yield "~".join(
                    (*segments[:number], "*".join(other), *segments[number + 1 :])
                ).encode()
        for those in ([], [text, text], [text + "*"], [text + "*X"], [text + ":"], [text + ":X"]):
            yield "~".join((*segments[:number], *those, *segments[number + 1 :])).encode()


@pytest.mark.parametrize("data", [USUAL, STAY], ids=["837P", "837I"])
def test_whatever_stands_in_a_usual_claim_it_is_read_alike(data: bytes) -> None:
    assert sum(same(one) for one in changed(data)) > 1_000


@pytest.mark.parametrize("marks", [b"|>\n", b"*:'", b"\x1d\x1f\x1e", b"+.$"])
def test_separators_make_no_difference(marks: bytes) -> None:
    for data in (USUAL, STAY):
        other = data.translate(bytes.maketrans(b"*:~", marks))
        assert same(other) == 1


@pytest.mark.parametrize("data", [USUAL, STAY], ids=["837P", "837I"])
def test_a_usual_claim_is_read_at_once(data: bytes) -> None:
    (one,) = claim_sets(data)
    reading = AT_ONCE[kind_of(one)](one)
    met = []
    for tag in ("clm", "lx", "sv1", "sv2"):
        if hasattr(reading, tag):
            setattr(reading, tag, lambda place, s: met.append(s[0]))
    assert len(list(reading.claims())) == 1
    assert met == []


NEW = (
    "HL*{0}*1*22*0~SBR*P*18*G{0}******MB~NM1*IL*1*ZZ{0}*Q****MI*X{0}~N4*ZZ{0}*NY*{0}~NM1*PR*2*P{0}*****PI*{0}~"
    "CLM*C{0}*{0}***{0}:B:1*Y*A*Y*Y~HI*ABK:{0}~LX*1~SV1*HC:{0}*{0}*UN*{0}***1~DTP*472*D8*20260105~"
)


def set_of(loops: list[str]) -> bytes:
    text = USUAL.decode()
    return "".join((text[: text.index("HL*2*")], *loops, text[text.index("SE*") :])).encode()


def test_a_set_in_which_nothing_comes_again_is_soon_read_segment_by_segment() -> None:
    data = set_of([NEW.format(number) for number in range(1_000, 1_300)])
    assert same(data) == 1
    (one,) = claim_sets(data)
    reading = Reading837P(one)
    assert len(list(reading.claims())) == 300
    assert sum(memory.missed for memory in reading.memories) < 1_000


def test_a_set_of_which_every_run_is_refused_is_soon_read_segment_by_segment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = NEW.format(1_000).replace("******MB", "**X****MB").replace("HI*ABK", "HI*BP")
    refused = refused.replace("UN*1000*", "UN*1.5*")
    data = set_of([refused] * 300)
    assert same(data) == 1
    (one,) = claim_sets(data)
    reading = Reading837P(one)
    asked: list[int] = []
    monkeypatch.setattr(reading, "usual_lines", lambda place, found: asked.append(place))
    assert len(list(reading.claims())) == 300
    assert 90 < len(asked) < 110


def test_a_claim_that_is_called_sound_breaks_no_rule() -> None:
    sound = 0
    for data in (*FILES, *changed(USUAL), *changed(STAY)):
        for one in claim_sets(data):
            rules = CHECKS[kind_of(one)]
            for c in AT_ONCE[kind_of(one)](one).claims():
                if rules.is_sound(c):
                    sound += 1
                    assert list(rules.every_rule(c, Wrong(one, c, c.clm01))) == []
    assert sound > 1_000


def test_a_shape_is_written_as_a_segment_is_printed() -> None:
    find = pattern("AA*_*B ?BB*_*C*__", Delimiters("*", ":", "~", "^"))
    found = find("xAA*1*B~BB*2*C*3*4~", 1)
    assert found is not None and found.groups() == ("1", "2", "3*4")
    found = find("AA*1*B~BB*2*D*3*4~", 0)
    assert found is not None and found.groups() == ("1", None, None)
    assert find("AA*1*C~", 0) is None


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Remembered, "MOST", 3)
    asked: list[str] = []
    lengths = Remembered(lambda text: asked.append(text) or len(text))
    assert [lengths[text] for text in ("a", "a", "bb", "ccc", "dddd")] == [1, 1, 2, 3, 4]
    assert asked == ["a", "bb", "ccc", "dddd"] and len(lengths) == 1
    assert lengths["e" * 201] == 201 and len(lengths) == 1


@pytest.mark.parametrize("data", [USUAL, STAY], ids=["837P", "837I"])
def test_a_set_that_was_read_is_not_held_until_the_collector_comes(data: bytes) -> None:
    (one,) = claim_sets(data)
    reading = AT_ONCE[kind_of(one)](one)
    assert list(reading.claims())
    gone = weakref.ref(reading)
    del reading
    assert gone() is None


@pytest.mark.parametrize("reader", [Reading837P, OneByOneP])
@pytest.mark.parametrize("address", ["N3*LOST STREET~", "N4*LOSTTOWN*NY*10001~"])
@pytest.mark.parametrize("behind", ["NM1*82", "LX*1", "SV1", "N4"])
def test_an_address_of_nobody_and_a_second_one_are_kept_as_they_came(
    reader: Any, address: str, behind: str
) -> None:
    text = USUAL.decode()
    at = text.index("~", text.index(f"~{behind}", text.index("*22*")) + 1) + 1
    (plain,) = claim_sets(USUAL)
    (before,) = reader(plain).claims()
    (one,) = claim_sets((text[:at] + address + text[at:]).encode())
    reading = reader(one)
    (claim,) = reading.claims()
    unknown = [
        *reading.batch.unknown,
        *claim.unknown,
        *(s for line in claim.lines for s in line.unknown),
    ]
    assert unknown == [address[:-1].split("*")]
    assert claim.subscriber.party == before.subscriber.party
