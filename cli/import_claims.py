"""`import FILE…`: 837Ps of another system, as history with opening balances, or as claims that were never sent."""

import hashlib
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.progress import track

from cli.context import FAILED, Json, ask, complain, err, out, plainly, print_json, url_of
from shared.x12 import Finding, Unreadable, read_file
from shared.x12.claim_837p import ProfessionalClaim, check_837p, read_837p
from shared.x12.envelope import kind_of

CHUNK = 200
SOURCE = "IMPORT"


class Refuse(Exception):
    """A file that is not taken; nothing of it was sent anywhere."""


@plainly
def import_claims(
    files: Annotated[list[Path], typer.Argument(help="837P files.", exists=True, dir_okay=False)],
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
    json: Json = False,
) -> None:
    """Take over claims of another system. A broken file is refused whole; running again is harmless."""
    results = [_one(path, facility.upper(), new, payer.upper()) for path in files]
    if json:
        print_json(results)
    else:
        for r in results:
            if r["refused"]:
                complain("refused", r["refused"])
            else:
                how = "to be billed" if new else "as history, never sent"
                out.print(f"{r['file']}: {r['claims']} claims {how}; {r['held']} wait for a coder")
    if any(r["refused"] for r in results):
        raise typer.Exit(FAILED)


def _one(path: Path, facility: str, new: bool, payer: str) -> dict[str, Any]:
    result: dict[str, Any] = {"file": str(path), "claims": 0, "held": 0, "refused": ""}
    try:
        data = path.read_bytes()
        claims = read_claims(path.name, data)
        books = Books(facility, payer)
        key = hashlib.sha256(data).hexdigest()
        rows = [translate(c, books, new) for c in claims]
        result["held"] = send(rows, key, new)
        result["claims"] = len(rows)
    except Refuse as why:
        result["refused"] = str(why)
    return result


def _refuse(name: str, findings: list[Finding]) -> Refuse:
    return Refuse("; ".join(f"{name}: {f}" for f in findings[:3]))


def read_claims(name: str, data: bytes) -> list[ProfessionalClaim]:
    """All claims of a file, read and checked before anything is sent."""
    try:
        read = read_file(data)
    except Unreadable as no:
        raise _refuse(name, no.findings) from None
    claims: list[ProfessionalClaim] = []
    for one in read.sets():
        if kind_of(one) != "837P":
            raise Refuse(
                f"{name}: holds a {kind_of(one)}; only professional claims (837P) are imported"
            )
        found, findings = read_837p(one)
        # An NPI's check digit is judged by the claim edits; what the sums say must be right here.
        wrong = [f for f in findings if f.severity == "error"]
        wrong += [
            f for f in check_837p(found, one) if f.element in ("CLM02", "CLM01", "LX01", "DTP03")
        ]
        if wrong:
            raise _refuse(name, wrong)
        claims += found
    if not claims:
        raise Refuse(f"{name}: there is no claim in it")
    return claims


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

    def payer(self, payer_id: str, name: str) -> str:
        """Our code by X12 id, name or alias."""
        wanted = name.upper().strip()
        for p in self.payers:
            if p["payer_id"] == payer_id or wanted in (
                p["name"].upper(),
                *map(str.upper, p["aliases"]),
            ):
                return str(p["payer"])
        if self.fallback:
            return self.fallback
        raise Refuse(f"payer {payer_id or wanted} is not listed; name one of ours with --payer")


def _person(c: ProfessionalClaim) -> dict[str, Any]:
    p = c.patient or c.subscriber.party
    address = p if p.street else c.subscriber.party
    return {
        "mrn": f"IMP-{c.subscriber.member_id or c.clm01}-{p.first}"[:40],
        "last": p.last or "UNKNOWN",
        "first": p.first or "UNKNOWN",
        "middle": p.middle,
        "born_on": (p.born_on or c.subscriber.party.born_on or _earliest(c)).isoformat(),
        "sex": p.sex if p.sex in ("F", "M") else "U",
        "street": address.street or "UNKNOWN",
        "city": address.city or "UNKNOWN",
        "state": address.state if len(address.state) == 2 else "NY",
        "zip": address.zip if address.zip.isdigit() and len(address.zip) in (5, 9) else "00000",
    }


def _earliest(c: ProfessionalClaim) -> Any:
    days = [line.service_from for line in c.lines if line.service_from]
    return min(days)


def translate(c: ProfessionalClaim, books: Books, new: bool) -> dict[str, Any]:
    """One claim as the request items of registration, coding and (for history) submission."""
    on = _earliest(c).isoformat()
    payer = books.payer(c.payer.payer_id, c.payer.name)
    identity = {"source_system": SOURCE, "encounter": c.clm01[:48]}
    entity = {
        "facility": books.facility["facility"],
        "legal_entity": books.facility["legal_entity"],
    }
    coverage = {
        "order": 1,
        "payer": payer,
        "relation": c.patient_relation or c.subscriber.relation or "18",
        "filing_indicator": c.subscriber.filing_indicator or "CI",
        "member_id": c.subscriber.member_id or "UNKNOWN",
        "group_number": c.subscriber.group_number,
        "effective_from": "2000-01-01",
    }
    npi = c.rendering_npi or books.facility["npi"]
    charges = [
        {
            "service_on": (line.service_from or _earliest(c)).isoformat(),
            "procedure": line.procedure or "?",
            "modifiers": line.modifiers[:4],
            "units": max(line.units, 1),
            "charge_cents": line.charge_cents,
            "place_of_service": line.place_of_service or c.place_of_service or "11",
            "rendering_npi": npi,
            "ndc": line.ndc or None,
        }
        for line in c.lines
    ]
    return {
        "encounter": {
            **identity,
            **entity,
            "encounter_class": "import",
            "service_from": on,
            "service_to": on,
            "billing": "bill" if new else "history",
            "patient": _person(c),
            "coverages": [coverage],
        },
        "charges": {
            **identity,
            "charges": charges,
            "diagnoses": [
                {"sequence": n, "code": code} for n, code in enumerate(c.diagnoses[:12], 1)
            ],
            "pointers": [line.pointers[:4] or [1] for line in c.lines] if c.diagnoses else [],
            "coder": "import",
        },
        "history": {
            **identity,
            **entity,
            "foreign_number": c.clm01[:38],
            "payer": payer,
            "total_cents": c.total_cents,
            "first_billed_on": on,
            "lines": [
                {"charge_cents": x.charge_cents, "insurance_open_cents": x.charge_cents}
                for x in c.lines
            ],
        },
    }


def send(rows: list[dict[str, Any]], key: str, new: bool) -> int:
    """Hand everything in, in bounded requests under keys of the file; how many wait for a coder."""
    doors = [("registration", "/encounters", "encounters", "encounter")]
    doors.append(("coding", "/charges", "accounts", "charges"))
    if not new:
        doors.append(("submission", "/history", "claims", "history"))
    held = 0
    for service, path, name, item in doors:
        for start in track(range(0, len(rows), CHUNK), f"{service}", console=err, transient=True):
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
    said = answer.json()
    if answer.status_code >= 400:
        raise Refuse(f"{service}: {said.get('sentence')} {said.get('fields', '')}")
    listed = (
        said
        if isinstance(said, list)
        else said.get(name) or next(v for v in said.values() if isinstance(v, list))
    )
    refused = [row for row in listed if row.get("status", 200) >= 400]
    if refused:
        raise Refuse(f"{service}: {refused[0].get('sentence')}")
    return sum(1 for row in listed if row.get("held"))
