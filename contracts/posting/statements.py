"""What `posting` says of balances that patients owe: statements, disputes, payment plans, collection agencies."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.registry import event, record
from contracts.values import AccountNumber, Cents, Code, Sentence


@event("posting.patient_balance_told.v1", "guarantor")
class PatientBalanceTold:
    """What a patient owes on an account changed: all amounts are what they are now, for the guarantor's next statement.

    charged = insurance paid + adjusted + patient paid + owed + what is open with payers - what came too much.
    """

    guarantor: Code
    account: AccountNumber
    legal_entity: Code
    service_on: date | None = None
    told_on: date
    charged_cents: Cents
    insurance_paid_cents: Cents
    adjusted_cents: Cents
    patient_paid_cents: Cents
    with_payers_cents: Cents
    owed_cents: Cents


@record
class StatedAccount:
    """An account as a statement shows it; `notice` tells how many have asked for it, up to those of the terms; 0 where none counts.

    A statement does not ask for a balance that is disputed, or paid by a plan, whose instalments are asked for instead.
    """

    account: AccountNumber
    service_on: date | None = None
    charged_cents: Cents
    insurance_paid_cents: Cents
    adjusted_cents: Cents
    patient_paid_cents: Cents
    with_payers_cents: Cents
    owed_cents: Cents
    notice: Annotated[int, Field(ge=0, le=9_999)]
    disputed: bool = False
    in_plan: bool = False


@event("posting.statement_issued.v1", "guarantor")
class StatementIssued:
    """A guarantor is told what it owes to one legal entity, account by account, and until when.

    `asked_cents` is what it asks for: what is owed on these accounts and neither disputed nor paid by a plan, and of a
    `plan` in force the instalments due by then that have not come (`instalments_cents`). `notice` is the highest that
    it adds to an account; `final` where it adds the last one to all of them. `unapplied_cents` lies with us and is not taken off;
    `received_cents` came since the statement before, for whatever legal entity. On demand (`on_demand`) it is no notice.
    """

    guarantor: Code
    statement: Code
    legal_entity: Code
    issued_on: date
    due_on: date
    next_on: date
    terms: Code
    accounts: tuple[StatedAccount, ...]
    owed_cents: Cents
    disputed_cents: Cents
    asked_cents: Cents
    unapplied_cents: Cents
    received_cents: Cents
    notice: Annotated[int, Field(ge=0, le=9_999)]
    final: bool = False
    on_demand: bool = False
    plan: str = ""
    instalments_cents: Cents = 0


@event("posting.balance_disputed.v1", "guarantor")
class BalanceDisputed:
    """A guarantor disputes what is asked on an account: nothing is asked for it, and no agency gets it, until that is answered."""

    guarantor: Code
    account: AccountNumber
    dispute: Code
    cents: Cents
    opened_on: date
    reason: Sentence
    approver: Code


@event("posting.dispute_answered.v1", "guarantor")
class DisputeAnswered:
    """A dispute is over: the balance `stands`, or was `changed` (by its own events on the account).

    A `plan` that it let rest goes on: where an instalment came due meanwhile, all that are left are due as if the first
    one had been on `first_due_on`.
    """

    guarantor: Code
    account: AccountNumber
    dispute: Code
    outcome: Literal["stands", "changed"]
    answered_on: date
    reason: Sentence
    approver: Code
    plan: str = ""
    first_due_on: date | None = None


@event("posting.payment_plan_agreed.v1", "guarantor")
class PaymentPlanAgreed:
    """A guarantor pays what it owes on accounts of a legal entity in monthly instalments; the last is what is left of `cents`."""

    guarantor: Code
    plan: Code
    legal_entity: Code
    accounts: tuple[AccountNumber, ...]
    cents: Cents
    instalment_cents: Cents
    instalments: Annotated[int, Field(ge=1, le=120)]
    first_due_on: date
    agreed_on: date
    reason: Sentence
    approver: Code


@event("posting.instalment_missed.v1", "guarantor")
class InstalmentMissed:
    """Some days after an instalment was due, less had come since the plan was agreed than all instalments until then."""

    guarantor: Code
    plan: Code
    legal_entity: Code
    accounts: tuple[AccountNumber, ...]
    instalment: Annotated[int, Field(ge=1, le=120)]
    due_on: date
    short_cents: Cents


@event("posting.payment_plan_ended.v1", "guarantor")
class PaymentPlanEnded:
    """A plan is over: `kept` (all of it came, or nothing is owed any more), `broken` (too many instalments missed in a row, or the last one), or `ended` by a person."""

    guarantor: Code
    plan: Code
    legal_entity: Code
    accounts: tuple[AccountNumber, ...]
    how: Literal["kept", "broken", "ended"]
    received_cents: Cents
    ended_on: date
    reason: Sentence
    approver: Code


@event("posting.balance_placed.v1", "guarantor")
class BalancePlaced:
    """A balance was given to a collection agency: it stands on no statement until it is recalled. It moves no money."""

    guarantor: Code
    account: AccountNumber
    agency: Code
    cents: Cents
    first_stated_on: date
    last_notice_on: date
    placed_on: date
    reason: Sentence
    approver: Code


@event("posting.balance_recalled.v1", "guarantor")
class BalanceRecalled:
    """A balance was taken back from a collection agency."""

    guarantor: Code
    account: AccountNumber
    agency: Code
    recalled_on: date
    reason: Sentence
    approver: Code
