"""`fees`: payers' fee schedules: publish one, list them, ask what one would have allowed; settle a line that was allowed otherwise."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer
import uvloop

from cli import repricing
from cli.context import (
    FAILED,
    Json,
    ask,
    counted,
    err,
    need_engines,
    out,
    plainly,
    print_json,
    stack,
    tell,
    url_of,
)
from cli.persons import By, named, signed
from cli.publishing import BEFORE, answered, complain_of, mistakes_in
from cli.tables import Column, money, number, show, text
from contracts.reference import FeeSchedulePublished
from deploy.what_if import priced_again

app = typer.Typer(
    help="Payers' fee schedules: publish, list, reprice; and settle what was allowed other than they say."
)
BOOKS = "reference"

CSV = "text/csv"
SCHEDULES = (
    text("payer", "payer"),
    text("schedule", "name"),
    text("version", "version"),
    text("from", "effective_from"),
    text("to", "effective_to"),
    Column("for", lambda row: row.get("facility") or row.get("legal_entity") or "all of ours"),
    number("rates", "rates"),
    money("tolerates", "tolerance_cents"),
    text("published", "listed_on"),
)


@app.command()
@plainly
def publish(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV: procedure, modifiers, allowed_cents, basis_points.",
            exists=True,
            dir_okay=False,
        ),
    ],
    payer: Annotated[str, typer.Option(help="Our code of the payer.")],
    name: Annotated[str, typer.Option(help="What the schedule is called.")],
    version: Annotated[
        str, typer.Option(help="Its version; the same one again takes the place of the first.")
    ],
    since: Annotated[
        datetime,
        typer.Option(
            "--from", help="The first date of service.", formats=["%Y-%m-%d"], metavar="DAY"
        ),
    ],
    to: Annotated[
        datetime | None,
        typer.Option(
            help="The last date of service; open without.", formats=["%Y-%m-%d"], metavar="DAY"
        ),
    ] = None,
    facility: Annotated[
        str, typer.Option(help="Whose services it is for; all of ours without.")
    ] = "",
    legal_entity: Annotated[
        str, typer.Option(help="For all facilities of this legal entity.")
    ] = "",
    tolerance_cents: Annotated[
        int, typer.Option(help="So much a line may be off.", min=0, max=100_000)
    ] = 0,
    json: Json = False,
) -> None:
    """Publish what a payer's contract allows. What is posted from then on is held against it.

    Everything that is wrong with the file is told at once, by row and column, and then nothing is kept.
    """
    asked = {
        "payer": payer,
        "name": name,
        "version": version,
        "effective_from": str(since.date()),
        "effective_to": str(to.date()) if to else "",
        "facility": facility,
        "legal_entity": legal_entity,
        "tolerance_cents": str(tolerance_cents),
    }
    told = _publish(file, {name: value for name, value in asked.items() if value})
    if json:
        print_json(told)
    else:
        _show(file, told)
    if told["mistakes"]:
        raise typer.Exit(FAILED)


def _publish(file: Path, words: dict[str, str]) -> dict[str, Any]:
    data = file.read_bytes()
    key = hashlib.sha256(data + repr(sorted(words.items())).encode()).hexdigest()
    headers = {"Idempotency-Key": f"fees/{key}", "X-Actor": "command line", "content-type": CSV}
    return result(
        file,
        *answered(
            httpx.post(
                f"{url_of(BOOKS)}/fee-schedules",
                content=data,
                params=words,
                headers=headers,
                timeout=120,
            )
        ),
    )


def result(file: Path, status: int, body: dict[str, Any]) -> dict[str, Any]:
    """What is answered, whatever happened."""
    return {
        "file": str(file),
        "published": status < 400 and bool(body.get("said")),
        "again": status < 400 and (body.get("again", False) or not body.get("said")),
        "mistakes": mistakes_in(body) if status >= 400 else [],
        "left_off": body.get("left_off", 0),
    }


def _show(file: Path, told: dict[str, Any]) -> None:
    complain_of(told, str(file))
    if not told["mistakes"]:
        out.print(
            BEFORE if told["again"] else "published; what is posted from now on is held against it"
        )


@app.command()
@plainly
def reprice(
    file: Annotated[Path, typer.Argument(help="CSV, as for publish.", exists=True, dir_okay=False)],
    payer: Annotated[str, typer.Option(help="Our code of the payer.")],
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from", help="The first date of service.", formats=["%Y-%m-%d"], metavar="DAY"
        ),
    ] = None,
    to: Annotated[
        datetime | None,
        typer.Option(help="The last date of service.", formats=["%Y-%m-%d"], metavar="DAY"),
    ] = None,
    facility: Annotated[str, typer.Option(help="Only services of this facility.")] = "",
    legal_entity: Annotated[str, typer.Option(help="Only services of this legal entity.")] = "",
    limit: Annotated[
        int, typer.Option(help="At most so many lines, the largest.", min=1, max=5_000)
    ] = 50,
    json: Json = False,
) -> None:
    """What this schedule would have allowed on the lines that the payer decided, beside what it allowed. Nothing is kept.

    The whole log is read, and each decision is held against this schedule alone, as if it had always been known.
    """
    chosen = stack()
    need_engines(chosen)
    status, read = answered(
        httpx.post(
            f"{url_of(BOOKS)}/fee-schedules/check",
            content=file.read_bytes(),
            headers={"content-type": CSV},
            timeout=120,
        )
    )
    if status >= 400:
        told = result(file, status, read)
        print_json(repricing.answer(told, payer, {})) if json else _show(file, told)
        raise typer.Exit(FAILED)
    schedule = FeeSchedulePublished(
        payer=payer,
        name="proposed",
        version="1",
        sha256=read["sha256"],
        rates=len(read["rates"]),
        effective_from=since.date() if since else date(1900, 1, 1),
        effective_to=to.date() if to else None,
        facility=facility,
        legal_entity=legal_entity,
    )
    asked: dict[str, dict[str, Any]] = {
        "/figures": {},
        "/underpaid-by-schedule": {},
        "/underpaid": {"limit": limit},
    }
    of = chosen.settings.partitions
    with err.status("reading the log") as shown:
        found = uvloop.run(
            priced_again(
                chosen,
                schedule,
                msgspec.json.encode(read["rates"]),
                asked,
                lambda p, n: shown.update(f"{p} of {of} partitions, {n:,} records decided again"),
            )
        )
    answer = repricing.answer(result(file, status, read), payer, found)
    print_json(answer) if json else repricing.compare(answer)


@app.command("list")
@plainly
def listed(json: Json = False) -> None:
    """Which schedules are published, for whom and from when."""
    rows = [
        {**entry["facts"], "listed_on": entry["listed_on"]}
        for entry in ask(BOOKS, "/books", kind="fee-schedule")
    ]
    if json:
        print_json(rows)
    else:
        show("fee schedules", SCHEDULES, rows)


@app.command()
@plainly
def settle(
    account: Annotated[str, typer.Argument(help="The account, as `list underpaid` shows it.")],
    decision: Annotated[str, typer.Argument(help="The payer's decision (ADJ…), as it shows that.")],
    reason: Annotated[str, typer.Option(help="Why nothing more is asked of the payer.")],
    line: Annotated[
        int | None, typer.Option(help="Only this line of it; all that are open without.", min=1)
    ] = None,
    by: By = "",
    json: Json = False,
) -> None:
    """Say why a line that was allowed under its contract (or over it) is nobody's work any more. No money moves."""
    who = named(by, "settles it")
    answer = tell(
        "posting",
        f"/accounts/{account.strip().upper()}/underpayments/{decision.strip()}/settle",
        json={"reason": reason, "approver": who, **({"line": line} if line else {})},
        headers=signed(who),
    )
    if json:
        print_json({"settled": len(answer["said"])})
    else:
        out.print(f"settled: {counted(len(answer['said']), 'line')}; it moves no money")
