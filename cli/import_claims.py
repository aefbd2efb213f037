"""`import FILE…`: 837s of another system, as history with opening balances, or 837Ps that were never sent as claims."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.context import FAILED, Json, ask, complain, counted, out, plainly, print_json
from cli.receive import TAKEN_BY
from cli.sending import Known, send
from cli.taking_over import SOURCE, as_professional, take_over
from cli.taking_over_lines import Refuse
from shared.x12 import Finding, Unreadable, read_file
from shared.x12.claim_837i import check_837i, read_837i
from shared.x12.claim_837p import ProfessionalClaim, check_837p, read_batch_837p
from shared.x12.envelope import TransactionSet, kind_of

ELSEWHERE = ": if they are of another system, name that with --source"
KNOWN_LESS = frozenset({"date.unreadable", "code.missing"})
"""Rules whose breach a history bears: no money hangs on it."""
NAMED = 20
"""So many accounts that wait for a coder are named; `--json` names all."""


def _name_of_a_system(name: str) -> str:
    if not re.fullmatch("[A-Za-z0-9-]{1,20}", name):
        raise typer.BadParameter("a name of at most 20 letters, digits and hyphens")
    return name


@plainly
def import_claims(
    files: Annotated[
        list[Path],
        typer.Argument(help="837P files; 837I files as history.", exists=True, dir_okay=False),
    ],
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
    source: Annotated[
        str,
        typer.Option(
            help="The other system: its claim numbers (CLM01) are its own.",
            callback=_name_of_a_system,
        ),
    ] = SOURCE,
    leave_out: Annotated[
        bool,
        typer.Option(
            "--leave-out", help="Bill without what cannot be carried, and say what that is."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Take over claims of another system. A broken file is refused whole; running again is harmless.

    So is a file with a claim whose number is another claim's already; one that a door refuses later stops no other.
    """
    how = How(facility.upper(), new, payer.upper(), leave_out, source.upper())
    results = [_one(path, how) for path in files]
    if json:
        print_json(results)
    else:
        for r in results:
            if r["refused"]:
                complain("refused", r["refused"])
            else:
                what = "to be billed" if new else "as history, never sent"
                told = f"{r['file']}: {counted(r['claims'], 'claim')} {what}; {r['held']:,} {'waits' if r['held'] == 1 else 'wait'} for a coder"
                out.print(escape(told + _named(r["waiting"])), highlight=False)
                for note in r["notes"]:
                    out.print(escape(f"  {note}"), highlight=False)
                for sentence in r["refused_claims"]:
                    complain("refused", sentence)
    if any(r["refused"] or r["refused_claims"] for r in results):
        raise typer.Exit(FAILED)


@dataclass(frozen=True, slots=True)
class How:
    """What the person asked for."""

    facility: str
    new: bool = False
    payer: str = ""
    leave_out: bool = False
    source: str = SOURCE


def _named(accounts: list[str]) -> str:
    """The accounts that wait for a coder, the first ones."""
    if not accounts:
        return ""
    more = f" and {len(accounts) - NAMED} more" if len(accounts) > NAMED else ""
    return f": {', '.join(accounts[:NAMED])}{more}"


def _one(path: Path, how: How) -> dict[str, Any]:
    result: dict[str, Any] = {
        **{"file": str(path), "claims": 0, "held": 0, "waiting": []},
        **{"notes": [], "refused": "", "refused_claims": []},
    }
    try:
        data = path.read_bytes()
        claims = read_claims(path.name, data, new=how.new)
        books = Books(how.facility, how.payer)
        key = hashlib.sha256(data).hexdigest()
        taken = [
            take_over(c, books, new=how.new, leave_out=how.leave_out, source=how.source)
            for c in claims
        ]
        sent = send([one.items for one in taken], key, how.new)
        result["held"], result["waiting"] = len(sent.held), sent.held
        result["claims"] = len(taken) - len(sent.refused)
        result["notes"] = [
            note for n, one in enumerate(taken) for note in one.notes if n not in sent.refused
        ]
        result["refused_claims"] = [
            f"{path.name}: CLM at segment {claims[n].segment}: {sentence}"
            for n, sentence in sorted(sent.refused.items())
        ]
    except Known as no:
        result["refused"] = "; ".join(
            f"{path.name}: CLM at segment {claims[n].segment}: {sentence}"
            for n, sentence in list(no.sentences.items())[:3]
        ) + (f" ({counted(len(no.sentences), 'claim')}); nothing was taken over{ELSEWHERE}")
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
            raise Refuse(
                f"{name}: CLM at segment {claim.segment}: its CLM01 stands in the file twice"
            )
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
        raise Refuse(f"{name}: holds a {kind}; {_taken_instead(kind, new)}")
    # A history knows less than a bill needs: a day of birth that is none, or a code that is missing, is unknown.
    wrong = [f for f in findings if f.severity == "error" and (new or f.rule not in KNOWN_LESS)]
    wrong += [
        f
        for f in checked
        if f.element in ("CLM02", "CLM01", "LX01", "DTP03") and f.severity == "error"
    ]
    undated = [c for c in found if not any(line.service_from for line in c.lines)]
    wrong += [
        one.finding(c.segment, "no line has a day of service", element="DTP03") for c in undated[:1]
    ]
    return found, wrong


def _taken_instead(kind: str, new: bool) -> str:
    """What is imported, and where a set of this kind goes."""
    if kind in TAKEN_BY:
        return "hand it in with `claimlog receive`"
    if not new:
        return "only professional and institutional claims (837P, 837I) are taken over"
    also = " to be billed; take an 837I over with --history" if kind == "837I" else ""
    return f"only professional claims (837P) are imported{also}"


def _there(codes: Iterable[str]) -> str:
    return f"there are {found}" if (found := ", ".join(sorted(codes))) else "none is listed yet"


class Books:
    """What the reference service lists, as far as an import needs it."""

    def __init__(self, facility: str, payer: str) -> None:
        listed = {
            r["facts"]["facility"]: r["facts"] for r in ask("reference", "/books", kind="facility")
        }
        if facility not in listed:
            raise Refuse(f"facility {facility} is not listed; {_there(listed)}")
        self.facility = listed[facility]
        self.payers = [r["facts"] for r in ask("reference", "/books", kind="payer")]
        self.fallback = payer
        codes = {p["payer"] for p in self.payers}
        if payer and payer not in codes:
            raise Refuse(f"payer {payer} is not listed; {_there(codes)}")

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
