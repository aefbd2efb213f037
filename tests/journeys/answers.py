"""What clearinghouse and payers answer to the files in the outbound folder, written with the X12 writers."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shared.x12 import read_file
from shared.x12.ack_999 import Ack999, Fault999, Set999, write_999
from shared.x12.ack_ta1 import Ta1, write_ta1
from shared.x12.claim_837p import ProfessionalClaim, read_837p
from shared.x12.claim_ack_277ca import (
    ClaimAck277,
    ClaimStatus277,
    ProviderAck277,
    Status277,
    write_277ca,
)
from shared.x12.eligibility_270 import Inquiry270, read_270
from shared.x12.eligibility_271 import Answer271, Benefit, Rejection, write_271
from shared.x12.envelope import TransactionSet, kind_of
from shared.x12.remittance_835 import Cas, Plb, RemitClaim, RemitLine, Remittance, write_835
from shared.x12.writing import Header

PAYER_TRACE = "1990000009"
"""TRN03 of every payer here."""
_numbers = itertools.count(810_000_001)


@dataclass(frozen=True, slots=True)
class SentClaim:
    """A claim as it stands in a file: its set's ST02, the batch's BHT03."""

    claim: ProfessionalClaim
    st02: str
    batch: str

    @property
    def number(self) -> str:
        """CLM01."""
        return self.claim.clm01


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file that lay in the outbound folder."""

    path: Path
    sender: str
    receiver: str
    isa13: str
    gs06: str
    sets: tuple[TransactionSet, ...]
    claims: tuple[SentClaim, ...]
    inquiries: tuple[Inquiry270, ...]

    def header(self, on: date) -> Header:
        """The head of an answer: back to who sent."""
        number = next(_numbers)
        return Header(self.receiver, self.sender, number, number, on)

    def has(self, number: str) -> bool:
        """Whether this claim is in the file."""
        return any(one.number == number for one in self.claims)


def read_sent(path: Path) -> SentFile:
    """A file of ours, read as the clearinghouse reads it."""
    (one,) = read_file(path.read_bytes()).interchanges
    sets = [s for group in one.groups for s in group.sets]
    claims: list[SentClaim] = []
    inquiries: list[Inquiry270] = []
    for each in sets:
        if kind_of(each) == "837P":
            batch = next(s[3] for s in each.segments if s[0] == "BHT")
            claims += [SentClaim(c, each.control, batch) for c in read_837p(each)[0]]
        else:
            inquiries += read_270(each)[0]
    return SentFile(
        path,
        one.isa[6].strip(),
        one.isa[8].strip(),
        one.control,
        sets[0].gs06,
        tuple(sets),
        tuple(claims),
        tuple(inquiries),
    )


def file_with(files: Sequence[SentFile], claim: str) -> SentFile:
    """The file that this claim left in."""
    (found,) = [f for f in files if f.has(claim)]
    return found


def claim_in(files: Sequence[SentFile], claim: str) -> SentClaim:
    """The claim as it left."""
    (found,) = [c for f in files for c in f.claims if c.number == claim]
    return found


def inquiry_in(files: Sequence[SentFile], account: str) -> Inquiry270:
    """The inquiry about an account's first coverage."""
    (found,) = [i for f in files for i in f.inquiries if i.trace.startswith(account)]
    return found


# -- transport -------------------------------------------------------------------------------------------


def accepts(file: SentFile, on: date) -> bytes:
    """A 999 that takes every set."""
    return _ack(file, on, {})


def refuses_set(file: SentFile, offender: SentClaim, on: date) -> bytes:
    """A 999 that refuses one set for one claim's subscriber."""
    return _ack(file, on, {offender.st02: offender})


def _ack(file: SentFile, on: date, refused: dict[str, SentClaim]) -> bytes:
    sets = [
        Set999(
            "837",
            s.control,
            "R" if s.control in refused else "A",
            [_fault(s, refused[s.control])] if s.control in refused else [],
        )
        for s in file.sets
    ]
    taken = len(sets) - len(refused)
    code = "A" if not refused else ("P" if taken else "R")
    ack = Ack999("HC", file.gs06, "005010X222A1", code, sets, len(sets), len(sets), taken)
    return write_999(file.header(on), [ack])


def _fault(one: TransactionSet, offender: SentClaim) -> Fault999:
    """The last NM1*IL before the offender's CLM; ordinals count from the ST, which is 1."""
    at = next(n for n, s in enumerate(one.segments) if s[:2] == ["CLM", offender.number])
    name: Iterator[int] = (n for n in range(at, -1, -1) if one.segments[n][:2] == ["NM1", "IL"])
    return Fault999("NM1", next(name) + 2, "8", "2010BA", "9", "7")


def refuses_file(file: SentFile, on: date) -> bytes:
    """A TA1 that refuses the interchange."""
    return write_ta1(file.header(on), [Ta1(file.isa13, "R", "024", on)])


# -- 277CA -----------------------------------------------------------------------------------------------


def takes(sent: SentClaim, control: str, on: date) -> bytes:
    """The payer's 277CA: received and accepted, with its control number."""
    status = _status(sent, "A2", "20", on)
    status.payer_control = control
    return _claim_ack(sent, status, on)


def rejects(sent: SentClaim, on: date) -> bytes:
    """The payer's 277CA: it does not know the subscriber."""
    status = _status(sent, "A3", "164", on)
    status.entity = "IL"
    return _claim_ack(sent, status, on)


def refuses_batch(batch: str, claims: int, on: date) -> bytes:
    """The clearinghouse's 277CA that refuses a whole batch (BHT03) and names no claim of it."""
    refused = Status277("A3", "21", "40", effective_on=on)
    ack = ClaimAck277("AY", "SYNTHETIC CLEARINGHOUSE", "CLEAR1", batch, on, status=refused)
    ack.receiver_name, ack.receiver_id, ack.rejected = "CLAIMLOG", "CLAIMLOG", claims
    number = next(_numbers)
    return write_277ca(Header("CLEAR1", "CLAIMLOG", number, number, on), [ack])


def _status(sent: SentClaim, category: str, code: str, on: date) -> ClaimStatus277:
    c = sent.claim
    return ClaimStatus277(
        c.clm01,
        category,
        code,
        c.total_cents,
        effective_on=on,
        patient_last=c.subscriber.party.last,
        patient_first=c.subscriber.party.first,
        patient_id=c.subscriber.member_id,
        service_on=c.lines[0].service_from,
    )


def _claim_ack(sent: SentClaim, status: ClaimStatus277, on: date) -> bytes:
    billing = sent.claim.billing
    assert billing is not None
    payer = sent.claim.payer
    ack = ClaimAck277(
        "PR",
        payer.name,
        payer.payer_id,
        sent.batch,
        on,
        receiver_name="CLAIMLOG",
        receiver_id="CLAIMLOG",
        providers=[ProviderAck277(billing.name, billing.npi, [status])],
    )
    number = next(_numbers)
    return write_277ca(Header(payer.payer_id, "CLAIMLOG", number, number, on), [ack])


# -- 271 -------------------------------------------------------------------------------------------------


def eligible(inquiry: Inquiry270, on: date, *, active: bool = True, aaa: str = "") -> bytes:
    """A 271 to one inquiry: active, inactive, or an AAA with this reason."""
    answer = Answer271(
        inquiry.trace,
        inquiry.last,
        inquiry.first,
        inquiry.member_id,
        inquiry.payer_name,
        inquiry.payer_id,
        inquiry.provider_name,
        inquiry.provider_npi,
        dependent=inquiry.dependent is not None,
    )
    if aaa:
        answer.rejections = [Rejection(aaa, "C", "2100C")]
    else:
        answer.benefits = [Benefit("1" if active else "6", "IND", ["30"], "SYNTHETIC PLAN")]
    number = next(_numbers)
    header = Header("CLEAR1", "CLAIMLOG", number, number, on)
    return write_271(header, "0001", f"{number}", [answer])


# -- 835 -------------------------------------------------------------------------------------------------

Split = tuple[int, int]
"""Paid and patient's part of a line, in cents; the rest of the charge is contractual."""


def pays(
    sent: SentClaim, lines: Sequence[Split], control: str, *, status: str = "1", patient: str = "2"
) -> RemitClaim:
    """Each line paid, with the patient's part (PR and this CARC) and the contract's (CO-45)."""
    made = []
    for line, (paid, owes) in zip(sent.claim.lines, lines, strict=True):
        rest = line.charge_cents - paid - owes
        cas = [Cas(g, r, c) for g, r, c in (("CO", "45", rest), ("PR", patient, owes)) if c]
        made.append(_line(sent, line.line_control, paid, cas))
    return _claim(sent, status, control, made)


def pays_after(sent: SentClaim, lines: Sequence[Split], control: str) -> RemitClaim:
    """A later payer's word: what an earlier one settled is informational (OA-23)."""
    made = []
    for line, (paid, owes) in zip(sent.claim.lines, lines, strict=True):
        rest = line.charge_cents - paid - owes
        cas = [Cas(g, r, c) for g, r, c in (("OA", "23", rest), ("PR", "2", owes)) if c]
        made.append(_line(sent, line.line_control, paid, cas))
    return _claim(sent, "2", control, made)


def denies(sent: SentClaim, control: str, carc: str = "16", remark: str = "MA27") -> RemitClaim:
    """Nothing paid: every line denied with this CARC and remark."""
    made = []
    for line in sent.claim.lines:
        one = _line(sent, line.line_control, 0, [Cas("CO", carc, line.charge_cents)])
        one.remarks = [remark] if remark else []
        made.append(one)
    return _claim(sent, "1", control, made)


def pays_claim_level(sent: SentClaim, paid: int, owes: int, control: str) -> RemitClaim:
    """One amount for the whole claim, no line."""
    total = sent.claim.total_cents
    made = _claim(sent, "1", control, [])
    made.paid_cents, made.patient_cents = paid, owes
    made.cas = [Cas("CO", "45", total - paid - owes), Cas("PR", "2", owes)]
    return made


def takes_back(paid: RemitClaim) -> RemitClaim:
    """CLP02 22: the same with every sign turned."""
    return RemitClaim(
        paid.clp01,
        "22",
        -paid.charge_cents,
        -paid.paid_cents,
        0,
        paid.filing_indicator,
        paid.payer_control,
        patient_last=paid.patient_last,
        patient_id=paid.patient_id,
        lines=[
            RemitLine(
                line.procedure,
                -line.charge_cents,
                -line.paid_cents,
                service_from=line.service_from,
                line_control=line.line_control,
                cas=[Cas(c.group, c.reason, -c.cents) for c in line.cas],
            )
            for line in paid.lines
        ],
    )


def _line(sent: SentClaim, control: str, paid: int, cas: list[Cas]) -> RemitLine:
    line = next(one for one in sent.claim.lines if one.line_control == control)
    return RemitLine(
        line.procedure,
        line.charge_cents,
        paid,
        service_from=line.service_from,
        cas=cas,
        line_control=control,
    )


def _claim(sent: SentClaim, status: str, control: str, lines: list[RemitLine]) -> RemitClaim:
    c = sent.claim
    return RemitClaim(
        c.clm01,
        status,
        c.total_cents,
        sum(line.paid_cents for line in lines),
        sum(a.cents for line in lines for a in line.cas if a.group == "PR"),
        c.subscriber.filing_indicator,
        control,
        c.place_of_service,
        c.frequency,
        patient_last=c.subscriber.party.last,
        patient_first=c.subscriber.party.first,
        patient_id=c.subscriber.member_id,
        lines=lines,
    )


def check(
    sent: SentClaim,
    trace: str,
    claims: Sequence[RemitClaim],
    on: date,
    *,
    plb: Sequence[Plb] = (),
    off_by: int = 0,
) -> bytes:
    """One 835 of the payer and payee of a claim; `off_by` cents make its payment not balance."""
    payer, billing = sent.claim.payer, sent.claim.billing
    assert billing is not None
    remit = Remittance(
        "I",
        sum(c.paid_cents for c in claims) - sum(p.cents for p in plb) + off_by,
        paid_on=on,
        trn02=trace,
        trn03=PAYER_TRACE,
        produced_on=on,
        payer_name=payer.name,
        payer_id=payer.payer_id,
        payee_name=billing.name,
        payee_npi=billing.npi,
        payee_tax_id=billing.tax_id,
        claims=list(claims),
        plb=list(plb),
    )
    if not remit.amount_cents:
        remit.handling, remit.method = "H", "NON"
    number = next(_numbers)
    return write_835(Header(payer.payer_id, "CLAIMLOG", number, number, on), [remit])
