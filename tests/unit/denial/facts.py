"""Events that the denial tests begin with."""

from datetime import date
from typing import Any

from contracts.adjudication_tracking import ClaimAdjudicated
from contracts.denial import ClaimCorrection, DenialOpened, DenialResolved
from contracts.posting import DeniedAmount, PatientPart, PaymentPosted, PostingReversed
from contracts.reference import PayerListed
from contracts.values import JournalLine, Source
from services.denial.domain.state import Book, evolve_book
from shared.streams import account_number, charge_number, claim_number

ACCOUNT = account_number("test", "ehr", "enc-1")
ONE = charge_number(ACCOUNT, 1)
CLAIM = claim_number(ACCOUNT, 1)
D1, D2 = f"{ACCOUNT}-D1", f"{ACCOUNT}-D2"
PAID_ON, POSTED_ON = date(2026, 1, 20), date(2026, 1, 21)
CHANGE = ClaimCorrection(authorization="AUTH9")


def listed(replacement: Any = "yes", days: int = 90, **more: Any) -> PayerListed:
    given: dict[str, Any] = {"in_force_from": date(2025, 1, 1), **more}
    return PayerListed(
        payer="BLUE",
        name="Blue",
        payer_id="B1",
        filing_indicator="BL",
        receiver="CH",
        replacement=replacement,
        filing_limit_days=365,
        correction_days=days,
        **given,
    )


BOOK = evolve_book(Book(today=POSTED_ON), listed())


def heard(adjudication: str = "adj-1", control: str = "ICN1") -> ClaimAdjudicated:
    return ClaimAdjudicated(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication=adjudication,
        payer="BLUE",
        payer_order=1,
        remittance="rem-1",
        check_number="CHK1",
        paid_on=PAID_ON,
        status="1",
        charge_cents=20_000,
        paid_cents=0,
        payer_control=control,
        source=Source(sha256="0" * 64),
    )


def denied(
    carc: str = "197", cents: int = 20_000, rarcs: tuple[str, ...] = (), **more: Any
) -> DeniedAmount:
    given: dict[str, Any] = {"charge": ONE, "correctable": True, **more}
    return DeniedAmount(
        group="CO",
        carc=carc,
        rarcs=rarcs,
        cents=cents,
        category="AUTH",
        owner="authorization",
        next_action="Add the number.",
        **given,
    )


def line(ledger: str, cents: int, charge: str | None = ONE) -> JournalLine:
    return JournalLine(ledger=ledger, cents=cents, charge=charge)


def posted(
    *what: DeniedAmount, adjudication: str = "adj-1", entries: Any = (), patient: int = 0
) -> PaymentPosted:
    parts = (PatientPart(charge=ONE, cents=patient),) if patient else ()
    mine = [
        e for d in what for e in (line("ar_denied", d.cents, d.charge), line("ar_open", -d.cents))
    ]
    return PaymentPosted(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication=adjudication,
        payer="BLUE",
        payer_order=1,
        remittance="rem-1",
        check_number="CHK1",
        entry=f"e-{adjudication}",
        posted_on=POSTED_ON,
        paid_cents=0,
        contractual_cents=0,
        denied=what,
        allowed_cents=0,
        patient_part_cents=patient,
        entries=tuple(entries) or tuple(mine),
        rule_set="r",
        patient_parts=parts,
    )


def paid(cents: int, adjudication: str = "adj-2", **more: Any) -> PaymentPosted:
    again = more.pop("again", ())
    rest = 20_000 - cents - sum(d.cents for d in again)
    entries = [line("remittance_clearing", cents), line("contractual", rest)]
    entries = [e for e in entries if e.cents] + [line("ar_denied", -20_000)]
    entries += [line("ar_denied", d.cents, d.charge) for d in again]
    return posted(*again, adjudication=adjudication, entries=entries, **more)


def opened(what: DeniedAmount, denial: str = D1, **more: Any) -> DenialOpened:
    given: dict[str, Any] = {"adjudication": "adj-1", "deadline_on": date(2026, 4, 20), **more}
    return DenialOpened(
        account=ACCOUNT,
        denial=denial,
        claim=CLAIM,
        payer="BLUE",
        charge=what.charge,
        group=what.group,
        carc=what.carc,
        rarcs=what.rarcs,
        cents=what.cents,
        category=what.category,
        owner=what.owner,
        next_action=what.next_action,
        correctable=what.correctable,
        opened_on=POSTED_ON,
        **given,
    )


def ended(outcome: str, cents: int = 20_000, denial: str = D1) -> DenialResolved:
    return DenialResolved(
        account=ACCOUNT, denial=denial, outcome=outcome, cents=cents, resolved_on=POSTED_ON
    )


def taken_back(reverses: str = "adj-1", entries: Any = ()) -> PostingReversed:
    return PostingReversed(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication=f"{reverses}-R",
        reverses=reverses,
        payer="BLUE",
        remittance="rem-2",
        check_number="CHK2",
        entry=f"r-{reverses}",
        reversed_entry=f"e-{reverses}",
        posted_on=POSTED_ON,
        paid_cents=0,
        entries=tuple(entries) or (line("ar_denied", -20_000), line("ar_open", 20_000)),
        reason="",
    )
