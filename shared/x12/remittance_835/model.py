"""An 835 in trade names. Amounts are integer cents; fields named `…_last`, `…_first`, `…_id` of people are PHI.

Claims and lines are Structs because a file has hundreds of thousands; they never refer back, so the collector may skip
them.
"""

from dataclasses import dataclass, field
from datetime import date

import msgspec


class Cas(msgspec.Struct, gc=False):
    """One adjustment triplet: group code, CARC, amount, quantity."""

    group: str
    reason: str
    cents: int
    quantity: int | None = None


class RemitLine(msgspec.Struct, gc=False):
    """One SVC loop (2110). `segment` is the place of its SVC in the set; without SVC05 it is one unit, by the guide."""

    procedure: str
    charge_cents: int
    paid_cents: int
    qualifier: str = "HC"
    modifiers: list[str] = []
    submitted_procedure: str = ""
    revenue_code: str = ""
    units: int = 1
    service_from: date | None = None
    service_to: date | None = None
    cas: list[Cas] = []
    remarks: list[str] = []
    allowed_cents: int | None = None
    line_control: str = ""
    segment: int = -1
    unknown: list[list[str]] = []
    submitted_modifiers: list[str] = []
    submitted_units: int | None = None
    amounts: dict[str, int] = {}


class RemitClaim(msgspec.Struct, gc=False):
    """One CLP loop (2100). `segment` is the place of its CLP in the set."""

    clp01: str
    status: str
    charge_cents: int
    paid_cents: int
    patient_cents: int = 0
    filing_indicator: str = ""
    payer_control: str = ""
    facility_code: str = ""
    frequency: str = ""
    cas: list[Cas] = []
    remarks: list[str] = []
    amounts: dict[str, int] = {}
    original_control: str = ""
    service_from: date | None = None
    service_to: date | None = None
    received_on: date | None = None
    patient_last: str = ""
    patient_first: str = ""
    patient_id: str = ""
    subscriber_last: str = ""
    subscriber_first: str = ""
    subscriber_id: str = ""
    corrected_last: str = ""
    corrected_first: str = ""
    corrected_id: str = ""
    rendering_npi: str = ""
    crossover_name: str = ""
    crossover_id: str = ""
    lines: list[RemitLine] = []
    segment: int = -1
    unknown: list[list[str]] = []
    patient_middle: str = ""
    drg: str = ""
    prior_payer_name: str = ""
    prior_payer_id: str = ""
    rendering_last: str = ""
    rendering_first: str = ""

    def adjusted_cents(self, group: str = "") -> int:
        """All adjustments of claim and lines together, of one group or of all."""
        return sum(
            c.cents
            for cas in (self.cas, *(line.cas for line in self.lines))
            for c in cas
            if not group or c.group == group
        )


class Plb(msgspec.Struct, gc=False):
    """One provider adjustment pair of a PLB: positive lowers the payment."""

    reason: str
    cents: int
    reference: str = ""
    npi: str = ""
    fiscal_year_end: date | None = None
    segment: int = -1


@dataclass(slots=True)
class Remittance:
    """One 835 transaction set: one check or EFT. What the file does not say is empty, None or 0, and never made up.

    `payee_segment` is the place of the payee's N1 in the set; `bank` is BPR05 to BPR15 as it stood; `unknown` are segments before the first claim or after the last.
    """

    handling: str
    amount_cents: int
    credit: str = "C"
    method: str = "ACH"
    paid_on: date | None = None
    trn02: str = ""
    trn03: str = ""
    produced_on: date | None = None
    payer_name: str = ""
    payer_id: str = ""
    payer_street: str = ""
    payer_city: str = ""
    payer_state: str = ""
    payer_zip: str = ""
    payer_contact: str = ""
    payer_phone: str = ""
    payee_name: str = ""
    payee_npi: str = ""
    payee_segment: int = -1
    payee_tax_id: str = ""
    claims: list[RemitClaim] = field(default_factory=list)
    plb: list[Plb] = field(default_factory=list)
    control: str = ""
    unknown: list[list[str]] = field(default_factory=list)
    bank: list[str] = field(default_factory=list)
