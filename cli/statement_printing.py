"""Statements as files in a folder: a page each, and one file with all of them for a print vendor.

What is there already stays: a file of that name with the same bytes is the one that was printed before, with other bytes
it is somebody else's, and then nothing is written.
"""

import json
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from cli.output import fail
from cli.statement_pages import page
from cli.statement_words import Document, document
from contracts.posting import StatementIssued

Row = dict[str, Any]
ERASED = "erased"


class Addressee(NamedTuple):
    """The person whom a statement goes to, or why there is none."""

    person: dict[str, Any] | None
    why: str


class NotPrinted(NamedTuple):
    """A statement without a page, and why."""

    statement: str
    why: str


class Printed(NamedTuple):
    """What became of some statements: their documents, and those that have none."""

    documents: list[Document]
    left_out: list[NotPrinted]


def said_of(row: Row) -> StatementIssued:
    """A statement as it was issued, of a row of posting's door."""
    return msgspec.convert(row, StatementIssued)


def made(
    rows: Iterable[Row],
    addressee: Callable[[Row], Addressee],
    terms: dict[str, Row],
    told: Callable[[int], None] = lambda n: None,
) -> Printed:
    """The documents of statements, in their order; `told` hears of each how many there are so far."""
    done = Printed([], [])
    for n, row in enumerate(rows, 1):
        told(n)
        number, person = row["statement"], addressee(row)
        if row["terms"] not in terms:
            done.left_out.append(NotPrinted(number, "its terms are not listed"))
        elif person.person is None:
            done.left_out.append(NotPrinted(number, person.why))
        else:
            done.documents.append(document(said_of(row), person.person, terms[row["terms"]]))
    return done


def files_of(documents: list[Document], name: str) -> dict[str, bytes]:
    """File names with what they hold: pages by the number of their statement, and `statements-NAME.jsonl`."""
    pages = {f"{file_name(one['statement'])}.html": page(one) for one in documents}
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in documents)
    return pages | {
        f"statements-{file_name(name)}.jsonl": "".join(f"{n}\n" for n in lines).encode()
    }


def file_name(number: str) -> str:
    """A number as a file can be called: signs that lead into another folder stand by their code."""
    name = quote(number, safe=" ")
    return f"%2E{name[1:]}" if name.startswith(".") else name


def write(folder: Path, files: dict[str, bytes]) -> int:
    """Write what is not there yet, for its owner alone; how many that were. Exits where other bytes are there."""
    if folder.exists() and not folder.is_dir():
        fail(f"{folder} is no folder")
    if not folder.parent.is_dir():
        fail(f"{folder.parent} is no folder")
    fresh = {name: data for name, data in files.items() if not (folder / name).exists()}
    for name in files.keys() - fresh.keys():
        if (folder / name).read_bytes() != files[name]:
            fail(f"{folder / name} holds something else; nothing was written, name another folder")
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, data in fresh.items():
        _appear(folder / name, data)
    return len(fresh)


def _appear(path: Path, data: bytes) -> None:
    """A file that is whole or absent: half a page would be somebody else's bytes to the next who prints it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
