"""What `posting` says of an account: payers' decisions as journal entries, and who owes what is left."""

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
    `as_contracted` of them were allowed by it. `pay_by` is the last day on which this payment was in time, where a
    prompt-pay rule was held against it.
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
    pay_by: date | None = None


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


@event("posting.late_payment_found.v1", "account")
class LatePaymentFound:
    """A payer paid a claim after the last day of the prompt-pay rule in force. It moves no money.

    `interest_cents` is what the rule gives for `days_late`, by the rate (basis points a year) on the day of payment;
    `stated_cents` is the interest that the payer states in the decision (AMT*I).
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    remittance: Code
    check_number: str
    payer_control: str = ""
    received_on: date
    pay_by: date
    paid_on: date
    days_late: int
    paid_cents: Cents
    interest_basis_points: int
    interest_cents: Cents
    stated_cents: Cents = 0
    rule: Code


@event("posting.late_payment_settled.v1", "account")
class LatePaymentSettled:
    """A late payment is nobody's work any more.

    `reversed`: the payer took that decision back. `settled`: a person says why nothing more is asked.
    """

    account: AccountNumber
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    outcome: Literal["reversed", "settled"]
    reason: Sentence
    approver: str = ""


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
