"""A 270, a 271 and a 278 are held against how their guides build them."""

import pytest

from shared.x12 import read_file
from shared.x12.services_278 import Decision, Review, write_278
from shared.x12.sets import ROOMS
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, SAMPLES, needs_samples
from tests.x12.test_278 import ABOVE, ASKS, HEAD, STAY, request

KINDS = ("270", "271", "278")


def faults(kind: str, data: bytes) -> set[tuple[str, str, str]]:
    """Loop, element and severity of what is wrong with how the sets are built."""
    return {
        (f.loop, f.element, f.severity)
        for one in read_file(data, strict=False).sets()
        for f in ROOMS[kind].judged(one)[1]
        if f.rule.startswith("structure.")
    }


def response() -> Review:
    made = request(decision=Decision("A1", "AUTH1"))
    made.purpose = "11"
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_write_is_built_as_its_guide_wants(kind: str) -> None:
    assert faults(kind, WRITTEN[kind]) == set()


def test_a_response_may_decide_and_a_request_may_not() -> None:
    data = write_278(HEADER, [response()])
    assert faults("278", data) == set()
    asks = data.replace(b"BHT*0007*11", b"BHT*0007*13", 1)
    assert faults("278", asks) == {("2000E", "HCR", "error")}


@needs_samples
@pytest.mark.parametrize("kind", ["270", "271"])
def test_a_public_sample_is_built_as_its_guide_wants(kind: str) -> None:
    paths = sorted((SAMPLES / f"resources/{kind}_005010X279A1").iterdir())
    assert len(paths) >= 2
    for path in paths:
        assert faults(kind, path.read_bytes()) == set(), path.name


def test_a_stay_that_is_asked_for_is_built_as_its_guide_wants() -> None:
    body = ASKS + ABOVE + STAY
    tail = f"SE*{body.count('~') + 2}*0001~GE*1*1~IEA*1*000000001~"
    assert faults("278", f"{HEAD}{body}{tail}".encode()) == set()


BROKEN = {
    "a provider of a kind that asks nobody": ("270", b"NM1*1P*", b"NM1*ZZ*", ("2100B", "NM1")),
    "a payer that is not named": ("270", b"NM1*PR*2*SYNTHETIC PAYER*****PI*SYN01~", b"", ("2100A", "NM1")),
    "a trace behind the name": ("270", b"DMG*", b"TRN*1*T2~DMG*", ("2100C", "TRN")),
    "an answer in a question": ("270", b"EQ*30~", b"EQ*30~EB*1~", ("2110C", "EB")),
    "a purpose of an answer": ("270", b"BHT*0022*13", b"BHT*0022*11", ("header", "BHT02")),
    "a benefit that says nothing": ("271", b"EB*1*IND*30", b"EB**IND*30", ("2110C", "EB01")),
    "somebody named without LS": ("271", b"EB*C*", b"NM1*P3*1*ZZ~LE*2120~EB*C*", ("2120C", "LS")),
    "LS without LE": ("271", b"EB*C*", b"LS*2120~NM1*P3*1*ZZ~EB*C*", ("2120C", "LE")),
    "a second event in a service": ("278", b"SV1*", b"CL1*1~SV1*", ("2000F", "CL1")),
    "a trace of no kind": ("278", b"TRN*1*T1*", b"TRN*7*T1*", ("2000E", "TRN01")),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_missing_or_has_no_place_is_named(what: str) -> None:
    kind, old, new, where = BROKEN[what]
    assert old in WRITTEN[kind]
    found = faults(kind, WRITTEN[kind].replace(old, new, 1))
    assert where in {(loop, element) for loop, element, _ in found}
