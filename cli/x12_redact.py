"""`x12 redact`: a copy that tells of nobody, written only when it is judged as the file itself."""

import secrets
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.text import Text

from cli.output import fail, out, print_json
from cli.x12_files import STDIN, UNREADABLE, chunks, held, name_of, opened, why_unreadable, written
from shared.x12 import Unreadable, open_file, read_file
from shared.x12.redacting import NotRedacted, Redactor, redact
from shared.x12.showing_findings import alike, judge_file, judge_stream


def redact_file(source: Path, to: Path, seed: str | None, *, force: bool, as_json: bool) -> None:
    """Write the copy; nothing where something in it is not known, or it would be judged otherwise."""
    redactor = Redactor(seed.encode() if seed is not None else secrets.token_bytes(32))
    with _again(source) as file, written(to, force, source) as copy:
        try:
            for data in redact(chunks(file), redactor):
                copy.write(data)
        except NotRedacted as no:
            fail(f"{name_of(source)} is not redacted: {no}")
        except Unreadable as no:
            fail(f"{name_of(source)} is not redacted: {why_unreadable(no)}", UNREADABLE)
        copy.flush()
        file.seek(0)
        with Path(copy.name).open("rb") as made:
            before, after = _judged(source, file), _judged(to, made)
        if before != after:
            one = next(iter((before - after) or (after - before)))
            fail(
                f"{name_of(source)} is not redacted: its copy would be judged otherwise "
                f"(segment {one[2]}: {one[1]})"
            )
    facts = {"file": str(to), "replaced": redactor.replaced, "kept": redactor.kept}
    if as_json:
        print_json(facts)
        return
    words = (
        f"{to}: {redactor.replaced:,} elements replaced, {redactor.kept:,} kept as they are safe"
    )
    out.print(Text(words), soft_wrap=True)


@contextmanager
def _again(source: Path) -> Iterator[BinaryIO]:
    """A source that can be read twice."""
    with opened(source) as file:
        if source != STDIN:
            yield file
            return
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            kept.seek(0)
            yield kept


def _judged(path: Path, file: BinaryIO) -> Counter[tuple[str | int, ...]]:
    """What is wrong with a file, counted by what and where."""
    first, rest = held(file)
    try:
        if rest is None:
            said = judge_file(read_file(b"".join(first), strict=False))
        else:
            file.seek(0)
            said = judge_stream(open_file(chunks(file)))
        return alike(said)
    except Unreadable as no:
        fail(f"{path}: cannot be read: {no}", UNREADABLE)
