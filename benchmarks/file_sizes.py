"""Memory and speed over the size of an 835: `python -m benchmarks.file_sizes`. Memory must not grow.

The file is made while it is read, so that neither it nor its claims are ever held.
"""

import argparse
import resource
import time
from collections.abc import Iterator

import psutil

from benchmarks.file_shapes import CLAIM, GS, ISA
from shared.x12 import Finding, open_file
from shared.x12.remittance_835 import Reading835, check_stream

CLAIMS_AT_ONCE = 2_000
CLAIM_SEGMENTS = CLAIM.count("~")


def made(megabytes: float) -> Iterator[bytes]:
    """A balanced payment of about this size."""
    one = "".join(CLAIM.format(number) for number in range(100_000, 100_000 + CLAIMS_AT_ONCE))
    times = max(1, round(megabytes * 1e6 / len(one)))
    count = times * CLAIMS_AT_ONCE
    head = f"BPR*I*{count * 60}*C*ACH*CCP***********20260105~TRN*1*CHECK1*1999999999~LX*1~"
    yield (ISA.format(1) + GS + "ST*835*0001~" + head).encode()
    block = one.encode()
    for _ in range(times):
        yield block
    yield f"SE*{count * CLAIM_SEGMENTS + 5}*0001~GE*1*18~IEA*1*000000001~".encode()


def main() -> None:
    """One line for each size; memory is that of the process when it is done, and the most it ever was."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--megabytes", type=float, nargs="+", default=[10, 100, 500])
    chosen = words.parse_args()
    for megabytes in chosen.megabytes:
        started, claims, findings = time.process_time(), 0, 0
        stream = open_file(made(megabytes))
        for one in stream:
            for what in check_stream(Reading835(one)):
                if isinstance(what, Finding):
                    findings += 1
                else:
                    claims += 1
        seconds = time.process_time() - started
        now = psutil.Process().memory_info().rss / 1e6
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        segments = claims * CLAIM_SEGMENTS / seconds / 1e6
        print(
            f"{megabytes:7.0f} MB  {claims:9} claims  {findings + len(stream.findings)} findings"
            f"  {seconds:7.1f} CPU s  {segments:.2f} M segments/s"
            f"  {now:6.1f} MB now, {most:6.1f} MB at most",
            flush=True,
        )


if __name__ == "__main__":
    main()
