"""`list NAME`: one list of the summary, or of another service's work, by itself, as long as one wants."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli import summary
from cli.context import Json, ask, plainly, print_json
from cli.past import Until, ask_past
from cli.tables import Column, money, number, show, text

FACILITY, PAYER = text("facility", "facility"), text("payer", "payer")


def failures(row: dict[str, Any]) -> str:
    """Every coding rule that an encounter breaks, in words, each once."""
    return "; ".join(dict.fromkeys(_told(f) for f in row.get("failures") or ()))


def _told(failure: dict[str, Any]) -> str:
    """Code edits speak of codes: which charge it is, `edits support` and a correction ask for."""
    charge = str(failure.get("field", "")).rpartition("-")[2].lstrip("0")
    of_codes = str(failure.get("rule", "")).startswith(("PTP", "MUE", "ADD-ON"))
    return f"charge {charge}: {failure['sentence']}" if of_codes else failure["sentence"]


LISTS: dict[str, tuple[str, tuple[Column, ...]]] = {
    "money": ("/money", (FACILITY, PAYER, *summary.MONEY)),
    "checks": ("/checks", summary.CHECKS),
    "checks-that-do-not-match": ("/checks-that-do-not-match", summary.CHECKS),
    "not-in-the-bank": ("/not-in-the-bank", summary.BANK),
    "unsent": ("/unsent", summary.UNSENT),
    "rejected": ("/rejected", summary.REJECTED),
    "denials": ("/denials", summary.DENIALS),
    "denial-work-list": ("/denial-work-list", summary.DENIAL_WORK),
    "reopenings": ("/reopenings", summary.REOPENINGS),
    "unanswered": (
        "/unanswered",
        (
            text("awaited", "awaited"),
            text("from", "who"),
            text("file or claim", "item"),
            text("sent", "sent_on"),
            money("billed", "cents"),
            number("waiting, business days", "waiting_days"),
            number("usual", "usual_days"),
            number("late by", "late_days"),
            text("next", "next_step"),
        ),
    ),
    "underpaid": ("/underpaid", summary.UNDERPAID),
    "underpaid-by-schedule": (
        "/underpaid-by-schedule",
        (
            text("", "standing"),
            PAYER,
            text("schedule", "schedule"),
            text("version", "version"),
            text("month", "month"),
            number("lines", "lines"),
            money("expected", "expected_cents"),
            money("allowed", "allowed_cents"),
            money("denied", "denied_cents"),
            money("off by", "variance_cents"),
            number("open", "open_lines"),
            money("open", "open_cents"),
        ),
    ),
    "unclaimed": ("/unclaimed", summary.UNCLAIMED),
    "changed-charges": ("/changed-charges", summary.CHANGED_CHARGES),
    "unposted": ("/unposted", summary.UNPOSTED),
    "unapplied": ("/unapplied", summary.UNAPPLIED),
    "overpayments": ("/overpayments", summary.OVERPAYMENTS),
    "paid-late": (
        "/paid-late",
        (
            PAYER,
            text("account", "account"),
            text("claim", "claim"),
            text("received", "received_on"),
            text("pay by", "pay_by"),
            text("paid", "paid_on"),
            number("days late", "days_late"),
            money("paid", "paid_cents"),
            money("interest due", "interest_cents"),
            money("interest came", "came_cents"),
            money("missing", "missing_cents"),
            text("rule", "rule"),
            text("next", "next_step"),
        ),
    ),
    "credit-balances": (
        "/credit-balances",
        (
            text("quarter", "quarter"),
            text("whose", "whose"),
            PAYER,
            text("patient", "patient"),
            Column(
                "claim, or account",
                lambda row: escape(row.get("claim") or row.get("account") or ""),
            ),
            text("payer control number", "payer_control"),
            text("service", "service_on"),
            text("paid", "received_on"),
            text("identified", "identified_on"),
            money("credit", "cents"),
            money("sent back", "returned_cents"),
            money("left", "left_cents"),
            text("cause", "cause"),
            text("how it ended", "how"),
        ),
    ),
    "takebacks": ("/takebacks", summary.TAKEBACKS),
    "patient-balances": (
        "/patient-balances",
        (text("account", "account"), FACILITY, money("patient owes", "patient_owes_cents")),
    ),
    "owed-by-patients": (
        "/owed-by-patients",
        (
            text("account", "account"),
            text("legal entity", "legal_entity"),
            text("service", "service_on"),
            text("owed since", "owed_since"),
            money("owes", "owed_cents"),
            number("notices", "stated"),
            text("last notice", "last_notice_on"),
            text("dispute", "dispute"),
            text("plan", "plan"),
            text("agency", "agency"),
            text("next", "next_step"),
        ),
    ),
    "disputes": (
        "/disputes",
        (
            text("account", "account"),
            text("dispute", "dispute"),
            text("since", "opened_on"),
            money("disputed", "cents"),
            money("owes now", "owed_cents"),
            text("why", "reason"),
            text("taken down by", "opened_by"),
        ),
    ),
    "deposits": (
        "/unmatched-deposits",
        (
            text("deposit", "deposit"),
            text("trace", "trace"),
            text("in the bank", "deposited_on"),
            money("amount", "amount_cents"),
            money("nobody's", "left_cents"),
            text("next", "next_step"),
        ),
    ),
    "eligibility": (
        "/work-list",
        (
            text("account", "account"),
            FACILITY,
            PAYER,
            text("what is wrong", "what"),
            text("since", "answered_on"),
            text("next", "next_step"),
        ),
    ),
    "coding": (
        "/work-list",
        (
            text("account", "account"),
            FACILITY,
            Column("what is wrong", lambda row: escape(failures(row))),
            text("coder", "coder"),
            text("since", "since"),
            text("next", "next_step"),
        ),
    ),
}
ELSEWHERE = {
    "eligibility": "eligibility",
    "coding": "coding",
    "deposits": "posting",
    "owed-by-patients": "posting",
    "disputes": "posting",
}
"""Work lists that another service than reporting keeps."""
WHOLE = ("money", "unsent", "underpaid-by-schedule")
"""Lists that have no limit: a row a facility and payer, or a payer's schedule and month."""


@plainly
def listed(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(LISTS)}.")],
    limit: Annotated[int, typer.Option(help="At most so many rows.", min=1, max=5_000)] = 500,
    until: Until = None,
    json: Json = False,
) -> None:
    """One list of the summary, of eligibility's or the coders' work, or posting's (deposits, what patients owe), by itself, whole."""
    if name not in LISTS:
        raise typer.BadParameter(f"no such list; there are {', '.join(LISTS)}")
    path, columns = LISTS[name]
    asked: dict[str, Any] = {} if name in WHOLE else {"limit": limit}
    if until and name in ELSEWHERE:
        raise typer.BadParameter(
            "only reporting's lists are told as of a past day", param_hint="--until"
        )
    rows = (
        ask_past(until.date(), path, **asked)
        if until
        else ask(ELSEWHERE.get(name, "reporting"), path, **asked)
    )
    if json:
        print_json(rows)
        return
    left_off = int(rows[0].get("listed", len(rows))) - len(rows) if rows else 0
    how = f"--limit {min(len(rows) + left_off, 5_000)}"
    show(name.replace("-", " "), columns, rows, left_off=left_off, how=how)
