"""Who stands in a claim beside the patient: providers, payers before or after the first, and what those decided."""

from collections.abc import Sequence

from shared.x12.claim_loops.model import (
    Address,
    BillingProvider,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    Provider,
    Reference,
)
from shared.x12.showing import Fact, Shown, Veil, address, adjustments

ORDERS = {1: "primary", 2: "secondary", 3: "tertiary"}
ROLES = {
    "71": "attending",
    "72": "operating",
    "77": "service facility",
    "82": "rendering",
    "85": "billing",
    "DK": "ordering",
    "DN": "referring",
    "DQ": "supervising",
    "P3": "primary care",
    "PW": "picked up at",
    "45": "dropped off at",
    "ZZ": "other operating",
}


def address_of(a: BillingProvider | Address | Provider | Party | Payer) -> str:
    """N3 and N4 on one line."""
    return address(a.street, a.city, a.state, a.zip, a.street2)


def references(found: Sequence[Reference], veil: Veil) -> list[str]:
    """REFs of a person, masked."""
    return [f"{r.qualifier} {veil.id(r.value)}" for r in found]


def providers(found: list[Provider], veil: Veil) -> list[str]:
    """Names, numbers and places; where somebody was picked up or let off may be their home."""
    return [" ".join(filter(None, (*_named(p), _located(p, veil), *_own(p)))) for p in found]


def _named(p: Provider) -> tuple[str, ...]:
    return (ROLES.get(p.role, p.role), p.first, p.middle, p.last, p.suffix, p.npi, p.taxonomy)


def _own(p: Provider) -> list[str]:
    return [f"{r.qualifier} {r.value}" for r in p.references]


def _located(p: Provider, veil: Veil) -> str:
    return veil.text(address_of(p)) if p.role in ("PW", "45") else address_of(p)


def show_prior(p: PriorPayer, veil: Veil) -> Shown:
    """Another coverage (2320), with what it paid."""
    facts: dict[str, Fact] = {
        "payer": " ".join(filter(None, (p.payer.name, p.payer.payer_id))),
        "payer_address": address_of(p.payer),
        "payer_references": [f"{r.qualifier} {r.value}" for r in p.payer.references],
        "payer_order": ORDERS.get(p.subscriber.order, str(p.subscriber.order)),
        "subscriber": veil.name(
            p.subscriber.party.last, p.subscriber.party.first, p.subscriber.party.middle
        ),
        "subscriber_address": veil.text(address_of(p.subscriber.party)),
        "subscriber_references": references(p.subscriber.party.references, veil),
        "relation": p.subscriber.relation,
        "member_id": veil.id(p.subscriber.member_id),
        "group": veil.id(p.subscriber.group_number),
        "group_name": veil.text(p.subscriber.group_name),
        "filing": p.subscriber.filing_indicator,
        "paid_cents": p.paid_cents,
        "patient_owes_cents": p.patient_owes_cents,
        "noncovered_cents": p.noncovered_cents,
        "adjustments": adjustments(p.cas),
        "remarks": p.remarks,
        "paid": veil.day(p.paid_on),
        "payer_control": veil.id(p.payer_control),
    }
    return Shown("other payer", facts)


def show_prior_line(p: PriorLine, veil: Veil) -> Shown:
    """What another payer decided on a line (2430)."""
    facts: dict[str, Fact] = {
        "payer": p.payer_id,
        "procedure": " ".join((p.procedure, *p.modifiers)),
        "revenue_code": p.revenue_code,
        "bundled_into": p.bundled_into,
        "units": p.units,
        "paid_cents": p.paid_cents,
        "patient_owes_cents": p.patient_owes_cents,
        "adjustments": adjustments(p.cas),
        "paid": veil.day(p.paid_on),
    }
    return Shown("paid by other payer", facts)
