"""`kpis`: the revenue cycle's key figures, each with its numerator and denominator."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.context import Json, ask, dollars, out, plainly, print_json
from cli.past import Until, ask_past
from cli.tables import Column, show, text


class By(StrEnum):
    """What the figures are told by, beside all of it."""

    all = "all"
    month = "month"
    payer = "payer"
    facility = "facility"


@plainly
def kpis(
    by: Annotated[By, typer.Option(help="Also by month, payer or facility.")] = By.all,
    months: Annotated[
        int, typer.Option(help="So many calendar months, the open one among them.", min=1, max=60)
    ] = 12,
    until: Until = None,
    json: Json = False,
) -> None:
    """Clean claims, first-pass resolution, denial rates, collections, days in A/R: what was counted, over what, and the rate."""
    if until:
        found = ask_past(until.date(), "/kpis", by=by.value, months=months)
    else:
        found = ask("reporting", "/kpis", by=by.value, months=months)
    if json:
        print_json(found)
    else:
        render(found)


def render(found: dict[str, Any]) -> None:
    """The figures as one table: dollars, counts, percent and days as their row says."""
    if found["as_of"] is None:
        out.print("nothing happened here yet: no business day was opened")
        return
    group = Column(
        found["by"], lambda row: "all" if row["name"] is None else escape(row["name"] or "?")
    )
    columns = (
        text("figure", "kpi"),
        *(() if found["by"] == "all" else (group,)),
        Column("numerator", lambda row: counted(row, "numerator"), right=True),
        Column("denominator", lambda row: counted(row, "denominator"), right=True),
        Column("value", value, right=True),
    )
    show(f"Key figures, {found['since']} to {found['as_of']}", columns, found["kpis"])
    for kpi, formula in {row["kpi"]: row["formula"] for row in found["kpis"]}.items():
        out.print(f"  {kpi}: {formula}", highlight=False)
    out.print(
        "  the open month is not whole yet; what is in no figure, and why: docs/questions.md",
        highlight=False,
    )


def counted(row: dict[str, Any], key: str) -> str:
    """Dollars with their sign, or a count."""
    return f"$ {dollars(row[key])}" if row["counts"] == "cents" else f"{row[key]:,}"


def value(row: dict[str, Any]) -> str:
    """`94.20 %`, `41.5 days`, or `-` where there is nothing to divide by."""
    if row["value"] is None:
        return "-"
    return (
        f"{row['value'] / 100:.2f} %"
        if row["unit"] == "basis points"
        else f"{row['value']:.1f} days"
    )
