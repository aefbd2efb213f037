"""`overpayments`: since when somebody knows that a payer paid too much, what is looked for, and what is sent back."""

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.context import Json, dollars, out, plainly, print_json, tell
from cli.persons import By, named, signed

app = typer.Typer(
    help="What payers paid too much (`list overpayments`): identify it, investigate what else there is, refund it."
)

Account = Annotated[
    str, typer.Argument(help="The account, as `list overpayments` shows it.", show_default=False)
]
Decision = Annotated[
    str, typer.Argument(help="The payer's decision (ADJ…), as it shows that.", show_default=False)
]
On = Annotated[
    datetime | None,
    typer.Option(
        "--on",
        help="The day; the last business day that was opened without.",
        formats=["%Y-%m-%d"],
        metavar="DAY",
    ),
]


@app.command()
@plainly
def identify(
    account: Account,
    decision: Decision,
    reason: Annotated[str, typer.Option(help="Why it is an overpayment, and how one knows.")],
    on: On = None,
    by: By = "",
    json: Json = False,
) -> None:
    """Say since when somebody knows of it: it is due back 60 days later. An earlier day can be told later, no later one."""
    body = {"reason": reason, **_day("identified_on", on)}
    _told(_say(account, decision, "identify", body, by, "identifies it"), "identified", json)


@app.command()
@plainly
def investigate(
    account: Account,
    decision: Decision,
    reason: Annotated[str, typer.Option(help="What else is looked for.")],
    on: On = None,
    by: By = "",
    json: Json = False,
) -> None:
    """Look in good faith for what else the same cause overpaid. The 60 days stand still: until 180 days after it was identified at the latest."""
    body = {"reason": reason, **_day("looked_from", on)}
    answer = _say(account, decision, "investigate", body, by, "investigates it")
    _told(answer, "under investigation", json)


@app.command()
@plainly
def conclude(
    account: Account,
    decision: Decision,
    reason: Annotated[str, typer.Option(help="What was found.")],
    on: On = None,
    by: By = "",
    json: Json = False,
) -> None:
    """Say that the look is over: the 60 days go on, with the days added that stood still."""
    body = {"reason": reason, **_day("concluded_on", on)}
    answer = _say(account, decision, "conclude", body, by, "concludes it")
    _told(answer, "concluded", json)


@app.command()
@plainly
def refund(
    account: Account,
    decision: Decision,
    refund: Annotated[str, typer.Option(help="Our own number of the refund, such as the check's.")],
    reason: Annotated[str, typer.Option(help="Why it is sent back.")],
    cents: Annotated[
        int | None, typer.Option(help="Only so much of it; all that is open without.", min=1)
    ] = None,
    by: By = "",
    json: Json = False,
) -> None:
    """Book that we sent it back. The same refund again changes nothing."""
    body = {"refund": refund, "reason": reason, **({"cents": cents} if cents else {})}
    answer = _say(account, decision, "refunds", body, by, "refunds it")
    how_much = dollars(cents) if cents else "all that was still here"
    _told(answer, "refunded", json, how_much)


def _day(name: str, day: datetime | None) -> dict[str, str]:
    return {name: str(day.date())} if day else {}


def _say(
    account: str, decision: str, what: str, body: dict[str, Any], by: str, does: str
) -> dict[str, Any]:
    who = named(by, does)
    answer: dict[str, Any] = tell(
        "posting",
        f"/accounts/{account.strip().upper()}/overpayments/{decision.strip()}/{what}",
        json={**body, "approver": who},
        headers=signed(who),
    )
    return answer


def _told(
    answer: dict[str, Any], done: str, json: bool, told: str = "see claimlog list overpayments"
) -> None:
    changed = bool(answer["said"])
    if json:
        print_json({"done": done, "changed": changed})
    else:
        out.print(f"{done}: {told}" if changed else "nothing changed")
