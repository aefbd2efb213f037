"""What the doors of posting are told."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Code
from services.posting.domain.commands import Bucket
from shared.http import Day

MAX_ITEMS = 2_000
Positive = Annotated[int, Field(gt=0, le=10**12)]
InAddress = Annotated[str, Field(pattern=r"^[0-9A-Za-z][ -.0-~]{0,39}$")]
"""An id that stands in a door's address later: with a slash, or as `..`, it would lead to another one, and be answered never."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Deposit(_Body):
    """A line of the bank's statement; the trace is the addenda's TRN02, the payer's id its TRN03."""

    deposit: Code
    amount_cents: Positive
    deposited_on: Day
    trace: str = Field(default="", max_length=50)
    payer_trace_id: str = Field(default="", max_length=30)


class Deposits(_Body):
    """Up to 2,000 deposits."""

    deposits: list[Deposit] = Field(min_length=1, max_length=MAX_ITEMS)


class Payment(_Body):
    """A payment of a guarantor, found by the account it is meant for when it is not named."""

    payment: Code
    guarantor: Code | None = None
    account: str = Field(default="", pattern=r"^([0-9A-Z]{14})?$")
    tender: Code
    amount_cents: Positive
    received_on: Day


class Payments(_Body):
    """Up to 2,000 payments."""

    payments: list[Payment] = Field(min_length=1, max_length=MAX_ITEMS)


class TransferAsked(_Body):
    """A denied amount goes to the next payer or the patient; without `cents` all that is denied."""

    to_party: Literal["payer", "patient"]
    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    cents: Positive | None = None
    charge: Code | None = None


class SettlementAsked(_Body):
    """Why nothing is asked of a payer that allowed other than its contract; without `line` of all open lines of the decision."""

    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    line: Annotated[int, Field(ge=1, le=9_999)] | None = None


class LateSettlementAsked(_Body):
    """Why nothing more is asked of a payer that paid late."""

    reason: str = Field(min_length=1, max_length=400)
    approver: Code


class IdentificationAsked(_Body):
    """Why it is an overpayment, who says so, and since when somebody knows; without the day since today."""

    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    identified_on: Day | None = None


class InvestigationAsked(_Body):
    """What is looked for, and from when on; without the day from today on."""

    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    looked_from: Day | None = None


class ConclusionAsked(_Body):
    """What was found, and when; without the day today."""

    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    concluded_on: Day | None = None


class RefundAsked(_Body):
    """Money that we send back, under our own id of the refund."""

    refund: Annotated[str, Field(pattern=r"^[ -~]{1,40}$")]
    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    cents: Positive | None = None


class PatientRefundAsked(RefundAsked):
    """Of a patient's payment, what waits on the account."""

    payment: Code
    cents: Positive


class LooseRefundAsked(PatientRefundAsked):
    """Of a payment that was made for no account."""

    cents: Positive
    refunded_on: Day


class UnassignmentAsked(_Body):
    """Money of a payment that is not meant for this account, under our own id of the correction."""

    payment: Code
    assignment: Annotated[str, Field(pattern=r"^[ -~]{1,40}$")]
    cents: Positive
    reason: str = Field(min_length=1, max_length=400)
    approver: Code


class AssignmentAsked(UnassignmentAsked):
    """For which account money is meant that was paid for none."""

    account: str = Field(pattern=r"^[0-9A-Z]{14}$")
    assigned_on: Day


class WriteOffAsked(_Body):
    """A write-off with its reason and approver; without `cents` all of the balance goes."""

    kind: Code
    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    cents: Positive | None = None
    charge: Code | None = None
    bucket: Bucket = "patient"


class WriteOffTakenBack(WriteOffAsked):
    """What was written off of a balance and is owed after all; without `cents` all of that kind."""


class DepositMatch(_Body):
    """Whose money a deposit is; without `cents` as much as the check still expects, or all that is left."""

    remittance: Code
    reason: str = Field(min_length=1, max_length=400)
    approver: Code
    cents: Positive | None = None


class DisputeAsked(_Body):
    """What a patient disputes on an account, under our own id of it."""

    dispute: InAddress
    reason: str = Field(min_length=1, max_length=400)
    approver: Code


class DisputeAnswerAsked(_Body):
    """What was found: the balance stands, or was changed on its account."""

    outcome: Literal["stands", "changed"]
    reason: str = Field(min_length=1, max_length=400)
    approver: Code


class PlanAsked(_Body):
    """Monthly instalments until all that is owed to the legal entity today is paid, under our own id of the plan."""

    plan: InAddress
    legal_entity: Code
    instalment_cents: Positive
    first_due_on: Day
    reason: str = Field(min_length=1, max_length=400)
    approver: Code


class PlanEndAsked(_Body):
    """Why a plan ends."""

    reason: str = Field(min_length=1, max_length=400)
    approver: Code


class StatementAsked(_Body):
    """Of which legal entity a guarantor wants a statement now."""

    legal_entity: Code


class PlacementAsked(_Body):
    """Which agency collects a balance from now on, and why."""

    agency: Code
    reason: str = Field(min_length=1, max_length=400)
    approver: Code


class RecallAsked(_Body):
    """Why a balance is taken back from its agency."""

    reason: str = Field(min_length=1, max_length=400)
    approver: Code


class AccountsNamed(_Body):
    """Accounts whose guarantors are told again."""

    accounts: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9A-Z]{14}$")]], Field(min_length=1, max_length=500)
    ]
