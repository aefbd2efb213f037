"""`prompt-pay`: within how many days payers pay; list the rules, and settle what was paid late."""

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.context import Json, ask, out, plainly, print_json, tell
from cli.persons import By, named, signed
from cli.publishing import BEFORE
from cli.tables import Column, number, show, text

app = typer.Typer(
    help="Within how many days payers pay: publish a rule, list them; and settle what was paid late (`list paid-late`)."
)
BOOKS = "reference"
RULES = (
    Column("of", lambda row: row.get("payer") or f"all {row.get('filing_indicator')}"),
    text("rule", "name"),
    number("days", "days"),
    number("floor", "floor_days"),
    Column(
        "interest a year", lambda row: f"{row['interest_basis_points'] / 100:.2f} %", right=True
    ),
    text("paid from", "effective_from"),
    text("to", "effective_to"),
    text("source", "source"),
    text("published", "listed_on"),
)


@app.command()
@plainly
def publish(
    name: Annotated[
        str,
        typer.Argument(
            help="What the rule is called; the same one again takes its place.", show_default=False
        ),
    ],
    days: Annotated[int, typer.Option(help="Days from receipt, the last one in time.", min=1)],
    since: Annotated[
        datetime,
        typer.Option(
            "--from", help="The first day of payment.", formats=["%Y-%m-%d"], metavar="DAY"
        ),
    ],
    payer: Annotated[str, typer.Option(help="Our code of the payer it is of.")] = "",
    line: Annotated[
        str, typer.Option(help="Or: all payers with this filing indicator (SBR09).", metavar="CODE")
    ] = "",
    interest_basis_points: Annotated[
        int, typer.Option(help="Interest a year, in hundredths of a percent.", min=0, max=10_000)
    ] = 0,
    floor_days: Annotated[
        int, typer.Option(help="So long the payer holds a payment at least; only told.", min=0)
    ] = 0,
    to: Annotated[
        datetime | None,
        typer.Option(
            help="The last day of payment; open without.", formats=["%Y-%m-%d"], metavar="DAY"
        ),
    ] = None,
    source: Annotated[str, typer.Option(help="Where it is written.")] = "unsourced",
    json: Json = False,
) -> None:
    """Publish within how many days of its receipt a claim is paid. What is posted from then on is held against it."""
    rule = {
        "name": name,
        "payer": payer,
        "filing_indicator": line,
        "days": days,
        "floor_days": floor_days,
        "interest_basis_points": interest_basis_points,
        "effective_from": str(since.date()),
        "effective_to": str(to.date()) if to else None,
        "source": source,
    }
    answer = tell(
        BOOKS,
        "/prompt-pay-rules",
        json=rule,
        headers=signed("command line"),
    )
    if json:
        print_json({"published": bool(answer["said"])})
    elif answer["said"]:
        out.print("published; what is posted from now on is held against it")
    else:
        out.print(BEFORE)


@app.command("list")
@plainly
def listed(json: Json = False) -> None:
    """Which rules are published, of whom and from when."""
    rows = _rules()
    if json:
        print_json(rows)
    else:
        show("prompt-pay rules", RULES, rows)


def _rules() -> list[dict[str, Any]]:
    found = ask(BOOKS, "/books", kind="prompt-pay-rule")
    return [{**entry["facts"], "listed_on": entry["listed_on"]} for entry in found]


@app.command()
@plainly
def settle(
    account: Annotated[
        str, typer.Argument(help="The account, as `list paid-late` shows it.", show_default=False)
    ],
    decision: Annotated[str, typer.Argument(help="The payer's decision (ADJ…), as it shows that.")],
    reason: Annotated[str, typer.Option(help="Why nothing more is asked of the payer.")],
    by: By = "",
    json: Json = False,
) -> None:
    """Say why a claim that was paid late is nobody's work any more. No money moves."""
    who = named(by, "settles it")
    answer = tell(
        "posting",
        f"/accounts/{account.strip().upper()}/late-payments/{decision.strip()}/settle",
        json={"reason": reason, "approver": who},
        headers=signed(who),
    )
    if json:
        print_json({"settled": len(answer["said"])})
    else:
        out.print("settled; it moves no money")
