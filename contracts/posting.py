"""What `posting` says: money as journal entries, responsibility, provider-level money, bank and patient."""

from datetime import date
from typing import Literal

from contracts.registry import event, record
from contracts.submission import OpeningBalance
from contracts.values import (
    AccountNumber,
    Cents,
    ChargeNumber,
    ClaimNumber,
    Code,
    JournalLine,
    ProviderAdjustment,
    Sentence,
)


@record
class DeniedAmount:
    """Money of a line (or of the claim as a whole) that the payer denied and that stays in insurance A/R."""

    charge: ChargeNumber | None = None
    group: Code
    carc: Code
    rarcs: tuple[Code, ...] = ()
    cents: Cents
    category: str = ""
    owner: str = ""
    next_action: Sentence = ""
    correctable: bool = False


@record
class PatientPart:
    """What an adjudication leaves to whoever pays next for a charge, and under which reasons (`PR-2`).

    `protected_cents` of it may not be collected from the patient.
    """

    charge: ChargeNumber | None = None
    cents: Cents
    basis: str = ""
    protected_cents: Cents = 0


@event("posting.payment_posted.v1", "account")
class PaymentPosted:
    """An adjudication is in the journal: paid, contractual, denied, and what waits for the next payer or patient.

    `entries` sum to zero. `entry` is the journal entry's id; `posted_on` lies in an open period, `paid_on` is the
    payer's own date. `crossed_to`
    tells that the payer sent the claim on, and to whom if it said so. `duplicates` is what it called a duplicate of
    its own earlier decision, which stands: that denies nothing. `compared` lines have a rate in the payer's contract,
    `as_contracted` of them were allowed by it.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    payer_order: int
    remittance: Code
    check_number: str
    entry: Code
    posted_on: date
    paid_cents: Cents
    contractual_cents: Cents
    denied: tuple[DeniedAmount, ...] = ()
    allowed_cents: Cents
    patient_part_cents: Cents
    entries: tuple[JournalLine, ...]
    rule_set: Code
    patient_parts: tuple[PatientPart, ...] = ()
    crossed_to: str = ""
    paid_on: date | None = None
    duplicates: tuple[DeniedAmount, ...] = ()
    compared: int = 0
    as_contracted: int = 0


@event("posting.posting_reversed.v1", "account")
class PostingReversed:
    """An earlier entry was taken back by its mirror image."""

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    reverses: Code
    payer: Code
    remittance: Code
    check_number: str
    entry: Code
    reversed_entry: Code
    posted_on: date
    paid_cents: Cents
    entries: tuple[JournalLine, ...]
    reason: Sentence
    paid_on: date | None = None


@record
class MovedAmount:
    """What moved for one charge, or at claim level without one."""

    charge: ChargeNumber | None = None
    cents: Cents


@event("posting.responsibility_moved.v1", "account")
class ResponsibilityMoved:
    """What is left moved on: `to_party` is `payer` with its order, or `patient`.

    `contractual`: nobody is left to pay what may not be collected from the patient, so it is our loss.
    `denied`: what a person had transferred to a payer that is gone is denied again. A person who transfers a
    denied amount is its `approver`. `restated`: an answer counts for less, because an earlier payer's corrected decision left less to it.
    `adjudication` is the one it follows from, and with which it is taken back. Self-pay has no claim, and
    `from_payer_order` 0.
    """

    account: AccountNumber
    claim: str = ""
    adjudication: str = ""
    from_payer_order: int
    to_party: Code
    to_payer_order: int | None = None
    to_payer: str = ""
    cents: Cents
    amounts: tuple[MovedAmount, ...]
    basis: Code
    entry: Code
    posted_on: date
    entries: tuple[JournalLine, ...]
    reason: Sentence = ""
    approver: str = ""


@event("posting.write_off_posted.v1", "account")
class WriteOffPosted:
    """A balance was written off, with its kind, reason and approver; negative when it is owed again."""

    account: AccountNumber
    kind: Code
    reason: Sentence
    approver: Code
    cents: Cents
    entry: Code
    posted_on: date
    entries: tuple[JournalLine, ...]


@event("posting.underpayment_found.v1", "account")
class UnderpaymentFound:
    """A payer allowed a line `under` what its contract says, or `over` it. It moves no money.

    `line` is the line's place in the adjudication. `variance_cents` = `expected_cents` - `allowed_cents` - `denied_cents`, below
    zero where it is over; what was denied of the line is asked for as a denial. `version` is of the fee schedule
    `schedule` that was in force on the date of service.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    line: int
    charge: ChargeNumber
    payer: Code
    remittance: Code
    check_number: str
    paid_on: date
    service_on: date
    procedure: str
    modifiers: tuple[str, ...] = ()
    units: int
    charge_cents: Cents
    expected_cents: Cents
    allowed_cents: Cents
    denied_cents: Cents = 0
    variance_cents: Cents
    standing: Literal["under", "over"]
    schedule: Code
    version: Code


@event("posting.underpayment_settled.v1", "account")
class UnderpaymentSettled:
    """A line that was allowed under (or over) its contract is nobody's work any more.

    `reversed`: the payer took its decision back, and a corrected one is judged anew. `settled`: a person says why.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    line: int
    payer: Code
    outcome: Literal["reversed", "settled"]
    reason: Sentence
    approver: str = ""


@event("posting.overpayment_opened.v1", "account", "takeback")
class OverpaymentOpened:
    """More came than the charges allow: real cash, posted, and owed back to somebody.

    Takeback streams of the payer's control numbers hear it too: a takeback may name one of them.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    cents: Cents
    suspected_on: date
    reason: Sentence


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


@event("posting.opening_balance_posted.v1", "account")
class OpeningBalancePosted:
    """What another system left open on an imported claim's charges, against the ledger `opening`."""

    account: AccountNumber
    claim: ClaimNumber
    balances: tuple[OpeningBalance, ...]
    entry: Code
    posted_on: date
    entries: tuple[JournalLine, ...]


@event("posting.charges_set_aside.v1", "account")
class ChargesSetAside:
    """What was captured of another system's charges makes no receivables here: its opening balances do."""

    account: AccountNumber
    amounts: tuple[MovedAmount, ...]
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
