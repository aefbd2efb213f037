"""What is said of accounts in the simulation: by registration's and coding's doors, and by payers."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from contracts import edit_tables
from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAdjudicated,
    RemittanceReleased,
)
from contracts.reference import (
    BusinessDayOpened,
    CodeEditsPublished,
    CodeSetPublished,
    EditPart,
    FeeRate,
    FeeSchedulePublished,
    StatementTermsListed,
)
from contracts.values import AdjudicatedLine, Adjustment, Charge, CodedLine, Diagnosis, Sealed
from services.coding.domain import Capture, Code, CorrectCharge, SupportCharge
from services.posting.domain.commands import (
    AgreePlan,
    AnswerDispute,
    Dispute,
    IssueStatement,
    PlaceBalance,
    RecallBalance,
)
from services.registration.domain import CorrectDemographics, OpenAccount, SetCoverages
from shared.service import Scope
from shared.streams import (
    account_number,
    account_stream,
    charge_number,
    claim_number,
    patient_stream,
)
from tests.unit.posting.facts import RULES
from tests.unit.submission import facts

SCOPE = Scope("test", "LE1", "F1")
DAY = date(2025, 1, 6)
FIVE_DAYS = timedelta(days=5)
PAYERS = ("PAYER-A", "PAYER-B")
CODES = {"ICD-10-CM": b"J06.9 J069 R05.9 R059", "HCPCS": b"G0001 G0002"}
ADJUSTED = (("CO", "45"), ("CO", "253"), ("CO", "197"), ("PR", "2"), ("PI", "999"))
RATES = msgspec.json.encode([FeeRate(procedure="G0001", basis_points=6_000)])
PAIRS = edit_tables.PAIRS + edit_tables.PAIR.pack(b"G0001", b"G0002", 0, edit_tables.NO_LAST_DAY, 1)
"""What is charged late is part of what was charged before, unless a modifier parts them and somebody says why."""
WHO_OWES = "guarantor"
DIAGNOSES = (Diagnosis(sequence=1, code="J06.9"),)
PHONE = "phone"
"""No claim says it: a person of whom nothing else is corrected is sealed anew, and asks nothing back."""
OTHERS = (Diagnosis(sequence=1, code="R05.9"),)


class Change(NamedTuple):
    """A change of mind: whose door is asked, on which stream, and what must have been said before."""

    service: str
    stream: str
    command: Any
    behind: str


def books() -> tuple[Any, ...]:
    sets = [
        CodeSetPublished(
            name=name,
            version="1",
            sha256=sha256(data).hexdigest(),
            effective_from=date(2024, 1, 1),
            effective_to=None,
            codes=len(data.split()),
        )
        for name, data in CODES.items()
    ]
    payers = [facts.payer(name) for name in PAYERS]
    enrolled = [facts.enrolled(name) for name in PAYERS]
    rules = replace(RULES, effective_from=date(2024, 1, 1))
    contract = FeeSchedulePublished(
        payer=PAYERS[0],
        name="PPO",
        version="1",
        sha256=sha256(RATES).hexdigest(),
        rates=1,
        effective_from=date(2024, 1, 1),
    )
    part = EditPart(sha256=sha256(PAIRS).hexdigest(), edits=1)
    edits = CodeEditsPublished(
        kind="ptp",
        name="NCCI",
        version="1",
        parts=(part,),
        edits=1,
        effective_from=date(2024, 1, 1),
        payers=(PAYERS[0],),
    )
    terms = StatementTermsListed(
        name="HOUSE",
        cycle_days=7,
        due_days=5,
        smallest_cents=1,
        notices=1,
        notice_days=0,
        agency_days=0,
        remit_to=("1 NOWHERE ST",),
        phone="555-0100",
        message="Call us.",
        effective_from=date(2024, 1, 1),
    )
    listed = (facts.facility(), *payers, facts.RECEIVER, *enrolled)
    return (BusinessDayOpened(day=DAY), *listed, rules, *sets, contract, edits, terms)


def about_a_balance(account: str, n: int) -> list[Any]:
    """What a person may say of what a patient owes; whoever owes nothing then is refused."""
    return [
        Dispute(WHO_OWES, account, f"D-{n}", "not my visit", "desk"),
        AnswerDispute(WHO_OWES, account, f"D-{n}", "stands", "it was", "desk"),
        AgreePlan(WHO_OWES, f"P-{n}", SCOPE.legal_entity, 300, DAY + FIVE_DAYS, "by phone", "desk"),
        PlaceBalance(WHO_OWES, account, "AGENCY", "all notices were sent", "lead"),
        RecallBalance(WHO_OWES, account, "the patient called", "lead"),
        IssueStatement(SCOPE.legal_entity, on_demand=True),
    ]


def number(n: int) -> str:
    return account_number("test", "ehr", f"encounter {n}")


def charges(account: str, rng: Any) -> tuple[Charge, ...]:
    return tuple(
        facts.charge(
            charge=charge_number(account, n),
            procedure="G0001",
            charge_cents=rng.randrange(5_000, 30_000),
        )
        for n in range(1, rng.choice((2, 3)))
    )


def capture(account: str, charges: tuple[Charge, ...]) -> Capture:
    return Capture(account, charges, DIAGNOSES, lines(charges), "coder")


def lines(charges: tuple[Charge, ...]) -> tuple[CodedLine, ...]:
    return tuple(CodedLine(charge=c.charge, pointers=(1,)) for c in charges)


def opening(account: str, patient: str, payers: tuple[str, ...] = PAYERS) -> OpenAccount:
    given = facts.opened(
        account=account,
        patient=patient,
        coverages=tuple(facts.coverage(n, payer) for n, payer in enumerate(payers, 1)),
    )
    return OpenAccount(
        account=account,
        digest="d",
        patient=patient,
        guarantor=WHO_OWES,
        source_system="ehr",
        encounter=account,
        encounter_class="AMB",
        scope=SCOPE,
        service_from=DAY,
        service_to=DAY,
        person=facts.SEALED,
        coverages=given.coverages,
    )


def set_anew(patient: str, n: int, rng: Any) -> SetCoverages:
    """Other coverages of a patient, or the same payers in another order."""
    payers = rng.choice((PAYERS, PAYERS[::-1], PAYERS[1:]))
    relation = rng.choice(("18", "01"))
    coverages = [
        facts.coverage(order, payer, relation=relation) for order, payer in enumerate(payers, 1)
    ]
    return SetCoverages(patient, tuple(coverages), DAY, "the right card", f"set anew {n}")


def changes(
    account: str, patient: str, n: int, charged: tuple[Charge, ...], rng: Any
) -> list[Change]:
    """What people change while claims are on their way: charges, codes, the person, coverages."""
    one = rng.choice(charged)
    late = facts.charge(
        charge=charge_number(account, 9),
        procedure=rng.choice(("G0001", "G0002")),
        modifiers=("59",),
        charge_cents=rng.randrange(5_000, 30_000),
    )
    all_of_it = (*charged, late)
    another = replace(one, charge_cents=rng.randrange(5_000, 30_000), modifiers=("76",))
    of_coding = (
        CorrectCharge(account, another, "as documented"),
        CorrectCharge(account, replace(one, units=0), "not done"),
        Capture(account, (late,), DIAGNOSES, lines(all_of_it), "coder"),
        CorrectCharge(account, replace(late, modifiers=("XU",)), "another site"),
        SupportCharge(account, late.charge, "another site"),
        Code(account, OTHERS, lines(charged), "coder"),
        Code(account, DIAGNOSES, lines(charged), "coder"),
    )
    what = rng.choice(("last", PHONE))
    person = Sealed(key_id="key-1", box=f"{what}{n}")
    of_registration = (
        set_anew(patient, n, rng),
        CorrectDemographics(patient, person, (what,), "as said", "staff"),
    )
    said = [Change("coding", account_stream(account), c, f"charges {n}") for c in of_coding]
    said += [
        Change("registration", patient_stream(patient), c, f"open {n}") for c in of_registration
    ]
    return rng.sample(said, rng.randint(1, len(said)))


def answers(account: str, charges: tuple[Charge, ...], rng: Any) -> list[Any]:
    given: list[Any] = []
    for order, payer in enumerate(PAYERS, 1):
        for k in range(rng.choice((0, 1, 1, 2))):
            one = _adjudicated(account, charges, rng, order, payer, f"adj-{order}-{k}")
            given.append(one)
            if rng.random() < 0.2:
                given.append(one)  # Payers resend.
            if rng.random() < 0.3:
                given.append(_taken_back(one))
    return given


def released(account: str, given: list[Any]) -> RemittanceReleased:
    """One check for all of them; what was sent twice is in it once."""
    cents = sum(one.paid_cents for one in {one.adjudication: one for one in given}.values())
    return RemittanceReleased(
        remittance=f"check-{account}",
        payer=PAYERS[0],
        payee_tax_id="990000001",
        check_number="check",
        paid_on=DAY,
        amount_cents=cents,
        claims=len(given),
        claims_cents=cents,
    )


def _adjudicated(
    account: str, charges: tuple[Charge, ...], rng: Any, order: int, payer: str, name: str
) -> ClaimAdjudicated:
    lines = []
    for charge in charges:
        left, adjustments = charge.charge_cents, []
        for group, reason in rng.sample(ADJUSTED, rng.choice((0, 1, 1, 2))):
            part = rng.randint(0, left)
            adjustments.append(Adjustment(group=group, reason=reason, cents=part))
            left -= part
        line = AdjudicatedLine(
            charge=charge.charge,
            procedure=charge.procedure,
            charge_cents=charge.charge_cents,
            paid_cents=left,
            adjustments=tuple(adjustments),
        )
        lines.append(line)
    return facts.adjudicated(
        name,
        account=account,
        claim=claim_number(account, order),
        payer=payer,
        payer_order=order,
        charge_cents=sum(one.charge_cents for one in lines),
        paid_cents=sum(one.paid_cents for one in lines),
        patient_cents=0,
        adjustments=(),
        lines=tuple(lines),
    )


def _taken_back(one: ClaimAdjudicated) -> AdjudicationReversed:
    return replace(
        facts.taken_back(one.adjudication),
        account=one.account,
        claim=one.claim,
        payer=one.payer,
        charge_cents=-one.charge_cents,
        paid_cents=-one.paid_cents,
    )
