"""What the loops of a claim hold, in trade names. Amounts are integer cents; a `Party` of a person is PHI.

Structs, because a file has hundreds of thousands; they never refer back, so the collector may skip them.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

import msgspec


class Reference(msgspec.Struct, gc=False):
    """A REF that has no name of its own here: qualifier and value."""

    qualifier: str
    value: str


class Dated(msgspec.Struct, gc=False):
    """A DTP that has no name of its own here; `until` makes it a range, `hhmm` gives it a time."""

    what: str
    day: date
    until: date | None = None
    hhmm: str = ""


class Address(msgspec.Struct, gc=False):
    """N3 and N4."""

    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    street2: str = ""


class Party(msgspec.Struct, gc=False):
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
    suffix: str = ""
    street2: str = ""
    organisation: bool = False
    references: list[Reference] = []


class BillingProvider(msgspec.Struct, gc=False):
    """Loop 2010AA: who is paid. `zip` has nine digits and the street is no post-office box; `first` marks a person."""

    name: str
    npi: str
    tax_id: str
    taxonomy: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    first: str = ""
    street2: str = ""
    tax_id_kind: str = "EI"
    contact_name: str = ""
    contact_phone: str = ""
    pay_to: Address | None = None
    references: list[Reference] = []


class Payer(msgspec.Struct, gc=False):
    """Loop 2010BB."""

    name: str
    payer_id: str
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    street2: str = ""
    references: list[Reference] = []


class Subscriber(msgspec.Struct, gc=False):
    """Loops 2000B and 2010BA. `order` is 1 for the primary payer."""

    order: int
    member_id: str
    party: Party
    relation: str = "18"
    filing_indicator: str = ""
    insurance_type: str = ""
    group_number: str = ""
    group_name: str = ""


class ClaimAdjustment(msgspec.Struct, gc=False):
    """A CAS triplet of an earlier payer."""

    group: str
    reason: str
    cents: int
    quantity: int | None = None


class PriorLine(msgspec.Struct, gc=False):
    """Loop 2430: what an earlier payer did with the line; `bundled_into` is the line with which it was paid."""

    payer_id: str
    paid_cents: int
    procedure: str
    modifiers: list[str] = []
    units: int = 1
    cas: list[ClaimAdjustment] = []
    paid_on: date | None = None
    qualifier: str = "HC"
    revenue_code: str = ""
    patient_owes_cents: int | None = None
    bundled_into: str = ""


class PriorPayer(msgspec.Struct, gc=False):
    """Loops 2320 and 2330: another coverage, with what it paid when it was before."""

    subscriber: Subscriber
    payer: Payer
    paid_cents: int | None = None
    cas: list[ClaimAdjustment] = []
    payer_control: str = ""
    paid_on: date | None = None
    patient_owes_cents: int | None = None
    noncovered_cents: int | None = None
    benefits_assigned: str = "Y"
    release: str = "Y"
    remarks: list[str] = []
    signature_source: str = ""


class Provider(msgspec.Struct, gc=False):
    """Loops 2310 and 2420: somebody who took part, or a place. `role` is NM101 (DN, DQ, 77, 71, DK, PW …)."""

    role: str
    last: str = ""
    first: str = ""
    middle: str = ""
    npi: str = ""
    taxonomy: str = ""
    organisation: bool = False
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    street2: str = ""
    references: list[Reference] = []
    suffix: str = ""


class Attachment(msgspec.Struct, gc=False):
    """PWK: a paper or file that goes with the claim, how it goes, and its control number."""

    kind: str
    how: str
    control: str = ""


class Ambulance(msgspec.Struct, gc=False):
    """CR1: why and how far a patient was carried; the weight in pounds is PHI."""

    reason: str
    miles: str
    pounds: str = ""
    round_trip: str = ""
    stretcher: str = ""


class Condition(msgspec.Struct, gc=False):
    """CRC: whether conditions of a category apply."""

    category: str
    applies: str
    codes: list[str] = []


class ClaimBody(msgspec.Struct, kw_only=True, gc=False):
    """What loop 2300 and those around it hold in both kinds of claims.

    `segment` is the place of its CLM in the set; `first` and `last` the ordinals in the set (ST is 1) of what was
    written for it. `first_diagnosis` is the kind (HI01-1) of the first one, ABK when it is called the principal one.
    `patient` is None when the subscriber is the patient. `unknown` are segments of which something has no
    name in the model, as they stood.
    """

    patient: Party | None = None
    patient_relation: str = ""
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release: str = "Y"
    signature: str = "Y"
    signature_source: str = ""
    first_diagnosis: str = "ABK"
    payer_control: str = ""
    authorization: str = ""
    note: str = ""
    note_kind: str = "ADD"
    delay_reason: str = ""
    rendering_npi: str = ""
    rendering_last: str = ""
    rendering_first: str = ""
    rendering_taxonomy: str = ""
    rendering_references: list[Reference] = []
    amounts: dict[str, int] = {}
    references: list[Reference] = []
    dates: list[Dated] = []
    attachments: list[Attachment] = []
    conditions: list[Condition] = []
    providers: list[Provider] = []
    prior: list[PriorPayer] = []
    billing: BillingProvider | None = None
    segment: int = -1
    first: int = 0
    last: int = 0
    unknown: list[list[str]] = []


class LineBody(msgspec.Struct, kw_only=True, gc=False):
    """What loop 2400 and those below it hold in both kinds of claims; `note_kind` where it is not the usual one."""

    line_control: str = ""
    note: str = ""
    note_kind: str = ""
    ndc: str = ""
    ndc_units: str = "1"
    ndc_unit: str = "UN"
    prescription: str = ""
    amounts: dict[str, int] = {}
    references: list[Reference] = []
    dates: list[Dated] = []
    attachments: list[Attachment] = []
    conditions: list[Condition] = []
    providers: list[Provider] = []
    prior: list[PriorLine] = []
    unknown: list[list[str]] = []


C = TypeVar("C", bound=ClaimBody)


@dataclass(slots=True)
class Batch(Generic[C]):
    """One ST: its submitter and receiver, a billing provider and its claims (a claim may name another one).

    `hhmm` and `on` go into BHT, never the clock's.
    """

    control: str
    reference: str
    on: date | None
    hhmm: str
    submitter_name: str
    submitter_id: str
    contact_name: str
    contact_phone: str
    receiver_name: str
    receiver_id: str
    billing: BillingProvider
    claims: list[C]
    purpose: str = "00"
    kind: str = "CH"
    unknown: list[list[str]] = field(default_factory=list)
