"""`legal-hold`: keep what there is of a patient, or of everybody, until a matter is over."""

from typing import Annotated
from urllib.parse import quote

import typer

from cli.context import Json, ask, out, plainly, print_json, tell
from cli.persons import By, named, signed
from cli.tables import Column, show, text

app = typer.Typer(help="Legal holds: place one, lift it, list them. Whom one keeps is not erased.")
BOOKS = "reference"
HOLDS = (
    text("matter", "hold"),
    Column("keeps", lambda row: row["patient"] or "everybody"),
    text("why", "reason"),
    text("placed", "placed_on"),
    text("lifted", "lifted_on"),
    text("for", "lifted_for"),
)

Matter = Annotated[str, typer.Argument(help="The number of the matter; never a name.")]


@app.command()
@plainly
def place(
    matter: Matter,
    reason: Annotated[str, typer.Option(help="Why; it names nobody.")],
    account: Annotated[str, typer.Option(help="Keep the patient of this account.")] = "",
    everybody: Annotated[bool, typer.Option("--everybody", help="Keep all patients.")] = False,
    by: By = "",
    json: Json = False,
) -> None:
    """Place a legal hold: from now on neither the patient's key nor any received file goes."""
    if bool(account) == everybody:
        raise typer.BadParameter("say --account, or --everybody", param_hint="--account")
    patient = patient_of(account) if account else ""
    body = {"hold": matter, "patient": patient, "reason": reason}
    said = _told("/legal-holds", body, named(by, "places it"))
    if json:
        print_json({"hold": matter, "patient": patient, "placed": said})
    else:
        out.print("placed" if said else "it was placed before: nothing changed")


@app.command()
@plainly
def lift(
    matter: Matter,
    reason: Annotated[str, typer.Option(help="Why it is over.")],
    by: By = "",
    json: Json = False,
) -> None:
    """Lift a legal hold. What another hold keeps stays."""
    said = _told(
        f"/legal-holds/{quote(matter, safe='')}/lift", {"reason": reason}, named(by, "lifts it")
    )
    if json:
        print_json({"hold": matter, "lifted": said})
    else:
        out.print("lifted" if said else "it was lifted before: nothing changed")


@app.command("list")
@plainly
def listed(json: Json = False) -> None:
    """Which holds are in force, and which were lifted when and why."""
    rows = [
        {"lifted_on": None, "lifted_for": "", **entry["facts"], "placed_on": entry["listed_on"]}
        for entry in ask(BOOKS, "/books", kind="legal-hold")
    ]
    print_json(rows) if json else show("legal holds", HOLDS, rows)


def patient_of(account: str) -> str:
    """The patient whose account it is, as registration calls them."""
    return str(ask("registration", f"/accounts/{account.strip().upper()}")["patient"])


def _told(path: str, body: dict[str, str], who: str) -> bool:
    headers = signed(who)
    return bool(tell(BOOKS, path, json=body, headers=headers)["said"])
