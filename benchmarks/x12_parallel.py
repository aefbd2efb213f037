"""A large file judged by one process and by several: what `claimlog x12 check --workers` does."""

import time
from pathlib import Path
from typing import Any

from shared.x12 import open_file
from shared.x12.judging_apart import judge_apart
from shared.x12.showing_findings import Said, judge_stream
from shared.x12.source import in_chunks


def parallel(path: Path, processes: int) -> dict[str, Any]:
    """Wall seconds by one process and by several, starting them included."""
    data = path.read_bytes()
    seconds: dict[int, float] = {}
    told: list[list[Said]] = []
    for workers in (1, processes):
        stream = open_file(in_chunks(data))
        started = time.perf_counter()
        said = judge_stream(stream) if workers == 1 else judge_apart(stream, workers)
        told.append(list(said))
        seconds[workers] = time.perf_counter() - started
    assert len(told[0]) == len(told[1])
    return {
        "wall_seconds": seconds[processes],
        "things": len(told[0]),
        "processes": processes,
        "speed_up": round(seconds[1] / seconds[processes], 2),
    }
