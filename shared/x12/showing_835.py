"""An 835 as a poster reads it: the payment, each claim with its lines and adjustments, provider adjustments, the balance."""

from collections import Counter
from collections.abc import Iterator

from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.remittance_835 import Reading835, RemitClaim, RemitLine, check_stream
from shared.x12.showing import (
    Fact,
    Paging,
    Shown,
    Veil,
    address,
    adjustments,
    amounts,
    code_of,
    dollars,
)

STATUSES = {
    "1": "processed as primary",
    "2": "processed as secondary",
    "3": "processed as tertiary",
    "4": "denied",
    "19": "processed as primary, forwarded",
    "20": "processed as secondary, forwarded",
    "21": "processed as tertiary, forwarded",
    "22": "reversal of an earlier payment",
    "23": "not our claim, forwarded",
    "25": "predetermination, no money",
}
METHODS = {
    "BOP": "by the payer's choice",
    "CHK": "check",
    "FWT": "wire",
    "NON": "no payment",
}
HANDLING = {"H": "notice only", "I": "payment with advice"}
NO_AMOUNT = "BPR02 cannot be read"
_BANK = 11
"""BPR05 to BPR15."""


def show_835(one: TransactionSet, veil: Veil, paging: Paging) -> Iterator[Shown]:
    """The payment first, then the claims that `paging` takes, then what only the end of the set tells."""
    reading = Reading835(one)
    totals: Counter[str] = Counter()
    adjusted: Counter[str] = Counter()
    opened = False
    before = paging.left_out
    for thing in check_stream(reading):
        if not opened and isinstance(thing, RemitClaim):
            opened = True
            yield _payment(reading, veil)
        if isinstance(thing, Finding):
            totals[thing.severity] += 1
            continue
        totals["claims"] += 1
        totals["charge"] += thing.charge_cents
        totals["paid"] += thing.paid_cents
        totals["patient"] += thing.patient_cents
        for cas in (thing.cas, *(line.cas for line in thing.lines)):
            for c in cas:
                adjusted[f"{c.group}-{c.reason}"] += c.cents
        if paging.takes():
            yield _claim(thing, veil, paging.count)
    if not opened:
        yield _payment(reading, veil)
    yield from _end(reading, veil, totals, adjusted, paging.left_out - before)


def _amount(reading: Reading835) -> int | None:
    """BPR02, for which the model has 0 where it cannot be read."""
    unread = any(f.element == "BPR02" and f.rule.startswith("amount.") for f in reading.findings)
    return None if unread else reading.remit.amount_cents


def _payment(reading: Reading835, veil: Veil) -> Shown:
    """Before the first claim BPR, TRN and both parties are read; numbers of accounts are masked as a person's are."""
    r, amount = reading.remit, _amount(reading)
    bank = [*r.bank, *[""] * _BANK]
    return Shown(
        "payment",
        {
            "check": r.trn02,
            "on": r.paid_on.isoformat() if r.paid_on else "",
            "produced": r.produced_on.isoformat() if r.produced_on else "",
            "amount_cents": amount,
            "amount": "" if amount is not None else NO_AMOUNT,
            "method": code_of(METHODS, r.method),
            "handling": code_of(HANDLING, r.handling),
            "format": bank[0],
            "from_account": " ".join(filter(None, (bank[2], veil.id(bank[4])))),
            "to_account": " ".join(filter(None, (bank[8], veil.id(bank[10])))),
            "originator": " ".join(filter(None, (bank[5], bank[6]))),
            "payer": r.payer_name,
            "payer_id": r.payer_id,
            "payer_tax_id": r.trn03,
            "payer_contact": " ".join(filter(None, (r.payer_contact, r.payer_phone))),
            "payer_address": address(r.payer_street, r.payer_city, r.payer_state, r.payer_zip),
            "payee": r.payee_name,
            "payee_npi": r.payee_npi,
            "payee_tax_id": r.payee_tax_id,
        },
    )


def _claim(c: RemitClaim, veil: Veil, number: int) -> Shown:
    facts: dict[str, Fact] = {
        "number": number,
        "account": veil.id(c.clp01),
        "status": code_of(STATUSES, c.status),
        "patient": veil.name(c.patient_last, c.patient_first, c.patient_middle),
        "patient_id": veil.id(c.patient_id),
        "served": veil.day(c.service_from, c.service_to),
        "charge_cents": c.charge_cents,
        "allowed_cents": _allowed(c),
        "paid_cents": c.paid_cents,
        "patient_owes_cents": c.patient_cents,
        "adjustments": adjustments(c.cas),
        "remarks": c.remarks,
        "payer_control": veil.id(c.payer_control),
        "original_control": veil.id(c.original_control),
        "filing": c.filing_indicator,
        "bill_type": c.facility_code + c.frequency,
        "drg": c.drg,
        "rendering_npi": c.rendering_npi,
        "rendering": " ".join(filter(None, (c.rendering_first, c.rendering_last))),
        "subscriber": veil.name(c.subscriber_last, c.subscriber_first),
        "subscriber_id": veil.id(c.subscriber_id),
        "corrected_name": veil.name(c.corrected_last, c.corrected_first),
        "corrected_id": veil.id(c.corrected_id),
        "forwarded_to": " ".join(filter(None, (c.crossover_name, c.crossover_id))),
        "earlier_payer": " ".join(filter(None, (c.prior_payer_name, c.prior_payer_id))),
        "received": veil.day(c.received_on),
        "amounts": amounts(c.amounts),
    }
    lines = [_line(line, veil, n) for n, line in enumerate(c.lines, 1)]
    return Shown("claim", facts, [*lines, *veil.unknown(c.unknown)])


def _line(x: RemitLine, veil: Veil, number: int) -> Shown:
    facts: dict[str, Fact] = {
        "number": number,
        "procedure": " ".join((x.procedure, *x.modifiers)),
        "revenue_code": x.revenue_code,
        "billed_as": " ".join((x.submitted_procedure, *x.submitted_modifiers)).strip(),
        "units": x.units,
        "units_billed": x.submitted_units,
        "served": veil.day(x.service_from, x.service_to),
        "charge_cents": x.charge_cents,
        "allowed_cents": x.allowed_cents,
        "paid_cents": x.paid_cents,
        "adjustments": adjustments(x.cas),
        "remarks": x.remarks,
        "line_control": veil.id(x.line_control),
        "amounts": amounts(x.amounts),
    }
    return Shown("line", facts, veil.unknown(x.unknown))


def _end(
    reading: Reading835, veil: Veil, totals: Counter[str], adjusted: Counter[str], left_out: int
) -> Iterator[Shown]:
    r, amount = reading.remit, _amount(reading)
    for plb in r.plb:
        year = plb.fiscal_year_end.isoformat() if plb.fiscal_year_end else ""
        facts: dict[str, Fact] = {
            "reason": plb.reason,
            "amount_cents": plb.cents,
            "effect": "lowers the payment" if plb.cents > 0 else "raises the payment",
            "reference": veil.id(plb.reference),
            "provider": plb.npi,
            "fiscal_year_end": year,
        }
        yield Shown("provider adjustment", facts)
    yield from veil.unknown(r.unknown)
    by_provider = sum(plb.cents for plb in r.plb)
    off = totals["paid"] - by_provider - amount if amount is not None else None
    balance = "the payment balances" if not off else "the payment does not balance"
    yield Shown(
        "totals",
        {
            "claims": totals["claims"],
            "not_shown": left_out,
            "charge_cents": totals["charge"],
            "paid_cents": totals["paid"],
            "patient_owes_cents": totals["patient"],
            "provider_adjustments_cents": by_provider,
            "payment_cents": amount,
            "off_by_cents": off,
            "balance": balance if amount is not None else NO_AMOUNT,
            "adjustments": [
                f"{reason} {dollars(cents)}" for reason, cents in sorted(adjusted.items())
            ],
            "errors": totals["error"],
            "warnings": totals["warning"],
        },
    )


def _allowed(c: RemitClaim) -> int | None:
    """What the payer allowed, where it says so of every line."""
    said = [line.allowed_cents for line in c.lines]
    return sum(cents or 0 for cents in said) if said and None not in said else None
