"""`charges`: the charges of an account as they stand, and a correction of one."""

from datetime import datetime
from typing import Annotated, Any

import typer

from cli.context import Json, ask, out, plainly, print_json, tell
from cli.persons import By, named, signed
from cli.tables import Column, money, show, text

app = typer.Typer(help="Charges of an account: list them, and correct or void one.")
NONE = "none"
"""In place of modifiers: they are taken away."""

Account = Annotated[str, typer.Argument(help="The account, as lists and `story` show it.")]

CHARGES = (
    text("charge", "charge"),
    text("day", "service_on"),
    text("to", "service_to"),
    text("procedure", "procedure"),
    Column("modifiers", lambda row: " ".join(row["modifiers"])),
    Column("units", lambda row: f"{row['units']:,}" if row["units"] else "voided", right=True),
    text("place", "place_of_service"),
    text("rendering", "rendering_npi"),
    money("amount", "charge_cents"),
)


@app.command("list")
@plainly
def listed(account: Account, json: Json = False) -> None:
    """The charges of an account as they stand; what was voided has no units."""
    charged = ask("coding", f"/accounts/{account.strip().upper()}")
    rows = [charged["charges"][name] for name in sorted(charged["charges"])]
    if json:
        print_json(rows)
    else:
        show(f"charges of {charged['account']}", CHARGES, rows)


@app.command()
@plainly
def correct(
    account: Account,
    charge: Annotated[
        str, typer.Argument(help="The charge: its number, or the running number in it.")
    ],
    reason: Annotated[str, typer.Option(help="Why; what the record says.")],
    procedure: Annotated[str | None, typer.Option(help="Another procedure code.")] = None,
    modifiers: Annotated[
        str | None,
        typer.Option(
            help="All that it shall have, such as 25,LT; `none` takes them away.", metavar="CODES"
        ),
    ] = None,
    units: Annotated[
        int | None,
        typer.Option(help="Another number of units; --cents is the amount of all.", min=1),
    ] = None,
    cents: Annotated[int | None, typer.Option(help="Another amount.", min=0)] = None,
    on: Annotated[
        datetime | None,
        typer.Option(help="Another day of service.", formats=["%Y-%m-%d"], metavar="DAY"),
    ] = None,
    place: Annotated[str | None, typer.Option(help="Another place of service.")] = None,
    npi: Annotated[str | None, typer.Option(help="Another rendering provider's NPI.")] = None,
    void: Annotated[bool, typer.Option("--void", help="It is billed to nobody.")] = False,
    by: By = "",
    json: Json = False,
) -> None:
    """Correct or void a charge. What is owed moves with it, and coding judges the account again.

    What was voided comes back with --units. A claim that waits for its file goes as its charges are by then.
    """
    changes: dict[str, Any] = {
        "procedure": procedure,
        "modifiers": None if modifiers is None else _codes(modifiers),
        "units": 0 if void else units,
        "charge_cents": cents,
        "service_on": str(on.date()) if on else None,
        "place_of_service": place,
        "rendering_npi": npi,
    }
    body = {name: value for name, value in changes.items() if value is not None}
    if not body:
        raise typer.BadParameter("say what is different in it: --units, --procedure, … or --void")
    if void and len(body) + (units is not None) > 1:
        raise typer.BadParameter("what is voided is not corrected as well", param_hint="--void")
    who = named(by, "corrects it")
    account, charge = numbered(account, charge)
    answer = tell(
        "coding",
        f"/accounts/{account}/charges/{charge}/correct",
        json={**body, "reason": reason},
        headers=signed(who),
    )
    _told(charge, answer, void, json)


def numbered(account: str, charge: str) -> tuple[str, str]:
    """Account and charge as events name them; a bare number is the running number of a charge of ours."""
    account, charge = account.strip().upper(), charge.strip()
    return account, f"{account}-{int(charge):03d}" if charge.isdecimal() else charge


def _codes(modifiers: str) -> list[str]:
    if modifiers.strip().lower() == NONE:
        return []
    return [code for code in modifiers.upper().replace(",", " ").split() if code]


def _told(charge: str, answer: dict[str, Any], void: bool, json: bool) -> None:
    changed = bool(answer["said"])
    coded = "coding.encounter_coded.v1" in answer["said"]
    if json:
        told = {"charge": charge, "changed": changed, "coded": coded, "held": answer["held"]}
        print_json(told)
        return
    done = "voided" if void else "corrected"
    if not changed:
        out.print("it reads so already: nothing changed")
    elif answer["held"]:
        out.print(f"{done}; coding holds the encounter: `claimlog list coding` says why")
    elif coded:
        out.print(f"{done}; the encounter is coded")
    else:
        out.print(
            f"{done}; what coding holds stands in `claimlog list coding`, "
            "what a payer has otherwise in `claimlog list changed-charges`"
        )
