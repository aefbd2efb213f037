"""Taking in files: read and checked whole before anything is said; a broken file changes nothing."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from contracts.adjudication_tracking import (
    AcknowledgementTallied,
    ClaimAcknowledged,
    ClaimMatched,
    ClaimRejected,
    FileReceived,
    ReceivedSet,
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
from services.adjudication_tracking.domain.inbound import TakePart
from shared.errors import Malformed
from shared.service import Doors
from shared.streams import (
    account_stream,
    read_claim_number,
    remittance_key,
    remittance_stream,
)
from shared.x12 import Finding, TransactionSet, Unreadable, read_file
from shared.x12.claim_ack_277ca import ClaimAck277, ClaimStatus277, read_277ca
from shared.x12.envelope import kind_of
from shared.x12.remittance_835 import Cas, RemitClaim, Remittance, read_835

CLAIMS_IN_CHUNK = 50
SAID_IN_PART = 200

Said = tuple[str, Any]


def refuse(name: str, findings: Iterable[Finding]) -> Malformed:
    """The file, segment number, byte offset and reason of the first findings."""
    listed = list(findings)
    where = f"{name}: " if name else ""
    more = f" (and {len(listed) - 3} more)" if len(listed) > 3 else ""
    return Malformed(where + "; ".join(map(str, listed[:3])) + more)


class Intake:
    """One file at the door."""

    def __init__(self, doors: Doors, book: Book, data: bytes, name: str) -> None:
        self.doors = doors
        self.book = book
        self.data = data
        self.name = name
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.sets: list[ReceivedSet] = []

    async def parts(self) -> list[TakePart]:
        """The file as commands, each of a bounded size; Malformed when it cannot be taken."""
        try:
            read = read_file(self.data)
        except Unreadable as no:
            raise refuse(self.name, no.findings) from None
        said: list[Said] = []
        for one in read.sets():
            said += await self._set(one)
        if not any(s.outcome == "taken" for s in self.sets):
            raise Malformed("there is no 277CA and no 835 in this file")
        received = FileReceived(
            sha256=self.sha256, size_bytes=len(self.data), sets=tuple(self.sets)
        )
        groups = [said[n : n + SAID_IN_PART] for n in range(0, len(said), SAID_IN_PART)] or [[]]
        return [
            TakePart(
                self.sha256,
                n,
                len(groups),
                tuple(group),
                received if n == len(groups) else None,
            )
            for n, group in enumerate(groups, 1)
        ]

    async def _set(self, one: TransactionSet) -> list[Said]:
        kind = kind_of(one)
        if kind == "835":
            return await self._remittance(one)
        if kind == "277CA":
            return self._acknowledgement(one)
        self._note(one, kind, "not ours", 0, 0, "another service takes these")
        return []

    def _note(
        self, one: TransactionSet, kind: str, outcome: str, claims: int, cents: int, sentence: str = ""
    ) -> None:
        self.sets.append(
            ReceivedSet(
                kind=kind,
                isa13=one.isa13,
                gs06=one.gs06,
                st02=one.control,
                claims=claims,
                cents=cents,
                outcome=outcome,
                sentence=sentence,
            )
        )

    def _source(self, one: TransactionSet, place: int = -1) -> Source:
        segment = one.ordinal(place) if place >= 0 else one.st_ordinal
        return Source(
            sha256=self.sha256, isa13=one.isa13, gs06=one.gs06, st02=one.control, segment=segment
        )

    # -- 835 ---------------------------------------------------------------------------------------------

    async def _remittance(self, one: TransactionSet) -> list[Said]:
        remit, findings = read_835(one)
        paid_on = remit.paid_on or remit.produced_on
        errors = [f for f in findings if f.severity == "error"]
        if paid_on is None:
            errors.append(one.finding(0, "the payment has no date", element="BPR16"))
        if not remit.trn02:
            errors.append(one.finding(0, "the payment has no trace number", element="TRN02"))
        if errors or paid_on is None:
            raise refuse(self.name, errors)
        payer = self.book.payer_named(remit.payer_id, remit.payer_name)
        key = remittance_key(payer, remit.trn02, remit.trn03, paid_on.isoformat())
        stream = remittance_stream(key)
        sealed = await self._people(remit)
        claims = [
            _payment(claim, box, one) for claim, box in zip(remit.claims, sealed, strict=True)
        ]
        chunks = [claims[n : n + CLAIMS_IN_CHUNK] for n in range(0, len(claims), CLAIMS_IN_CHUNK)]
        received = RemittanceReceived(
            remittance=key,
            payer=payer,
            payer_name=remit.payer_name[:60],
            legal_entity=self.book.payee(remit.payee_npi, remit.payee_tax_id),
            payee_npi=remit.payee_npi,
            payee_tax_id=remit.payee_tax_id,
            handling=remit.handling or "I",
            method=remit.method,
            amount_cents=remit.amount_cents,
            check_number=remit.trn02,
            payer_trace_id=remit.trn03,
            paid_on=paid_on,
            claims=len(claims),
            chunks=len(chunks),
            provider_adjustments=tuple(_plb(p) for p in remit.plb),
            source=self._source(one),
        )
        self._note(one, "835", "taken", len(claims), remit.amount_cents)
        said: list[Said] = [(stream, received)]
        said += [(stream, m) for m in await self._foreign(key, one.control, claims)]
        said += [
            (
                stream,
                RemittanceClaimsStaged(
                    remittance=key,
                    chunk=n,
                    claims=tuple(chunk),
                    sha256=self.sha256,
                    st02=one.control,
                ),
            )
            for n, chunk in enumerate(chunks)
        ]
        return said

    async def _people(self, remit: Remittance) -> list[Sealed]:
        """One key a file: the names of an 835 are kept for whoever matches by hand."""
        subject = f"file/{self.sha256}"
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
        sealed: list[Sealed] = await self.doors.seal_all(values) if values else []
        return sealed

    async def _foreign(
        self, key: str, st02: str, claims: list[ClaimPayment]
    ) -> list[ClaimMatched]:
        """Claims of another system's numbers, led to the ones we imported; the event says on what."""
        strange = {c.claim.strip() for c in claims if read_claim_number(c.claim) is None}
        if not strange:
            return []
        rows = await self.doors.rows(
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
                sha256=self.sha256,
                st02=st02,
            )
            for n, c in enumerate(claims)
            if c.claim.strip() in found
        ]

    # -- 277CA -------------------------------------------------------------------------------------------

    def _acknowledgement(self, one: TransactionSet) -> list[Said]:
        ack, findings = read_277ca(one)
        errors = [f for f in findings if f.severity == "error"]
        if errors:
            raise refuse(self.name, errors)
        claims = ack.claims()
        cents = sum(c.charge_cents for c in claims)
        self._note(one, "277CA", "taken", len(claims), cents)
        said = list(self._statuses(ack, one))
        said.append((f"inbound/{self.sha256}", self._tally(ack, one)))
        return said

    def _statuses(self, ack: ClaimAck277, one: TransactionSet) -> Iterator[Said]:
        payer = ""
        if ack.sender == "PR":
            payer = self.book.payer_named(ack.sender_id, ack.sender_name)
        for claim in ack.claims():
            number = read_claim_number(claim.clm01)
            if number is not None:
                yield account_stream(number[0]), self._status(ack, claim, number[0], payer, one)

    def _status(
        self, ack: ClaimAck277, c: ClaimStatus277, account: str, payer: str, one: TransactionSet
    ) -> ClaimAcknowledged | ClaimRejected:
        common: dict[str, Any] = {
            "account": account,
            "claim": c.clm01.strip().upper(),
            "by": "payer" if ack.sender == "PR" else "clearinghouse",
            "payer": payer,
            "category": c.category or "A1",
            "status_code": c.status_code,
            "charge_cents": c.charge_cents,
            "effective_on": c.effective_on,
            "source": self._source(one, c.segment),
        }
        if c.accepted:
            return ClaimAcknowledged(
                **common, payer_control=c.payer_control, clearinghouse_trace=c.clearinghouse_trace
            )
        return ClaimRejected(**common, entity=c.entity)

    def _tally(self, ack: ClaimAck277, one: TransactionSet) -> AcknowledgementTallied:
        taken = [c for c in ack.claims() if c.accepted]
        refused = [c for c in ack.claims() if not c.accepted]
        agrees = ack.accepted in (None, len(taken)) and ack.rejected in (None, len(refused))
        return AcknowledgementTallied(
            sha256=self.sha256,
            st02=one.control,
            by="payer" if ack.sender == "PR" else "clearinghouse",
            batch=ack.batch[:48],
            accepted=len(taken),
            accepted_cents=sum(c.charge_cents for c in taken),
            rejected=len(refused),
            rejected_cents=sum(c.charge_cents for c in refused),
            stated_accepted=ack.accepted,
            stated_rejected=ack.rejected,
            agrees=agrees,
        )


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


def _payment(c: RemitClaim, people: Sealed, one: TransactionSet) -> ClaimPayment:
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
                charge=line.line_control or None,
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
        segment=one.ordinal(c.segment) if c.segment >= 0 else 0,
    )
