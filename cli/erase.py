"""`erase`: a person's data key goes for good, and received files when they were kept long enough; the money stays."""

import sys
import time
from typing import Annotated, Any, Literal

import typer

from cli.context import FAILED, Json, ask, counted, err, fail, out, plainly, print_json, tell
from cli.legal_hold import patient_of
from cli.persons import By, named, signed
from cli.tables import Column, show, text

app = typer.Typer(help="Erase a person for good; the requests; how long received files are kept.")
WAIT_SECONDS = 60.0
STEP_SECONDS = 0.25
ENDED = ("refused", "destroyed")
REQUESTS = (
    text("patient", "patient"),
    text("state", "state"),
    Column("accounts", lambda row: f"{row['answered']} of {row['accounts']} answered"),
    text("asked", "asked_on"),
    text("by", "asked_by"),
    text("why", "reason"),
    text("decided", "decided_on"),
    text("gone", "destroyed_on"),
    Column("kept for", lambda row: " ".join((row["sentence"], *row["unsettled"])).strip()),
)


@app.command()
@plainly
def person(
    account: Annotated[str, typer.Argument(help="Any account of the person.")],
    reason: Annotated[str, typer.Option(help="Why; it names nobody.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    by: By = "",
    json: Json = False,
) -> None:
    """Erase a person: names, addresses, member ids and notes of all their accounts are unreadable for ever after.

    It is refused under a legal hold, and while anything of their accounts is open. What was billed and paid stays.
    """
    who = named(by, "asks for it")
    patient = patient_of(account)
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("nobody is there to be asked: say --yes", param_hint="--yes")
        typer.confirm("Nobody can take this back. Erase this person?", abort=True, err=True)
    headers = signed(who)
    tell("registration", f"/patients/{patient}/erasure", json={"reason": reason}, headers=headers)
    row = _outcome(patient)
    if json:
        print_json(row)
    elif row["state"] == "destroyed":
        out.print(f"erased, with {counted(row['accounts'], 'account')}; the keys are gone")
    if row["state"] == "refused":
        if json:
            raise typer.Exit(FAILED)
        fail(f"not erased: {' '.join((row['sentence'], *row['unsettled']))}")
    if row["state"] not in ENDED and not json:
        out.print("asked; see `claimlog erase list` for what becomes of it")


def _outcome(patient: str) -> dict[str, Any]:
    """What became of the newest request, or how it stands when the wait is over."""
    deadline = time.monotonic() + WAIT_SECONDS
    with err.status("every account is asked whether it is settled"):
        while True:
            row: dict[str, Any] = ask("registration", "/erasures", patient=patient, limit=1)[0]
            if row["state"] in ENDED or time.monotonic() > deadline:
                return row
            time.sleep(STEP_SECONDS)


@app.command("list")
@plainly
def listed(
    state: Annotated[
        Literal["asked", "refused", "erased", "destroyed"] | None,
        typer.Option(help="Only requests that stand so."),
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=5_000)] = 500,
    json: Json = False,
) -> None:
    """Who was to be erased, for what reason, and what became of it."""
    if state is None:
        rows = ask("registration", "/erasures", limit=limit)
    else:
        rows = ask("registration", "/erasures", limit=limit, state=state)
    print_json(rows) if json else show("erasures", REQUESTS, rows)


@app.command()
@plainly
def files(
    reason: Annotated[str, typer.Option(help="Why so long, or for ever.")],
    days: Annotated[
        int | None,
        typer.Option(help="From the day a file came; six years are 2,192.", min=365, max=36_500),
    ] = None,
    for_ever: Annotated[bool, typer.Option("--for-ever", help="Keep them all again.")] = False,
    by: By = "",
    json: Json = False,
) -> None:
    """How long received files are kept: then each goes, with the names in it. Under a legal hold none does."""
    if (days is None) != for_ever:
        raise typer.BadParameter("say --days, or --for-ever", param_hint="--days")
    who = named(by, "says so")
    headers = signed(who)
    body = {"received_files_days": days, "reason": reason}
    said = bool(tell("reference", "/retention", json=body, headers=headers)["said"])
    if json:
        print_json({"received_files_days": days, "said": said})
    else:
        kept = "for ever" if days is None else f"for {counted(days, 'day')}"
        out.print(f"received files are kept {kept}" + ("" if said else ", as before"))
