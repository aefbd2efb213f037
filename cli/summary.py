"""`summary`: what a biller asks, to the cent."""

from typing import Any

from rich.table import Table

from cli.context import Json, ask, dollars, out, plainly, print_json

MONEY = (
    ("billed", "billed_cents"),
    ("insurance paid", "insurance_paid_cents"),
    ("patient paid", "patient_paid_cents"),
    ("contractual", "contractual_cents"),
    ("written off", "write_off_cents"),
    ("open", "open_cents"),
    ("denied", "denied_cents"),
    ("next payer", "next_payer_cents"),
    ("patient owes", "patient_owes_cents"),
    ("credits", "credit_cents"),
)


@plainly
def summary(json: Json = False) -> None:
    """What we billed, what came in, what is left and who owes it; checks, denials, aging, what waits."""
    found = ask("reporting", "/summary")
    if json:
        print_json(found)
    else:
        render(found)


def show_summary() -> None:
    """Print the summary."""
    render(ask("reporting", "/summary"))


def render(s: dict[str, Any]) -> None:
    """The summary as tables."""
    out.print(f"\n[bold]As of {s['as_of']}[/bold], dollars")
    _money(s)
    _checks(s)
    _table(
        "Rejected (never entered adjudication), apart from denied",
        s["rejected"],
        ("facility", "payer", "state", "claims"),
        ("cents",),
    )
    _table(
        "Open denials: what next, by when",
        s["denials"][:15],
        ("carc", "rarc", "payer", "denials"),
        ("cents",),
        ("owner", "next_action", "by_when"),
    )
    _table(
        f"A/R by age, from the {s['aging_basis']}",
        s["aging"],
        ("facility", "who"),
        ("days_0_30", "days_31_60", "days_61_90", "days_91_120", "days_over_120", "total_cents"),
    )
    _table(
        "Unposted and unapplied money",
        s["unposted"][:10],
        ("check_number", "payer", "what"),
        ("cents",),
        ("reason",),
    )
    _table(
        "Who has not answered, and how late",
        s["late"],
        ("awaited", "who", "items"),
        ("cents",),
        ("oldest_days",),
    )
    _table(
        "Takebacks",
        s["takebacks"][:10],
        ("account", "facility", "payer", "check_number", "what"),
        ("cents",),
    )
    _states(s["claims_by_state"])


def _money(s: dict[str, Any]) -> None:
    table = Table("facility", "payer", *(name for name, _ in MONEY), title="Money")
    for column in table.columns[2:]:
        column.justify = "right"
    for row in s["money"]:
        table.add_row(row["facility"], row["payer"], *(dollars(row[k]) for _, k in MONEY))
    total = s["total"]
    table.add_section()
    table.add_row("all", "", *(dollars(total[k] or 0) for _, k in MONEY))
    out.print(table)
    left = {
        k: total[k] or 0
        for _, k in MONEY
        if k not in ("billed_cents", "credit_cents")
    }
    opening = total["opening_cents"] or 0
    sum_of_all = sum(left.values()) - (total["credit_cents"] or 0) + opening
    billed = total["billed_cents"] or 0
    sign = "=" if sum_of_all == billed else "≠"
    out.print(
        f"billed {dollars(billed)} {sign} paid + adjusted + owed - credits {dollars(sum_of_all)}"
    )
    for row in s["not_of_a_facility"]:
        out.print(f"not of a facility: {row['what']}, {row['payer']}: {dollars(row['cents'])}")


def _checks(s: dict[str, Any]) -> None:
    c = s["checks"]
    out.print(
        f"\n[bold]Checks[/bold] {c['checks']}: paid {dollars(c['amount_cents'])} "
        f"= claims {dollars(c['claims_cents'])} - PLB {dollars(c['plb_cents'])}; "
        f"posted {dollars(c['posted_cents'])}, unposted "
        f"{dollars(c['claims_cents'] - c['posted_cents'])}, in the bank {dollars(c['deposited_cents'])}; "
        f"{c['refused']} refused"
    )
    _table(
        "Checks that do not match",
        s["checks_that_do_not_match"][:10],
        ("check_number", "payer", "state"),
        ("amount_cents", "posted_cents", "unposted_cents", "plb_cents"),
        ("reason",),
    )


def _states(rows: list[dict[str, Any]]) -> None:
    states: dict[str, list[int]] = {}
    for row in rows:
        counted = states.setdefault(row["state"], [0, 0])
        counted[0] += row["claims"]
        counted[1] += row["cents"] or 0
    listed = [
        {"state": state, "claims": n, "cents": cents} for state, (n, cents) in states.items()
    ]
    _table("Claims by state", listed, ("state", "claims"), ("cents",))


def _table(
    title: str,
    rows: list[dict[str, Any]],
    words: tuple[str, ...],
    money: tuple[str, ...],
    after: tuple[str, ...] = (),
) -> None:
    if not rows:
        out.print(f"\n[bold]{title}[/bold]: none")
        return
    names = [n.replace("_cents", "").replace("_", " ") for n in (*words, *money, *after)]
    table = Table(*names, title=title)
    for column in table.columns[len(words) : len(words) + len(money)]:
        column.justify = "right"
    for row in rows:
        table.add_row(
            *(str(row.get(k, "")) for k in words),
            *(dollars(row.get(k)) for k in money),
            *(str(row.get(k) if row.get(k) is not None else "") for k in after),
        )
    out.print(table)
