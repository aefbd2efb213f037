"""Writing a 277CA, as a clearinghouse or payer does."""

from collections.abc import Sequence
from datetime import date

from shared.x12.claim_ack_277ca.model import (
    ClaimAck277,
    ClaimStatus277,
    LineStatus277,
    ProviderAck277,
    Status277,
)
from shared.x12.dates import d8
from shared.x12.inquiry_loops.write import places
from shared.x12.money import amount
from shared.x12.writing import Header, Segments, composite, interchange, transaction

VERSION = "005010X214"
place = places({"20": "A", "21": "B", "19": "C", "PT": "D"}, "2100", {"TRN": "2200", "SVC": "2220"})


def write_277ca(header: Header, acks: Sequence[ClaimAck277]) -> bytes:
    """One interchange with one ST per acknowledgement; totals are counted from the claims.

    NotWritable, with loop and element, what a gate would send back.
    """
    sets = [
        transaction("277", ack.control or f"{n:04d}", VERSION, _body(ack, header))
        for n, ack in enumerate(acks, 1)
    ]
    return interchange(header, "HN", VERSION, sets)


def _totals(s: Segments, claims: list[ClaimStatus277], yes: str, no: str) -> None:
    taken = [c for c in claims if c.accepted]
    refused = [c for c in claims if not c.accepted]
    if taken:
        s.add("QTY", yes, str(len(taken)))
    if refused:
        s.add("QTY", no, str(len(refused)))
    if taken:
        s.add("AMT", "YU", amount(sum(c.charge_cents for c in taken)))
    if refused:
        s.add("AMT", "YY", amount(sum(c.charge_cents for c in refused)))


def _body(ack: ClaimAck277, header: Header) -> Segments:
    s = Segments(sizes=True, place=place)
    day = ack.on or header.on
    claims = ack.claims()
    sender_kind = "46" if ack.sender == "AY" else "PI"
    s.add("BHT", "0085", "08", ack.reference or ack.batch, d8(day), header.hhmm, "TH")
    s.add("HL", "1", "", "20", "1")
    s.add(*("NM1", ack.sender, "2", ack.sender_name, "", "", "", ""), *(sender_kind, ack.sender_id))
    s.add("TRN", "1", ack.reference or ack.batch)
    s.add("DTP", "050", "D8", d8(ack.received_on or day))
    s.add("DTP", "009", "D8", d8(day))
    s.add("HL", "2", "1", "21", "1" if ack.providers else "0")
    s.add("NM1", "41", "2", ack.receiver_name, "", "", "", "", "46", ack.receiver_id)
    s.add("TRN", "2", ack.batch)
    whole = Status277("A1", "19", "PR", "WQ", sum(c.charge_cents for c in claims))
    _stc(s, ack.status or whole, day)
    _totals(s, claims, "90", "AA")
    level = 2
    for provider in ack.providers:
        level = _provider(s, provider, level, day)
    return s


def _stc(s: Segments, status: Status277, day: date) -> None:
    action = status.action or ("WQ" if status.accepted else "U")
    message = ("", "", "", "", "", "", "", status.message) if status.message else ()
    s.raw(
        "STC",
        composite(status.category, status.status_code, status.entity),
        d8(status.effective_on or day),
        action,
        amount(status.cents),
        *message,
    )


def _provider(s: Segments, p: ProviderAck277, level: int, day: date) -> int:
    level += 1
    mine = level
    s.add("HL", str(mine), "2", "19", "1" if p.claims else "0")
    s.add("NM1", "85", "2", p.name, "", "", "", "", "XX", p.npi)
    s.add("TRN", "1", "0")
    if p.status is not None:
        _stc(s, p.status, day)
    _totals(s, p.claims, "QA", "QC")
    for c in p.claims:
        level += 1
        s.add("HL", str(level), str(mine), "PT")
        _claim(s, c, day)
    return level


def _claim(s: Segments, c: ClaimStatus277, day: date) -> None:
    ids = ("MI", c.patient_id) if c.patient_id else ()
    s.add("NM1", "QC", "1", c.patient_last, c.patient_first, "", "", "", *ids)
    s.add("TRN", "2", c.clm01)
    first = Status277(
        c.category, c.status_code, c.entity, c.action, c.charge_cents, c.effective_on, c.message
    )
    for status in (first, *c.more):
        _stc(s, status, day)
    for code, value in (
        ("1K", c.payer_control),
        ("D9", c.clearinghouse_trace),
        ("BLT", c.bill_type),
    ):
        if value:
            s.add("REF", code, value)
    if c.service_on and c.service_to:
        s.add("DTP", "472", "RD8", f"{d8(c.service_on)}-{d8(c.service_to)}")
    elif c.service_on:
        s.add("DTP", "472", "D8", d8(c.service_on))
    for line in c.lines:
        _line(s, line, day)


def _line(s: Segments, x: LineStatus277, day: date) -> None:
    s.raw("SVC", composite("HC", x.procedure), amount(x.charge_cents))
    for status in x.statuses:
        _stc(s, status, day)
    if x.line_control:
        s.add("REF", "FJ", x.line_control)
    if x.service_on:
        s.add("DTP", "472", "D8", d8(x.service_on))
