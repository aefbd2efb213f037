"""`make bench-x12`: how fast X12 is read, checked and written on one core, in how much memory, and how others do.

Seconds are CPU seconds, the best of some runs, so that a busy machine says nearly what an idle one does; only the
figures for several processes are by the clock on the wall.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.x12_files import make_files
from benchmarks.x12_others import others
from benchmarks.x12_parallel import parallel

SLOW_TIMES, TIMES = "3", "20"


def child(case: str, what: str, times: str = TIMES) -> dict[str, Any]:
    """One case in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.x12_cases", case, what, times]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(folder: Path, claims: int, with_others: bool) -> dict[str, Any]:
    """All figures by label."""
    files = make_files(folder, claims)
    empty = child("nothing", "-")["rss_mb"]
    found: dict[str, Any] = {
        "a process that has loaded everything": {"rss_mb": empty},
        "835 split into elements": child("split_only", str(files["835 1x"])),
        "835 typed and balanced": child("judged", str(files["835 1x"])),
        "835 typed and balanced, 10x the size": child("judged", str(files["835 10x"]), SLOW_TIMES),
        "837P split into elements": child("split_only", str(files["837P 1x"])),
        "837P read": child("read_837p", str(files["837P 1x"])),
        "837P read, 10x the size": child("read_837p", str(files["837P 10x"]), SLOW_TIMES),
        "837P read and checked": child("judged", str(files["837P 1x"])),
        "837P written": child("write_claims", str(claims)),
        "pyx12 X12Reader, 837P": child("pyx12_reader", str(files["837P 1x"]), SLOW_TIMES),
        "pyx12 x12n_document, 837P": child("pyx12_document", str(files["837P small"]), SLOW_TIMES),
        "pyx12 x12n_document, 835": child("pyx12_document", str(files["835 small"]), SLOW_TIMES),
    }
    found["837P written"]["claims_per_second"] = round(
        claims / found["837P written"]["cpu_seconds"]
    )
    read, checked = found["837P read"], found["837P read and checked"]
    checked["of_reading"] = round(checked["cpu_seconds"] / read["cpu_seconds"], 2)
    found["837P read and checked by several"] = parallel(files["837P 10x"], os.cpu_count() or 2)
    if with_others:
        found |= others(folder, files)
    for figures in found.values():
        if "segments" in figures:
            figures["segments_per_second"] = round(figures["segments"] / figures["cpu_seconds"])
    return found


def shown(found: dict[str, Any]) -> str:
    """One line a case."""
    lines = [f"{'':44}{'segments':>10}{'segments/s':>12}{'resident MB':>13}"]
    for label, figures in found.items():
        rate, count = figures.get("segments_per_second", ""), figures.get("segments", "")
        notes = {k: figures[k] for k in ("claims_per_second", "of_reading", "processes", "speed_up", "left_out") if k in figures}  # fmt: skip
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in notes.items())
        rates = f"{count:>10}{f'{rate:,}' if rate else '':>12}{figures.get('rss_mb', ''):>13}"
        lines.append(f"{label:44}{rates}  {told}".rstrip())
    return "\n".join(lines)


def main() -> None:
    """Make the files, measure, print."""
    words = argparse.ArgumentParser(prog="make bench-x12 ARGS=…", description=__doc__)
    words.add_argument("--claims", type=int, default=5_000, help="claims of a file of 1x")
    words.add_argument("--alone", action="store_true", help="leave other libraries' installs out")
    words.add_argument("--json", type=Path, help="keep the figures here")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), chosen.claims, not chosen.alone)
    print(f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(shown(found))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
