"""A check that a person types: the same remittance that an 835 is read into, judged and staged by the same rules."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.adjudication_tracking import FileReceived, ReceivedSet
from contracts.values import Source
from services.adjudication_tracking.domain.books import UNKNOWN, Book
from services.adjudication_tracking.domain.inbound import TakePart
from services.adjudication_tracking.gateway.beyond import BEYOND, beyond, overfull
from services.adjudication_tracking.gateway.eob import Eob, EobAdjustment, EobClaim, EobLine
from services.adjudication_tracking.gateway.findings import errors
from services.adjudication_tracking.gateway.intake import in_parts
from services.adjudication_tracking.gateway.remittances import Judged, Said, here, staged
from shared.aside import aside
from shared.errors import Malformed
from shared.service import Doors, Row
from shared.x12 import Finding
from shared.x12.findings import Severity
from shared.x12.remittance_835 import Cas, Plb, RemitClaim, RemitLine, Remittance, check_835

KIND = "EOB"
"""What such an entry is called among the received files."""
TOLD_IN_SENTENCE = 3
NO_TRACE = (
    "an EFT without payer_trace_id does not find its deposit by itself: the bank shows it beside the number, and so do "
    "other payments of this payer"
)
STATUSES = frozenset({"1", "2", "3", "4", "19", "20", "21", "22", "23", "25"})
"""CLP02 as payers give it; any other is led like 1."""
_WORDS = {
    "SVC02": "the line's charge",
    "SVC03": "what the line paid",
    "CLP03": "the claim's charge",
    "CLP04": "what the claim paid",
    "CLP05": "the patient's part",
    "BPR02": "the check's amount",
}
_ELEMENT = re.compile("|".join(_WORDS))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an entry: which claim and line, from 1; 0 is the check or the claim as a whole."""

    claim: int = 0
    line: int = 0

    def __str__(self) -> str:
        return ", ".join(
            f"{name} {n}" for name, n in (("claim", self.claim), ("line", self.line)) if n
        )


@dataclass(frozen=True, slots=True)
class Mistake(Finding):
    """A finding in an entry: in plain words, at its claim and line."""

    place: Place = Place()

    def __str__(self) -> str:
        where = str(self.place)
        return f"{where}: {self.sentence}" if where else self.sentence

    def told(self) -> dict[str, Any]:
        """As a door answers it."""
        return {
            "claim": self.place.claim,
            "line": self.place.line,
            "sentence": str(self),
            "difference_cents": self.difference_cents,
        }


class NotEntered(Malformed):
    """Everything that is wrong with an entry; nothing of it is kept."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        left = len(mistakes) - TOLD_IN_SENTENCE
        more = f" (and {left} more)" if left > 0 else ""
        said = "; ".join(map(str, mistakes[:TOLD_IN_SENTENCE]))
        super().__init__(f"nothing is entered: {said}{more}")
        self.more = {"mistakes": [m.told() for m in mistakes]}


class Typed:
    """The places of an entry, as the check of a remittance asks for them: the check, then each claim and its lines."""

    def __init__(self) -> None:
        self.places = [Place()]

    def at(self, claim: int, line: int = 0) -> int:
        """The next place."""
        self.places.append(Place(claim, line))
        return len(self.places) - 1

    def split_at(self, place: int) -> list[str]:
        """There are no segments."""
        return []

    def finding(
        self,
        place: int,
        sentence: str,
        *,
        severity: Severity = "error",
        element: str = "",
        loop: str = "",
        code: str = "",
        level: str = "",
        difference_cents: int = 0,
        claim: str = "",
        rule: str = "",
        value: str = "",
    ) -> Mistake:
        """A finding in the words of who types: no elements, and by how much it is off."""
        told = _ELEMENT.sub(lambda found: _WORDS[found[0]], sentence)
        if element in _WORDS and _WORDS[element] not in told and not level:
            told += f": {_WORDS[element]}"
        elif difference_cents:
            told += f", off by {_dollars(difference_cents)}"
        return Mistake(
            told,
            severity,
            element=element,
            level=level,
            difference_cents=difference_cents,
            claim=claim,
            rule=rule,
            place=self.places[max(place, 0)],
        )


def _dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it was judged: what forbids it, what is worth knowing, and what it says when it is kept.

    `known` is the same payment where it is here already, and `remittance` the one that it is.
    """

    data: bytes
    sha256: str
    eob: Eob
    mistakes: list[Mistake]
    notes: list[Mistake]
    said: list[Said]
    known: Row | None

    @property
    def remittance(self) -> str:
        """The id of the payment; empty where the entry cannot be staged."""
        return self.said[0][1].remittance if self.said else ""

    def told(self) -> dict[str, Any]:
        """As a door answers it."""
        names = ("state", "check_number", "paid_on", "amount_cents", "entered_by")
        return {
            "remittance": self.remittance,
            "sha256": self.sha256,
            "check_number": self.eob.check_number,
            "claims": len(self.eob.claims),
            "amount_cents": self.eob.amount_cents,
            "mistakes": [m.told() for m in self.mistakes],
            "notes": [m.told() for m in self.notes],
            "known": {name: self.known[name] for name in names} if self.known else None,
        }

    def parts(self) -> list[TakePart]:
        """The entry as commands; NotEntered where something forbids it."""
        if self.mistakes:
            raise NotEntered(self.mistakes)
        one = ReceivedSet(
            kind=KIND, claims=len(self.eob.claims), cents=self.eob.amount_cents, outcome="taken"
        )
        return in_parts(
            FileReceived(sha256=self.sha256, size_bytes=len(self.data), sets=(one,)), self.said
        )


async def judge(eob: Eob, who: str, book: Book, doors: Doors) -> Entry:
    """Everything that is wrong with what somebody types, at once; nothing is kept."""
    data = eob.model_dump_json(exclude_defaults=True).encode()
    sha256 = hashlib.sha256(data).hexdigest()
    typed, ours = Typed(), await _ours(eob, doors)
    numbers, mistakes = _numbers(eob, ours, typed)
    payer = eob.payer if eob.payer in book.payers else book.payer_named(eob.payer, eob.payer)
    if payer.startswith(UNKNOWN):
        mistakes.append(typed.finding(0, "no payer of this code, id or name is listed"))
    if not (book.payee(eob.payee_npi, eob.payee_tax_id) or eob.as_it_stands):
        mistakes.append(typed.finding(0, "the payee's NPI and TIN are not ours"))
    remit = _remittance(eob, numbers, typed)
    if await aside(beyond, remit):
        mistakes.append(typed.finding(0, BEYOND))
    mistakes += [typed.finding(claim.segment, told) for claim, told in overfull(remit)]
    # What an 835 has no name for is led by its number; that each line has either was asked for above.
    findings = [f for f in await aside(check_835, remit, typed) if f.element != "SVC01"]
    forbidding = [f for f in errors(findings) if not (f.level and eob.as_it_stands)]
    mistakes += [f for f in forbidding if isinstance(f, Mistake)]
    notes = [f for f in findings if f not in forbidding and isinstance(f, Mistake)]
    notes += await _notes(eob, numbers, payer, ours, typed, doors)
    if eob.method == "ACH" and not eob.payer_trace_id:
        notes.append(typed.finding(0, NO_TRACE, severity="warning"))
    if mistakes:
        return Entry(data, sha256, eob, mistakes, notes, [], None)
    source = Source(sha256=sha256, entered_by=who)
    people = [None] * len(remit.claims)
    judged = Judged(remit, findings, payer, eob.paid_on, source, people, lambda place: 0)
    known = await here(judged, doors)
    return Entry(data, sha256, eob, [], notes, await staged(judged, book, doors, known), known)


async def _ours(eob: Eob, doors: Doors) -> dict[str, Row]:
    """The claims that an entry names, as they are known here."""
    rows = await doors.rows(
        "select claim, account, payer, payer_order from claim_status "
        "where claim = any($1::text[]) or account = any($2::text[]) order by claim",
        sorted({c.claim.upper() for c in eob.claims if c.claim}),
        sorted({c.account.upper() for c in eob.claims if c.account}),
    )
    return {row["claim"]: row for row in rows}


def _numbers(eob: Eob, ours: dict[str, Row], typed: Typed) -> tuple[list[str], list[Mistake]]:
    """The number of every claim, and what of claims and lines has no name."""
    numbers, mistakes = [], []
    for n, c in enumerate(eob.claims, 1):
        of_account = [
            name
            for name, row in ours.items()
            if (row["account"], row["payer_order"]) == (c.account.upper(), c.payer_order)
        ]
        sentence = ""
        if bool(c.claim) == bool(c.account):
            sentence = "name either the claim's number or its account and payer order"
        elif c.account and not of_account:
            sentence = "this account has no claim of that payer order"
        elif len(of_account) > 1:
            sentence = (
                f"this account has several claims of that payer order: {', '.join(of_account)}"
            )
        if sentence:
            mistakes.append(typed.finding(typed.at(n), sentence))
        mistakes += [
            typed.finding(typed.at(n, m), "name the line's procedure, or the number of its charge")
            for m, line in enumerate(c.lines, 1)
            if not (line.procedure or line.charge)
        ]
        numbers.append(c.claim if c.claim or len(of_account) != 1 else of_account[0])
    return numbers, mistakes


async def _notes(
    eob: Eob, numbers: Sequence[str], payer: str, ours: dict[str, Row], typed: Typed, doors: Doors
) -> list[Mistake]:
    """What an 835 would meet only when it is handed out, and who types can still look at."""
    strange = sorted({number for number in numbers if number and number.upper() not in ours})
    imported = await doors.rows(
        "select foreign_number from foreign_claim where foreign_number = any($1::text[])", strange
    )
    led = {row["foreign_number"] for row in imported}
    found = []
    for n, number in enumerate(numbers, 1):
        row, sentence = ours.get(number.upper()), ""
        if number in strange and number not in led:
            sentence = (
                "no claim of ours has this number: what it paid will wait among the unmatched"
            )
        elif row is not None and payer != row["payer"] and not payer.startswith(UNKNOWN):
            sentence = f"this claim was billed to {row['payer'] or 'nobody'}, not to {payer}"
        if sentence:
            found.append(typed.finding(typed.at(n), sentence, severity="warning"))
        found += _strange(eob.claims[n - 1], n, row, typed)
    return found


def _strange(claim: EobClaim, n: int, row: Row | None, typed: Typed) -> Iterator[Mistake]:
    """What is most likely a slip of the pen, and no 835 has."""
    if claim.status not in STATUSES:
        sentence = f"no payer gives the status {claim.status}; it counts as 1"
        yield typed.finding(typed.at(n), sentence, severity="warning")
    for m, line in enumerate(claim.lines, 1):
        if row is not None and line.charge and not line.charge.upper().startswith(row["account"]):
            sentence = (
                "this charge is of another account: the procedure says which it is, or none does"
            )
            yield typed.finding(typed.at(n, m), sentence, severity="warning")


def _remittance(eob: Eob, numbers: Sequence[str], typed: Typed) -> Remittance:
    return Remittance(
        "I" if eob.amount_cents else "H",
        eob.amount_cents,
        method=eob.method,
        paid_on=eob.paid_on,
        trn02=eob.check_number,
        trn03=eob.payer_trace_id,
        payee_npi=eob.payee_npi,
        payee_tax_id=eob.payee_tax_id,
        payee_segment=0,
        claims=[
            _claim(c, number, n, typed)
            for n, (c, number) in enumerate(zip(eob.claims, numbers, strict=True), 1)
        ],
        plb=[
            Plb(p.reason, p.cents, p.reference, eob.payee_npi, p.fiscal_year_end, 0)
            for p in eob.provider_adjustments
        ],
    )


def _claim(c: EobClaim, number: str, n: int, typed: Typed) -> RemitClaim:
    claim = RemitClaim(
        number,
        c.status,
        c.charge_cents,
        c.paid_cents,
        c.patient_cents or 0,
        payer_control=c.payer_control,
        original_control=c.original_control,
        service_from=c.service_on,
        cas=_cas(c.adjustments),
        remarks=[*c.remarks],
        crossover_name=c.forwarded_to,
        crossover_id=c.forwarded_id,
        segment=typed.at(n),
    )
    claim.lines = [_line(line, n, m, typed) for m, line in enumerate(c.lines, 1)]
    if c.patient_cents is None:
        claim.patient_cents = claim.adjusted_cents("PR")
    return claim


def _line(line: EobLine, n: int, m: int, typed: Typed) -> RemitLine:
    return RemitLine(
        line.procedure,
        line.charge_cents,
        line.paid_cents,
        modifiers=[*line.modifiers],
        units=line.units,
        service_from=line.service_on,
        cas=_cas(line.adjustments),
        remarks=[*line.remarks],
        allowed_cents=line.allowed_cents,
        line_control=line.charge,
        segment=typed.at(n, m),
    )


def _cas(adjustments: Sequence[EobAdjustment]) -> list[Cas]:
    return [Cas(a.group, a.reason, a.cents, a.quantity) for a in adjustments]
