"""`what-if`: what the figures would be with other books, by the services' own rules over the whole log."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from cli.context import (
    FAILED,
    Json,
    counted,
    dollars,
    err,
    fail,
    need_engines,
    out,
    plainly,
    print_json,
    stack,
)
from cli.past import Until
from cli.tables import money, number, show, text
from deploy.other_books import Change, read_changes
from deploy.what_if import Found, side_by_side
from deploy.what_if import what_if as run_what_if
from shared.decided import Otherwise
from shared.errors import Malformed

LIMIT = 50
WHOLE = ("figure", "facility", "payer")
CASH = ("insurance paid", "patient paid")
FIGURES = (
    text("figure", "figure"),
    number("was", "was_items"),
    number("would be", "would_be_items"),
    money("was", "was_cents"),
    money("would be", "would_be_cents"),
    money("more", "more_cents"),
)


@plainly
def what_if(
    books: Annotated[
        Path | None,
        typer.Argument(
            help="Changes of payers, receivers and rules, as JSON; without: today's rules, the books as they were.",
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    until: Until = None,
    each: Annotated[
        bool, typer.Option("--each", help="A row for each facility and payer.")
    ] = False,
    limit: Annotated[
        int, typer.Option(help="At most so many accounts by name.", min=1, max=50_000)
    ] = LIMIT,
    json: Json = False,
) -> None:
    """What our denials, money, ages, deadlines would be with other books: decided again from the log, no live table is touched.

    FILE is a list of changes: {"payer": "COMM", "set": {"filing_limit_days": 90}, "since": "2026-03-01"}, a receiver likewise, or
    {"rules": [{"group": "CO", "carc": "97", "meaning": "contractual"}]}; without `since` it always was so. What payers answered
    and people did stays as it was. Without FILE it tells what today's rules decide otherwise than the log has it, and exits with 1.
    """
    changes = _changes(books)
    chosen = stack()
    need_engines(chosen)
    day = until.date() if until else None
    of = chosen.settings.partitions
    with err.status("reading the log") as shown:
        found = uvloop.run(
            run_what_if(
                chosen,
                changes,
                day,
                {"/summary": {}, "/figures": {}},
                lambda p, n: shown.update(f"{p} of {of} partitions, {n:,} records decided again"),
            )
        )
    if found.was["/summary"]["as_of"] is None:
        fail("no business day was open by then", FAILED)
    if found.unused:
        fail(f"change {found.unused[0]} is about nothing that was listed in this time", FAILED)
    if json:
        print_json(told(found, limit))
    else:
        render(found, each, limit, books is not None)
    if not changes and found.code.different:
        raise typer.Exit(FAILED)


def _changes(books: Path | None) -> tuple[Change, ...]:
    if books is None:
        return ()
    try:
        changes = read_changes(books.read_bytes())
    except Malformed as wrong:
        raise typer.BadParameter(str(wrong), param_hint="FILE") from None
    if not changes:
        raise typer.BadParameter("it names no change", param_hint="FILE")
    return changes


def told(found: Found, limit: int) -> dict[str, Any]:
    """The answer for scripts."""
    accounts = _accounts(found)
    return {
        "as_of": found.was["/summary"]["as_of"],
        "records": found.records,
        "code": _counts(found.code),
        "books": _counts(found.books),
        "elsewhere": _counts(found.elsewhere),
        "figures": _figures(found, WHOLE),
        "accounts": accounts[:limit],
        "left_off": max(len(accounts) - limit, 0),
        "answered_later": {
            "accounts": len(found.facts_later),
            "events": sum(found.facts_later.values()),
        },
        "left_out": len(found.void),
        "stuck": sorted(_account(stream) for stream in found.stuck),
        "was": found.was["/summary"],
        "would_be": found.would_be["/summary"],
    }


def _figures(found: Found, names: Sequence[str]) -> list[dict[str, Any]]:
    return side_by_side(found.was["/figures"], found.would_be["/figures"], names)


def _counts(otherwise: Otherwise) -> dict[str, Any]:
    return {
        "same": otherwise.same,
        "gone": dict(otherwise.only_first),
        "new": dict(otherwise.only_second),
        "other": dict(otherwise.changed),
        "accounts": len(otherwise.streams),
    }


def _accounts(found: Found) -> list[str]:
    return sorted(_account(stream) for stream in found.code.streams | found.books.streams)


def _account(stream: str) -> str:
    return stream.removeprefix("account/")


def render(found: Found, each: bool, limit: int, other: bool) -> None:
    """What differs, and what cannot be known."""
    names = WHOLE if each else WHOLE[:1]
    rows = _figures(found, names)
    columns = [*FIGURES[:1], *(text(name, name) for name in names[1:]), *FIGURES[1:]]
    show(f"What would be otherwise, as of {found.was['/summary']['as_of']}", columns, rows)
    if rows and not each:
        out.print("  by facility and payer: --each", highlight=False)
    _say(
        f"{counted(found.code.same, 'decision on accounts is', 'decisions on accounts are')} made again as the log has {'it' if found.code.same == 1 else 'them'}{_with(found.code, ', today otherwise')}"
    )
    if other:
        _say(f"with the other books {found.books.same:,} of them stay{_with(found.books, '')}")
    accounts = _accounts(found)
    if accounts:
        left = f" and {len(accounts) - limit:,} more (--limit)" if len(accounts) > limit else ""
        _say(f"accounts: {' '.join(accounts[:limit])}{left}")
    for sentence in unknown(found):
        _say(sentence)


def _with(otherwise: Otherwise, word: str) -> str:
    parts = (
        (otherwise.changed, "say something else"),
        (otherwise.only_second, "more"),
        (otherwise.only_first, "fewer"),
    )
    told = [
        f"{sum(counts.values()):,} {what} ({', '.join(f'{n:,} {name}' for name, n in sorted(counts.items()))})"
        for counts, what in parts
        if counts
    ]
    return "".join(f"{word}; {one}" for one in told)


def unknown(found: Found) -> list[str]:
    """What this cannot tell, as far as it was met."""
    sentences = []
    if found.facts_later:
        sentences.append(
            f"not known: on {len(found.facts_later):,} of these accounts payers answered or people acted later "
            f"({counted(sum(found.facts_later.values()), 'event')}); they did so on what was, and that stays"
        )
    less = {
        row["figure"]: row["more_cents"]
        for row in _figures(found, WHOLE[:1])
        if row["more_cents"] < 0
    }
    if cash := {name: cents for name, cents in less.items() if name in CASH}:
        told = ", ".join(f"{name} {dollars(cents)}" for name, cents in cash.items())
        sentences.append(
            f"cash is a fact ({told}): so much would lie unposted on a check or unapplied with a guarantor, it is not that less came in"
        )
    if found.elsewhere.different:
        sentences.append(
            f"not carried on: {counted(found.elsewhere.different, 'decision')} about other streams, such as a queue, a payee or a "
            "guarantor, would be other; there everything stays as it was"
        )
    if found.stuck:
        sentences.append(
            f"not known: {counted(len(found.stuck), 'account')} on which a rule fails with such a past; they are left as they were"
        )
    if found.void:
        sentences.append(
            f"left out: {counted(len(found.void), 'thing')} that people did to what would not have been there, such as a denial"
        )
    return sentences


def _say(sentence: str) -> None:
    out.print(f"  {sentence}", highlight=False)
