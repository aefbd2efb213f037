"""Events that the tests of reporting tell."""

from datetime import date
from typing import Any

from contracts.adjudication_tracking import AnswerLate, ClaimAcknowledged, ClaimRejected
from contracts.denial import DenialOpened
from contracts.posting import MovedAmount, ResponsibilityMoved
from contracts.submission import ClaimCreated, ClaimResubmitted, ClaimSubmitted
from contracts.values import ClaimLine, JournalLine
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    DAY,
    ONE,
    SOURCE,
    adjudicated,
    captured,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life
from tests.unit.reporting.rows import Rows

PAID = line(12_000, ("CO", "45", 5_000), ("PR", "2", 3_000))
"""A line of 200.00: paid, contractual, and coinsurance."""
DENIED = line(0, ("CO", "197", 20_000))
ALL_PATIENT = line(0, ("PR", "1", 20_000))


def created(claim: str = CLAIM, payer: str = "BLUE", order: int = 1, cents: int = 20_000) -> Any:
    return ClaimCreated(
        account=ACCOUNT,
        claim=claim,
        claim_no=order,
        payer=payer,
        payer_order=order,
        form="837P",
        service_from=DAY,
        service_to=DAY,
        total_cents=cents,
        lines=(ClaimLine(line=1, charge=ONE, charge_cents=cents),),
        filing_limit_on=date(2026, 7, 4),
    )


def submitted(on: date, claim: str = CLAIM, payer: str = "BLUE", attempt: int = 1) -> Any:
    return ClaimSubmitted(
        account=ACCOUNT,
        claim=claim,
        attempt=attempt,
        frequency="1",
        payer=payer,
        receiver="HOUSE",
        isa13=1,
        gs06=1,
        st02="0001",
        sha256="0" * 64,
        submitted_on=on,
        total_cents=20_000,
    )


def resubmitted(cents: int, attempt: int = 2) -> ClaimResubmitted:
    return ClaimResubmitted(
        account=ACCOUNT,
        claim=CLAIM,
        attempt=attempt,
        frequency="1",
        payer="BLUE",
        payer_order=1,
        cause="correction",
        total_cents=cents,
    )


def acknowledged(by: str = "payer", claim: str = CLAIM) -> Any:
    return ClaimAcknowledged(
        account=ACCOUNT,
        claim=claim,
        by=by,
        category="A2" if by == "payer" else "A1",
        payer_control="ICN1" if by == "payer" else "",
        charge_cents=20_000,
        source=SOURCE,
    )


def rejected(claim: str = CLAIM) -> Any:
    return ClaimRejected(
        account=ACCOUNT,
        claim=claim,
        by="clearinghouse",
        category="A7",
        status_code="164",
        charge_cents=20_000,
        source=SOURCE,
    )


def late(awaited: str, due_on: date, claim: str = CLAIM, attempt: int = 1) -> Any:
    return AnswerLate(
        account=ACCOUNT, claim=claim, attempt=attempt, awaited=awaited, payer="BLUE", due_on=due_on
    )


def denial(name: str, deadline_on: date, carc: str = "197") -> Any:
    return DenialOpened(
        account=ACCOUNT,
        denial=name,
        claim=CLAIM,
        adjudication="adj-1",
        payer="BLUE",
        group="CO",
        carc=carc,
        cents=20_000,
        category="AUTH",
        owner="authorizations",
        next_action="Add the number and send again.",
        correctable=True,
        opened_on=DAY,
        deadline_on=deadline_on,
    )


def transferred(cents: int) -> Any:
    """A person moved denied money to the patient."""
    return ResponsibilityMoved(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication="adj-1",
        from_payer_order=1,
        to_party="patient",
        cents=cents,
        amounts=(MovedAmount(charge=ONE, cents=cents),),
        basis="PR-96",
        entry="E9",
        posted_on=DAY,
        entries=(
            JournalLine(ledger="ar_patient", cents=cents, charge=ONE, kind="moved"),
            JournalLine(ledger="ar_denied", cents=-cents, charge=ONE, kind="moved"),
        ),
    )


def lived(*steps: Any, payers: tuple[str, ...] = ("BLUE",)) -> Rows:
    """Rows of an account with a claim of 200.00 and what posting says of these adjudications and reversals."""
    rows = Rows().tell(opened(*payers), captured(), created())
    life = Life(opened(*payers), captured())
    for step in steps:
        before = len(life.said)
        rows.tell(step)
        life = life.take_back(step) if hasattr(step, "reverses") else life.post(step)
        rows.tell(*life.said[before:])
    return rows


__all__ = ["adjudicated", "taken_back"]
