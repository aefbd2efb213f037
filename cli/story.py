"""`story ACCOUNT`: what happened to one account, with its balance after each step."""

from typing import Annotated, Any

import typer
from rich.table import Table

from cli.context import Json, ask, dollars, out, plainly, print_json

CENTS = "_cents"


@plainly
def story(
    number: Annotated[str, typer.Argument(help="An account number, or a claim number (CLM01).")],
    json: Json = False,
) -> None:
    """One account: service, sent, accepted, check, allowed, write-off, coinsurance, balance, who did it."""
    found = ask("reporting", f"/story/{number}")
    if json:
        print_json(found)
    else:
        render(found)


def show_examples() -> None:
    """The stories of one paid, one denied and one rejected claim."""
    for name, account in ask("reporting", "/examples").items():
        out.print(f"\n[bold]The story of one {name} claim[/bold]")
        render(ask("reporting", f"/story/{account}"))


def render(s: dict[str, Any]) -> None:
    """A story as tables."""
    m = s["money"] or {}
    out.print(
        f"account {s['account']} · {m.get('facility')} · first payer {m.get('payer')} · "
        f"date of service {m.get('service_on')}"
    )
    for claim in s["claims"]:
        out.print(
            f"  claim {claim['claim']} to {claim['payer']}: {claim['state']}, attempt {claim['attempt']}, "
            f"sent {claim['sent_on'] or '-'}, accepted {claim['accepted_on'] or '-'} "
            f"(payer control {claim['payer_control'] or '-'}), check {claim['check_number'] or '-'}, "
            f"paid {dollars(claim['paid_cents'])}, filing days left {claim['filing_days_left']}"
        )
    table = Table("on", "what", "details", "change", "balance", "by")
    table.columns[3].justify = table.columns[4].justify = "right"
    for step in s["steps"]:
        table.add_row(
            str(step["occurred_on"]),
            _what(step["wire"]),
            _details(step["facts"]),
            dollars(step["change_cents"]) if step["change_cents"] else "",
            dollars(step["balance_cents"]),
            step["actor"],
        )
    out.print(table)


def _what(wire: str) -> str:
    return wire.split(".")[1].replace("_", " ")


def _details(facts: dict[str, Any]) -> str:
    shown = []
    for name, value in facts.items():
        if name in ("facility", "remittance", "posted_on", "service_from"):
            continue
        label = name.removesuffix(CENTS).replace("_", " ")
        if name.endswith(CENTS) or name == "cents":
            text = dollars(value)
        elif isinstance(value, list):
            text = ", ".join(map(str, value))
        else:
            text = str(value)
        shown.append(f"{label if name != 'cents' else 'amount'} {text}")
    return " · ".join(shown)
