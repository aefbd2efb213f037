"""What `adjudication_tracking` says: acknowledgements, remittances, and how each claim was answered."""

from datetime import date
from typing import Literal

from contracts.registry import event, record
from contracts.values import (
    AccountNumber,
    AdjudicatedLine,
    Adjustment,
    Cents,
    ClaimNumber,
    ClaimPayment,
    Code,
    ProviderAdjustment,
    Sealed,
    Sentence,
    Sha256,
    Source,
)

AnswerBy = Literal["clearinghouse", "payer"]


@record
class ReceivedSet:
    """One transaction set of a received file and what became of it."""

    kind: Code
    isa13: str = ""
    gs06: str = ""
    st02: str = ""
    claims: int = 0
    cents: Cents = 0
    outcome: Code
    sentence: Sentence = ""


@event("adjudication_tracking.file_received.v1", "inbound")
class FileReceived:
    """A file was taken in: what was in it and what became of each set."""

    sha256: Sha256
    size_bytes: int
    sets: tuple[ReceivedSet, ...]


@event("adjudication_tracking.file_refused.v1", "inbound")
class FileRefused:
    """A file could not be taken: where and why. It is kept under its hash and can be driven again."""

    sha256: Sha256
    size_bytes: int
    reason: Sentence


@event("adjudication_tracking.file_part_taken.v1", "inbound")
class FilePartTaken:
    """A part of a large file was taken in; receiving the file again goes on after it."""

    sha256: Sha256
    part: int
    parts: int


@event("adjudication_tracking.claim_acknowledged.v1", "account")
class ClaimAcknowledged:
    """A 277CA took the claim on: category A0, A1, A2 or A5, by the clearinghouse or the payer.

    `answers_isa13` and `answers_st02` are the file and set of ours that it answers (its batch is our BHT03), and so
    the attempt; 0 when it names none.
    """

    account: AccountNumber
    claim: ClaimNumber
    by: AnswerBy
    payer: str = ""
    category: Code
    status_code: str = ""
    payer_control: str = ""
    clearinghouse_trace: str = ""
    charge_cents: Cents
    effective_on: date | None = None
    source: Source
    answers_isa13: int = 0
    answers_st02: str = ""


@event("adjudication_tracking.claim_rejected.v1", "account")
class ClaimRejected:
    """A 277CA refused the claim, or all of its batch: it never entered adjudication and goes again as frequency 1.

    `answers_isa13` and `answers_st02` as in `ClaimAcknowledged`.
    """

    account: AccountNumber
    claim: ClaimNumber
    by: AnswerBy
    payer: str = ""
    category: Code
    status_code: str = ""
    entity: str = ""
    sentence: Sentence = ""
    charge_cents: Cents
    effective_on: date | None = None
    source: Source
    answers_isa13: int = 0
    answers_st02: str = ""


@event("adjudication_tracking.acknowledgement_tallied.v1", "inbound")
class AcknowledgementTallied:
    """The totals of one 277CA set beside what was sent: accepted + rejected = sent, in count and cents."""

    sha256: Sha256
    st02: str
    by: AnswerBy
    batch: str
    accepted: int
    accepted_cents: Cents
    rejected: int
    rejected_cents: Cents
    stated_accepted: int | None = None
    stated_rejected: int | None = None
    agrees: bool
    stated_accepted_cents: Cents | None = None
    stated_rejected_cents: Cents | None = None
    isa13: int = 0


@record
class BalanceFault:
    """Where an 835 does not balance and by how much."""

    level: Literal["line", "claim", "roll_up", "payment", "payee"]
    claim: str = ""
    segment: int = 0
    difference_cents: Cents
    sentence: Sentence = ""


@event("adjudication_tracking.remittance_received.v1", "remittance")
class RemittanceReceived:
    """One 835 (one ST) is staged: the check, its totals, and its provider adjustments; claims follow in chunks.

    `faults` are what the door found that forbids releasing it, `warnings` what it found and does not.
    """

    remittance: Code
    payer: Code
    payer_name: str = ""
    legal_entity: str = ""
    payee_npi: str = ""
    payee_tax_id: str = ""
    handling: Code
    method: str = ""
    amount_cents: Cents
    check_number: str
    payer_trace_id: str = ""
    paid_on: date
    claims: int
    chunks: int
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    source: Source
    faults: tuple[BalanceFault, ...] = ()
    warnings: tuple[Sentence, ...] = ()


@event("adjudication_tracking.remittance_claims_staged.v1", "remittance")
class RemittanceClaimsStaged:
    """One chunk of the claims of a staged 835; the last chunk lets it be balanced."""

    remittance: Code
    chunk: int
    claims: tuple[ClaimPayment, ...]
    sha256: str = ""
    st02: str = ""


@event("adjudication_tracking.remittance_repeated.v1", "remittance")
class RemittanceRepeated:
    """The same payment came again; it changes nothing. `conflict` means another amount: a person decides."""

    remittance: Code
    source: Source
    conflict: bool = False
    amount_cents: Cents = 0


@event("adjudication_tracking.remittance_released.v1", "remittance")
class RemittanceReleased:
    """Line, claim and payment balance: all of it posts. `claims_cents` - PLB = `amount_cents`.

    `suspense_cents` is what a named person left in suspense when releasing an unbalanced one.
    """

    remittance: Code
    payer: Code
    legal_entity: str = ""
    payee_tax_id: str = ""
    check_number: str
    payer_trace_id: str = ""
    paid_on: date
    amount_cents: Cents
    claims: int
    claims_cents: Cents
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    suspense_cents: Cents = 0


@event("adjudication_tracking.remittance_refused.v1", "remittance")
class RemittanceRefused:
    """An 835 that does not balance posts nothing and waits for a person, or for the payer's mended file."""

    remittance: Code
    payer: Code
    check_number: str
    amount_cents: Cents
    faults: tuple[BalanceFault, ...]
    source: Source | None = None


@event("adjudication_tracking.remittance_closed.v1", "remittance")
class RemittanceClosed:
    """A named person closed an 835 that was not released: nothing of it posts. A mended file is staged anew."""

    remittance: Code
    payer: Code
    check_number: str
    amount_cents: Cents
    closed_by: Code
    reason: Sentence
    source: Source


@event("adjudication_tracking.claim_payment_delivered.v1", "account")
class ClaimPaymentDelivered:
    """A released remittance's word on one claim, handed to the account its number leads to."""

    remittance: Code
    payer: Code
    check_number: str
    paid_on: date
    payment: ClaimPayment
    source: Source
    matched_on: str = "claim number"
    position: int = 0
    claim: str = ""


@event("adjudication_tracking.remittance_dispatched.v1", "remittance")
class RemittanceDispatched:
    """Claims up to `sent` of a released remittance were handed to their accounts."""

    remittance: Code
    sent: int
    claims: int


@event("adjudication_tracking.claim_matched.v1", "remittance")
class ClaimMatched:
    """A foreign or mangled claim number was led to one of ours; a replay reads this and looks nothing up."""

    remittance: Code
    position: int
    claim: ClaimNumber
    account: AccountNumber
    matched_on: Code
    matched_by: Code
    sha256: str = ""
    st02: str = ""


@event("adjudication_tracking.claim_unmatched.v1", "remittance")
class ClaimUnmatched:
    """A claim payment found no claim of ours: its money stays in clearing, in a work list."""

    remittance: Code
    position: int
    claim: str
    cents: Cents
    reason: Sentence


@event("adjudication_tracking.claim_adjudicated.v1", "account")
class ClaimAdjudicated:
    """The payer's decision on a claim: the whole CLP loop, its lines led back to our charges.

    Flag `no_money`: a predetermination (CLP02 25) or not this payer's claim (23). It decides nothing and posts nothing.
    `received_on` is the day on which the payer said (277CA) that it has the attempt; `interest_cents` is what it states (AMT*I).
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    attempt: int | None = None
    payer: Code
    payer_order: int
    remittance: Code
    check_number: str
    paid_on: date
    status: Code
    charge_cents: Cents
    paid_cents: Cents
    patient_cents: Cents = 0
    payer_control: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[Code, ...] = ()
    lines: tuple[AdjudicatedLine, ...] = ()
    forwarded_to: str = ""
    flags: tuple[Code, ...] = ()
    people: Sealed | None = None
    source: Source
    received_on: date | None = None
    interest_cents: Cents = 0


@event("adjudication_tracking.adjudication_reversed.v1", "account")
class AdjudicationReversed:
    """CLP02 22: an earlier adjudication is taken back whole; amounts are as stated, signs flipped."""

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    reverses: Code
    payer: Code
    remittance: Code
    check_number: str
    paid_on: date
    charge_cents: Cents
    paid_cents: Cents
    payer_control: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[AdjudicatedLine, ...] = ()
    source: Source


@event("adjudication_tracking.reversal_waiting.v1", "account")
class ReversalWaiting:
    """A reversal came before the payment it takes back; it waits and its money stays in clearing.

    `reason` tells what is missing. It waits no more once an `AdjudicationReversed` has its `adjudication`.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    remittance: Code
    payer_control: str = ""
    paid_cents: Cents
    delivered: ClaimPaymentDelivered | None = None
    payer: str = ""
    reason: Sentence = ""


@event("adjudication_tracking.claim_forwarded.v1", "account")
class ClaimForwarded:
    """The payer sent the claim on (CLP02 19, 20, 21, 23): the next payer's answer is expected, unsent.

    `to_payer` is our code of that payer, by the id or name that was given, or the next coverage's when none was.
    """

    account: AccountNumber
    claim: ClaimNumber
    by_payer: Code
    forwarded_to: str
    expected_claim: ClaimNumber | None = None
    payer_order: int | None = None
    to_payer: str = ""
    forwarded_on: date | None = None


@event("adjudication_tracking.answer_late.v1", "account")
class AnswerLate:
    """Nobody answered by the day it was due: 999, 277CA or 835."""

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    awaited: Literal["999", "277CA", "835"]
    payer: Code
    due_on: date
