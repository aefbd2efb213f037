"""`x12 split` and `x12 join`: all of it is written, or nothing; what is there is not overwritten unasked."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

from rich.text import Text

from cli.output import counted, fail, out, print_json
from cli.x12_files import (
    STDIN,
    UNREADABLE,
    chunks,
    name_of,
    opened,
    refuse_existing,
    why_unreadable,
    written,
)
from shared.x12 import Unreadable, open_file
from shared.x12.cutting import Piece, join, split_claims, split_sets
from shared.x12.cutting_envelope import NotCut
from shared.x12.stream import Stream


def split_file(
    source: Path,
    folder: Path,
    claims: int | None,
    control: int | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Write the parts of a file into a folder."""
    if folder.exists() and not folder.is_dir():
        fail(f"{folder} is no folder")
    if not folder.parent.is_dir():
        fail(f"{folder.parent} is no folder")
    made = not folder.exists()
    folder.mkdir(exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".split-", dir=folder))
    try:
        stem = "stdin" if source == STDIN else source.stem
        with opened(source) as file:
            stream = open_file(chunks(file))
            pieces = (
                split_claims(stream, claims, control) if claims else split_sets(stream, control)
            )
            names = _parts(
                source, pieces, beside, stem, "stdin" if source == STDIN else source.name
            )
        targets = [folder / name for name in names]
        for target in targets:
            if source != STDIN and target.exists() and target.samefile(source):
                fail(f"{target} is what is read; name another folder")
        refuse_existing(targets, force)
        for name in names:
            (beside / name).replace(folder / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if made and not any(folder.iterdir()):
            folder.rmdir()
    if as_json:
        print_json([str(target) for target in targets])
        return
    for target in targets:
        out.print(Text(str(target)), soft_wrap=True)
    count = f"{len(targets)} part{'' if len(targets) == 1 else 's'}"
    out.print(Text(f"{count} of {name_of(source)}", "bold"), soft_wrap=True)


def _parts(source: Path, pieces: Iterator[Piece], beside: Path, stem: str, name: str) -> list[str]:
    """Write the pieces; the names of the parts."""
    names: dict[int, str] = {}
    ending = Path(name).suffix or ".x12"
    try:
        for piece in pieces:
            if piece.part not in names:
                label = f"-{piece.label}" if piece.label else ""
                names[piece.part] = f"{stem}-{piece.part + 1:04d}{label}{ending}"
            with (beside / names[piece.part]).open("ab") as file:
                file.write(piece.data)
    except NotCut as no:
        fail(f"{name_of(source)} is not split: {no}")
    except Unreadable as no:
        _unreadable(source, no)
    if not names:
        fail(f"{name_of(source)} is not split: it holds no transaction set")
    return [*names.values()]


def join_files(
    sources: list[Path], to: Path, control: int | None, *, force: bool, as_json: bool
) -> None:
    """Write one file that holds the sets of all."""
    reading = [sources[0]]

    def streams(stack: ExitStack) -> Iterator[tuple[str, Stream]]:
        for source in sources:
            reading[0] = source
            yield name_of(source), open_file(chunks(stack.enter_context(opened(source))))

    size = 0
    with written(to, force, *sources) as file, ExitStack() as stack:
        try:
            for data in join(streams(stack), control):
                size += file.write(data)
        except NotCut as no:
            fail(f"nothing is joined: {no}")
        except Unreadable as no:
            _unreadable(reading[0], no)
    facts: dict[str, Any] = {"file": str(to), "bytes": size, "joined": len(sources)}
    if as_json:
        print_json(facts)
    else:
        out.print(
            Text(f"{to}: {counted(len(sources), 'file')} joined, {counted(size, 'byte')}"),
            soft_wrap=True,
        )


def _unreadable(path: Path, no: Unreadable) -> NoReturn:
    fail(f"{name_of(path)}: cannot be read: {why_unreadable(no)}", UNREADABLE)
