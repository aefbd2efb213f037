"""What `posting` says of money that came: the bank's deposits, and patients' payments."""

from datetime import date

from contracts.posting.decisions import MovedAmount
from contracts.registry import event
from contracts.values import (
    AccountNumber,
    Cents,
    Code,
    JournalLine,
    Sentence,
)


@event("posting.eft_expected.v1", "trace")
class EftExpected:
    """A released remittance promises money under this trace."""

    remittance: Code
    payer: Code
    amount_cents: Cents
    trace: str
    payer_trace_id: str = ""
    paid_on: date


@event("posting.eft_deposited.v1", "deposit", "trace")
class EftDeposited:
    """The bank shows money from a payer: amount, day and the trace of its addenda, where it meets its remittance."""

    deposit: Code
    amount_cents: Cents
    deposited_on: date
    trace: str
    payer_trace_id: str = ""


@event("posting.eft_matched.v1", "remittance", "deposit", "trace")
class EftMatched:
    """A deposit, or a part of it, is a remittance's money; only the one on the remittance moves the journal.

    `matched_on` is `trace`, or `person`: then by whom (`approver`) and why.
    """

    deposit: Code
    remittance: Code
    amount_cents: Cents
    difference_cents: Cents
    matched_on: Code
    posted_on: date
    deposited_on: date | None = None
    reason: Sentence = ""
    approver: str = ""


@event("posting.patient_payment_received.v1", "guarantor", "account")
class PatientPaymentReceived:
    """A guarantor paid; until applied it is unapplied credit. The account it is meant for hears it too."""

    guarantor: Code
    payment: Code
    tender: Code
    amount_cents: Cents
    received_on: date
    account: str = ""


@event("posting.patient_payment_applied.v1", "guarantor", "account")
class PatientPaymentApplied:
    """Part of a guarantor's payment met an account's patient balance; negative when it is unapplied again."""

    guarantor: Code
    payment: Code
    account: AccountNumber
    cents: Cents
    amounts: tuple[MovedAmount, ...] = ()
    entry: Code
    posted_on: date
    entries: tuple[JournalLine, ...] = ()


@event("posting.patient_payment_assigned.v1", "guarantor", "account")
class PatientPaymentAssigned:
    """A person says for which account money of a payment is meant; negative when it was not meant for it after all."""

    guarantor: Code
    payment: Code
    assignment: Code
    account: AccountNumber
    cents: Cents
    reason: Sentence
    approver: Code
    posted_on: date


@event("posting.patient_payment_refunded.v1", "guarantor", "account")
class PatientPaymentRefunded:
    """A guarantor's unapplied money was sent back; the entry is the guarantor's. An account it waited on hears it."""

    guarantor: Code
    payment: Code
    refund: Code
    account: str = ""
    cents: Cents
    reason: Sentence
    approver: Code
    posted_on: date
    entry: Code
    entries: tuple[JournalLine, ...] = ()
