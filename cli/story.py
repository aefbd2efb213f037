"""`story ACCOUNT`: what happened to one account, with its balance after each step."""

from typing import Annotated, Any, NoReturn
from urllib.parse import quote

import typer
from rich.markup import escape

from cli.context import Json, ask, dollars, fail, out, plainly, print_json
from cli.tables import Column, money, show, text

CENTS = "_cents"
BENEFITS = "eligibility.benefits_confirmed.v1"
HIDDEN = (
    "active",
    "facility",
    "remittance",
    "posted_on",
    "service_from",
    "rarcs",
    "payer_order",
    "from_payer_order",
)
NAMES = {
    "cents": "amount",
    "st02": "set",
    "isa13": "interchange",
    "payer_control": "payer control number",
    "check_number": "check",
    "paid_on": "check date",
    "contractual_cents": "write-off (contractual)",
    "patient_part_cents": "left to the next payer or the patient",
    "credit_cents": "credit",
    "deadline_on": "by",
    "next_action": "next",
    "carcs": "denied for",
    "carc": "CARC",
    "filing_limit_on": "file by",
    "to_party": "to",
}
"""What a biller calls a fact; others are shown by their own name."""

HITS = 50
FOUND = (
    text("account", "account"),
    text("found as", "found_as"),
    text("facility", "facility"),
    text("payer", "payer"),
    text("service", "service_on"),
    money("billed", "charges_cents"),
)
"""Accounts that share a number, such as those of one check."""

DECIDED = (
    ("denied", "denied_cents"),
    ("contractual", "contractual_cents"),
    ("left to the next payer or the patient", "patient_cents"),
)
UNFILED = ("ready", "held", "sent", "received", "rejected", "transport rejected")
"""Claims whose filing limit still runs: the payer has neither taken nor decided them. A denial has a deadline of its own."""


@plainly
def story(
    number: Annotated[
        str,
        typer.Argument(
            help="A number of ours (account, claim), another system's, a payer control or check number."
        ),
    ],
    limit: Annotated[
        int, typer.Option(help="At most so many steps, the last.", min=1, max=5_000)
    ] = 500,
    json: Json = False,
) -> None:
    """One account: service, sent, accepted, check, allowed, write-off, coinsurance, balance, who did it."""
    asked = quote(number, safe="")
    hits = ask("reporting", f"/accounts/{asked}", limit=HITS)
    if len(hits) > 1:
        _several(hits, json)
    found = ask("reporting", f"/story/{hits[0]['account'] if hits else asked}", limit=limit)
    if json:
        print_json(found)
    else:
        render(found)


def _several(hits: list[dict[str, Any]], json: bool) -> NoReturn:
    """Which accounts have this number; one has to be asked for."""
    listed = hits[0]["listed"]
    if json:
        print_json(hits)
    else:
        show("accounts of this number", FOUND, hits)
        if listed > len(hits):
            out.print(f"  {listed - len(hits):,} more are left off")
    fail(f"{listed:,} accounts have this number; ask for one of them: claimlog story ACCOUNT")


def show_examples() -> None:
    """The stories of one paid, one denied and one rejected claim."""
    for name, account in ask("reporting", "/examples").items():
        out.print(
            f"\n[bold]The story of one {name} claim[/bold] (claimlog story {account})",
            highlight=False,
        )
        render(ask("reporting", f"/story/{account}"))


def render(s: dict[str, Any]) -> None:
    """A story as tables."""
    out.print(escape(heading(s)), highlight=False)
    for claim in s["claims"]:
        out.print("  " + claim_line(claim), highlight=False)
    if s["left_off"]:
        every = s["left_off"] + len(s["steps"])
        out.print(f"  {s['left_off']:,} earlier steps are left off; all of them: --limit {every}")
    columns = (
        text("on", "occurred_on"),
        Column("what", what),
        Column("details", lambda step: escape(details(step["facts"]))),
        Column(
            "change $",
            lambda step: dollars(step["change_cents"]) if step["change_cents"] else "",
            right=True,
        ),
        money("balance", "balance_cents"),
        text("by", "actor"),
    )
    show(f"Account {s['account']}", columns, s["steps"])


def heading(s: dict[str, Any]) -> str:
    """Whose account, where, who was asked in turn, when, and what is owed by whom now."""
    m = s["money"] or {}
    payers = list(dict.fromkeys([m.get("payer") or "self-pay", *(c["payer"] for c in s["claims"])]))
    owes = [
        (
            "payers owe",
            sum(m.get(k) or 0 for k in ("open_cents", "denied_cents", "next_payer_cents")),
        ),
        ("of it denied", m.get("denied_cents") or 0),
        ("patient owes", m.get("patient_owes_cents") or 0),
        ("credit", m.get("credit_cents") or 0),
    ]
    told = (
        ", ".join(f"{name} {dollars(cents)}" for name, cents in owes if cents) or "nothing is owed"
    )
    return (
        f"account {s['account']} · patient {s['patient'] or 'not known'} · {m.get('facility') or '-'} · "
        f"{', then '.join(payers)} · date of service {m.get('service_on') or '-'} · "
        f"billed {dollars(m.get('charges_cents'))} · {told}"
    )


def claim_line(c: dict[str, Any]) -> str:
    """One claim: where it stands, what was answered, and how long it may still be filed."""
    told = [
        f"claim {escape(c['claim'])} to {c['payer']}: [bold]{c['state']}[/bold], attempt {c['attempt']}"
    ]
    if c["sent_on"]:
        told.append(f"sent {c['sent_on']}")
    if c["accepted_on"]:
        told.append(
            f"accepted {c['accepted_on']}, payer control number {c['payer_control'] or '-'}"
        )
    if c["state"] == "rejected" and c["rejection"]:
        told.append(f"rejected {c['rejected_on']} ({c['rejection']})")
    if c["hold"]:
        told.append(f"held: {escape(c['hold'])}")
    if c["adjudicated_on"]:
        told.append(f"check {c['check_number'] or '-'} of {c['adjudicated_on']}")
        told.append(f"paid {dollars(c['paid_cents'])}" if c["paid_cents"] else "nothing paid")
        if c.get("returned_cents"):
            told.append(f"of it taken back or refunded {dollars(c['returned_cents'])}")
        told += [f"{name} {dollars(c[key])}" for name, key in DECIDED if c[key]]
    left = c["filing_days_left"]
    if left is not None and c["state"] in UNFILED and not c["adjudicated_on"]:
        told.append(
            f"[red]filing limit {c['filing_limit_on']} past[/red]"
            if left < 0
            else f"{left} filing days left"
        )
    return ", ".join(told)


def what(step: dict[str, Any]) -> str:
    """What happened; an answer about a coverage is told as the answer that it was."""
    if step["wire"] == BENEFITS:
        return (
            "coverage active" if step["facts"].get("active") else "[red]coverage NOT active[/red]"
        )
    return str(step["wire"]).split(".")[1].replace("_", " ")


def details(facts: dict[str, Any]) -> str:
    """The facts of a step in a biller's words; money in dollars."""
    shown = []
    for name, value in facts.items():
        if name in HIDDEN:
            continue
        label = NAMES.get(name, name.removesuffix(CENTS).replace("_", " "))
        if name.endswith(CENTS) or name == "cents":
            told = dollars(value)
        elif isinstance(value, list):
            told = ", ".join(map(str, value))
        else:
            told = str(value)
        shown.append(f"{label} {told}")
    return " · ".join(shown)
