"""Queues and the files they are closed into: what of a claim waits, is batched, set aside, and sent."""

from datetime import date
from typing import Literal

from contracts.registry import event, record
from contracts.submission.claims import EditFailure, Frequency
from contracts.values import (
    AccountNumber,
    AdjudicatedLine,
    Adjustment,
    Cents,
    Charge,
    ClaimFacts,
    ClaimNumber,
    Code,
    CodedLine,
    Consent,
    Coverage,
    Diagnosis,
    Provider,
    Sealed,
    Sha256,
)


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
    """All that the writer needs to put the claim on the wire; people stay sealed, and so does what is said of them.

    `note` is a correction's own word to the payer and stands instead of the `stated_note` of the encounter.
    """

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
    facts: ClaimFacts = ClaimFacts()
    stated_note: Sealed | None = None


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


@event("submission.claim_recalled.v1", "account", "outbound")
class ClaimRecalled:
    """The account changed and asks for its attempt back, once: the queue sets it aside if it is in no file yet.

    Otherwise it leaves as it was, and the queue says nothing.
    """

    account: AccountNumber
    claim: ClaimNumber
    attempt: int


@event("submission.claim_set_aside.v1", "outbound", "account")
class ClaimSetAside:
    """This claim alone stays behind: the writer refused it and the rest of its file leaves, or its account recalled it.

    `reason` names loop and element and nothing of the data. What was recalled was in no file: `isa13` is 0.
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
