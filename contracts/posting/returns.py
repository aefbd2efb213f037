"""What `posting` says of money that goes back: overpayments, takebacks, and what a payer adjusts at its payee."""

from datetime import date
from typing import Literal

from contracts.registry import event
from contracts.values import (
    AccountNumber,
    Cents,
    ClaimNumber,
    Code,
    JournalLine,
    ProviderAdjustment,
    Sentence,
)

OverpaymentCause = Literal[
    "paid twice", "another payer paid", "charge lowered", "above the charges"
]
"""Why a payer's money is more than it owed: what a credit balance report asks."""


@event("posting.overpayment_opened.v1", "account", "takeback")
class OverpaymentOpened:
    """More came than the charges allow: real cash, posted, and owed back to somebody.

    Takeback streams of the payer's control numbers hear it too: a takeback may name one of them.
    `received_on` is the day of the payment: empty where an older version said it.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    cents: Cents
    suspected_on: date
    reason: Sentence
    received_on: date | None = None
    cause: OverpaymentCause | None = None


@event("posting.overpayment_identified.v1", "account")
class OverpaymentIdentified:
    """A person knows of an overpayment since `identified_on`: it is due back 60 days later (42 CFR 401.305).

    Said again with an earlier day, that one counts. `cents` is what of it is open then. Nothing has to be returned that was
    received more than six years before somebody knew: `look_back_until` is the last such day.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    cents: Cents
    identified_on: date
    due_on: date
    look_back_until: date | None = None
    reason: Sentence
    approver: Code


@event("posting.overpayment_investigation_opened.v1", "account")
class OverpaymentInvestigationOpened:
    """A good-faith look at what else the same cause overpaid: the 60 days stand still while it lasts.

    No longer than until `suspended_until`, 180 days after the overpayment was identified; `due_on` is the last day if it lasts so long.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    looked_from: date
    suspended_until: date
    due_on: date
    reason: Sentence
    approver: Code


@event("posting.overpayment_investigation_concluded.v1", "account")
class OverpaymentInvestigationConcluded:
    """The look is over: the 60 days go on, with the days added that it suspended them."""

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    concluded_on: date
    suspended_days: int
    due_on: date
    reason: Sentence
    approver: Code


@event("posting.takeback_posted.v1", "account", "takeback")
class TakebackPosted:
    """A payer kept money back (PLB WO), handed to what its reference names; negative puts a takeback off.

    Negative is, too, what acknowledges a refund of ours (PLB 72).

    The account, when the reference holds a claim number of ours; else the takeback stream of the reference,
    where it meets the account that knows it as a payer control number. `number` is its place in the PLB.
    """

    payer: Code
    tax_id: Code
    remittance: Code
    check_number: str
    number: int
    reference: str
    cents: Cents
    posted_on: date
    account: str = ""


@event("posting.takeback_matched.v1", "takeback")
class TakebackMatched:
    """The reference of a takeback led to one account of ours, which was told of it."""

    payer: Code
    remittance: Code
    number: int
    reference: str
    cents: Cents
    account: AccountNumber


@event("posting.overpayment_recovered.v1", "account", "payee")
class OverpaymentRecovered:
    """A payer's takeback met an overpayment: that much is owed back no more, and explained at the payee.

    Negative when it is undone: the payer reversed the overpaid posting itself, or gave the takeback back; and when the
    payer gave back what we had refunded and it then took back (PLB 72).
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    tax_id: Code
    reference: str
    remittance: Code
    check_number: str
    cents: Cents
    entry: Code
    posted_on: date
    entries: tuple[JournalLine, ...]
    reason: Sentence = ""


@event("posting.overpayment_refunded.v1", "account", "payee")
class OverpaymentRefunded:
    """We sent a payer its overpayment back; the entry on the payee is the money that left."""

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    refund: Code
    cents: Cents
    reason: Sentence
    approver: Code
    entry: Code
    posted_on: date
    entries: tuple[JournalLine, ...]


@event("posting.provider_adjustment_posted.v1", "payee")
class ProviderAdjustmentPosted:
    """A PLB amount of a released remittance, on the payee; positive lowered the payment."""

    payer: Code
    tax_id: Code
    remittance: Code
    check_number: str
    reason: Code
    reference: str
    cents: Cents
    posted_on: date
    account: str = ""
    balance_forward_cents: Cents


@event("posting.provider_adjustments_delivered.v1", "payee")
class ProviderAdjustmentsDelivered:
    """The PLB amounts of a released remittance, handed to the payee whose money they change."""

    payer: Code
    tax_id: Code
    remittance: Code
    check_number: str
    adjustments: tuple[ProviderAdjustment, ...]
    posted_on: date


@event("posting.erasure_answered.v1", "patient")
class ErasureAnswered:
    """Whether an account of a person who is to be erased is settled, and what is still open on it if not, in cents."""

    account: AccountNumber
    patient: Code
    request: int
    settled: bool
    insurance_cents: Cents = 0
    patient_cents: Cents = 0
    credit_cents: Cents = 0
    sentence: Sentence = ""
