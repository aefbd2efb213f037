"""What a schedule would have allowed, beside what a payer allowed: for scripts, and as a person reads it."""

from typing import Any

from cli.context import dollars, out
from cli.tables import money, number, show, text

AMOUNTS = (
    money("it allows", "expected_cents"),
    money("payer allowed", "allowed_cents"),
    money("denied", "denied_cents"),
    money("off by", "variance_cents"),
)
_CENTS = ("expected_cents", "allowed_cents", "denied_cents", "variance_cents")
MONTH = ("month", "standing", "lines", *_CENTS)
LINE = (
    "standing", "account", "claim", "charge", "line", "facility", "check_number", "paid_on", "service_on", "procedure", "units", "charge_cents", *_CENTS,
)  # fmt: skip


def answer(told: dict[str, Any], payer: str, found: dict[str, Any]) -> dict[str, Any]:
    """The answer for scripts, from the reports of what would have been found."""
    figures = found.get("/figures", ())

    def total(figure: str, what: str) -> int:
        return sum(row[what] for row in figures if (row["figure"], row["payer"]) == (figure, payer))

    under, over = (f"lines allowed {standing} their contract" for standing in ("under", "over"))
    return {
        "file": told["file"],
        "payer": payer,
        "lines": total("lines held against a contract", "items"),
        "under_lines": total(under, "items"),
        "under_cents": total(under, "cents"),
        "over_lines": total(over, "items"),
        "over_cents": -total(over, "cents"),
        "months": [
            {name: row[name] for name in MONTH} for row in found.get("/underpaid-by-schedule", ())
        ],
        "largest": [{name: row[name] for name in LINE} for row in found.get("/underpaid", ())],
        "mistakes": told["mistakes"],
        "left_off": told["left_off"],
    }


def compare(found: dict[str, Any]) -> None:
    """Tables by month and of the largest lines, and what it all comes to."""
    months = (text("", "standing"), text("month", "month"), number("lines", "lines"), *AMOUNTS)
    show("by month of the payment", months, found["months"])
    largest = (
        text("", "standing"),
        text("account", "account"),
        text("service", "service_on"),
        text("procedure", "procedure"),
    )
    show("the largest", (*largest, money("billed", "charge_cents"), *AMOUNTS), found["largest"])
    more = found["under_cents"] - found["over_cents"]
    out.print(
        f"{found['lines']:,} lines compared; this schedule allows {dollars(abs(more))} {'more' if more >= 0 else 'less'} than {found['payer']} did: "
        f"{dollars(found['under_cents'])} more on {found['under_lines']:,} of them, {dollars(found['over_cents'])} less on {found['over_lines']:,}",
        highlight=False,
        soft_wrap=True,
    )
