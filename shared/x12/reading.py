"""Reading files: whole with `read_file`, as a stream of any size with `open_file`, or only their kinds with `sniff`."""

from collections.abc import Iterable

from shared.x12 import limits
from shared.x12.envelope import X12File, kind_of
from shared.x12.findings import Finding, Unreadable
from shared.x12.source import in_chunks
from shared.x12.stream import Stream


def read_file(data: bytes, *, strict: bool = True) -> X12File:
    """A whole file. Strict: Unreadable when the envelope has any error; else every finding is listed."""
    if len(data) > limits.FILE_BYTES:
        raise Unreadable([Finding(f"the file is larger than {limits.FILE_BYTES} bytes")])
    # A flood of errors keeps a door busy for many seconds, and the file is refused for the first of them.
    read = Stream(in_chunks(data), whole=True).read_all(patient=not strict)
    if strict and read.errors:
        raise Unreadable(read.errors)
    return read


def open_file(source: bytes | Iterable[bytes]) -> Stream:
    """A file of any size as a stream of its transaction sets; findings gather while it is read."""
    return Stream(in_chunks(source) if isinstance(source, bytes) else source)


def sniff(source: bytes | Iterable[bytes]) -> set[str]:
    """The kinds of what is in a file, salvaging what it can; empty when it is not X12 at all."""
    stream = open_file(source)
    kinds: set[str] = set()
    try:
        for one in stream:
            kinds.add(kind_of(one))
    except Unreadable:
        pass
    if stream.had_ta1:
        kinds.add("TA1")
    return kinds
