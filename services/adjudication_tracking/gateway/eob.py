"""What a person types of a check that came on paper or in a payer's portal. Nothing in it names a patient."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Code, GroupCode
from shared.http import Day

MOST_CLAIMS = 500
"""Of one check; the largest that is typed has some dozens, and who types more has a file."""
MOST_LINES = 999
"""Of one claim, as on the 837I."""
MOST_CODES = 99
"""Adjustments of one line or claim: an 835 has room for as many in its CAS segments; remarks and PLB pairs alike."""

Cents = Annotated[int, Field(ge=-(10**13), le=10**13, strict=True)]
"""Whole cents and nothing like them: 80.00 is no 80."""
Text = Annotated[str, Field(max_length=50, pattern=r"^[ -~]*$")]


class _Typed(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class EobAdjustment(_Typed):
    """A group code, a CARC, and the amount by which it lowers the payment."""

    group: GroupCode
    reason: Code
    cents: Cents
    quantity: int | None = Field(default=None, ge=-9_999, le=9_999)


Adjustments = Annotated[list[EobAdjustment], Field(max_length=MOST_CODES)]
Remarks = Annotated[list[Code], Field(max_length=MOST_CODES)]


class EobLine(_Typed):
    """One service line: `charge` is its number here (REF*6R), which the procedure with its modifiers may stand for."""

    charge: Annotated[str, Field(max_length=48, pattern=r"^[ -~]*$")] = ""
    procedure: Annotated[str, Field(max_length=48, pattern=r"^[ -~]*$")] = ""
    modifiers: list[Code] = Field(default=[], max_length=4)
    service_on: Day | None = None
    units: int = Field(default=1, ge=0, le=9_999)
    charge_cents: Cents
    paid_cents: Cents
    allowed_cents: Cents | None = None
    adjustments: Adjustments = []
    remarks: Remarks = []


class EobClaim(_Typed):
    """One claim, by the number that we billed it under, or by its account and payer order.

    Without `patient_cents` the patient's part is the sum of the PR adjustments. A reversal (status 22) has all amounts with the
    other sign, and the number that it takes back in `payer_control` or `original_control`.
    """

    claim: Text = ""
    account: Annotated[str, Field(pattern=r"^([0-9A-Za-z]{14})?$")] = ""
    payer_order: int = Field(default=1, ge=1, le=9)
    status: Annotated[str, Field(pattern=r"^[0-9]{1,2}$")]
    charge_cents: Cents
    paid_cents: Cents
    patient_cents: Cents | None = None
    payer_control: Text = ""
    original_control: Text = ""
    service_on: Day | None = None
    adjustments: Adjustments = []
    remarks: Remarks = []
    lines: list[EobLine] = Field(default=[], max_length=MOST_LINES)
    forwarded_to: Text = ""
    forwarded_id: Text = ""


class EobProviderAdjustment(_Typed):
    """What the check was lowered by (negative: raised by) beside its claims: a PLB pair."""

    reason: Code
    reference: Text = ""
    cents: Cents
    fiscal_year_end: Day | None = None


class Eob(_Typed):
    """One check with its explanation of benefits, as it stands on paper or in a portal.

    `payer` is our code, the payer's X12 id, or its name. `reference` says where the original lies: a scan,
    a lock-box batch, a confirmation. `payer_trace_id` is TRN03, where it is told. `as_it_stands` enters what does not balance on
    paper either: it is refused as such a file is, and waits for a person.
    """

    payer: Annotated[str, Field(min_length=1, max_length=60)]
    payee_npi: Annotated[str, Field(pattern=r"^([0-9]{10})?$")] = ""
    payee_tax_id: Annotated[str, Field(pattern=r"^([0-9]{9})?$")] = ""
    check_number: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[ -~]+$")]
    payer_trace_id: Annotated[str, Field(max_length=30, pattern=r"^[ -~]*$")] = ""
    method: Literal["CHK", "ACH", "NON"] = "CHK"
    paid_on: Day
    amount_cents: Cents
    claims: list[EobClaim] = Field(default=[], max_length=MOST_CLAIMS)
    provider_adjustments: list[EobProviderAdjustment] = Field(default=[], max_length=MOST_CODES)
    reference: Text = ""
    as_it_stands: bool = False
