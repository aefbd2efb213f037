"""Planted defects keep up with the code: each place is there exactly once, and what is written there compiles."""

from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import pytest

from tests.faults.commits import COMMIT, Frames
from tests.faults.defects import DEFECTS, Defect
from tests.faults.planting import written_with
from tests.faults.rows import all_rows


@pytest.mark.parametrize("planted", DEFECTS, ids=lambda d: d.name)
def test_a_defect_fits_the_code_and_has_a_row_that_looks_for_it(planted: Defect) -> None:
    assert planted.row in {row.name for row in all_rows()}
    by_module = sorted(planted.changes, key=lambda c: c.module)
    for module, changes in groupby(by_module, key=lambda c: c.module):
        found = find_spec(module)
        assert found is not None and found.origin is not None
        text = Path(found.origin).read_text()
        compile(written_with(list(changes), text), module, "exec")


def test_a_commit_is_known_however_its_bytes_arrive() -> None:
    startup = b"\x00\x00\x00\x08\x00\x03\x00\x00"
    said = startup + COMMIT + b"S\x00\x00\x00\x04" + COMMIT
    for step in (1, 7, len(said)):
        frames = Frames()
        pieces = [said[n : n + step] for n in range(0, len(said), step)]
        whole = [message for piece in pieces for message in frames.feed(piece)]
        assert whole == [startup, COMMIT, b"S\x00\x00\x00\x04", COMMIT]
