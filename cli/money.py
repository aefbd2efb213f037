"""`money`: billed, paid, adjusted and owed as the books had it at the end of a day."""

from datetime import date, datetime
from typing import Annotated, Any

import typer

from cli.context import Json, ask, out, plainly, print_json
from cli.tables import money as dollars
from cli.tables import show, text

COLUMNS = {
    "facility": "facility",
    "payer": "payer",
    "billed_cents": "billed",
    "insurance_paid_cents": "insurance paid",
    "patient_paid_cents": "patient paid",
    "contractual_cents": "contractual",
    "write_off_cents": "written off",
    "patient_owes_cents": "patient owes",
    "payers_owe_cents": "payers owe",
    "credit_cents": "credits",
    "opening_cents": "taken over",
    "difference_cents": "difference",
}
RARE = ("write_off_cents", "credit_cents", "opening_cents", "difference_cents")
"""Shown where there is any."""


@plainly
def money(
    until: Annotated[
        datetime | None,
        typer.Option(
            help="The last business day that counts, YYYY-MM-DD; all without.",
            formats=["%Y-%m-%d"],
            metavar="DAY",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Billed, paid, adjusted and owed by facility and payer, as the books had it at the end of a day."""
    found = ask("posting", "/money", until=str(until.date())) if until else ask("posting", "/money")
    found["ended"] = until is not None and _ended(until.date())
    if json:
        print_json(found)
    else:
        render(found)


def _ended(day: date) -> bool:
    """Whether a later business day is open everywhere: nothing more will be posted on this one."""
    return all(
        row["today"] is not None and row["today"] > str(day) for row in ask("posting", "/progress")
    )


def render(found: dict[str, Any]) -> None:
    """The rows and their total, and which day counts."""
    title = f"Posted up to {found['until']}" if found["until"] else "Posted until now"
    none = {
        name for name in RARE if not any(row[name] for row in [*found["money"], found["total"]])
    }
    columns = [
        dollars(header, name) if name.endswith("_cents") else text(header, name)
        for name, header in COLUMNS.items()
        if name not in none
    ]
    show(title, columns, found["money"], total={**found["total"], "facility": "all"})
    out.print(
        "  an entry counts from the business day on which it was posted here, whatever day the payer or bank gave it",
        highlight=False,
    )
    if found["until"]:
        out.print(
            f"  by the payers that accounts have now; as it was known then: claimlog summary --until {found['until']}",
            highlight=False,
        )
    if found["until"] and not found["ended"]:
        out.print("  this day has not ended: what is posted on it still comes", highlight=False)
