"""A professional claim in trade names. Amounts are integer cents; a `Party` of a person is PHI."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Party:
    """A person or organisation with an address. `sex` is M, F or U."""

    last: str
    first: str = ""
    middle: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    born_on: date | None = None
    sex: str = ""


@dataclass(slots=True)
class BillingProvider:
    """Loop 2010AA: who is paid. `zip` has nine digits and the street is no post-office box."""

    name: str
    npi: str
    tax_id: str
    taxonomy: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


@dataclass(slots=True)
class Payer:
    """Loop 2010BB."""

    name: str
    payer_id: str


@dataclass(slots=True)
class Subscriber:
    """Loops 2000B and 2010BA."""

    order: int
    member_id: str
    party: Party
    relation: str = "18"
    filing_indicator: str = ""
    insurance_type: str = ""
    group_number: str = ""


@dataclass(slots=True)
class ClaimAdjustment:
    """A CAS triplet of an earlier payer."""

    group: str
    reason: str
    cents: int
    quantity: int | None = None


@dataclass(slots=True)
class PriorLine:
    """Loop 2430: what an earlier payer did with the line."""

    payer_id: str
    paid_cents: int
    procedure: str
    modifiers: list[str] = field(default_factory=list)
    units: int = 1
    cas: list[ClaimAdjustment] = field(default_factory=list)
    paid_on: date | None = None


@dataclass(slots=True)
class PriorPayer:
    """Loops 2320 and 2330: another coverage, with what it paid when it was before."""

    subscriber: Subscriber
    payer: Payer
    paid_cents: int | None = None
    cas: list[ClaimAdjustment] = field(default_factory=list)
    payer_control: str = ""
    paid_on: date | None = None


@dataclass(slots=True)
class ServiceLine:
    """Loop 2400. `pointers` are places in the claim's diagnoses, from 1."""

    procedure: str
    charge_cents: int
    units: int
    service_from: date | None
    pointers: list[int]
    line_control: str = ""
    qualifier: str = "HC"
    modifiers: list[str] = field(default_factory=list)
    unit_code: str = "UN"
    place_of_service: str = ""
    service_to: date | None = None
    ndc: str = ""
    ndc_units: str = "1"
    note: str = ""
    prior: list[PriorLine] = field(default_factory=list)
    unknown: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class ProfessionalClaim:
    """Loop 2300 with everything of its patient. `patient` is None when the subscriber is the patient.

    `segment` is the index of its CLM in the set's segments; `first` and `last` the ordinals in the set (ST is 1)
    of what was written for it.
    """

    clm01: str
    total_cents: int
    place_of_service: str
    frequency: str
    subscriber: Subscriber
    payer: Payer
    lines: list[ServiceLine]
    diagnoses: list[str]
    patient: Party | None = None
    patient_relation: str = ""
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release: str = "Y"
    signature: str = "Y"
    payer_control: str = ""
    authorization: str = ""
    note: str = ""
    rendering_npi: str = ""
    rendering_last: str = ""
    rendering_first: str = ""
    rendering_taxonomy: str = ""
    patient_paid_cents: int = 0
    prior: list[PriorPayer] = field(default_factory=list)
    billing: BillingProvider | None = None
    segment: int = -1
    first: int = 0
    last: int = 0
    unknown: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Batch837:
    """One ST: one billing provider and its claims. `hhmm` and `on` go into BHT, never the clock's."""

    control: str
    reference: str
    on: date
    hhmm: str
    submitter_name: str
    submitter_id: str
    contact_name: str
    contact_phone: str
    receiver_name: str
    receiver_id: str
    billing: BillingProvider
    claims: list[ProfessionalClaim]
