"""`edits`: tables of code edits (NCCI): publish CMS's files, list what is published, say why a charge may go as it stands."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from cli.charges import numbered
from cli.context import (
    FAILED,
    Json,
    ask,
    counted,
    err,
    out,
    plainly,
    print_json,
    tell,
    url_of,
)
from cli.persons import By, named, signed
from cli.publishing import BEFORE, answered, complain_of, mistakes_in
from cli.tables import Column, number, show, text

app = typer.Typer(
    help="Tables of code edits (NCCI pairs, unit limits and add-on codes): publish, list; and say why a charge may go as it stands."
)
BOOKS = "reference"
PIECE_BYTES = 8 * 1024 * 1024
"""A door takes 16 MB; CMS's files of pairs have hundreds."""
ANSWER_SECONDS = 120
MISTAKES_SHOWN = 50


class Kind(StrEnum):
    """What a table holds."""

    ptp = "ptp"
    mue = "mue"
    aoc = "aoc"


class Setting(StrEnum):
    """Whose services it is about."""

    practitioner = "practitioner"
    outpatient = "outpatient"
    dme = "dme"


TABLES = (
    text("kind", "kind"),
    text("setting", "setting"),
    text("table", "name"),
    text("version", "version"),
    text("from", "effective_from"),
    text("to", "effective_to"),
    Column("payers", lambda row: ", ".join(row["payers"]) or "whatever payer"),
    Column("facilities", lambda row: ", ".join(row["facilities"]) or "all of ours"),
    number("edits", "edits"),
    text("published", "listed_on"),
)


@app.command()
@plainly
def publish(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CMS's files as they are (tab or comma): all parts of a table of pairs or add-on codes, or the one of unit limits.",
            exists=True,
            dir_okay=False,
        ),
    ],
    kind: Annotated[Kind, typer.Option(help="Pairs of procedures, unit limits, or add-on codes.")],
    version: Annotated[
        str, typer.Option(help="The quarter; the same one again takes the place of the first.")
    ],
    since: Annotated[
        datetime,
        typer.Option(
            "--from", help="The first day of the quarter.", formats=["%Y-%m-%d"], metavar="DAY"
        ),
    ],
    to: Annotated[
        datetime | None,
        typer.Option(
            help="The last date of service; open without.", formats=["%Y-%m-%d"], metavar="DAY"
        ),
    ] = None,
    payer: Annotated[
        list[str] | None,
        typer.Option(help="Our code of a payer that follows it; once for each of them."),
    ] = None,
    all_payers: Annotated[
        bool, typer.Option("--all-payers", help="For whatever payer, in place of --payer.")
    ] = False,
    setting: Annotated[Setting, typer.Option(help="Whose services.")] = Setting.practitioner,
    facility: Annotated[
        list[str] | None,
        typer.Option(
            help="A facility that it is for; outpatient and dme name theirs. All others without."
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="What the table is called, as Medicaid's beside Medicare's.")
    ] = "NCCI",
    json: Json = False,
) -> None:
    """Publish a quarter's table of code edits. What is coded from then on is held against it before a claim leaves.

    Everything that is wrong with the files is told, by row and column, and then nothing of them is in force.
    """
    if bool(payer) == all_payers:
        raise typer.BadParameter("name the payers that follow it (--payer), or say --all-payers")
    words: dict[str, Any] = {
        "kind": kind.value,
        "setting": setting.value,
        "name": name,
        "version": version,
        "effective_from": str(since.date()),
        "effective_to": str(to.date()) if to else None,
        "payers": payer or [],
        "facilities": facility or [],
    }
    told = _publish(files, words)
    print_json(told) if json else _show(told)
    if told["mistakes"]:
        raise typer.Exit(FAILED)


def _publish(files: list[Path], words: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "files": [str(file) for file in files],
        "published": False,
        "again": False,
        "edits": 0,
        "mistakes": [],
        "left_off": 0,
    }
    parts = [part for file in files for part in _kept(file, words, told)]
    if told["mistakes"]:
        return told
    body = {**words, "parts": parts}
    key = hashlib.sha256(repr(sorted(body.items())).encode()).hexdigest()
    headers = {"Idempotency-Key": f"edits/{key}", "X-Actor": "command line"}
    status, answer = answered(
        httpx.post(
            f"{url_of(BOOKS)}/code-edits", json=body, headers=headers, timeout=ANSWER_SECONDS
        )
    )
    if status >= 400:
        _add(told, "", answer)
        return told
    said = bool(answer.get("said"))
    again = bool(answer.get("again")) or not said
    return told | {"published": said, "again": again}


def _kept(file: Path, words: dict[str, Any], told: dict[str, Any]) -> Iterator[str]:
    """The pieces of a file, each kept; what is wrong with them is added to what is told."""
    with err.status(f"reading {file.name}") as shown:
        for first_line, piece in pieces(file):
            if len(told["mistakes"]) >= MISTAKES_SHOWN:
                return
            shown.update(f"reading {file.name}, from line {first_line:,}")
            status, answer = answered(
                httpx.post(
                    f"{url_of(BOOKS)}/code-edits/parts",
                    content=piece,
                    params={
                        "kind": words["kind"],
                        "setting": words["setting"],
                        "first_line": str(first_line),
                    },
                    headers={"content-type": "text/plain"},
                    timeout=ANSWER_SECONDS,
                )
            )
            if status >= 400:
                _add(told, str(file), answer)
                continue
            told["edits"] += answer["edits"]
            yield answer["sha256"]


def pieces(file: Path) -> Iterator[tuple[int, bytes]]:
    """A file cut between its lines, each piece with its first line's number; what is small stays whole."""
    line, begins, kept, size = 1, 1, list[bytes](), 0
    with file.open("rb") as lines:
        for one in lines:
            if size + len(one) > PIECE_BYTES and kept:
                yield begins, b"".join(kept)
                begins, kept, size = line, [], 0
            kept.append(one)
            size += len(one)
            line += 1
    yield begins, b"".join(kept)


def _add(told: dict[str, Any], file: str, answer: dict[str, Any]) -> None:
    """What a door said against it, within what is shown."""
    found = mistakes_in(answer)
    room = MISTAKES_SHOWN - len(told["mistakes"])
    told["mistakes"] += [{"file": file, **mistake} for mistake in found[:room]]
    told["left_off"] += answer.get("left_off", 0) + max(len(found) - room, 0)


def _show(told: dict[str, Any]) -> None:
    complain_of(told)
    if not told["mistakes"]:
        edits = counted(told["edits"], "edit")
        out.print(
            BEFORE
            if told["again"]
            else f"published: {edits}; what is coded from now on is held against them"
        )


@app.command("list")
@plainly
def listed(json: Json = False) -> None:
    """Which tables are published, for which payers and facilities, and from when."""
    rows = [
        {
            **{name: value for name, value in entry["facts"].items() if name != "parts"},
            "listed_on": entry["listed_on"],
        }
        for entry in ask(BOOKS, "/books", kind="code-edits")
    ]
    if json:
        print_json(rows)
    else:
        show("code edits", TABLES, rows)


@app.command()
@plainly
def support(
    account: Annotated[str, typer.Argument(help="The account, as `list coding` shows it.")],
    charge: Annotated[
        str, typer.Argument(help="The charge, as it shows that (`field`), or its running number.")
    ],
    reason: Annotated[str, typer.Option(help="Why it may go as it stands; what the record says.")],
    by: By = "",
    json: Json = False,
) -> None:
    """Say why a charge may go as it stands, where a modifier or units want a reason. The account is judged again."""
    who = named(by, "says so")
    account, charge = numbered(account, charge)
    answer = tell(
        "coding",
        f"/accounts/{account}/charges/{charge}/support",
        json={"reason": reason},
        headers=signed(who),
    )
    coded = "coding.encounter_coded.v1" in answer["said"]
    if json:
        print_json({"charge": charge, "recorded": bool(answer["said"]), "coded": coded})
    elif not answer["said"]:
        out.print("a reason was recorded for it before: nothing changed")
    elif coded:
        out.print("recorded; the encounter is coded")
    else:
        out.print("recorded; what else it waits for, if it does, stands in `claimlog list coding`")
