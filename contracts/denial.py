"""What `denial` says: denials opened per line, what was done about them, and how they ended."""

from datetime import date
from typing import Literal

from contracts.registry import event, record
from contracts.values import AccountNumber, Cents, Charge, ChargeNumber, ClaimNumber, Code, Sentence


@event("denial.denial_opened.v1", "account")
class DenialOpened:
    """A line (or a claim as a whole) was denied: why, whose work it is, and by when.

    `continues` is the denial that had ended and is open again under this number.
    """

    account: AccountNumber
    denial: Code
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    charge: ChargeNumber | None = None
    group: Code
    carc: Code
    rarcs: tuple[Code, ...] = ()
    cents: Cents
    category: str
    owner: str
    next_action: Sentence
    correctable: bool
    opened_on: date
    deadline_on: date
    continues: str = ""


@record
class ChargeReason:
    """Why a charge of a corrected claim may go as the correction says it."""

    charge: ChargeNumber
    reason: Sentence


@record
class ClaimCorrection:
    """What is different in the corrected claim; only named fields change. `support` is for coding, where its edits want a reason."""

    charges: tuple[Charge, ...] = ()
    authorization: str = ""
    note: Sentence = ""
    support: tuple[ChargeReason, ...] = ()


@event("denial.correction_requested.v1", "account")
class CorrectionRequested:
    """The claim shall go again, answering this adjudication; how depends on the payer's policy."""

    account: AccountNumber
    denials: tuple[Code, ...]
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    payer_control: str
    route: Literal["replacement", "reopening", "new_claim"]
    correction: ClaimCorrection
    requested_by: Code


@event("denial.appeal_filed.v1", "account")
class AppealFiled:
    """A person asked for another decision on a denial, at this level, on this `basis`; it should be answered by `answer_by`."""

    account: AccountNumber
    denial: Code
    claim: ClaimNumber
    adjudication: Code
    payer: Code
    level: int
    basis: Sentence
    reference: str = ""
    cents: Cents
    filed_on: date
    answer_by: date
    filed_by: Code


@event("denial.appeal_decided.v1", "account")
class AppealDecided:
    """What became of an appeal: `overturned` (its money is awaited until `due_on`), or `upheld` or `withdrawn` (the denial
    is work again, and `due_on` its deadline)."""

    account: AccountNumber
    denial: Code
    claim: ClaimNumber
    payer: Code
    level: int
    outcome: Literal["overturned", "upheld", "withdrawn"]
    reason: Sentence
    decided_on: date
    due_on: date
    recorded_by: Code


@event("denial.denial_resolved.v1", "account")
class DenialResolved:
    """A denial ended: `paid`, `written_off`, `patient`, `next_payer`, `reversed`, `upheld`, or `accepted`."""

    account: AccountNumber
    denial: Code
    outcome: Code
    cents: Cents
    resolved_on: date
    reason: Sentence = ""
