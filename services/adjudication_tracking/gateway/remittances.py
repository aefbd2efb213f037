"""A remittance as staged: every finding of reading and judging it goes along, or refuses it at the door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    BalanceFault,
    ClaimMatched,
    RemittanceClaimsStaged,
    RemittanceReceived,
)
from contracts.phi import RemittancePeople
from contracts.values import (
    AdjudicatedLine,
    Adjustment,
    ClaimPayment,
    ProviderAdjustment,
    Sealed,
    Source,
)
from services.adjudication_tracking.domain.books import Book
from services.adjudication_tracking.gateway.beyond import unkeepable
from services.adjudication_tracking.gateway.findings import errors, refuse
from shared.aside import aside
from shared.service import Doors, Row
from shared.streams import read_claim_number, remittance_key, remittance_stream
from shared.x12 import Finding, TransactionSet
from shared.x12.remittance_835 import Cas, RemitClaim, Remittance, check_835, read_835

CLAIMS_IN_CHUNK = 50
BYTES_IN_CHUNK = 1_000_000
"""A quarter of what a record holds; no claim alone is much larger, and what posting says of one is about twice as large."""
CHARGE_SIGNS = 48
"""A line's number (REF*6R) that is longer, as its element may be, is no charge's here."""
MOST_FAULTS = 200
MOST_WARNINGS = 20
SAME_CHECK_DAYS = 31
"""So far apart the days of one check may be on paper and in its file; later the number is another check's."""

Said = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """A remittance that can be staged, with what was found; `people` are its claims' in their order.

    `ordinal` gives the segment of the file at a place of the remittance: 0 where no file was sent.
    """

    remit: Remittance
    findings: list[Finding]
    payer: str
    paid_on: date
    source: Source
    people: Sequence[Sealed | None]
    ordinal: Callable[[int], int]


async def take(
    one: TransactionSet, source: Source, book: Book, doors: Doors, name: str
) -> tuple[Remittance, list[Said]]:
    """The remittance and what it says, to which stream; Malformed when it cannot be staged.

    Amounts that do not balance are staged with their faults, for a person or a mended file; whatever else is an
    error, such as an adjustment group that does not exist, is nothing that could be posted or shown.
    """
    remit, findings = await aside(_judged, one)
    paid_on = remit.paid_on or remit.produced_on
    wrong = [f for f in errors(findings) if not f.level]
    if paid_on is None:
        wrong.append(one.finding(0, "the payment has no date", element="BPR16"))
    if not remit.trn02:
        wrong.append(one.finding(0, "the payment has no trace number", element="TRN02"))
    if wrong or paid_on is None:
        raise refuse(name, wrong)
    payer = book.payer_named(remit.payer_id, remit.payer_name)
    sealed = await _people(remit, source.sha256, doors)
    judged = Judged(remit, findings, payer, paid_on, source, sealed, one.ordinal)
    return remit, await staged(judged, book, doors, await here(judged, doors))


async def here(judged: Judged, doors: Doors) -> Row | None:
    """The same payment as it is here already, one way under this number, the other way perhaps under another trace.

    A check that a person typed has no TRN03, and its day is the one on the paper: when its 835 comes too, before or
    after, the payer and the number tell that it is one payment. Files among themselves are known by all of it.
    """
    remit, entered = judged.remit, bool(judged.source.entered_by)
    rows = await doors.rows(
        "select * from remittance where payer = $1 and check_number = $2 and abs(paid_on - $3::date) <= $4 "
        "and ($5 or entered_by <> '' or remittance = $6) "
        "order by remittance = $6 desc, paid_on desc, remittance limit 1",
        judged.payer,
        remit.trn02,
        judged.paid_on,
        SAME_CHECK_DAYS,
        entered,
        _key(judged),
    )
    return rows[0] if rows else None


def _key(judged: Judged) -> str:
    remit = judged.remit
    return remittance_key(judged.payer, remit.trn02, remit.trn03, judged.paid_on.isoformat())


async def staged(judged: Judged, book: Book, doors: Doors, known: Row | None) -> list[Said]:
    """What a remittance says, to which stream; `known` is the same payment where it is here already."""
    remit, source = judged.remit, judged.source
    key = known["remittance"] if known else _key(judged)
    stream = remittance_stream(key)
    claims = await aside(_payments, judged)
    chunks = await aside(in_chunks, claims)
    received = RemittanceReceived(
        remittance=key,
        payer=judged.payer,
        payer_name=remit.payer_name[:60],
        legal_entity=book.payee(remit.payee_npi, remit.payee_tax_id),
        payee_npi=remit.payee_npi,
        payee_tax_id=remit.payee_tax_id,
        handling=remit.handling or "I",
        method=remit.method,
        amount_cents=remit.amount_cents,
        check_number=remit.trn02,
        payer_trace_id=remit.trn03,
        paid_on=judged.paid_on,
        claims=len(claims),
        chunks=len(chunks),
        provider_adjustments=tuple(_plb(p) for p in remit.plb),
        source=source,
        faults=tuple(_fault(f) for f in errors(judged.findings))[:MOST_FAULTS],
        warnings=tuple(str(f)[:500] for f in judged.findings if f.severity == "warning")[
            :MOST_WARNINGS
        ],
    )
    said: list[Said] = [(stream, received)]
    said += [(stream, m) for m in await _foreign(key, source, claims, doors)]
    said += [
        (
            stream,
            RemittanceClaimsStaged(
                remittance=key,
                chunk=n,
                claims=tuple(chunk),
                sha256=source.sha256,
                st02=source.st02,
            ),
        )
        for n, chunk in enumerate(chunks)
    ]
    return said


def _judged(one: TransactionSet) -> tuple[Remittance, list[Finding]]:
    remit, findings = read_835(one)
    return remit, [*findings, *check_835(remit, one), *unkeepable(remit, one)]


def in_chunks(claims: Sequence[ClaimPayment]) -> list[list[ClaimPayment]]:
    """The claims in their order, as many to a chunk as one record holds easily; the same claims are always cut alike."""
    chunks, room = list[list[ClaimPayment]](), 0
    for claim in claims:
        size = len(msgspec.json.encode(claim))
        if not chunks or len(chunks[-1]) == CLAIMS_IN_CHUNK or size > room:
            chunks.append([])
            room = BYTES_IN_CHUNK
        chunks[-1].append(claim)
        room -= size
    return chunks


def _payments(judged: Judged) -> list[ClaimPayment]:
    claims, ordinal = judged.remit.claims, judged.ordinal
    return [_payment(claim, box, ordinal) for claim, box in zip(claims, judged.people, strict=True)]


def _fault(found: Finding) -> BalanceFault:
    return BalanceFault(
        level=found.level,  # type: ignore[arg-type]
        claim=found.claim[:50],
        segment=found.segment,
        difference_cents=found.difference_cents,
        sentence=found.sentence[:500],
    )


async def _people(remit: Remittance, sha256: str, doors: Doors) -> list[Sealed]:
    """One key a file: the names of an 835 are kept for whoever matches by hand."""
    subject = f"file/{sha256}"
    values = [
        (
            subject,
            RemittancePeople(
                patient_last=c.patient_last,
                patient_first=c.patient_first,
                patient_id=c.patient_id,
                corrected_last=c.corrected_last,
                corrected_first=c.corrected_first,
                corrected_id=c.corrected_id,
            ),
        )
        for c in remit.claims
    ]
    sealed: list[Sealed] = await doors.seal_all(values) if values else []
    return sealed


async def _foreign(
    key: str, source: Source, claims: list[ClaimPayment], doors: Doors
) -> list[ClaimMatched]:
    """Claims of another system's numbers, led to the ones we imported; the event says on what."""
    strange = {c.claim.strip() for c in claims if read_claim_number(c.claim) is None}
    if not strange:
        return []
    rows = await doors.rows(
        "select foreign_number, min(claim) as claim from foreign_claim "
        "where foreign_number = any($1::text[]) group by 1 having count(*) = 1",
        sorted(strange),
    )
    found = {row["foreign_number"]: row["claim"] for row in rows}
    return [
        ClaimMatched(
            remittance=key,
            position=n,
            claim=found[c.claim.strip()],
            account=found[c.claim.strip()][:14],
            matched_on="imported claim number",
            matched_by="service:adjudication_tracking",
            sha256=source.sha256,
            st02=source.st02,
        )
        for n, c in enumerate(claims)
        if c.claim.strip() in found
    ]


def _cas(cas: list[Cas]) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            group=c.group,  # type: ignore[arg-type]
            reason=c.reason or "?",
            cents=c.cents,
            quantity=c.quantity,
        )
        for c in cas
    )


def _plb(p: Any) -> ProviderAdjustment:
    return ProviderAdjustment(
        reason=p.reason or "?",
        reference=p.reference,
        cents=p.cents,
        fiscal_year_end=p.fiscal_year_end,
    )


def _payment(c: RemitClaim, people: Sealed | None, ordinal: Callable[[int], int]) -> ClaimPayment:
    return ClaimPayment(
        claim=c.clp01[:50],
        status=c.status or "?",
        charge_cents=c.charge_cents,
        paid_cents=c.paid_cents,
        patient_cents=c.patient_cents,
        filing_indicator=c.filing_indicator,
        payer_control=c.payer_control,
        original_control=c.original_control,
        frequency=c.frequency,
        service_on=c.service_from,
        adjustments=_cas(c.cas),
        remarks=tuple(c.remarks),
        lines=tuple(
            AdjudicatedLine(
                charge=line.line_control if 0 < len(line.line_control) <= CHARGE_SIGNS else None,
                procedure=line.submitted_procedure or line.procedure,
                modifiers=tuple(line.modifiers),
                service_on=line.service_from or c.service_from,
                units=line.units,
                charge_cents=line.charge_cents,
                paid_cents=line.paid_cents,
                allowed_cents=line.allowed_cents,
                adjustments=_cas(line.cas),
                remarks=tuple(line.remarks),
            )
            for line in c.lines
        ),
        forwarded_to=c.crossover_name[:60],
        forwarded_id=c.crossover_id[:80],
        people=people,
        segment=ordinal(c.segment) if c.segment >= 0 else 0,
        interest_cents=c.amounts.get("I", 0),
    )
