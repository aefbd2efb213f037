"""Files that the `x12` commands read and write: held whole where they fit, else chunk by chunk; never overwritten unasked."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cli.output import FAILED, USAGE, fail
from shared.x12 import Finding, Unreadable, limits

STDIN = Path("-")
UNREADABLE = 3
"""The exit code of a file that is no X12 or cannot be read on."""
HELD_BYTES = 16 * 1024 * 1024
"""What is held to be looked at as a whole; larger files are read as a stream."""


def name_of(path: Path) -> str:
    """A file's name as it is shown."""
    return "standard input" if path == STDIN else str(path)


def refuse_missing(paths: list[Path]) -> None:
    """Exit, before anything is read, when one of these is no file."""
    for path in paths:
        if path != STDIN and (path.is_dir() or not path.exists()):
            fail(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}", USAGE)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file, or standard input, for reading."""
    if path == STDIN:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as no:
        fail(f"{path}: {no.strerror or 'cannot be opened'}", UNREADABLE)
    with file:
        yield file


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """Its bytes as they come."""
    while chunk := file.read(limits.CHUNK_BYTES):
        yield chunk


def held(file: BinaryIO) -> tuple[list[bytes], Iterator[bytes] | None]:
    """Its first bytes and what follows them; None when those were all."""
    first: list[bytes] = []
    size = 0
    coming = chunks(file)
    for chunk in coming:
        first.append(chunk)
        size += len(chunk)
        if size > HELD_BYTES:
            return first, coming
    return first, None


def why_unreadable(no: Unreadable) -> str:
    """The finding that ended the reading, in a sentence."""
    last: Finding | None = no.findings[-1] if no.findings else None
    return f"byte {last.offset}: {last.sentence}" if last else "not an X12 file"


def refuse_existing(paths: list[Path], force: bool) -> None:
    """Exit when one of these is there and nobody said that it may go."""
    if there := next((path for path in paths if not force and os.path.lexists(path)), None):
        fail(f"{there} exists; --force overwrites it")


@contextmanager
def written(path: Path, force: bool, *sources: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when all of it was written; never one of its own sources."""
    for source in sources:
        if source != STDIN and path.exists() and path.samefile(source):
            fail(f"{path} is what is read; name another file to write")
    refuse_existing([path], force)
    if not path.parent.is_dir():
        fail(f"{path.parent} is no folder", FAILED)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            yield file
        if force:
            temporary.replace(path)
        else:
            _appear(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _appear(temporary: Path, path: Path) -> None:
    """Give a finished file its name, unless somebody else took it meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        fail(f"{path} exists; --force overwrites it")
    except OSError:  # A file system without links.
        refuse_existing([path], force=False)
        temporary.replace(path)
