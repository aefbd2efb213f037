"""`import FILE…`: 837s of another system, as history with opening balances, or 837Ps that were never sent as claims."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import typer
from rich.markup import escape
from rich.progress import track

from cli.context import FAILED, Json, ask, complain, err, out, plainly, print_json, url_of
from cli.taking_over import as_professional, take_over
from cli.taking_over_lines import Refuse
from shared.x12 import Finding, Unreadable, read_file
from shared.x12.claim_837i import check_837i, read_837i
from shared.x12.claim_837p import ProfessionalClaim, check_837p, read_batch_837p
from shared.x12.envelope import TransactionSet, kind_of

CHUNK = 200
BEFORE = "it was imported before with other options or content; what that did stands, nothing changed"


@plainly
def import_claims(
    files: Annotated[list[Path], typer.Argument(help="837P files; 837I files as history.", exists=True, dir_okay=False)],
    facility: Annotated[
        str, typer.Option(help="The facility the claims belong to; it must be listed.")
    ],
    new: Annotated[
        bool,
        typer.Option(
            "--new/--history", help="Bill claims that were never sent, or record history."
        ),
    ] = False,
    payer: Annotated[
        str, typer.Option(help="Our payer code, where the file's payer is not listed.")
    ] = "",
    leave_out: Annotated[
        bool,
        typer.Option("--leave-out", help="Bill without what cannot be carried, and say what that is."),
    ] = False,
    json: Json = False,
) -> None:
    """Take over claims of another system. A broken file is refused whole; running again is harmless."""
    how = How(facility.upper(), new, payer.upper(), leave_out)
    results = [_one(path, how) for path in files]
    if json:
        print_json(results)
    else:
        for r in results:
            if r["refused"]:
                complain("refused", r["refused"])
            else:
                what = "to be billed" if new else "as history, never sent"
                told = f"{r['file']}: {r['claims']} claims {what}; {r['held']} wait for a coder"
                out.print(escape(told), highlight=False)
                for note in r["notes"]:
                    out.print(escape(f"  {note}"), highlight=False)
    if any(r["refused"] for r in results):
        raise typer.Exit(FAILED)


@dataclass(frozen=True, slots=True)
class How:
    """What the person asked for."""

    facility: str
    new: bool = False
    payer: str = ""
    leave_out: bool = False


def _one(path: Path, how: How) -> dict[str, Any]:
    result: dict[str, Any] = {"file": str(path), "claims": 0, "held": 0, "notes": [], "refused": ""}
    try:
        data = path.read_bytes()
        claims = read_claims(path.name, data, new=how.new)
        books = Books(how.facility, how.payer)
        key = hashlib.sha256(data).hexdigest()
        taken = [
            take_over(c, books, new=how.new, leave_out=how.leave_out) for c in claims
        ]
        result["held"] = send([one.items for one in taken], key, how.new)
        result["claims"] = len(taken)
        result["notes"] = [note for one in taken for note in one.notes]
    except Refuse as why:
        told = str(why)
        result["refused"] = told if told.startswith(path.name) else f"{path.name}: {told}"
    return result


def _refuse(name: str, findings: list[Finding]) -> Refuse:
    return Refuse("; ".join(f"{name}: {f}" for f in findings[:3]))


def read_claims(name: str, data: bytes, *, new: bool = True) -> list[ProfessionalClaim]:
    """All claims of a file, read and checked before anything is sent; institutional ones as a history needs them."""
    try:
        read = read_file(data)
    except Unreadable as no:
        raise _refuse(name, no.findings) from None
    claims: list[ProfessionalClaim] = []
    for one in read.sets():
        found, wrong = _claims_of(name, one, new)
        if wrong:
            raise _refuse(name, wrong)
        claims += found
    if not claims:
        raise Refuse(f"{name}: there is no claim in it")
    seen: set[str] = set()
    for claim in claims:
        if claim.clm01 in seen:
            raise Refuse(f"{name}: CLM at segment {claim.segment}: its CLM01 stands in the file twice")
        seen.add(claim.clm01)
    return claims


def _claims_of(
    name: str, one: TransactionSet, new: bool
) -> tuple[list[ProfessionalClaim], list[Finding]]:
    """The claims of a set, and what is wrong with them: an NPI's check digit is judged by the claim edits, sums here."""
    kind = kind_of(one)
    if kind == "837P":
        batch, findings = read_batch_837p(one)
        found, checked = batch.claims, check_837p(batch.claims, one)
        for claim in found[:1]:  # What stands before the claims is named once.
            claim.unknown = [*batch.unknown, *claim.unknown]
    elif kind == "837I" and not new:
        stays, findings = read_837i(one)
        found, checked = [as_professional(c) for c in stays], check_837i(stays, one)
    else:
        also = " to be billed; take an 837I over with --history" if kind == "837I" else ""
        raise Refuse(f"{name}: holds a {kind}; only professional claims (837P) are imported{also}")
    wrong = [f for f in findings if f.severity == "error"]
    wrong += [f for f in checked if f.element in ("CLM02", "CLM01", "LX01", "DTP03") and f.severity == "error"]
    undated = [c for c in found if not any(line.service_from for line in c.lines)]
    wrong += [one.finding(c.segment, "no line has a day of service", element="DTP03") for c in undated[:1]]
    return found, wrong


class Books:
    """What the reference service lists, as far as an import needs it."""

    def __init__(self, facility: str, payer: str) -> None:
        listed = {
            r["facts"]["facility"]: r["facts"] for r in ask("reference", "/books", kind="facility")
        }
        if facility not in listed:
            raise Refuse(
                f"facility {facility} is not listed; there are {', '.join(sorted(listed))}"
            )
        self.facility = listed[facility]
        self.payers = [r["facts"] for r in ask("reference", "/books", kind="payer")]
        self.fallback = payer
        if payer and payer not in {p["payer"] for p in self.payers}:
            raise Refuse(f"payer {payer} is not listed")

    def payer(self, payer_id: str, name: str, *, fallback: bool = True) -> str:
        """Our code by X12 id, name or alias; `--payer` where that is allowed."""
        wanted = name.upper().strip()
        for p in self.payers:
            if p["payer_id"] == payer_id or wanted in (
                p["name"].upper(),
                *map(str.upper, p["aliases"]),
            ):
                return str(p["payer"])
        if self.fallback and fallback:
            return self.fallback
        instead = "name one of ours with --payer" if fallback else "list it first"
        raise Refuse(f"payer {payer_id or wanted} is not listed; {instead}")


def send(rows: list[dict[str, Any]], key: str, new: bool) -> int:
    """Hand everything in, in bounded requests under keys of the file; how many wait for a coder."""
    doors = [("registration", "/encounters", "encounters", "encounter")]
    doors.append(("coding", "/charges", "accounts", "charges"))
    if not new:
        doors.append(("submission", "/history", "claims", "history"))
    held = 0
    for service, path, name, item in doors:
        steps = range(0, len(rows), CHUNK)
        for start in track(steps, service, console=err, transient=True, disable=not err.is_terminal):
            body = {name: [row[item] for row in rows[start : start + CHUNK]]}
            held += _post(service, path, name, body, f"import/{key}/{item}/{start}")
    return held


def _post(service: str, path: str, name: str, body: dict[str, Any], key: str) -> int:
    answer = httpx.post(
        url_of(service) + path,
        json=body,
        headers={"Idempotency-Key": key, "X-Actor": "command line"},
        timeout=120,
    )
    try:
        said = answer.json()
    except ValueError:
        raise Refuse(f"{service}: it answered {answer.status_code} without a reason") from None
    if answer.status_code >= 400:
        _refused(service, said)
    listed = (
        said
        if isinstance(said, list)
        else said.get(name) or next(v for v in said.values() if isinstance(v, list))
    )
    refused = [row for row in listed if row.get("status", 200) >= 400]
    if refused:
        _refused(service, refused[0])
    return sum(1 for row in listed if row.get("held"))


def _refused(service: str, said: dict[str, Any]) -> NoReturn:
    if "Idempotency-Key" in str(said.get("sentence")):
        raise Refuse(BEFORE)
    fields = f" ({', '.join(said['fields'])})" if said.get("fields") else ""
    raise Refuse(f"{service}: {said.get('sentence')}{fields}")
