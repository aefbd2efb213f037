"""The story of an account, one row an event."""

from functools import cache
from typing import Any

import msgspec

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimRejected,
)
from contracts.coding import CodingHeld
from contracts.posting import StatedAccount, StatementIssued
from contracts.registration import AccountOpened
from contracts.submission import ClaimImported, EditFailure, TransportRejected
from services.reporting.projections.money import receivable_change
from shared.service import At, Projection, Row

OF_GUARANTORS = frozenset(
    {
        "posting.statement_issued.v1",
        "posting.balance_disputed.v1",
        "posting.dispute_answered.v1",
        "posting.payment_plan_agreed.v1",
        "posting.instalment_missed.v1",
        "posting.payment_plan_ended.v1",
        "posting.balance_placed.v1",
        "posting.balance_recalled.v1",
    }
)
"""What stands on a guarantor's stream and happens to accounts."""
TOLD = frozenset(
    {
        "registration.account_opened.v1",
        "registration.coverages_set.v1",
        "registration.person_erased.v1",
        "eligibility.inquiry_sent.v1",
        "eligibility.benefits_confirmed.v1",
        "eligibility.benefits_unclear.v1",
        "eligibility.inquiry_rejected.v1",
        "coding.charges_captured.v1",
        "coding.charge_corrected.v1",
        "coding.charge_supported.v1",
        "coding.encounter_coded.v1",
        "coding.coding_held.v1",
        "submission.claim_created.v1",
        "submission.claim_imported.v1",
        "submission.claim_held.v1",
        "submission.claim_released.v1",
        "submission.claim_resubmitted.v1",
        "submission.claim_submitted.v1",
        "submission.claim_voided.v1",
        "submission.void_withdrawn.v1",
        "submission.transport_rejected.v1",
        "submission.correction_declined.v1",
        "submission.forwarding_given_up.v1",
        "submission.reopening_opened.v1",
        "submission.reopening_asked.v1",
        "adjudication_tracking.claim_acknowledged.v1",
        "adjudication_tracking.claim_rejected.v1",
        "adjudication_tracking.claim_adjudicated.v1",
        "adjudication_tracking.adjudication_reversed.v1",
        "adjudication_tracking.reversal_waiting.v1",
        "adjudication_tracking.claim_forwarded.v1",
        "adjudication_tracking.answer_late.v1",
        "posting.payment_posted.v1",
        "posting.posting_reversed.v1",
        "posting.responsibility_moved.v1",
        "posting.write_off_posted.v1",
        "posting.charges_set_aside.v1",
        "posting.overpayment_opened.v1",
        "posting.overpayment_identified.v1",
        "posting.overpayment_investigation_opened.v1",
        "posting.overpayment_investigation_concluded.v1",
        "posting.overpayment_recovered.v1",
        "posting.overpayment_refunded.v1",
        "posting.patient_payment_assigned.v1",
        "posting.patient_payment_applied.v1",
        "posting.patient_payment_refunded.v1",
        *OF_GUARANTORS,
        "posting.opening_balance_posted.v1",
        "posting.underpayment_found.v1",
        "posting.late_payment_found.v1",
        "posting.late_payment_settled.v1",
        "posting.underpayment_settled.v1",
        "denial.denial_opened.v1",
        "denial.correction_requested.v1",
        "denial.appeal_filed.v1",
        "denial.appeal_decided.v1",
        "denial.denial_resolved.v1",
    }
)
"""What happens to an account, in the order it is told."""

SHOWN = (
    "payer", "payer_order", "attempt", "frequency", "isa13", "st02", "category", "status_code", "entity", "by", "taken_by", "told",
    "payer_control", "check_number", "remittance", "paid_cents", "charge_cents", "total_cents",
    "contractual_cents", "expected_cents", "allowed_cents", "variance_cents", "standing", "procedure", "schedule", "version", "patient_part_cents", "cents", "to_party", "to_payer", "basis",
    "carc", "rarcs", "owner", "next_action", "deadline_on", "route", "outcome", "awaited",
    "level", "identified_on", "looked_from", "concluded_on", "suspended_until", "suspended_days", "look_back_until", "cause", "filed_on", "answer_by", "decided_on", "due_on", "filing_limit_on", "service_from", "submitted_on", "paid_on", "posted_on", "received_on", "pay_by", "days_late", "interest_cents", "stated_cents", "rule", "reason", "kind",
    "status", "flags", "forwarded_to", "active", "codes", "plan", "coder", "facility",
    "statement", "notice", "asked_cents", "dispute", "instalment_cents", "instalments", "first_due_on", "instalment", "short_cents", "how", "agency",
)  # fmt: skip
"""Fields worth telling; none of them can hold a person's data."""


NEXT = {
    "A3": "mend what the codes name, then resubmit: it goes as an original",
    "A4": "the payer does not find it: resubmit it as an original",
    "A6": "add what the codes name, then resubmit: it goes as an original",
    "A7": "correct what the codes name, then resubmit: it goes as an original",
    "A8": "what the codes name contradicts itself: correct it, then resubmit as an original",
    "named": "mend what is named, then resubmit",
    "set": "nothing: it goes again by itself",
}
"""What a biller does after a rejection, by STC01's category, or after transport refused a set."""

SHARES = {"1": "deductible_cents", "2": "coinsurance_cents", "3": "copay_cents"}


def _accounts(event: Any, at: At) -> list[str]:
    """Whose story it is told in."""
    if at.stream.startswith("account/"):
        return [at.stream[8:]]
    if at.wire not in OF_GUARANTORS:
        return []
    if isinstance(event, StatementIssued):
        return [one.account for one in event.accounts]
    return [event.account] if hasattr(event, "account") else [*event.accounts]


def _shares(event: ClaimAdjudicated) -> dict[str, int]:
    """The patient's share as the payer states it, by kind (PR-1, PR-2, PR-3)."""
    stated = [*event.adjustments, *(a for one in event.lines for a in one.adjustments)]
    return {
        name: sum(a.cents for a in stated if a.group == "PR" and a.reason == reason)
        for reason, name in SHARES.items()
    }


@cache
def _shown_of(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in SHOWN if hasattr(kind, name))


def _facts(event: Any) -> dict[str, Any]:
    found = {}
    for name in _shown_of(event.__class__):
        value = getattr(event, name)
        if value or value is False:  # No is an answer; nothing is not.
            found[name] = value if isinstance(value, str | int) else msgspec.to_builtins(value)
    if isinstance(event, ClaimAdjudicated | AdjudicationReversed) and event.source.entered_by:
        found["entered_by"] = event.source.entered_by
    if isinstance(event, ClaimAdjudicated):
        found.update({name: cents for name, cents in _shares(event).items() if cents})
    credits = [-e.cents for e in getattr(event, "entries", ()) if e.ledger == "overpayment"]
    if credit := sum(credits):
        found["credit_cents"] = credit
    denied = getattr(event, "denied", ())
    if denied:
        found["denied_cents"] = sum(d.cents for d in denied)
        found["carcs"] = sorted({f"{d.group}-{d.carc}" for d in denied})
    reasons = getattr(event, "reasons", ())
    if reasons:
        found["reasons"] = [_reason(r) for r in reasons]
    if isinstance(event, CodingHeld):
        found["reasons"] = [f"{one.rule}: {one.sentence}" for one in event.failures]
    if isinstance(event, ClaimRejected):
        found["next_action"] = NEXT.get(event.category, NEXT["A3"])
    if isinstance(event, TransportRejected):
        found["next_action"] = NEXT["named" if event.offender else "set"]
    return found


def _reason(failure: EditFailure) -> str:
    """What is wrong and how it is mended."""
    return " ".join((f"{failure.rule}: {failure.sentence}", failure.fix)).strip()


def _rows(event: Any, at: At) -> list[Row]:
    accounts = _accounts(event, at)
    if not accounts:
        return []
    facts = _facts(event)
    told = {
        "event_id": at.event_id,
        "claim": getattr(event, "claim", "") or "",
        "wire": at.wire,
        "occurred_on": at.occurred_on,
        "recorded_at": at.recorded_at,
        "actor": at.actor,
        "change_cents": receivable_change(event),
        "facts": facts,
        "position": at.position,
    }
    if isinstance(event, StatementIssued):
        return [
            {**told, "account": one.account, "facts": facts | _stated(event, one)}
            for one in event.accounts
        ]
    return [{**told, "account": account} for account in accounts]


def _stated(event: StatementIssued, one: StatedAccount) -> dict[str, Any]:
    """Of a statement, what it says of this account."""
    said = {"owed_cents": one.owed_cents, "notice": one.notice}
    marks = {
        "final": event.final,
        "on_demand": event.on_demand,
        "disputed": one.disputed,
        "in_plan": one.in_plan,
    }
    return said | {name: True for name, so in marks.items() if so}


STORY = Projection(
    table="story",
    columns={
        "event_id": "text",
        "account": "text",
        "claim": "text",
        "wire": "text",
        "occurred_on": "date",
        "recorded_at": "timestamptz",
        "actor": "text",
        "change_cents": "bigint",
        "facts": "jsonb",
        "position": "bigint",
    },
    key=("account", "event_id"),
    hears=TOLD,
    rows=_rows,
    append=True,
)


NUMBER_LENGTH = 80
"""A longer number is kept, and found, by its beginning."""


def number_asked(text: str) -> str:
    """A number as it is kept and looked for: letters are large, and no blank surrounds it."""
    return text.strip().upper()[:NUMBER_LENGTH]


def _numbers(event: Any, at: At) -> list[tuple[str, str, str]]:
    """What others call the account, its claims or their payments; our own numbers are keys elsewhere."""
    said: tuple[tuple[str, str], ...]
    match event:
        case AccountOpened():
            said = (("another system", event.encounter),)
        case ClaimImported():
            said = (("another system", event.foreign_number),)
        case ClaimAcknowledged():
            said = (("payer control number", event.payer_control),)
        case ClaimAdjudicated():
            said = (("payer control number", event.payer_control), ("check", event.check_number))
        case _:
            return []
    if not at.stream.startswith("account/"):
        return []
    return [
        (asked, kind, at.stream[8:]) for kind, number in said if (asked := number_asked(number))
    ]


NUMBERS = Projection(
    table="account_number",
    columns={"number": "text", "kind": "text", "account": "text"},
    key=("number", "kind", "account"),
    hears=frozenset(
        {
            "registration.account_opened.v1",
            "submission.claim_imported.v1",
            "adjudication_tracking.claim_acknowledged.v1",
            "adjudication_tracking.claim_adjudicated.v1",
        }
    ),
    keys=_numbers,
    project=lambda row, event, at, key: (
        row or dict(zip(("number", "kind", "account"), key, strict=True))
    ),
    keyed=True,
    lasting=True,
)
"""Which accounts a number leads to. Names and member ids are never among them."""
