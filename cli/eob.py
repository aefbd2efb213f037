"""`eob FILE`: a check with a paper EOB, or one that only a payer's portal shows, typed in; `--for` gives one to fill in."""

import hashlib
import json
import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import typer
from rich.markup import escape

from cli import remittances
from cli.context import (
    FAILED,
    Json,
    ask,
    complain,
    counted,
    dollars,
    err,
    fail,
    out,
    plainly,
    print_json,
    url_of,
)
from cli.persons import named

Body = dict[str, Any]
TRACKING = remittances.SERVICE
MOST_SIGNS = 48
"""Of a check's number that has room for what marks its correction."""
REVERSAL = "22"
"""CLP02 of a claim that is taken back."""


@plainly
def eob(
    file: Annotated[
        Path | None,
        typer.Argument(help="A check as JSON: docs/command-line.md.", exists=True, dir_okay=False),
    ] = None,
    claims: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            help="Print a check of these claims to fill in: their lines and charges, no patient.",
            metavar="CLAIM",
        ),
    ] = None,
    correct: Annotated[
        bool,
        typer.Option(
            "--correct",
            help="Print a check that takes FILE back and enters it anew, to be changed.",
        ),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell what would happen; nothing is kept.")
    ] = False,
    by: Annotated[
        str,
        typer.Option(
            help="Who types it; without it, the login name.", metavar="NAME", show_default=False
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Enter a check whose EOB came on paper or in a payer's portal; from there on it goes the way of an 835.

    Everything that does not balance is told at once, by claim and line, and then nothing is kept. The same check again, typed
    or as an 835, is told and posts nothing.
    """
    if claims and file is None:
        print_json(_to_fill_in([claim.strip().upper() for claim in claims]))
        return
    if claims or file is None:
        raise typer.BadParameter("name a file, or claims with --for")
    if correct:
        print_json(_correction(file))
        return
    result = _enter(file, named(by, "types it"), check)
    if as_json:
        print_json(result)
    else:
        _show(result, check)
    became = result["became"]
    if result["mistakes"] or (became and became["state"] in remittances.NOT_POSTED):
        raise typer.Exit(FAILED)


def _enter(file: Path, by: str, only_check: bool) -> Body:
    data, url = file.read_bytes(), url_of(TRACKING)
    status, told = _post(url, "/eobs/check", data, by)
    result = _result(file, told if status == 200 else {"mistakes": _mistakes(told)})
    if only_check or result["mistakes"]:
        return result
    payment = remittances.Payment(told["check_number"], remittance=told["remittance"])
    watch = remittances.Watch(url, [payment])
    status, told = _post(url, "/eobs", data, by)
    if status != 200:
        return result | {"mistakes": _mistakes(told)}
    with err.status("waiting for what becomes of the check"):
        (became,) = watch.became(told["again"], time.monotonic() + remittances.WAIT_SECONDS)
    return _result(file, told) | {"became": became}


def _post(url: str, path: str, data: bytes, by: str) -> tuple[int, Body]:
    key = hashlib.sha256(data + by.encode()).hexdigest()
    headers = {"Idempotency-Key": f"eob/{key}", "X-Actor": by, "content-type": "application/json"}
    answer = httpx.post(f"{url}{path}", content=data, headers=headers, timeout=120)
    try:
        body: Body = answer.json()
    except ValueError:
        body = {"sentence": f"{answer.status_code} without a reason"}
    return answer.status_code, body


def _result(file: Path, told: Body) -> Body:
    """What is answered, whatever happened."""
    return {
        "file": str(file),
        "remittance": told.get("remittance") or None,
        "sha256": told.get("sha256"),
        "again": told.get("again", False),
        "claims": told.get("claims"),
        "amount_cents": told.get("amount_cents"),
        "mistakes": told.get("mistakes", []),
        "notes": told.get("notes", []),
        "known": told.get("known"),
        "became": None,
    }


def _mistakes(told: Body) -> list[Body]:
    """Why the door said no: by claim and line, by field, or its one sentence."""
    if found := told.get("mistakes"):
        return list(found)
    return [_field(name) for name in told.get("fields", [])] or [
        _mistake(0, 0, told.get("sentence", ""))
    ]


def _field(name: str) -> Body:
    """A field that is missing, unknown or of another shape: `body.claims.1.lines.0.paid_cents` is of claim 2, line 1."""
    path = name.split(".")[1:]
    at = {"claims": 0, "lines": 0}
    for kind in at:
        if path[:1] == [kind] and len(path) > 1 and path[1].isdigit():
            at[kind], path = int(path[1]) + 1, path[2:]
    field = ".".join(path) or name
    if field == "(not JSON)":
        return _mistake(0, 0, "this is not JSON")
    said = "is not taken" if field.endswith(")") else "is missing, or not what stands there"
    return _mistake(at["claims"], at["lines"], f"{field} {said}")


def _mistake(claim: int, line: int, sentence: str) -> Body:
    where = ", ".join(f"{name} {n}" for name, n in (("claim", claim), ("line", line)) if n)
    told = f"{where}: {sentence}" if where else sentence
    return {"claim": claim, "line": line, "sentence": told, "difference_cents": 0}


def _show(result: Body, only_check: bool) -> None:
    file = result["file"]
    for mistake in result["mistakes"]:
        complain("not entered", f"{file}: {mistake['sentence']}")
    for note in result["notes"]:
        complain("note", f"{file}: {note['sentence']}")
    if result["mistakes"]:
        return
    if became := result["became"]:
        one = remittances.Became(**became)
        next_step = f". Next: {one.next_step}" if one.next_step else ""
        again = " (it was here before: nothing changed)" if result["again"] else ""
        told = f"{file}: {one.sentence()}{next_step}{again}"
        if one.state in remittances.NOT_POSTED:
            complain("refused", told)
        else:
            out.print(escape(told), highlight=False, soft_wrap=True)
    elif only_check:
        told = f"{file}: {counted(result['claims'], 'claim')}, {dollars(result['amount_cents'])}: nothing is wrong with it{_known(result)}"
        out.print(escape(told), highlight=False, soft_wrap=True)


def _known(result: Body) -> str:
    known = result["known"]
    if not known:
        return ""
    how = f"entered by {known['entered_by']}" if known["entered_by"] else "as an 835"
    here = f"; this check is here already, {how}, dated {known['paid_on']}, of {dollars(known['amount_cents'])}, {known['state']}"
    takes = known["state"] in ("refused", "closed")
    return here + (": this one would take its place" if takes else ": this one would post nothing")


# -- to fill in ------------------------------------------------------------------------------------------------


def _to_fill_in(claims: list[str]) -> Body:
    """A check of these claims, with all that is known of it here; what only the paper says is zero or empty."""
    rows = [ask(TRACKING, f"/claims/{quote(claim, safe='')}") for claim in claims]
    facilities = {
        entry["facts"]["facility"]: entry["facts"]
        for entry in ask("reference", "/books", kind="facility")
    }
    where = facilities.get(rows[0]["facility"], {})
    return {
        "payer": rows[0]["payer"],
        "payee_npi": where.get("npi", ""),
        "payee_tax_id": where.get("tax_id", ""),
        "check_number": "",
        "method": "CHK",
        "paid_on": "",
        "amount_cents": 0,
        "reference": "",
        "claims": [_claim(row) for row in rows],
        "provider_adjustments": [],
    }


def _claim(row: Body) -> Body:
    charges = ask("coding", f"/accounts/{row['account']}")["charges"]
    lines = [_line(charge) for charge in charges.values() if charge["units"]]
    if (billed := sum(line["charge_cents"] for line in lines)) != row["charge_cents"]:
        complain(
            "note",
            f"{row['claim']} was billed with {dollars(row['charge_cents'])}, its account has charges of {dollars(billed)}: "
            "leave out the lines that are not on it",
        )
    return {
        "claim": row["claim"],
        "status": str(min(row["payer_order"], 3)),
        "charge_cents": row["charge_cents"],
        "paid_cents": 0,
        "payer_control": row["payer_control"],
        "adjustments": [],
        "remarks": [],
        "lines": lines,
    }


def _line(charge: Body) -> Body:
    return {
        "charge": charge["charge"],
        "procedure": charge["procedure"],
        "modifiers": list(charge["modifiers"]),
        "units": charge["units"],
        "charge_cents": charge["charge_cents"],
        "paid_cents": 0,
        "adjustments": [],
        "remarks": [],
    }


# -- to correct ------------------------------------------------------------------------------------------------


def _correction(file: Path) -> Body:
    """A check of no money that reverses every claim of another one, as a payer does, and says it again, to be changed.

    What that one took back itself stays taken back.
    """
    try:
        was: Body = json.loads(file.read_bytes())
        _negated(was)
    except ValueError:
        fail(f"{file} is not JSON")
    except RecursionError:
        fail(f"{file} is nested too deeply to be a check")
    try:
        stands = [claim for claim in was["claims"] if claim.get("status") != REVERSAL]
        claims = [one for claim in stands for one in (_taken_back(claim), claim)]
        number = f"{was['check_number'][:MOST_SIGNS]}-C"
    except (AttributeError, KeyError, TypeError):
        fail(f"{file} is no check with claims: docs/command-line.md")
    if number != f"{was['check_number']}-C":
        complain("note", f"the number of {file} is too long to add -C to; it is cut: {number}")
    none = {"amount_cents": 0, "method": "NON", "provider_adjustments": []}
    return was | none | {"check_number": number, "claims": claims}


def _taken_back(claim: Body) -> Body:
    found: Body = _negated(claim)
    return found | {"status": REVERSAL}


def _negated(value: Any) -> Any:
    """The same with every amount of the other sign."""
    if isinstance(value, list):
        return [_negated(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: -of if name.endswith("cents") and isinstance(of, int) else _negated(of)
        for name, of in value.items()
    }
