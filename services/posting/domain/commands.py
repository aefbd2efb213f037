"""What posting can be asked to do; each command names the fact that it answers."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAdjudicated,
    RemittanceReleased,
)
from contracts.posting import ProviderAdjustmentsDelivered
from contracts.registration import ErasureAsked
from contracts.submission import ClaimImported

Bucket = Literal["patient", "denied", "open", "next_payer"]


@dataclass(frozen=True, slots=True)
class PostAdjudication:
    """Put a payer's decision into the journal; where the service was, a contract may be for."""

    adjudicated: ClaimAdjudicated
    legal_entity: str = ""
    facility: str = ""


@dataclass(frozen=True, slots=True)
class ReversePosting:
    """Take an earlier posting back whole."""

    reversal: AdjudicationReversed


@dataclass(frozen=True, slots=True)
class PostOpening:
    """Take over what another system left open."""

    imported: ClaimImported


@dataclass(frozen=True, slots=True)
class MoveOn:
    """What waits for somebody may have found them: coverages or charges became known, or the account was `opened`."""

    opened: bool = False
    """Its guarantor is known only now, and has heard nothing: whatever the patient owes here is told."""


@dataclass(frozen=True, slots=True)
class AnswerErasure:
    """Somebody wants this account's person erased."""

    asked: ErasureAsked


@dataclass(frozen=True, slots=True)
class ApplyPayments:
    """Let the patient's waiting payments meet what the patient owes."""


@dataclass(frozen=True, slots=True)
class WriteOff:
    """A person writes a balance off; `cents` None means all of the bucket."""

    account: str
    kind: str
    reason: str
    approver: str
    cents: int | None = None
    charge: str | None = None
    bucket: Bucket = "patient"


@dataclass(frozen=True, slots=True)
class TakeBackWriteOff:
    """A person takes back what was written off of a balance; `cents` None means all of that kind."""

    account: str
    kind: str
    reason: str
    approver: str
    cents: int | None = None
    charge: str | None = None
    bucket: Bucket = "patient"


@dataclass(frozen=True, slots=True)
class TransferDenied:
    """A person moves denied money on; `cents` None means all that is denied."""

    account: str
    to_party: Literal["payer", "patient"]
    reason: str
    approver: str
    cents: int | None = None
    charge: str | None = None


@dataclass(frozen=True, slots=True)
class SettleUnderpayment:
    """A person says why nothing is asked of a payer that allowed other than its contract; `line` None means all of a decision's."""

    account: str
    adjudication: str
    reason: str
    approver: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class SettleLatePayment:
    """A person says why nothing more is asked of a payer that paid late."""

    account: str
    adjudication: str
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class IdentifyOverpayment:
    """A person knows that a payer paid too much; `identified_on` None means since today."""

    account: str
    adjudication: str
    reason: str
    approver: str
    identified_on: date | None = None


@dataclass(frozen=True, slots=True)
class InvestigateOverpayment:
    """A person looks in good faith for what else the same cause overpaid; `looked_from` None means from today on."""

    account: str
    adjudication: str
    reason: str
    approver: str
    looked_from: date | None = None


@dataclass(frozen=True, slots=True)
class ConcludeInvestigation:
    """A person has found what else there is, or nothing; `concluded_on` None means today."""

    account: str
    adjudication: str
    reason: str
    approver: str
    concluded_on: date | None = None


@dataclass(frozen=True, slots=True)
class RefundOverpayment:
    """A person sends a payer its overpayment back; `cents` None means all that is open of it."""

    account: str
    adjudication: str
    refund: str
    reason: str
    approver: str
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class RefundPatient:
    """A person sends back what of a payment waits on an account."""

    account: str
    payment: str
    refund: str
    reason: str
    approver: str
    cents: int


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """A person sends back what a guarantor paid for no account."""

    guarantor: str
    payment: str
    refund: str
    reason: str
    approver: str
    cents: int
    refunded_on: date


@dataclass(frozen=True, slots=True)
class AssignPayment:
    """A person says for which account money is meant that a guarantor paid for none."""

    guarantor: str
    payment: str
    assignment: str
    account: str
    cents: int
    reason: str
    approver: str
    assigned_on: date


@dataclass(frozen=True, slots=True)
class UnassignPayment:
    """A person says that money of a payment is not meant for this account, although it may have met a balance."""

    account: str
    payment: str
    assignment: str
    cents: int
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class HandOutRemittance:
    """Tell the payee of the provider-level money, and the trace of the money to come."""

    released: RemittanceReleased


@dataclass(frozen=True, slots=True)
class PostProviderAdjustments:
    """Put provider-level money on the payee."""

    delivered: ProviderAdjustmentsDelivered


@dataclass(frozen=True, slots=True)
class MeetTakebacks:
    """See whether a takeback's reference leads to one overpaid account."""


@dataclass(frozen=True, slots=True)
class RecoverOverpayments:
    """Let a payer's takebacks meet what it paid too much."""


@dataclass(frozen=True, slots=True)
class MatchMoney:
    """See whether a deposit and a remittance under this trace are the same money."""


@dataclass(frozen=True, slots=True)
class RecordDeposit:
    """The bank shows a deposit."""

    deposit: str
    amount_cents: int
    deposited_on: date
    trace: str
    payer_trace_id: str = ""


@dataclass(frozen=True, slots=True)
class MatchDeposit:
    """A person says whose money a deposit is, or so much of it; `expected_cents` is what the bank owes of that check.

    `traces` (TRN02 and TRN03) are the deposit's and the check's.
    """

    deposit: str
    deposited_on: date
    remittance: str
    expected_cents: int
    traces: tuple[tuple[str, str], ...]
    reason: str
    approver: str
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class ReceivePayment:
    """A guarantor paid."""

    guarantor: str
    payment: str
    tender: str
    amount_cents: int
    received_on: date
    account: str = ""


@dataclass(frozen=True, slots=True)
class IssueStatement:
    """The day of a legal entity's statement to a guarantor has come; `on_demand`: somebody asks for one now (`day` None)."""

    legal_entity: str
    day: date | None = None
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class JudgePlan:
    """A payment plan is looked at: what was missed, and whether it is over."""

    legal_entity: str
    day: date


@dataclass(frozen=True, slots=True)
class Dispute:
    """A guarantor disputes what is asked on an account."""

    guarantor: str
    account: str
    dispute: str
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class AnswerDispute:
    """A person answers a dispute."""

    guarantor: str
    account: str
    dispute: str
    outcome: Literal["stands", "changed"]
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class AgreePlan:
    """A guarantor pays all that it owes to a legal entity in monthly instalments."""

    guarantor: str
    plan: str
    legal_entity: str
    instalment_cents: int
    first_due_on: date
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class EndPlan:
    """A person ends a payment plan."""

    guarantor: str
    plan: str
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class PlaceBalance:
    """A person gives an account's balance to a collection agency."""

    guarantor: str
    account: str
    agency: str
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class RecallBalance:
    """A person takes it back from the agency."""

    guarantor: str
    account: str
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class TellBalance:
    """Say again what the patient owes on an account: its guarantor may not have heard of it."""
