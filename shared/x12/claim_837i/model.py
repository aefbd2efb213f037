"""An institutional claim in trade names. Amounts are integer cents; a `Party` of a person is PHI."""

from datetime import date

import msgspec

from shared.x12.claim_loops.model import Batch, ClaimBody, LineBody, Payer, Subscriber


class Diagnosis(msgspec.Struct, gc=False):
    """A diagnosis; `poa` is Y, N, U or W where the form wants present-on-admission."""

    code: str
    poa: str = ""


class Procedure(msgspec.Struct, gc=False):
    """An inpatient procedure and its day."""

    code: str
    on: date | None = None


class Occurrence(msgspec.Struct, gc=False):
    """An occurrence code and its day; `until` makes it a span."""

    code: str
    on: date
    until: date | None = None


class ValueAmount(msgspec.Struct, gc=False):
    """A value code and its amount."""

    code: str
    cents: int


class RevenueLine(LineBody, gc=False):
    """Loop 2400. `quantity` is what stood for the units when it is no whole number."""

    revenue_code: str
    charge_cents: int
    units: int
    procedure: str = ""
    service_from: date | None = None
    service_to: date | None = None
    qualifier: str = "HC"
    modifiers: list[str] = msgspec.field(default_factory=list)
    unit_code: str = "UN"
    noncovered_cents: int = 0
    quantity: str = ""
    description: str = ""


class InstitutionalClaim(ClaimBody, gc=False):
    """Loop 2300 with everything of its patient; see `ClaimBody` for what both kinds of claims hold.

    `facility_code` and `frequency` together are the type of bill. Attending (71), operating (72) and other
    providers stand in `providers`.
    """

    clm01: str
    total_cents: int
    facility_code: str
    frequency: str
    subscriber: Subscriber
    payer: Payer
    lines: list[RevenueLine]
    diagnoses: list[Diagnosis]
    statement_from: date | None = None
    statement_to: date | None = None
    admission_type: str = ""
    admission_source: str = ""
    patient_status: str = ""
    admitted_on: date | None = None
    admitted_hhmm: str = ""
    discharged_hhmm: str = ""
    admitting_diagnosis: str = ""
    reasons_for_visit: list[str] = msgspec.field(default_factory=list)
    external_causes: list[Diagnosis] = msgspec.field(default_factory=list)
    procedures: list[Procedure] = msgspec.field(default_factory=list)
    occurrences: list[Occurrence] = msgspec.field(default_factory=list)
    values: list[ValueAmount] = msgspec.field(default_factory=list)
    condition_codes: list[str] = msgspec.field(default_factory=list)
    drg: str = ""
    patient_owes_cents: int = 0

    @property
    def bill_type(self) -> str:
        """Facility code and frequency, as a biller writes it."""
        return self.facility_code + self.frequency

    @property
    def inpatient(self) -> bool:
        """Whether the second digit of the facility code says inpatient."""
        return self.facility_code[1:2] in ("1", "2") and self.facility_code[:1] in "124568"


Batch837I = Batch[InstitutionalClaim]
