"""`summary`: what a biller asks, to the cent."""

from typing import Any

from rich.markup import escape

from cli.context import Json, ask, counted, dollars, out, plainly, print_json
from cli.past import Until, ask_past
from cli.tables import Column, deadline, money, number, show, summed, text

MONEY = (
    money("billed", "billed_cents"),
    money("insurance paid", "insurance_paid_cents"),
    money("patient paid", "patient_paid_cents"),
    money("contractual", "contractual_cents"),
    money("written off", "write_off_cents"),
    money("patient owes", "patient_owes_cents"),
    money("payers owe", "payers_owe_cents"),
    money("of it denied", "denied_cents"),
    money("credits", "credit_cents"),
    money("difference", "difference_cents"),
)
AGES = (
    money("0-30", "days_0_30"),
    money("31-60", "days_31_60"),
    money("61-90", "days_61_90"),
    money("91-120", "days_91_120"),
    money("over 120", "days_over_120"),
    money("total", "total_cents"),
)


def check_number(row: dict[str, Any]) -> str:
    """A check's number, and who typed it where no file brought it."""
    by = f" (entered by {row['entered_by']})" if row.get("entered_by") else ""
    return escape(f"{row.get('check_number') or ''}{by}")


CHECKS = (
    Column("check", check_number),
    text("payer", "payer"),
    text("state", "state"),
    money("total", "amount_cents"),
    money("posted", "posted_cents"),
    money("unposted", "unposted_cents"),
    money("PLB", "plb_cents"),
    text("why", "reason"),
    text("what next", "next_step"),
)
BANK = (
    Column("check", check_number),
    text("payer", "payer"),
    text("dated", "paid_on"),
    money("total", "amount_cents"),
    money("in the bank", "deposited_cents"),
    number("business days since", "waiting_days"),
)
REJECTED = (
    text("account", "account"),
    text("facility", "facility"),
    text("payer", "payer"),
    text("state", "state"),
    text("since", "since"),
    text("attempt", "which"),
    money("billed", "cents"),
    text("why", "why"),
    text("what next", "next_step"),
    deadline("file by", "file_by"),
)
UNSENT = (
    text("facility", "facility"),
    text("payer", "payer"),
    number("claims", "claims"),
    money("billed", "cents"),
    text("ready since", "ready_since"),
    number("business days", "waiting_days"),
    deadline("file by", "file_by"),
)
DENIALS = (
    text("standing", "standing"),
    text("CARC", "carc"),
    text("RARC", "rarc"),
    text("payer", "payer"),
    number("denials", "denials"),
    money("denied", "cents"),
    text("whose work", "owner"),
    text("what next", "next_action"),
    deadline("first by", "by_when"),
    number("past due", "past_due"),
)
DENIAL_WORK = (
    text("standing", "standing"),
    text("account", "account"),
    text("claim", "claim"),
    text("payer", "payer"),
    text("CARC", "carc"),
    text("RARC", "rarc"),
    money("denied", "cents"),
    text("whose work", "owner"),
    Column(
        "what next",
        lambda row: escape("; ".join(filter(None, (row.get("next_step"), row.get("door"))))),
    ),
    deadline("by", "by_when"),
)
REOPENINGS = (
    text("account", "account"),
    text("claim", "claim"),
    text("payer", "payer"),
    text("payer control number", "payer_control"),
    money("denied", "cents"),
    text("since", "since"),
    text("what next", "next_step"),
    deadline("by", "by_when"),
)
UNPOSTED = (
    text("check", "check_number"),
    text("payer", "payer"),
    text("what", "what"),
    money("unposted", "cents"),
    text("why", "reason"),
    text("since", "since"),
    text("what next", "next_step"),
)
UNAPPLIED = (
    text("account", "account"),
    text("facility", "facility"),
    text("whose money", "whose"),
    money("unapplied", "cents"),
    text("why", "reason"),
    text("since", "since"),
)
UNCLAIMED = (
    text("account", "account"),
    text("facility", "facility"),
    text("payer", "payer"),
    text("what", "what"),
    money("dollars", "cents"),
    text("since", "since"),
    text("next", "next_step"),
)
CHANGED_CHARGES = (
    text("account", "account"),
    text("claim", "claim"),
    text("payer", "payer"),
    text("state", "state"),
    text("sent", "sent_on"),
    money("billed", "billed_cents"),
    money("charged by now", "charges_cents"),
    money("difference", "cents"),
    text("next", "next_step"),
)
UNDERPAID = (
    text("", "standing"),
    text("payer", "payer"),
    text("account", "account"),
    text("procedure", "procedure"),
    money("billed", "charge_cents"),
    money("expected", "expected_cents"),
    money("allowed", "allowed_cents"),
    money("off by", "variance_cents"),
    text("schedule", "schedule"),
    text("since", "since"),
    number("days", "days"),
    text("next", "next_step"),
)
OVERPAYMENTS = (
    text("account", "account"),
    text("payer", "payer"),
    text("state", "state"),
    money("still here", "cents"),
    text("cause", "cause"),
    text("known since", "identified_on"),
    deadline("due back", "due_on"),
    Column("days left", lambda row: _left(row.get("days_left")), right=True),
    text("last", "last_action"),
    text("on", "last_on"),
    text("next", "next_step"),
)
LATE = (
    text("awaited", "awaited"),
    text("from", "who"),
    number("files or claims", "items"),
    money("billed", "cents"),
    text("oldest sent", "oldest_sent_on"),
    number("waiting, business days", "waiting_days"),
    number("usual", "usual_days"),
    number("late by", "late_days"),
)
TAKEBACKS = (
    text("account", "account"),
    text("facility", "facility"),
    text("payer", "payer"),
    text("from check", "check_number"),
    text("on", "occurred_on"),
    text("how", "what"),
    money("taken back", "cents"),
    text("next", "next_step"),
)


@plainly
def summary(until: Until = None, json: Json = False) -> None:
    """What we billed, what came in, what is left and who owes it; checks, denials, aging, what waits."""
    found = ask_past(until.date(), "/summary") if until else ask("reporting", "/summary")
    if json:
        print_json(found)
    else:
        render(found)


def show_summary() -> None:
    """Print the summary."""
    render(ask("reporting", "/summary"))


def render(s: dict[str, Any]) -> None:
    """The summary as tables."""
    if s["as_of"] is None:
        out.print("nothing happened here yet: no business day was opened")
        return
    out.print(f"\n[bold]As of {s['as_of']}[/bold], all money in dollars", highlight=False)
    _money(s)
    _checks(s)
    _work(s)
    _waiting(s)
    _states(s["claims_by_state"])


def equation(total: dict[str, Any]) -> str:
    """Billed less everything that is explained is what payers owe; else by how much it is not."""
    parts = [
        ("insurance paid", total["insurance_paid_cents"]),
        ("patient paid", total["patient_paid_cents"]),
        ("contractual", total["contractual_cents"]),
        ("written off", total["write_off_cents"]),
        ("patient owes", total["patient_owes_cents"]),
    ]
    told = f"billed {dollars(total['billed_cents'])}"
    told += "".join(f" − {name} {dollars(cents)}" for name, cents in parts)
    if total["credit_cents"]:
        told += f" + credits {dollars(total['credit_cents'])}"
    if total["opening_cents"]:
        told += f" − opening balances taken over {dollars(total['opening_cents'])}"
    off = total["difference_cents"]
    sign = "=" if not off else "≠"
    end = "checks" if not off else f"off by {dollars(off)}"
    return f"{told} {sign} open with payers {dollars(total['payers_owe_cents'])} ({end})"


def check_equation(c: dict[str, Any]) -> str:
    """Posted and unposted less provider adjustments is the checks' total; else by how much it is not."""
    off = c["difference_cents"]
    suspense = f" + suspense {dollars(c['suspense_cents'])}" if c["suspense_cents"] else ""
    return (
        f"posted {dollars(c['posted_cents'])} + unposted {dollars(c['unposted_cents'])} "
        f"− PLB {dollars(c['plb_cents'])}{suspense} {'=' if not off else '≠'} "
        f"total of the checks {dollars(c['amount_cents'])} "
        f"({'checks' if not off else 'off by ' + dollars(off)})"
    )


def came_in(s: dict[str, Any]) -> str:
    """Facilities' insurance payments and what is of no facility are the checks; else by how much they are not."""
    paid, checks = s["total"]["insurance_paid_cents"], s["checks"]["amount_cents"]
    other = sum(row["cents"] for row in s["not_of_a_facility"])
    off = paid + other - checks
    return (
        f"insurance paid {dollars(paid)} + not of a facility {dollars(other)} {'=' if not off else '≠'} "
        f"total of the checks {dollars(checks)} ({'checks' if not off else 'off by ' + dollars(off)}); "
        "a takeback (WO) that met an overpayment is in the insurance paid of its facility"
    )


def _money(s: dict[str, Any]) -> None:
    total = {**s["total"], "facility": "all", "payer": "all"}
    show(
        "Money by facility",
        (text("facility", "facility"), *MONEY),
        s["money_by_facility"],
        total=total,
    )
    show("Money by first payer", (text("payer", "payer"), *MONEY), s["money_by_payer"], total=total)
    out.print(equation(s["total"]), highlight=False)
    off = sum(1 for row in s["money"] if row["difference_cents"])
    out.print(
        f"the same holds for {len(s['money']) - off} of {len(s['money'])} pairs of facility and payer: "
        "claimlog list money",
        highlight=False,
    )
    for row in s["not_of_a_facility"]:
        out.print(
            f"not of a facility: {row['what']}, {row['payer']}: {dollars(row['cents'])}",
            highlight=False,
        )
    out.print(came_in(s), highlight=False)
    who = (text("who", "who"), text("what", "what"))
    show(
        f"Who owes it now, by days since the {s['aging_basis']}",
        (*who, *AGES),
        s["owed"],
        total=summed(s["owed"], who="all"),
    )
    what = (text("facility", "facility"), text("owed by", "party"), text("what", "what"))
    show(
        f"A/R by facility and days since the {s['aging_basis']}",
        (*what, *AGES),
        s["aging"],
        total=summed(s["aging"], facility="all"),
    )


def _checks(s: dict[str, Any]) -> None:
    c = s["checks"]
    out.print(
        f"\n[bold]Checks[/bold]: {c['checks']} in all, {c['released']} released, {c['matching']} of them match; "
        + (f"{c['entered']} entered by hand; " if c.get("entered") else "")
        + f"{c['refused']} refused ({dollars(c['refused_cents'])}, nothing of it posted); "
        f"in the bank {dollars(c['deposited_cents'])}, not in the bank yet "
        f"{dollars(c['not_in_the_bank_cents'])} of {counted(c['not_in_the_bank'], 'check')}: "
        "claimlog list not-in-the-bank",
        highlight=False,
    )
    out.print(check_equation(c), highlight=False)
    _list(s, "checks_that_do_not_match", "Checks that do not match", CHECKS, 10)


def _work(s: dict[str, Any]) -> None:
    _list(s, "rejected", "Rejected, or held before it goes", REJECTED, 15)
    show("Ready, and a cut-off passed without them", UNSENT, s["unsent"])
    d = s["denials_total"]
    title = (
        f"Denials to do: {d['to_do']:,}, {dollars(d['to_do_cents'])}; "
        f"past due {d['past_due']:,}, {dollars(d['past_due_cents'])}; "
        f"waiting for the payer: {d['waiting']:,}, {dollars(d['waiting_cents'])}"
    )
    _list(s, "denials", title, DENIALS, 15)
    if s["denials"]:
        out.print("  each with its account: claimlog list denial-work-list")
    _list(s, "underpaid", "Allowed under the payer's contract, or over it", UNDERPAID, 10)
    _list(s, "reopenings", "Reopenings to ask payers for", REOPENINGS, 10)
    show("Who has not answered", LATE, s["late"])
    if s["late"]:
        out.print("  each file and claim: claimlog list unanswered")
    _list(s, "unclaimed", "Insurance money that nobody is asked for", UNCLAIMED, 10)
    _list(
        s,
        "changed_charges",
        "Claims that bill other than their account charges by now",
        CHANGED_CHARGES,
        10,
    )


def _waiting(s: dict[str, Any]) -> None:
    _list(s, "unposted", "Unposted: payers' money on no account", UNPOSTED, 10)
    _list(
        s,
        "unapplied",
        "Unapplied: money we hold and owe to somebody (below zero: owed to us)",
        UNAPPLIED,
        10,
    )
    _list(s, "overpayments", "Overpayments of payers, by when they are due back", OVERPAYMENTS, 10)
    _list(s, "takebacks", "Takebacks", TAKEBACKS, 10)
    if s["parked"]:
        out.print(
            f"[red]{counted(len(s['parked']), 'record is', 'records are')} parked[/red]: claimlog parked list"
        )


def _list(s: dict[str, Any], name: str, title: str, columns: Any, shown: int) -> None:
    rows = s[name]
    left_off = max(len(rows) - shown, 0) + s["left_off"][name]
    how = f"claimlog list {name.replace('_', '-')}"
    total = ""
    if rows and rows[0].get("listed_cents") is not None:
        total = f": {rows[0]['listed']:,}, {dollars(rows[0]['listed_cents'])}"
    show(title + total, columns, rows[:shown], left_off=left_off, how=how)


def _left(days: int | None) -> str:
    return "-" if days is None else f"{days:,}"


def _states(rows: list[dict[str, Any]]) -> None:
    states: dict[str, dict[str, Any]] = {}
    for row in rows:
        counted = states.setdefault(row["state"], {"state": row["state"], "claims": 0, "cents": 0})
        counted["claims"] += row["claims"]
        counted["cents"] += row["cents"] or 0
    columns = (text("state", "state"), number("claims", "claims"), money("billed", "cents"))
    show("Claims by state", columns, list(states.values()))
