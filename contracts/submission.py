"""What `submission` says: claims, their edits, the files they leave in, and what transport answered."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.denial import ClaimCorrection
from contracts.registry import event, record
from contracts.values import (
    AccountNumber,
    AdjudicatedLine,
    Adjustment,
    Cents,
    Charge,
    ClaimLine,
    ClaimNumber,
    Code,
    CodedLine,
    Consent,
    Coverage,
    Diagnosis,
    Provider,
    Sealed,
    Sentence,
    Sha256,
)

Frequency = Literal["1", "7", "8"]


@record
class EditFailure:
    """A claim edit that failed: the rule and its version, loop and element, and how to mend it."""

    rule: Code
    rule_version: Code
    loop: str
    element: str
    severity: Literal["block", "warn"]
    sentence: Sentence
    fix: Sentence = ""


@event("submission.claim_created.v1", "account")
class ClaimCreated:
    """A claim of one payer order of the account; attempts are its children."""

    account: AccountNumber
    claim: ClaimNumber
    claim_no: int
    payer: Code
    payer_order: int
    form: Literal["837P", "837I"]
    service_from: date
    service_to: date
    total_cents: Cents
    lines: tuple[ClaimLine, ...]
    filing_limit_on: date
    warnings: tuple[EditFailure, ...] = ()


@event("submission.claim_held.v1", "account")
class ClaimHeld:
    """The claim does not go: edits failed, enrolment is missing, or eligibility said no."""

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    reasons: tuple[EditFailure, ...]


@event("submission.claim_released.v1", "account")
class ClaimReleased:
    """A held claim goes on after its reasons were mended or overridden."""

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    overridden: tuple[Code, ...] = ()
    reason: Sentence = ""


@event("submission.claim_resubmitted.v1", "account")
class ClaimResubmitted:
    """The claim goes again as another attempt: why, under which frequency, and what it answers.

    `cause` is `transport` (a TA1 or 999 rejected the last attempt), `rejection` (a 277CA did and it was
    mended), `correction` (it answers `adjudication`), `void` (frequency 8: the payer shall cancel what it has, for
    this `reason`) or `after_void` (it goes as a new claim). `charges` are what this attempt says differently.
    """

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    frequency: Frequency
    payer: Code
    payer_order: int
    payer_control: str = ""
    cause: Literal["transport", "rejection", "correction", "void", "after_void"]
    adjudication: str = ""
    charges: tuple[Charge, ...] = ()
    authorization: str = ""
    note: Sentence = ""
    total_cents: Cents
    warnings: tuple[EditFailure, ...] = ()
    reason: Sentence = ""
    asked_by: str = ""


@event("submission.claim_voided.v1", "account")
class ClaimVoided:
    """The payer took a void (frequency 8): by its 277CA, or by the reversal of its decision.

    `standing` are decisions that it has not taken back yet, with what they paid: that money is the payer's to take
    back. Amounts stay receivables until the claim goes anew or its charges are corrected.
    """

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    payer: Code
    payer_order: int
    payer_control: str
    taken_by: Literal["277CA", "reversal"]
    standing: tuple[Code, ...] = ()
    standing_paid_cents: Cents = 0


@event("submission.forwarding_given_up.v1", "account")
class ForwardingGivenUp:
    """An earlier payer was to have sent the claim on and nobody answered: a person bills it from here, once."""

    account: AccountNumber
    claim: ClaimNumber
    payer: Code
    payer_order: int
    reason: Sentence
    decided_by: Code


@event("submission.correction_declined.v1", "account")
class CorrectionDeclined:
    """A correction was asked for that no longer fits: `newest` is the adjudication known by now."""

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    newest: str = ""
    denials: tuple[Code, ...] = ()
    reason: Sentence


@event("submission.reopening_opened.v1", "account")
class ReopeningOpened:
    """The payer takes no replacement claim: a person asks it to reopen its decision, naming its control number.

    `denials` are those that it is for; none when an earlier payer corrected itself.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    payer_order: int
    payer_control: str
    denials: tuple[Code, ...] = ()
    correction: ClaimCorrection


@event("submission.reopening_asked.v1", "account")
class ReopeningAsked:
    """A person asked the payer for it: how, when, and under which reference. Its answer is a reversal and a correction."""

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    channel: Code
    reference: str
    asked_on: date
    asked_by: Code


@record
class PriorPayment:
    """What an earlier payer did with the claim, for loops 2320 and 2430."""

    payer: Code
    payer_order: int
    payer_control: str
    paid_cents: Cents
    paid_on: date
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[AdjudicatedLine, ...] = ()


@record
class ClaimPackage:
    """All that the writer needs to put the claim on the wire; people stay sealed."""

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    frequency: Frequency
    payer_control: str = ""
    payer: Code
    payer_order: int
    facility: Code
    legal_entity: Code
    person: Sealed
    coverages: tuple[Coverage, ...]
    charges: tuple[Charge, ...]
    diagnoses: tuple[Diagnosis, ...]
    coded: tuple[CodedLine, ...]
    prior: tuple[PriorPayment, ...] = ()
    authorization: str = ""
    note: str = ""
    total_cents: Cents
    providers: tuple[Provider, ...] = ()
    consent: Consent = Consent()


@event("submission.claim_queued.v1", "outbound")
class ClaimQueued:
    """A claim's attempt waits in a lane of a receiver's queue."""

    package: ClaimPackage
    receiver: str = ""
    lane: int = 0


@record
class BatchedClaim:
    """One claim of a transaction set."""

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    payer: Code
    cents: Cents
    frequency: Frequency = "1"
    payer_control: str = ""


@record
class BillingProvider:
    """Loop 2010AA as the books had it when the batch was closed: the bytes can be made again."""

    name: str
    tax_id: str
    npi: str
    taxonomy: str
    street: str
    city: str
    state: str
    zip: str


@record
class BatchedSet:
    """One ST: one billing provider, at most 100 claims."""

    st02: Code
    facility: Code
    legal_entity: Code
    claims: tuple[BatchedClaim, ...]
    billing: BillingProvider | None = None


@record
class FileHeader:
    """Who sends a file to whom: the receiver's ids at the moment the batch was closed."""

    receiver_name: str
    receiver_id: str
    submitter_id: str
    submitter_name: str
    contact_name: str
    contact_phone: str
    usage: Literal["P", "T"]


@record
class PayerName:
    """A payer as the file calls it."""

    payer: Code
    name: str
    payer_id: Code


@event("submission.interchange_batched.v1", "outbound")
class InterchangeBatched:
    """The queue was closed into one interchange under these control numbers; it is written after this is heard."""

    receiver: Code
    lane: int
    isa13: int
    gs06: int
    file_name: Code
    batched_on: date
    sets: tuple[BatchedSet, ...]
    header: FileHeader | None = None
    payers: tuple[PayerName, ...] = ()


@event("submission.claim_set_aside.v1", "outbound", "account")
class ClaimSetAside:
    """The writer refused this claim of a closed batch: it alone stays behind, and the rest of its file leaves.

    `reason` names loop and element and nothing of the data.
    """

    receiver: Code
    isa13: int
    st02: Code
    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    cents: Cents
    facility: Code
    legal_entity: Code
    reason: EditFailure


@event("submission.interchange_sent.v1", "outbound")
class InterchangeSent:
    """The file was handed over: which STs with which claims, its hash and size."""

    receiver: Code
    lane: int
    isa13: int
    gs06: int
    file_name: Code
    sha256: Sha256
    size_bytes: int
    sets: tuple[BatchedSet, ...]


@event("submission.interchange_dispatched.v1", "outbound")
class InterchangeDispatched:
    """The accounts of the first `sent` claims of a file that left were told so."""

    receiver: Code
    isa13: int
    sent: int
    claims: int


@event("submission.claim_submitted.v1", "account")
class ClaimSubmitted:
    """An attempt of the claim left in a file."""

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    frequency: Frequency
    payer: Code
    receiver: Code
    isa13: int
    gs06: int
    st02: Code
    sha256: Sha256
    submitted_on: date
    total_cents: Cents
    payer_control: str = ""


@record
class UnknownAnswer:
    """A TA1 or 999 that answers nothing that we sent, or that could not be understood."""

    level: Literal["TA1", "999"]
    control: str
    st02: str = ""
    reason: Sentence


@event("submission.acknowledgement_file_received.v1", "inbound")
class AcknowledgementFileReceived:
    """A file of TA1s and 999s was taken in; `unknown` ones answer nothing that we sent."""

    sha256: Sha256
    answers: int
    unknown: int
    unknown_answers: tuple[UnknownAnswer, ...] = ()


@event("submission.file_refused.v1", "inbound")
class FileRefused:
    """A file of TA1s and 999s could not be taken, and why and where; it is kept and may be driven again."""

    sha256: Sha256
    size_bytes: int
    reason: Sentence


@event("submission.transport_acknowledged.v1", "outbound")
class TransportAcknowledged:
    """A TA1 or 999 accepted an interchange or some of its sets."""

    receiver: Code
    level: Literal["TA1", "999"]
    isa13: int
    st02s: tuple[Code, ...] = ()
    code: Code


@record
class TransportFault:
    """What a TA1 or 999 complained of; `claim` where the segment could be led back to one."""

    code: Code
    segment: str = ""
    ordinal: int | None = None
    element: str = ""
    sentence: Sentence = ""
    claim: str = ""


@event("submission.transport_answered.v1", "outbound")
class TransportAnswered:
    """One TA1 (all of an interchange) or one AK2 of a 999 as read from a file, for the queue it answers."""

    level: Literal["TA1", "999"]
    isa13: int
    gs06: int
    st02: str = ""
    accepted: bool
    code: Code
    faults: tuple[TransportFault, ...] = ()


@event("submission.transport_rejected.v1", "outbound", "account")
class TransportRejected:
    """A TA1 rejected the file or a 999 the set: none of its claims exist at the payer.

    On the outbound stream it names the set and its claims; on an account the claim, and whether it was
    the offender.
    """

    receiver: Code
    level: Literal["TA1", "999"]
    isa13: int
    st02: str = ""
    code: Code
    faults: tuple[TransportFault, ...] = ()
    account: str = ""
    claim: str = ""
    attempt: int = 0
    offender: bool = False
    facility: str = ""
    legal_entity: str = ""
    claims: tuple[BatchedClaim, ...] = ()


@record
class OpeningBalance:
    """What another system says is left of a charge when its claim is taken over.

    An empty `charge` is what stands at the claim alone: never spread, it lowers what payers owe of the whole claim.
    """

    charge: Annotated[str, Field(max_length=48)]
    insurance_paid_cents: Cents = 0
    patient_paid_cents: Cents = 0
    contractual_cents: Cents = 0
    patient_owes_cents: Cents = 0
    insurance_open_cents: Cents = 0


@event("submission.claim_imported.v1", "account")
class ClaimImported:
    """Another system's claim with opening balances and its own CLM01; it is tracked and never sent."""

    account: AccountNumber
    claim: ClaimNumber
    foreign_number: str
    payer: Code
    payer_order: int
    lines: tuple[ClaimLine, ...]
    total_cents: Cents
    first_billed_on: date | None = None
    opening: tuple[OpeningBalance, ...]
