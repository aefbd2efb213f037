"""Writing a 277CA, as a clearinghouse or payer does."""

from collections.abc import Sequence

from shared.x12.claim_ack_277ca.model import ClaimAck277, ClaimStatus277, ProviderAck277
from shared.x12.dates import d8
from shared.x12.money import amount
from shared.x12.writing import Header, Segments, composite, interchange, transaction

VERSION = "005010X214"


def write_277ca(header: Header, acks: Sequence[ClaimAck277]) -> bytes:
    """One interchange with one ST per acknowledgement; totals are counted from the claims."""
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
    s = Segments()
    on = d8(ack.on or header.on)
    claims = ack.claims()
    s.add("BHT", "0085", "08", ack.reference or ack.batch, on, header.hhmm, "TH")
    s.add("HL", "1", "", "20", "1")
    s.add(
        "NM1",
        ack.sender,
        "2",
        ack.sender_name,
        "",
        "",
        "",
        "",
        "46" if ack.sender == "AY" else "PI",
        ack.sender_id,
    )
    s.add("TRN", "1", ack.reference or ack.batch)
    s.add("DTP", "050", "D8", d8(ack.received_on or ack.on or header.on))
    s.add("DTP", "009", "D8", on)
    s.add("HL", "2", "1", "21", "1")
    s.add("NM1", "41", "2", ack.receiver_name, "", "", "", "", "46", ack.receiver_id)
    s.add("TRN", "2", ack.batch)
    s.raw("STC", composite("A1", "19", "PR"), on, "WQ", amount(sum(c.charge_cents for c in claims)))
    _totals(s, claims, "90", "AA")
    level = 2
    for provider in ack.providers:
        level = _provider(s, provider, level, on)
    return s


def _provider(s: Segments, p: ProviderAck277, level: int, on: str) -> int:
    level += 1
    mine = level
    s.add("HL", str(mine), "2", "19", "1")
    s.add("NM1", "85", "2", p.name, "", "", "", "", "XX", p.npi)
    s.add("TRN", "1", "0")
    _totals(s, p.claims, "QA", "QC")
    for c in p.claims:
        level += 1
        s.add("HL", str(level), str(mine), "PT")
        s.add("NM1", "QC", "1", c.patient_last, c.patient_first, "", "", "", "MI", c.patient_id)
        s.add("TRN", "2", c.clm01)
        action = c.action or ("WQ" if c.accepted else "U")
        effective = d8(c.effective_on) if c.effective_on else on
        message = ("", "", "", "", "", "", "", c.message) if c.message else ()
        s.raw(
            "STC",
            composite(c.category, c.status_code, c.entity),
            effective,
            action,
            amount(c.charge_cents),
            *message,
        )
        if c.payer_control:
            s.add("REF", "1K", c.payer_control)
        if c.clearinghouse_trace:
            s.add("REF", "D9", c.clearinghouse_trace)
        if c.service_on:
            s.add("DTP", "472", "D8", d8(c.service_on))
    return level
