"""A file read and judged by several processes at once, each taking whole transaction sets."""

import re
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from shared.x12 import open_file
from shared.x12.findings import Finding
from shared.x12.sets import room_of

_SET = re.compile(rb"~\s*(ST\*)")
_TRAILER = re.compile(rb"~\s*(GE\*)")
Part = tuple[str, int, int, int]


def parts(path: Path, sets_of_a_part: int = 2) -> Iterator[Part]:
    """Bytes of a file of one group: where its envelope ends, and from where to where some sets stand."""
    data = path.read_bytes()
    starts = [match.start(1) for match in _SET.finditer(data)]
    end = _TRAILER.search(data, starts[-1])
    assert end is not None
    starts.append(end.start(1))
    for at in range(0, len(starts) - 1, sets_of_a_part):
        yield str(path), starts[0], starts[at], starts[min(at + sets_of_a_part, len(starts) - 1)]


def judge(part: Part) -> int:
    """Everything of one part, under the envelope of its file; the envelope itself is judged elsewhere."""
    name, head, first, last = part
    with Path(name).open("rb") as file:
        envelope = file.read(head)
        file.seek(first)
        data = envelope + file.read(last - first)
    count = 0
    for one in open_file(data):
        room = room_of(one)
        assert room is not None and room.stream is not None
        count += sum(not isinstance(thing, Finding) for thing in room.stream(one))
    return count


def parallel(path: Path, processes: int) -> dict[str, Any]:
    """Wall seconds by one process and by several, over the same parts."""
    cut = list(parts(path))
    seconds = {}
    counts = set()
    for workers in (1, processes):
        with get_context("spawn").Pool(workers) as pool:
            pool.map(judge, cut[:workers])  # Workers have read their code before the clock runs.
            started = time.perf_counter()
            counts.add(sum(pool.imap_unordered(judge, cut)))
            seconds[workers] = time.perf_counter() - started
    assert len(counts) == 1
    return {
        "wall_seconds": seconds[processes],
        "things": counts.pop(),
        "processes": processes,
        "speed_up": round(seconds[1] / seconds[processes], 2),
    }
