"""How time grows with the size of odd files: `python -m benchmarks.file_shapes`. Twice the size must be twice the time."""

import argparse
import time
from collections.abc import Callable, Iterable

from shared.x12 import Finding, Unreadable, open_file, read_file
from shared.x12.sets import room_of

ISA = "ISA*00*          *00*          *ZZ*SYNTHETIC      *ZZ*CLAIMLOG       *260105*0800*^*00501*{:09d}*0*T*:~"
GS = "GS*HP*SYNTHETIC*CLAIMLOG*20260105*0800*18*X*005010X221A1~"
PAYMENT = "BPR*H*0*C*NON************20260105~TRN*1*CHECK1*1999999999~LX*1~"
CLAIM = (
    "CLP*C{0}*1*100*60*15*MB*ICN{0}*11*1~NM1*QC*1*ZZTESTA*QUINN****MI*XX{0}~"
    "SVC*HC:99213*100*60**1~DTM*472*20260105~CAS*CO*45*25~CAS*PR*2*15~REF*6R*L{0}~"
)
END = "SE*1*0001~GE*1*18~IEA*1*000000001~"


def _wrapped(body: str) -> bytes:
    return (ISA.format(1) + GS + "ST*835*0001~" + PAYMENT + body + END).encode()


def _claims(n: int) -> str:
    return "".join(CLAIM.format(number) for number in range(n // 7))


def _indented(n: int) -> bytes:
    return _wrapped(_claims(n)).replace(b"~", b"~\r\n      ")


def _sets(n: int) -> bytes:
    sets = "".join(f"ST*835*{number:04d}~SE*9*1~" for number in range(n // 2))
    return (ISA.format(1) + GS + sets + END).encode()


def _groups(n: int) -> bytes:
    return (ISA.format(1) + (GS + "GE*0*18~") * (n // 2) + END).encode()


def _interchanges(n: int) -> bytes:
    return "".join(ISA.format(k) + f"IEA*0*{k:09d}~" for k in range(n // 2)).encode()


def _junk(n: int) -> bytes:
    return _wrapped("") + b"ISA*IEA*\n" * n


def _one_claim(n: int) -> bytes:
    return _wrapped(CLAIM.format(1) + "SVC*HC:99213*1*1~" * n)


SHAPES: dict[str, Callable[[int], bytes]] = {
    "claims": lambda n: _wrapped(_claims(n)),
    "claims, indented": _indented,
    "claims in Latin-1": lambda n: _wrapped(_claims(n)).replace(b"QUINN", b"QUI\xd1N"),
    "claims, each line unbalanced": lambda n: _wrapped(_claims(n)).replace(
        b"CO*45*25", b"CO*45*26"
    ),
    "claims, no amount is one": lambda n: _wrapped(_claims(n)).replace(b"*100*", b"*1E3*"),
    "one claim of many lines": _one_claim,
    "tiny segments": lambda n: _wrapped("AB~" * n),
    "empty segments": lambda n: _wrapped("~" * n),
    "provider adjustments": lambda n: _wrapped("PLB*1999999999*20261231*WO:X*1~" * n),
    "no terminators": lambda n: _wrapped("CLP*A*1*1*1" * n),
    "overlong segments": lambda n: _wrapped(("NTE*" + "X" * 70_000 + "~") * (n // 4_000)),
    "segments outside sets": lambda n: (ISA.format(1) + "LX*1~" * n + END).encode(),
    "many sets": _sets,
    "many groups": _groups,
    "many interchanges": _interchanges,
    "junk that looks like ISA": _junk,
    "white space": lambda n: _wrapped(" " * n * 10),
}


def stream(data: bytes | Iterable[bytes]) -> int:
    """Read and checked as a stream; how many claims and findings came."""
    count = 0
    try:
        for one in open_file(data):
            room = room_of(one)
            if room is not None and room.stream is not None:
                count += sum(1 for _ in room.stream(one))
    except Unreadable as broken:
        count += len(broken.findings)
    return count


def whole(data: bytes) -> int:
    """Read in one piece and judged; how many findings came."""
    found: list[Finding] = []
    try:
        for one in read_file(data, strict=False).sets():
            room = room_of(one)
            found += room.judged(one)[1] if room is not None else []
    except Unreadable as broken:
        found += broken.findings
    return len(found)


def chunks(size: int) -> Callable[[bytes], int]:
    """A stream in chunks of this size."""
    return lambda data: stream(data[at : at + size] for at in range(0, len(data), size))


WAYS: dict[str, Callable[[bytes], int]] = {
    "stream": stream,
    "stream in one chunk": lambda data: stream([data]),
    "stream, 64 bytes at a time": chunks(64),
    "whole": whole,
}


def main() -> None:
    """One table: shape, way, CPU seconds at two sizes, and how many times longer the larger one took."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--segments", type=int, default=200_000)
    chosen = words.parse_args()
    for shape, make in SHAPES.items():
        small, large = make(chosen.segments), make(2 * chosen.segments)
        for way, read in WAYS.items():
            took = []
            for data in (small, large):
                started = time.process_time()
                read(data)
                took.append(time.process_time() - started)
            megabytes = len(large) / 1e6
            speed = megabytes / took[1]
            print(
                f"{shape:32} {way:28} {megabytes:7.1f} MB {took[1]:7.2f} s {speed:8.1f} MB/s  x{took[1] / took[0]:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
