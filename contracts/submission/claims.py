"""An account's claims: made, held, sent again, voided, reopened, or taken over from another system."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.denial import ClaimCorrection
from contracts.registry import event, record
from contracts.values import (
    AccountNumber,
    Cents,
    Charge,
    ClaimLine,
    ClaimNumber,
    Code,
    Sentence,
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
    mended), `correction` (it answers `adjudication`, or its account changed while it waited), `void` (frequency 8: the
    payer shall cancel what it has, for this `reason`) or `after_void` (it goes as a new claim). `charges` are what
    this attempt says differently, `lines` all that it charges (an older version did not say them).
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
    lines: tuple[ClaimLine, ...] = ()


@event("submission.claim_voided.v1", "account")
class ClaimVoided:
    """The claim asks nobody for anything any more: its payer took a void (frequency 8), or nobody has it.

    A payer takes a void by its 277CA, or by the reversal of its decision. `standing` are decisions that it has not
    taken back yet, with what they paid: that money is the payer's to take back. `nobody` has a claim that never left
    (it ends by itself when every charge was voided) or was refused wherever it went: it ends by a person, who says why.
    `nobody` took a void, either, of a payer that takes none: a person told it by other means (`told`, under `reference`).
    Amounts stay receivables until the claim goes anew or its charges are corrected.
    """

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    payer: Code
    payer_order: int
    payer_control: str
    taken_by: Literal["277CA", "reversal", "nobody"]
    standing: tuple[Code, ...] = ()
    standing_paid_cents: Cents = 0
    reason: Sentence = ""
    voided_by: str = ""
    told: str = ""
    reference: str = ""


@event("submission.void_withdrawn.v1", "account")
class VoidWithdrawn:
    """A person drops a void that was held or that the payer rejected: the claim stands as the payer has it.

    `stands` is what the payer did of it last, `frequency` and `payer_control` what it has it as.
    """

    account: AccountNumber
    claim: ClaimNumber
    attempt: int
    payer: Code
    payer_order: int
    stands: Literal["accepted", "adjudicated"]
    frequency: Frequency
    payer_control: str = ""
    reason: Sentence
    withdrawn_by: str


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
    """A correction was asked for that does not go, or does no more: `newest` is the adjudication known by now.

    A later decision is known, coding does not let it go, or the claim is voided in its place.
    """

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
