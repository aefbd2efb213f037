"""What `eligibility` says: 270 inquiries sent and what 271 answered."""

from datetime import date

from contracts.registry import event, record
from contracts.values import AccountNumber, Cents, Code, Sealed, Sentence, Sha256, Source


@event("eligibility.inquiry_queued.v1", "outbound")
class InquiryQueued:
    """An inquiry waits in a receiver's queue for the next 270 file; holds all that the writer needs."""

    account: AccountNumber
    trace: Code
    payer: Code
    coverage_order: int
    facility: Code
    service_on: date
    relation: Code
    person: Sealed
    member: Sealed
    tries: int = 1
    receiver: str = ""
    lane: int = 0


@record
class BatchedInquiry:
    """One inquiry of a 270 file; `relation` is the patient's to the subscriber."""

    account: AccountNumber
    trace: Code
    payer: Code
    relation: Code = "18"


@event("eligibility.inquiries_batched.v1", "outbound")
class InquiriesBatched:
    """The queue was closed into one 270 file under these control numbers; it is written after this is heard."""

    receiver: Code
    lane: int
    isa13: int
    gs06: int
    file_name: Code
    inquiries: tuple[BatchedInquiry, ...]
    batched_on: date | None = None


@event("eligibility.inquiry_file_sent.v1", "outbound")
class InquiryFileSent:
    """The 270 file was handed over: its hash and size, and what was in it (`left`; older records do not say it)."""

    receiver: Code
    isa13: int
    file_name: Code
    sha256: Sha256
    size_bytes: int
    inquiries: int = 0
    left: tuple[BatchedInquiry, ...] = ()


@event("eligibility.inquiry_sent.v1", "account")
class InquirySent:
    """A 270 for this account left, known by its trace (TRN02)."""

    account: AccountNumber
    trace: Code
    payer: Code
    coverage_order: int
    isa13: int


@event("eligibility.response_file_received.v1", "inbound")
class ResponseFileReceived:
    """A 271 file was taken in; `unmatched` answers belong to no inquiry of ours."""

    sha256: Sha256
    answers: int
    unmatched: int


@event("eligibility.file_refused.v1", "inbound")
class FileRefused:
    """A file of 271s could not be taken, and why and where; it is kept and may be driven again."""

    sha256: Sha256
    size_bytes: int
    reason: Sentence


@event("eligibility.benefits_confirmed.v1", "account")
class BenefitsConfirmed:
    """A 271 said what the coverage is worth; `active` is EB01 1 to 5. Amounts are what it stated, or absent."""

    account: AccountNumber
    trace: Code
    payer: Code
    active: bool
    plan: str = ""
    copay_cents: Cents | None = None
    coinsurance_basis_points: int | None = None
    deductible_remaining_cents: Cents | None = None
    source: Source


@event("eligibility.benefits_unclear.v1", "account")
class BenefitsUnclear:
    """A 271 came but said neither active nor inactive, such as "ask someone else"; `codes` are its EB01s."""

    account: AccountNumber
    trace: Code
    payer: Code
    codes: tuple[Code, ...] = ()
    source: Source


@event("eligibility.inquiry_rejected.v1", "account")
class InquiryRejected:
    """A 271 refused the inquiry: AAA03 reason, AAA04 follow-up, and the loop it stood in."""

    account: AccountNumber
    trace: Code
    payer: Code
    reason: Code
    follow_up: str = ""
    loop: str = ""
    source: Source
