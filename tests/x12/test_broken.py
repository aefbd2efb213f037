"""Files that were cut off, corrupted or shuffled: a finding, never a crash and never a wrong sum."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.x12 import Unreadable, read_file, sniff
from tests.x12.everything import WRITTEN, read_everything


def survives(data: bytes) -> None:
    """Reading and checking raise nothing but Unreadable."""
    sniff(data)
    for strict in (True, False):
        try:
            read = read_file(data, strict=strict)
        except Unreadable as broken:
            assert broken.findings
            continue
        for one in read.sets():
            read_everything(one)


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_file_may_end_at_any_byte(kind: str) -> None:
    data = WRITTEN[kind]
    for end in range(len(data) - 1):
        cut = data[:end]
        survives(cut)
        with pytest.raises(Unreadable):
            read_file(cut)


@pytest.mark.parametrize("kind", WRITTEN)
def test_any_single_byte_may_be_another(kind: str) -> None:
    data, chance = WRITTEN[kind], random.Random(kind)
    for at in range(len(data)):
        for byte in (chance.choice(b"*~:^\x00\n "), chance.randrange(256)):
            survives(data[:at] + bytes([byte]) + data[at + 1 :])


@pytest.mark.parametrize("kind", WRITTEN)
def test_segments_may_be_missing_repeated_or_swapped(kind: str) -> None:
    segments = WRITTEN[kind].split(b"~")
    for at in range(1, len(segments) - 1):
        survives(b"~".join(segments[:at] + segments[at + 1 :]))
        survives(b"~".join(segments[: at + 1] + segments[at:]))
        swapped = segments.copy()
        swapped[at], swapped[at - 1] = swapped[at - 1], swapped[at]
        survives(b"~".join(swapped))


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_missing_segment_is_always_noticed(kind: str) -> None:
    segments = WRITTEN[kind].split(b"~")
    for at in range(3, len(segments) - 4):
        with pytest.raises(Unreadable):
            read_file(b"~".join(segments[:at] + segments[at + 1 :]))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(WRITTEN)),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=3)), max_size=6),
)
def test_many_places_may_be_overwritten(kind: str, changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(WRITTEN[kind])
    for at, new in changes:
        start = at % len(data)
        data[start : start + len(new)] = new
    survives(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_anything_may_follow_an_isa(rest: bytes) -> None:
    survives(next(iter(WRITTEN.values()))[:106] + rest)
