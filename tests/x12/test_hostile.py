"""What a stranger may hand in: odd separators, encodings and cuts of every set. Nothing crashes, and what is wrong is named."""

import re
from collections.abc import Callable

import pytest

from shared.x12 import Finding, Unreadable, open_file, read_file
from shared.x12.sets import room_of
from shared.x12.showing_findings import judge_stream
from tests.x12.everything import WRITTEN

Change = Callable[[bytes], bytes]


def marks(signs: bytes) -> Change:
    return lambda data: data.translate(bytes.maketrans(b"*:~^", signs))


def cut(pattern: bytes) -> Change:
    return lambda data: re.sub(pattern + rb"[^~]*~", b"", data)


FINE: dict[str, Change] = {
    "pipes and line feeds": marks(b"|>\n!"),
    "control signs": marks(b"\x1d\x1f\x1e\x1c"),
    "signs beyond ASCII": marks(b"\xa6\xa7\xb6\xac"),
    "CRLF behind every segment": lambda data: data.replace(b"~", b"~\r\n"),
    "indented": lambda data: data.replace(b"~", b"~\n    "),
    "space before the ISA": lambda data: b" \r\n" + data,
    "a day's interchanges in one": lambda data: data + data.replace(b"000000017", b"000000018"),
}
BROKEN: dict[str, tuple[Change, str]] = {
    "a byte order mark": (lambda data: b"\xef\xbb\xbf" + data, "file.bom"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), "file.binary"),
    "UTF-16 without a mark": (lambda data: data.decode().encode("utf-16-be"), "file.binary"),
    "EBCDIC": (lambda data: data.decode().encode("cp037"), "file.ebcdic"),
    "compressed": (lambda data: b"\x1f\x8b\x08" + data, "file.compressed"),
    "nothing": (lambda data: b"", "file.empty"),
    "a web page": (lambda data: b"<html>" + data, "file.no_isa"),
    "lower case": (bytes.lower, "file.no_isa"),
    "no ISA": (lambda data: data[106:], "file.no_isa"),
    "an ISA id of more than 15": (lambda data: data[:40] + b"XX" + data[40:], "isa.length"),
    "an ISA without its spaces": (lambda data: data.replace(b" " * 10, b"", 2), "isa.length"),
    "cut off in the ISA": (lambda data: data[:80], "isa.elements"),
    "the same interchange twice": (lambda data: data + data, "interchange.repeated"),
    "cut off at the end": (lambda data: data[:-30], "segment.unended"),
    "a control sign in data": (lambda data: data.replace(b"GS*", b"GS*\x00", 1), "segment.control_sign"),
}  # fmt: skip


def found(data: bytes) -> list[Finding]:
    """Whole, and the same in a stream, as far as both can read."""
    try:
        file = read_file(data, strict=False)
    except Unreadable as no:
        return no.findings
    rooms = [(one, room_of(one)) for one in file.sets()]
    return [*file.findings, *(f for one, room in rooms if room for f in room.judged(one)[1])]


def streamed(data: bytes) -> list[Finding]:
    listed: list[Finding] = []
    try:
        for _, finding in judge_stream(open_file([data[:300], data[300:]])):
            listed += [finding] if finding is not None else []
    except Unreadable as no:
        listed += no.findings
    return listed


def sentences(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(f.element, f.sentence) for f in findings}


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("what", FINE)
def test_what_is_only_unusual_is_judged_as_the_usual(what: str, kind: str) -> None:
    data = FINE[what](WRITTEN[kind])
    assert sentences(found(data)) == sentences(found(WRITTEN[kind]))
    assert sentences(streamed(data)) == sentences(streamed(WRITTEN[kind]))


@pytest.mark.parametrize("kind", [kind for kind in WRITTEN if kind != "TA1"])
@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_named(what: str, kind: str) -> None:
    change, rule = BROKEN[what]
    data = change(WRITTEN[kind])
    assert rule in {f.rule for f in found(data)}
    assert rule in {f.rule for f in streamed(data)}


@pytest.mark.parametrize("kind", [kind for kind in WRITTEN if kind != "TA1"])
@pytest.mark.parametrize("tag", ["ISA", "GS", "ST", "SE", "GE", "IEA"])
def test_a_control_segment_that_is_missing_is_named(tag: str, kind: str) -> None:
    data = cut(tag.encode() + rb"\*")(WRITTEN[kind])
    for findings in (found(data), streamed(data)):
        assert [f for f in findings if f.severity == "error"]
        assert all(f.rule or f.sentence for f in findings)
