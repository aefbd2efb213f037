"""What `reference` says to every partition: the calendar and the books."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.registry import event, record
from contracts.values import Code, Npi, Sentence, Sha256


@event("reference.business_day_opened.v1", "broadcast")
class BusinessDayOpened:
    """A business day of the whole company began; days only go forward and may skip."""

    day: date


@event("reference.cutoff_reached.v1", "broadcast")
class CutoffReached:
    """The day's sending cut-off passed: queues close their batches."""

    day: date


@event("reference.period_closed.v1", "broadcast")
class PeriodClosed:
    """The books of a month are closed: later money is posted on `next_open` or after."""

    last_day: date
    next_open: date


@event("reference.facility_listed.v1", "broadcast")
class FacilityListed:
    """A facility and its billing provider; listing it again replaces what was known from then on."""

    facility: Code
    name: str
    legal_entity: Code
    tax_id: Annotated[str, Field(pattern=r"^[0-9]{9}$")]
    npi: Npi
    taxonomy: Code
    street: str
    city: str
    state: str
    zip: Annotated[str, Field(pattern=r"^[0-9]{9}$")]


@event("reference.payer_listed.v1", "broadcast")
class PayerListed:
    """A payer with its aliases and policies, in force from a date.

    `replacement` tells how a denied claim goes again: `yes` (frequency 7), `reopening`, `new_claim`.
    Days count from the payer's decision: `correction_days` for a corrected claim, `reopening_days` and `appeal_days`
    where they differ from it; `appeal_level_days` from a decided appeal to the next level, from the second on (empty: as
    for the first), `appeal_answer_days` from an appeal to its answer. `source` names where a policy number came from; `unsourced` is said plainly.
    `inquires_about` tells whom a 270 names where the patient is not the subscriber: the patient in loop 2000D, or the
    subscriber alone. `ack_999_late_days` is read by nobody any more: whoever takes the files answers them, so it is the receiver's.
    """

    payer: Code
    name: str
    payer_id: Code
    aliases: tuple[str, ...] = ()
    filing_indicator: Code
    receiver: Code
    replacement: Literal["yes", "reopening", "new_claim"]
    filing_limit_days: Annotated[int, Field(ge=1, le=1_500)]
    correction_days: Annotated[int, Field(ge=1, le=1_500)] = 120
    ack_999_late_days: int = 1
    ack_277ca_late_days: int = 2
    remittance_late_days: int = 30
    crosses_over_to: tuple[Code, ...] = ()
    appeal_days: Annotated[int, Field(ge=1, le=1_500)] | None = None
    reopening_days: Annotated[int, Field(ge=1, le=1_500)] | None = None
    inquires_about: Literal["patient", "subscriber"] = "patient"
    appeal_level_days: tuple[Annotated[int, Field(ge=1, le=1_500)], ...] = ()
    appeal_answer_days: Annotated[int, Field(ge=1, le=1_500)] = 60
    in_force_from: date
    source: Sentence = "unsourced"


@event("reference.receiver_listed.v1", "broadcast")
class ReceiverListed:
    """A clearinghouse or payer that takes our files, with our ids at its door and the lanes in use.

    Its 999 is late once more than `ack_999_late_days` business days passed since a file left.
    """

    receiver: Code
    name: str
    receiver_id: Annotated[str, Field(max_length=15)]
    submitter_id: Annotated[str, Field(max_length=15)]
    submitter_name: str
    contact_name: str = "BILLING OFFICE"
    contact_phone: str = "5550100000"
    lanes: Annotated[int, Field(ge=1, le=100)] = 1
    usage: Literal["P", "T"] = "T"
    ack_999_late_days: Annotated[int, Field(ge=0, le=30)] = 1


@event("reference.enrolment_recorded.v1", "broadcast")
class EnrolmentRecorded:
    """Whether a legal entity may send a transaction to a payer, from a date."""

    legal_entity: Code
    payer: Code
    transaction: Literal["837P", "835", "270"]
    enrolled: bool
    effective_from: date


@event("reference.code_set_published.v1", "broadcast")
class CodeSetPublished:
    """A version of a code set as a hashed file in the object folder, with the dates it is in force."""

    name: Code
    version: Code
    sha256: Sha256
    effective_from: date
    effective_to: date | None = None
    codes: int


@record
class FeeRate:
    """What a contract allows for a procedure: cents for one unit, or a share of the charge in basis points (hundredths of a percent).

    It is about lines that have all of `modifiers`; of those that fit, the rate with the most of them counts.
    """

    procedure: Annotated[str, Field(pattern=r"^[0-9A-Z]{2,10}$")]
    modifiers: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{2}$")], ...], Field(max_length=2)
    ] = ()
    allowed_cents: Annotated[int, Field(ge=0, le=10**10)] | None = None
    basis_points: Annotated[int, Field(ge=1, le=10_000)] | None = None


@event("reference.fee_schedule_published.v1", "broadcast")
class FeeSchedulePublished:
    """What a payer's contract allows, as a hashed file of `FeeRate`s in the object folder, with the dates of service it is for.

    It is for services of `facility`, or of all facilities of `legal_entity`; both empty: of all of ours. A line may be
    off by `tolerance_cents` before anybody is told.
    """

    payer: Code
    name: Code
    version: Code
    sha256: Sha256
    rates: int
    effective_from: date
    effective_to: date | None = None
    legal_entity: Annotated[str, Field(max_length=48)] = ""
    facility: Annotated[str, Field(max_length=48)] = ""
    tolerance_cents: Annotated[int, Field(ge=0, le=100_000)] = 0


@event("reference.prompt_pay_rule_listed.v1", "broadcast")
class PromptPayRuleListed:
    """Within how many days of its receipt a payer pays a claim that was sent electronically, and the yearly interest after that.

    It is of one `payer`, or of all payers whose claims have this `filing_indicator` (SBR09); a payer's own goes first. In force
    by the day of payment. `floor_days` is how long the payer holds what it owes at least: told, and held against nothing.
    """

    name: Code
    payer: Annotated[str, Field(max_length=48)] = ""
    filing_indicator: Annotated[str, Field(pattern=r"^([0-9A-Z]{1,2})?$")] = ""
    days: Annotated[int, Field(ge=1, le=366)]
    floor_days: Annotated[int, Field(ge=0, le=366)] = 0
    interest_basis_points: Annotated[int, Field(ge=0, le=10_000)] = 0
    effective_from: date
    effective_to: date | None = None
    source: Sentence = "unsourced"


@event("reference.statement_terms_listed.v1", "broadcast")
class StatementTermsListed:
    """When patients are sent a statement of what they owe, how often, and what follows; without terms in force nobody is.

    They are of one `legal_entity`, or of all; a legal entity's own go first, of several the newest. A statement comes every
    `cycle_days`, and is due after `due_days`; below `smallest_cents` in all none is sent. A balance that `notices` statements
    asked for brings no other: it may be given to an agency `notice_days` after the last one and `agency_days` after the first. An instalment is missed `grace_days` after it was due; a plan is broken by `missed_instalments` in a row.
    """

    name: Code
    legal_entity: Annotated[str, Field(max_length=48)] = ""
    cycle_days: Annotated[int, Field(ge=7, le=120)] = 30
    due_days: Annotated[int, Field(ge=1, le=120)] = 21
    smallest_cents: Annotated[int, Field(ge=1, le=100_000)] = 500
    notices: Annotated[int, Field(ge=1, le=12)] = 3
    notice_days: Annotated[int, Field(ge=0, le=366)] = 30
    agency_days: Annotated[int, Field(ge=0, le=1_000)] = 120
    grace_days: Annotated[int, Field(ge=0, le=60)] = 5
    missed_instalments: Annotated[int, Field(ge=1, le=12)] = 2
    remit_to: tuple[Annotated[str, Field(max_length=80)], ...]
    """The lines of the address that a payment is sent to, as a statement prints them."""
    phone: Annotated[str, Field(min_length=1, max_length=40)]
    message: Sentence
    """What every statement says of disputes and of help with paying."""
    effective_from: date
    effective_to: date | None = None


@record
class EditPart:
    """One file of a table of code edits in the object folder, as `contracts.edit_tables` says, and how many it holds."""

    sha256: Sha256
    edits: Annotated[int, Field(ge=0)]


@event("reference.code_edits_published.v1", "broadcast")
class CodeEditsPublished:
    """A quarter's table of code edits: procedure-to-procedure pairs (`ptp`), unit limits (`mue`), or add-on codes (`aoc`).

    Pairs and add-on codes carry their own days, so the newest table is about every day of service; limits are those of
    the quarter, from `effective_from` on. Without `payers` it is for whatever payer; without `facilities` for
    those that no table of the same kind names.
    """

    kind: Literal["ptp", "mue", "aoc"]
    setting: Literal["practitioner", "outpatient", "dme"] = "practitioner"
    name: Code
    version: Code
    parts: Annotated[tuple[EditPart, ...], Field(min_length=1, max_length=64)]
    edits: Annotated[int, Field(ge=0)]
    effective_from: date
    effective_to: date | None = None
    payers: Annotated[tuple[Code, ...], Field(max_length=200)] = ()
    facilities: Annotated[tuple[Code, ...], Field(max_length=200)] = ()


@record
class AdjustmentRule:
    """What an adjustment means for us. Empty `payer` or `remark` fits any; the most specific row wins.

    `not_patient`: what the payer leaves open and forbids to collect from the patient (QMB): the next payer's, else
    our loss.
    """

    group: Code
    carc: Code
    remark: str = ""
    payer: str = ""
    meaning: Literal["contractual", "informational", "patient", "denied", "not_patient"]
    category: str = ""
    owner: str = ""
    next_action: Sentence = ""
    correctable: bool = False


@event("reference.rule_set_published.v1", "broadcast")
class RuleSetPublished:
    """A dated version of the adjustment rules. What no row fits is denied."""

    name: Code
    version: Code
    sha256: Sha256
    effective_from: date
    rules: tuple[AdjustmentRule, ...]


@event("reference.legal_hold_placed.v1", "broadcast")
class LegalHoldPlaced:
    """Nothing of a patient is erased, or of anybody where no patient is named, nor any received file, until it is lifted.

    `hold` is the number of the matter, never a name.
    """

    hold: Code
    patient: Annotated[str, Field(max_length=48)] = ""
    reason: Sentence


@event("reference.legal_hold_lifted.v1", "broadcast")
class LegalHoldLifted:
    """A legal hold is over."""

    hold: Code
    reason: Sentence


@event("reference.retention_set.v1", "broadcast")
class RetentionSet:
    """How long received files are kept from the day they came, in days; none: for ever, as before the first of these."""

    received_files_days: Annotated[int, Field(ge=365, le=36_500)] | None = None
    reason: Sentence


@event("reference.entry_kept.v1", "books")
class EntryKept:
    """The books' own record of what was said to all: the entry's name and digest, and the day it concerns."""

    name: str
    digest: str = ""
    day: date | None = None
