"""What a person says of a patient's balance, by its account: disputes, payment plans, collection agencies, a statement now."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.context import Json, ask, counted, dollars, out, plainly, print_json, tell
from cli.persons import By, named, signed
from cli.tables import money, number, show, text

POSTING = "posting"
BATCH = 500
Account = Annotated[
    str,
    typer.Argument(
        help="An account on which the patient owes, as `list owed-by-patients` shows it.",
        show_default=False,
    ),
]
Reason = Annotated[str, typer.Option(help="Why.", show_default=False)]
DisputeName = Annotated[
    str, typer.Argument(help="Our own number of the dispute.", show_default=False)
]
PlanName = Annotated[str, typer.Argument(help="Our own number of the plan.", show_default=False)]
PLANS = (
    text("plan", "plan"),
    text("legal entity", "legal_entity"),
    money("agreed on", "cents"),
    money("a month", "instalment_cents"),
    number("instalments", "instalments"),
    text("next due", "next_due_on"),
    money("due by then", "due_until_then_cents"),
    money("left", "left_cents"),
    number("missed", "missed"),
    text("state", "state"),
    text("agreed", "agreed_on"),
)

plans = typer.Typer(help="Payment plans: agree on monthly instalments, end a plan, list them.")
agency = typer.Typer(
    help="Collection agencies: give a balance to one when all notices were sent, and take it back."
)


class Outcome(StrEnum):
    """What was found of a dispute."""

    stands = "stands"
    changed = "changed"


@plainly
def issue(account: Account, json: Json = False) -> None:
    """Issue a statement now, of the legal entity that this account is of, with all that its patient owes to it. It is no notice."""
    whose = _balance(account)
    body = {"legal_entity": whose["legal_entity"]}
    _said(
        _tell(f"/guarantors/{whose['guarantor']}/statements", body, "command line"), "issued", json
    )


@plainly
def dispute(
    account: Account, number: DisputeName, reason: Reason, by: By = "", json: Json = False
) -> None:
    """Say that the patient disputes what is asked on an account: nothing is asked for it until that is answered."""
    who = named(by, "takes it down")
    body = {"dispute": number, "reason": reason, "approver": who}
    _said(_tell(f"/accounts/{_number(account)}/disputes", body, who), "disputed", json)


@plainly
def answer(
    account: Account,
    number: DisputeName,
    outcome: Annotated[
        Outcome, typer.Option(help="Whether the balance stands, or was changed on its account.")
    ],
    reason: Reason,
    by: By = "",
    json: Json = False,
) -> None:
    """Answer a dispute: what is left of the balance is asked for again."""
    who = named(by, "answers it")
    body = {"outcome": outcome.value, "reason": reason, "approver": who}
    path = f"/accounts/{_number(account)}/disputes/{quote(number, safe='')}/answer"
    _said(_tell(path, body, who), "answered", json)


@plainly
def tell_again(json: Json = False) -> None:
    """Tell guarantors what is owed, where they have heard something else: once, after an older version's log was taken over."""
    told, after = 0, ""
    while rows := ask(POSTING, "/patient-balances/untold", after=after, limit=BATCH):
        body = {"accounts": [row["account"] for row in rows]}
        answer = _tell("/patient-balances/tell-again", body, "command line")
        told += sum(bool(item["said"]) for item in answer["items"])
        # Guarantors hear it a little later: what was told just now is listed still, before what is not.
        after = rows[-1]["account"]
        if len(rows) < BATCH:
            break
    if json:
        print_json({"told": told})
    else:
        out.print(f"told again: {counted(told, 'account')}" if told else "all are told already")


@plans.command()
@plainly
def agree(
    account: Account,
    number: PlanName,
    monthly_cents: Annotated[int, typer.Option(help="What is paid a month, in cents.", min=1)],
    first: Annotated[
        datetime,
        typer.Option(
            help="The day of the first instalment; the others are on the same day of every month.",
            formats=["%Y-%m-%d"],
            metavar="DAY",
        ),
    ],
    reason: Reason,
    by: By = "",
    json: Json = False,
) -> None:
    """Agree on instalments for all that the patient owes to this account's legal entity today, and does not dispute."""
    who, whose = named(by, "agrees"), _balance(account)
    body = {
        "plan": number,
        "legal_entity": whose["legal_entity"],
        "instalment_cents": monthly_cents,
        "first_due_on": str(first.date()),
        "reason": reason,
        "approver": who,
    }
    answer = _tell(f"/guarantors/{whose['guarantor']}/plans", body, who)
    _said(answer, f"agreed, {dollars(monthly_cents)} a month", json, "agreed")


@plans.command()
@plainly
def end(
    account: Account, number: PlanName, reason: Reason, by: By = "", json: Json = False
) -> None:
    """End a plan: what is left is asked for by statements again."""
    who, whose = named(by, "ends it"), _balance(account)
    path = f"/guarantors/{whose['guarantor']}/plans/{quote(number, safe='')}/end"
    _said(_tell(path, {"reason": reason, "approver": who}, who), "ended", json)


@plans.command("list")
@plainly
def listed(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over too.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=5_000)] = 500,
    json: Json = False,
) -> None:
    """Payment plans in force, those that missed an instalment first."""
    rows = ask(POSTING, "/payment-plans", everything=everything, limit=limit)
    if json:
        print_json(rows)
        return
    left = rows[0]["listed"] - len(rows) if rows else 0
    show("payment plans", PLANS, rows, left_off=left, how="`--limit`")


@agency.command()
@plainly
def place(
    account: Account,
    name: Annotated[str, typer.Argument(help="Our code of the agency.", show_default=False)],
    reason: Reason,
    by: By = "",
    json: Json = False,
) -> None:
    """Give a balance to a collection agency. Refused before the terms allow it, while disputed, or while a plan pays it."""
    who = named(by, "places it")
    body = {"agency": name, "reason": reason, "approver": who}
    _said(_tell(f"/accounts/{_number(account)}/agency", body, who), "placed", json)


@agency.command()
@plainly
def recall(account: Account, reason: Reason, by: By = "", json: Json = False) -> None:
    """Take a balance back from its agency: statements ask for it again, from the first notice on."""
    who = named(by, "recalls it")
    body = {"reason": reason, "approver": who}
    _said(_tell(f"/accounts/{_number(account)}/agency/recall", body, who), "recalled", json)


def _number(account: str) -> str:
    return quote(account.strip().upper(), safe="")


def _balance(account: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(POSTING, f"/accounts/{_number(account)}/patient-balance")
    return found


def _tell(path: str, body: dict[str, Any], who: str) -> dict[str, Any]:
    said: dict[str, Any] = tell(POSTING, path, json=body, headers=signed(who))
    return said


def _said(answer: dict[str, Any], told: str, json: bool, done: str = "") -> None:
    changed = bool(answer["said"])
    if json:
        print_json({"done": done or told, "changed": changed})
    else:
        out.print(told if changed else "nothing changed")
