"""Values that several services' events carry: money, codes, sealed PHI, coverages, charges, claim lines."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.registry import record

Cents = Annotated[int, Field(ge=-(10**13), le=10**13)]
"""Signed whole US cents; 10**13 is far above any national total and far below a 64-bit integer."""
Code = Annotated[str, Field(min_length=1, max_length=48, pattern=r"^[ -~]+$")]
Sentence = Annotated[str, Field(max_length=500)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
AccountNumber = Annotated[str, Field(min_length=14, max_length=14)]
ClaimNumber = Annotated[str, Field(min_length=1, max_length=38)]
"""CLM01: account number, claim number of the account, check character; a foreign one for imported claims."""
ChargeNumber = Annotated[str, Field(min_length=1, max_length=48)]
"""REF*6R for life: account number, a hyphen, and the running number of the charge in the account."""
Npi = Annotated[str, Field(pattern=r"^[0-9]{10}$")]
GroupCode = Literal["CO", "OA", "PI", "PR", "CR"]


@record
class StatedDate:
    """A day that a claim states beside its services (DTP01, such as 431 onset, 439 accident, 435 admission)."""

    what: Annotated[str, Field(pattern=r"^[0-9A-Z]{3}$")]
    day: date
    until: date | None = None
    hhmm: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""


@record
class Attachment:
    """What goes beside a claim or line (PWK): its kind, how it goes, and its control number."""

    kind: Annotated[str, Field(min_length=1, max_length=2)]
    how: Annotated[str, Field(min_length=1, max_length=2)]
    control: Annotated[str, Field(max_length=80)] = ""


@record
class Condition:
    """Whether conditions of a category apply (CRC)."""

    category: Annotated[str, Field(min_length=2, max_length=2)]
    applies: Literal["N", "Y"]
    codes: Annotated[
        tuple[Annotated[str, Field(min_length=2, max_length=3)], ...], Field(max_length=5)
    ] = ()


@record
class ClaimFacts:
    """What the claims of an encounter state beside its services: dates, the accident (CLM11), PWK and CRC.

    `special_program` is CLM12, `delay_reason` CLM20 (why a claim comes late), `condition_codes` are those of HI*BG. Free text is no such fact: it may speak of the patient, and travels sealed.
    """

    dates: tuple[StatedDate, ...] = ()
    accident_causes: tuple[Literal["AA", "EM", "OA"], ...] = ()
    accident_state: Annotated[str, Field(max_length=2)] = ""
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=10)] = ()
    conditions: Annotated[tuple[Condition, ...], Field(max_length=8)] = ()
    special_program: Literal["02", "03", "05", "09", ""] = ""
    delay_reason: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15", ""] = ""
    condition_codes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{2,3}$")], ...], Field(max_length=12)
    ] = ()


@record
class Sealed:
    """A PHI field: AES-256-GCM under the data key `key_id`; `box` is base64 of nonce and ciphertext."""

    key_id: Annotated[str, Field(min_length=1, max_length=64)]
    box: Annotated[str, Field(min_length=1, max_length=20_000)]


@record
class Reference:
    """A REF of a provider or payer: its qualifier and number."""

    qualifier: Annotated[str, Field(min_length=2, max_length=3)]
    number: Annotated[str, Field(min_length=1, max_length=50)]


@record
class Coverage:
    """One insurance of a patient in its place of the order of benefits (SBR01, SBR02, SBR05, SBR09).

    `references` are the payer's further ids for this coverage (REF of loops 2010BB and 2330B).
    """

    order: Annotated[int, Field(ge=1, le=9)]
    payer: Code
    relation: Code = "18"
    filing_indicator: Code
    insurance_type: Code | None = None
    member: Sealed
    effective_from: date
    effective_to: date | None = None
    references: tuple[Reference, ...] = ()


@record
class Provider:
    """Somebody who took part in a service, or the place of it (loops 2310 and 2420). Public facts, never a patient's.

    `role` is NM101: DN and P3 referring, 82 rendering, 77 service facility, DQ supervising, DK ordering, QB purchased.
    """

    role: Literal["DN", "P3", "82", "77", "DQ", "DK", "QB"]
    last: Annotated[str, Field(max_length=60)] = ""
    first: Annotated[str, Field(max_length=35)] = ""
    middle: Annotated[str, Field(max_length=25)] = ""
    organisation: bool = False
    npi: Annotated[str, Field(pattern=r"^([0-9]{10})?$")] = ""
    taxonomy: Annotated[str, Field(max_length=50)] = ""
    street: Annotated[str, Field(max_length=55)] = ""
    street2: Annotated[str, Field(max_length=55)] = ""
    city: Annotated[str, Field(max_length=30)] = ""
    state: Annotated[str, Field(max_length=2)] = ""
    zip: Annotated[str, Field(max_length=15)] = ""
    references: tuple[Reference, ...] = ()
    suffix: Annotated[str, Field(max_length=10)] = ""


@record
class Consent:
    """What provider and patient agreed to: assignment (CLM07), benefits to the provider (CLM08), release (CLM09).

    `signature_source` P says that the provider signed for the patient, who was not there (CLM10, OI04).
    """

    assignment: Literal["A", "B", "C"] = "A"
    benefits_assigned: Literal["N", "W", "Y"] = "Y"
    release: Literal["I", "Y"] = "Y"
    signature_source: Literal["P", ""] = ""


@record
class DrugQuantity:
    """How much of a drug was given (CTP04, CTP05): F2, GR, ME, ML or UN."""

    quantity: Annotated[str, Field(pattern=r"^[0-9]{1,11}(\.[0-9]{1,3})?$")]
    unit: Literal["F2", "GR", "ME", "ML", "UN"]


@record
class Charge:
    """One billable service as captured; `units` 0 means the charge was voided.

    `service_to` is its last day when there are several; `unit` MJ counts minutes; `quantity` stands for the units where
    they are no whole number; `providers` took part in this service alone; `dates`, `attachments` and `conditions` are its own.
    `emergency` is SV109, `epsdt` (a service of a child's screening) SV111, `family_planning` SV112, `copay_exempt` SV115.
    """

    charge: ChargeNumber
    service_on: date
    procedure: Code
    modifiers: tuple[Code, ...] = ()
    units: Annotated[int, Field(ge=0, le=9_999)]
    charge_cents: Annotated[int, Field(ge=0, le=10**10)]
    place_of_service: Code
    rendering_npi: Npi
    ndc: Code | None = None
    authorization: Code | None = None
    service_to: date | None = None
    unit: Literal["UN", "MJ"] = "UN"
    quantity: Annotated[str, Field(pattern=r"^[0-9]{1,7}\.[0-9]{1,3}$")] | None = None
    drug: DrugQuantity | None = None
    providers: tuple[Provider, ...] = ()
    dates: tuple[StatedDate, ...] = ()
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=10)] = ()
    conditions: Annotated[tuple[Condition, ...], Field(max_length=3)] = ()
    emergency: bool = False
    epsdt: bool = False
    family_planning: bool = False
    copay_exempt: bool = False


@record
class Diagnosis:
    """An ICD-10-CM code in its sequence, with present-on-admission where the form wants it."""

    sequence: Annotated[int, Field(ge=1, le=12)]
    code: Code
    poa: Code | None = None


@record
class CodedLine:
    """Which diagnoses (by sequence, at most four) support a charge."""

    charge: ChargeNumber
    pointers: Annotated[tuple[int, ...], Field(min_length=1, max_length=4)]


@record
class ClaimLine:
    """A service line of a claim; every one names its charge, which is also its REF*6R."""

    line: Annotated[int, Field(ge=1, le=999)]
    charge: ChargeNumber
    charge_cents: Cents


@record
class Adjustment:
    """One CAS triplet."""

    group: GroupCode
    reason: Code
    cents: Cents
    quantity: int | None = None


@record
class AdjudicatedLine:
    """One SVC loop of an 835; `charge` is filled when the line was matched to ours."""

    charge: ChargeNumber | None = None
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    service_on: date | None = None
    units: int = 1
    charge_cents: Cents
    paid_cents: Cents
    allowed_cents: Cents | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[Code, ...] = ()


@record
class ClaimPayment:
    """The whole CLP loop of an 835 as stated by the payer, lines included; names stay in the sealed field.

    `interest_cents` (AMT*I) is told and is none of its money: that comes beside the claims (PLB L6).
    """

    claim: Annotated[str, Field(max_length=50)]
    status: Code
    charge_cents: Cents
    paid_cents: Cents
    patient_cents: Cents = 0
    filing_indicator: str = ""
    payer_control: str = ""
    original_control: str = ""
    frequency: str = ""
    service_on: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[Code, ...] = ()
    lines: tuple[AdjudicatedLine, ...] = ()
    forwarded_to: str = ""
    people: Sealed | None = None
    segment: int = 0
    forwarded_id: str = ""
    interest_cents: Cents = 0


@record
class ProviderAdjustment:
    """One PLB pair: positive lowers the payment, negative raises it."""

    reason: Code
    reference: str = ""
    cents: Cents
    fiscal_year_end: date | None = None


@record
class Source:
    """Where a fact of a file stands: the file's hash, its control numbers and the segment's ordinal.

    `entered_by` is who typed it in from paper or a portal: then the hash is of what was entered, and no file was sent.
    """

    sha256: Sha256
    isa13: str = ""
    gs06: str = ""
    st02: str = ""
    segment: int = 0
    entered_by: Annotated[str, Field(max_length=48)] = ""


@record
class JournalLine:
    """One line of a journal entry: debit positive, credit negative. `kind` tells why the money moved.

    `ledger` is one of: ar_open, ar_denied, ar_next_payer, ar_patient, charges, contractual, write_off,
    remittance_clearing, eft_receivable, provider_adjustment, suspense, cash, patient_unapplied,
    patient_clearing, recovery_clearing, overpayment, opening.
    """

    ledger: Code
    cents: Cents
    charge: ChargeNumber | None = None
    kind: str = ""
    group: str = ""
    carc: str = ""
    rarcs: tuple[str, ...] = ()
