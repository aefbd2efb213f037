"""Whatever a file is like, looking at it, cutting and redacting it end well or say no in their own words."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.x12 import Unreadable, open_file, read_file
from shared.x12.cutting import join, split_claims, split_sets
from shared.x12.cutting_envelope import NotCut
from shared.x12.redacting import NotRedacted, Redactor, redact
from shared.x12.showing import Paging, Veil
from shared.x12.showing_file import show_file, show_stream
from shared.x12.showing_findings import alike, judge_file, judge_stream
from tests.x12.everything import WRITTEN

FILES = sorted(WRITTEN.values())
BITS = (b"~", b"*", b":", b"^", b"~~", b"~HL*", b"~CLM*", b"~ST*837*", b"~SE*", b"~IEA*", b"ISA*")
BITS += (b"\xff", b"\x00", b"-", b"9" * 30, b"~STC*", b"~SVC*", b"~N3*PO BOX", b"\xc3\xa9", b" ")


@st.composite
def broken(draw: Any) -> bytes:
    """One of our files with a few cuts, swaps and bits from elsewhere."""
    data: bytes = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from((0, 1, 3, 40))))
        data = data[:start] + draw(st.sampled_from(BITS)) + data[end:]
    return data


often = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], database=None
)


@often
@given(broken(), st.booleans())
def test_any_file_is_shown_or_unreadable(data: bytes, phi: bool) -> None:
    try:
        list(show_file(read_file(data, strict=False), Veil(phi), Paging(limit=3)))
        list(show_stream(open_file(data), Veil(phi), Paging(limit=3)))
    except Unreadable:
        pass


@often
@given(broken())
def test_any_file_is_judged_or_unreadable(data: bytes) -> None:
    try:
        list(judge_stream(open_file(data)))
        list(judge_file(read_file(data, strict=False)))
    except Unreadable:
        pass


@often
@given(broken(), st.integers(1, 3))
def test_any_file_is_cut_or_refused(data: bytes, most: int) -> None:
    for cut in (split_sets(open_file(data)), split_claims(open_file(data), most)):
        parts: dict[int, bytes] = {}
        try:
            for piece in cut:
                parts[piece.part] = parts.get(piece.part, b"") + piece.data
        except (NotCut, Unreadable):
            continue
        for part in parts.values():
            assert read_file(part).errors == []
    try:
        whole = b"".join(join([("a", open_file(data))]))
    except (NotCut, Unreadable):
        return
    assert [one.raw for one in read_file(whole).sets()] == [
        one.raw for one in read_file(data).sets()
    ]


@often
@given(broken())
def test_any_file_is_judged_alike_when_it_is_redacted_or_refused(data: bytes) -> None:
    try:
        left = b"".join(redact([data], Redactor(b"x")))
        before = alike(judge_file(read_file(data, strict=False)))
    except (NotRedacted, Unreadable):
        return
    after = alike(judge_file(read_file(left, strict=False)))
    assert after == before
