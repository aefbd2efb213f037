"""`statements`: what patients are told that they owe: list, show and print statements; the terms by which they are sent."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text

from cli import patients
from cli.context import (
    FAILED,
    Json,
    ask,
    complain,
    counted,
    err,
    fail,
    out,
    plainly,
    print_json,
    tell,
    telling,
)
from cli.output import printable
from cli.persons import signed
from cli.statement_printing import (
    ERASED,
    Addressee,
    NotPrinted,
    Printed,
    Row,
    files_of,
    made,
    said_of,
    write,
)
from cli.statement_words import (
    AMOUNTS,
    ASKED,
    DISPUTED,
    HELP,
    IN_PLAN,
    Document,
    document,
    facts,
    masked,
)
from cli.tables import Column, money, number, show, summed, text

app = typer.Typer(
    help="Statements of what patients owe: list, show, print and issue them, their terms; and what patients dispute."
)
terms_app = typer.Typer(
    help="How often patients are sent a statement, until when it is due, and what it prints."
)
app.add_typer(terms_app, name="terms")
app.command("issue")(patients.issue)
app.command("dispute")(patients.dispute)
app.command("answer")(patients.answer)
app.command("tell-again")(patients.tell_again)


def notice_shown(row: Row) -> str:
    """How many statements asked for it, and what else there is to know of this one."""
    marks = {"final": row["final"], "on demand": row["on_demand"], "plan": bool(row["plan"])}
    return " ".join([str(row["notice"]), *(mark for mark, stands in marks.items() if stands)])


BOOKS, POSTING, REGISTRATION = "reference", "posting", "registration"
PAGE, MOST_OF_A_DAY = 1_000, 50_000
MOST_ASKED = 500
"""Accounts of one statement whose person is asked for: all are the same guarantor's."""
TERMS = (
    text("terms", "name"),
    Column("for", lambda row: row.get("legal_entity") or "all of ours"),
    number("every days", "cycle_days"),
    number("due after", "due_days"),
    money("from", "smallest_cents"),
    number("notices", "notices"),
    text("from", "effective_from"),
    text("to", "effective_to"),
    Column("remit to", lambda row: ", ".join(row.get("remit_to") or ())),
    text("phone", "phone"),
    text("published", "listed_on"),
)
STATEMENTS = (
    text("statement", "statement"),
    text("issued", "issued_on"),
    text("legal entity", "legal_entity"),
    text("guarantor", "guarantor"),
    Column("accounts", lambda row: f"{len(row['accounts']):,}", right=True),
    money("owed", "owed_cents"),
    money("disputed", "disputed_cents"),
    money("asked", "asked_cents"),
    text("due", "due_on"),
    Column("notice", notice_shown),
)
ACCOUNTS = (
    text("account", "account"),
    text("service", "service_on"),
    *(money(header.lower(), name) for name, header in AMOUNTS),
)
DAY = ["%Y-%m-%d"]
Statement = Annotated[
    str, typer.Argument(help="Its number, as `statements list` shows it.", show_default=False)
]
Entity = Annotated[str, typer.Option(help="Only those of this legal entity.")]


@terms_app.command()
@plainly
def publish(
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON: `docs/command-line.md` names what is in it.", exists=True, dir_okay=False
        ),
    ],
    json: Json = False,
) -> None:
    """Publish terms. The same name again takes their place, but for what statements print of them: that stays."""
    answer = tell(
        BOOKS,
        "/statement-terms",
        content=file.read_bytes(),
        headers=signed("command line") | {"content-type": "application/json"},
    )
    if json:
        print_json({"published": bool(answer["said"])})
    elif answer["said"]:
        out.print("published; statements are sent by them from now on")
    else:
        out.print("they were published before: nothing changed")


@terms_app.command("list")
@plainly
def terms_listed(json: Json = False) -> None:
    """Which terms are published, for whom and from when."""
    rows = _terms()
    print_json(rows) if json else show("terms of statements", TERMS, rows)


def _terms() -> list[Row]:
    found = ask(BOOKS, "/books", kind="statement-terms")
    return [{**entry["facts"], "listed_on": entry["listed_on"]} for entry in found]


@app.command("list")
@plainly
def listed(
    day: Annotated[
        datetime | None,
        typer.Option(help="Only those issued on this day.", formats=DAY, metavar="DAY"),
    ] = None,
    legal_entity: Entity = "",
    guarantor: Annotated[str, typer.Option(help="Only those to this guarantor.")] = "",
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=5 * PAGE)] = 50,
    json: Json = False,
) -> None:
    """Statements that were issued, the newest first."""
    rows = ask(
        POSTING,
        "/statements",
        day=str(day.date()) if day else None,
        legal_entity=legal_entity or None,
        guarantor=guarantor or None,
        limit=limit,
    )
    if json:
        print_json(rows)
        return
    left = rows[0]["listed"] - len(rows) if rows else 0
    show("statements", STATEMENTS, rows, left_off=left, how="`--limit`")


@app.command("show")
@plainly
def show_one(
    statement: Statement,
    people: Annotated[
        bool, typer.Option("--people", help="Name and address as they are; initials without.")
    ] = False,
    json: Json = False,
) -> None:
    """What a statement says, as it was issued and addressed then."""
    row = _statement(statement)
    said = _document(row, people)
    if json:
        print_json(said)
        return
    _print_words(said)


def _statement(number: str) -> Row:
    row: Row = ask(POSTING, f"/statements/{quote(number.strip(), safe='')}")
    return row


def _document(row: Row, people: bool) -> Document:
    terms = _by_name()
    if row["terms"] not in terms:
        fail(f"the terms of this statement are not listed: {row['terms']}")
    with telling(REGISTRATION) as registration:
        person, why = _addressee(registration, row)
    whole = person or {"last": f"[{why}]"}
    shown = whole if people or person is None else masked(whole)
    return document(said_of(row), shown, terms[row["terms"]])


def _by_name() -> dict[str, Row]:
    """Terms by name: whosever they are, what they print under it is the same."""
    return {entry["name"]: entry for entry in _terms()}


def _addressee(registration: Callable[..., Any], row: Row) -> Addressee:
    """The statement's person as they were known when it was issued."""
    accounts = [one["account"] for one in row["accounts"]][:MOST_ASKED]
    body = {"accounts": accounts, "as_of": row["recorded_at"]}
    told = registration("/people", json=body)["people"] if accounts else []
    known = [one["person"] for one in told if one["person"] is not None]
    if known:
        return Addressee(known[0], "")
    return Addressee(None, told[0]["why"] if told else "it has no accounts")


def _print_words(said: Document) -> None:
    for line in said["to"]:
        out.print(Text(printable(line)), soft_wrap=True)
    for name, value in facts(said):
        out.print(Text.assemble((f"{name}: ", "bold"), printable(value)), soft_wrap=True)
    for sentence in said["says"]:
        out.print(Text(sentence), soft_wrap=True)
    for title, rows in (
        (ASKED, said["accounts"]),
        (IN_PLAN, said["in_plan"]),
        (DISPUTED, said["disputed"]),
    ):
        if rows:
            show(title, ACCOUNTS, rows, total=summed(rows, account="total", service_on=""))
    for line in (HELP, said["message"], said["phone"], "", *said["remit_to"]):
        out.print(Text(printable(line)), soft_wrap=True)


@app.command("print")
@plainly
def print_pages(
    into: Annotated[
        Path,
        typer.Option(
            help="The folder; what was printed into it before stays.",
            metavar="FOLDER",
            show_default=False,
        ),
    ],
    day: Annotated[
        datetime | None,
        typer.Option(help="All that were issued on this day.", formats=DAY, metavar="DAY"),
    ] = None,
    statement: Annotated[str, typer.Option(help="Or this one.", metavar="NUMBER")] = "",
    legal_entity: Entity = "",
    json: Json = False,
) -> None:
    """Print statements: an HTML page each, and `statements-….jsonl` with all of them for a print vendor.

    The same statement is printed the same for ever: as it was issued, addressed as its person was known then. Who was
    erased is sent nothing. The files name people: whoever may read the folder reads them.
    """
    if bool(day) == bool(statement):
        raise typer.BadParameter("say which: --day DAY or --statement NUMBER")
    if statement and legal_entity:
        raise typer.BadParameter("one statement is of one legal entity: leave out --legal-entity")
    rows = [_statement(statement)] if statement else _of_day(str(day and day.date()), legal_entity)
    if not rows and not json:
        out.print("no statement was issued then")
        return
    name = statement.strip() or "-".join(filter(None, (str(day and day.date()), legal_entity)))
    done = _made(rows)
    files = files_of(done.documents, name) if done.documents else {}
    fresh = write(into, files) if files else 0
    _told(done, into, fresh, len(files), json)


def _of_day(day: str, legal_entity: str) -> list[Row]:
    rows: list[Row] = []
    while True:
        page: list[Row] = ask(
            POSTING,
            "/statements",
            day=day,
            legal_entity=legal_entity or None,
            after=rows[-1]["statement"] if rows else None,
            limit=PAGE,
        )
        rows += page
        if len(rows) > MOST_OF_A_DAY:
            told = f"more than {MOST_OF_A_DAY:,} statements are not printed at once"
            fail(f"{told}: name one --legal-entity after the other")
        if len(page) < PAGE:
            break
    return sorted(rows, key=lambda row: (row["legal_entity"], row["statement"]))


def _made(rows: list[Row]) -> Printed:
    if not rows:
        return Printed([], [])
    terms = _by_name()
    with telling(REGISTRATION) as registration, err.status("") as shown:
        return made(
            rows,
            lambda row: _addressee(registration, row),
            terms,
            lambda n: shown.update(f"{n:,} of {counted(len(rows), 'statement')}"),
        )


def _told(done: Printed, into: Path, fresh: int, files: int, json: bool) -> None:
    """What was printed, and what was not and why; exits with 1 where that is for another reason than an erasure."""
    erased = [one.statement for one in done.left_out if one.why == ERASED]
    others = [one for one in done.left_out if one.why != ERASED]
    if json:
        print_json(
            {
                "folder": str(into),
                "printed": len(done.documents),
                "files": files,
                "written": fresh,
                "erased": erased,
                "not_printed": [one._asdict() for one in others],
            }
        )
    else:
        again = ", as they are there already" if files and not fresh else ""
        out.print(Text(f"{counted(len(done.documents), 'statement')} printed{again}: {into}"))
        for one in [NotPrinted(number, "its person was erased") for number in erased]:
            out.print(Text(f"not printed: {one.statement}: {one.why}"), soft_wrap=True)
        if erased:
            out.print(f"{counted(len(erased), 'statement')} of persons who were erased")
    for one in others:
        complain("not printed", f"{one.statement}: {one.why}")
    if others:
        raise typer.Exit(FAILED)
