"""What is measured of X12, each in a process of its own that says its CPU seconds and its resident memory as JSON."""

import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.x12_files import HEADER, batches
from shared.x12 import open_file
from shared.x12.claim_837p import claims_837p, write_837p
from shared.x12.findings import Finding
from shared.x12.sets import room_of

READ_AT_ONCE = 262_144


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(READ_AT_ONCE):
            yield chunk


def split_only(path: Path) -> int:
    """Segments cut into elements and thrown away: the floor of all reading."""
    return sum(1 for one in open_file(_chunks(path)) for _ in one.walk())


def read_837p(path: Path) -> int:
    """Every claim typed."""
    return sum(1 for one in open_file(_chunks(path)) for _ in claims_837p(one))


def judged(path: Path) -> int:
    """Every claim or payment typed and checked; an error would make the figure worthless."""
    count = 0
    for one in open_file(_chunks(path)):
        room = room_of(one)
        assert room is not None and room.stream is not None
        for thing in room.stream(one):
            count += 1
            assert not (isinstance(thing, Finding) and thing.severity == "error"), thing
    return count


def pyx12_reader(path: Path) -> int:
    """pyx12's segment reader."""
    import pyx12.x12file

    with path.open() as file:
        return sum(1 for _ in pyx12.x12file.X12Reader(file))


def pyx12_document(path: Path) -> int:
    """pyx12's validation by the guides."""
    import logging

    from pyx12.params import params
    from pyx12.x12n_document import x12n_document

    logging.disable(logging.CRITICAL)
    text = io.StringIO(path.read_text())
    assert x12n_document(params(), text, None, None, None, io.StringIO())
    return 1


CASES: dict[str, Callable[[Path], int]] = {
    f.__name__: f for f in (split_only, read_837p, judged, pyx12_reader, pyx12_document)
}


def write_claims(count: int, times: int = 3) -> dict[str, Any]:
    """The writing of claims whose models are there."""
    made = list(batches(count))
    seconds = []
    for _ in range(times):
        started = time.process_time()
        data = write_837p(HEADER, made)
        seconds.append(time.process_time() - started)
    return {"cpu_seconds": min(seconds), "segments": data.count(b"~"), "rss_mb": rss_mb()}


def rss_mb() -> float:
    """The most that was resident. Linux hands ru_maxrss on from parent to child; VmHWM is the process's own."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM")]
        return round(int(line.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def measured(case: Callable[[Path], int], path: Path, times: int) -> dict[str, Any]:
    """The best of some runs."""
    seconds = []
    for _ in range(times):
        started = time.process_time()
        things = case(path)
        seconds.append(time.process_time() - started)
    made = {"cpu_seconds": min(seconds), "things": things, "rss_mb": rss_mb()}
    return {**made, "segments": sum(chunk.count(b"~") for chunk in _chunks(path))}


def main() -> None:
    """CASE FILE TIMES."""
    name, where, times = sys.argv[1:4]
    if name == "write_claims":
        print(json.dumps(write_claims(int(where), int(times))))
    elif name == "nothing":
        print(json.dumps({"rss_mb": rss_mb()}))
    else:
        print(json.dumps(measured(CASES[name], Path(where), int(times))))


if __name__ == "__main__":
    main()
