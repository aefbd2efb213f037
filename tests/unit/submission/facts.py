"""One synthetic account and its books, for the tests of submission."""

from datetime import date
from typing import Any

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    ClaimAdjudicated,
    ClaimForwarded,
    ClaimRejected,
)
from contracts.coding import ChargesCaptured, EncounterCoded
from contracts.denial import ClaimCorrection, CorrectionRequested
from contracts.eligibility import BenefitsConfirmed
from contracts.reference import (
    BusinessDayOpened,
    EnrolmentRecorded,
    FacilityListed,
    PayerListed,
    ReceiverListed,
)
from contracts.registration import AccountOpened
from contracts.submission import ClaimSubmitted, TransportFault, TransportRejected
from contracts.values import (
    Adjustment,
    Charge,
    CodedLine,
    Coverage,
    Diagnosis,
    Sealed,
    Source,
)
from services.submission.domain import ACCOUNT, Books, evolve_book
from shared.streams import account_number, charge_number, claim_number
from tests.unit.scenario import said

ACCOUNT_NO = account_number("tenant", "ehr", "encounter-1")
CLAIM = claim_number(ACCOUNT_NO, 1)
SECOND = claim_number(ACCOUNT_NO, 2)
DAY = date(2025, 1, 6)
SEALED = Sealed(key_id="key-1", box="Ym94")
SOURCE = Source(sha256="0" * 64)
NPI = "1234567893"


def coverage(order: int = 1, payer: str = "PAYER-A", **changes: Any) -> Coverage:
    """A coverage in force all the time."""
    return Coverage(
        **{
            "order": order,
            "payer": payer,
            "filing_indicator": "CI",
            "member": SEALED,
            "effective_from": date(2024, 1, 1),
            **changes,
        }
    )


def opened(**changes: Any) -> AccountOpened:
    """The account of an insured person."""
    return AccountOpened(
        **{
            "account": ACCOUNT_NO,
            "patient": "patient-1",
            "guarantor": "guarantor-1",
            "source_system": "ehr",
            "encounter": "encounter-1",
            "encounter_class": "AMB",
            "facility": "F1",
            "legal_entity": "LE1",
            "service_from": DAY,
            "service_to": DAY,
            "person": SEALED,
            "coverages": (coverage(),),
            **changes,
        }
    )


def charge(number: int = 1, **changes: Any) -> Charge:
    """An office visit."""
    return Charge(
        **{
            "charge": charge_number(ACCOUNT_NO, number),
            "service_on": DAY,
            "procedure": f"9921{number}",
            "units": 1,
            "charge_cents": 10_000 * number,
            "place_of_service": "11",
            "rendering_npi": NPI,
            **changes,
        }
    )


def captured(*charges: Charge) -> ChargesCaptured:
    """These charges, or two."""
    return ChargesCaptured(account=ACCOUNT_NO, charges=charges or (charge(1), charge(2)))


def coded(*pointers: tuple[int, ...]) -> EncounterCoded:
    """Two diagnoses, and which of them each charge points to."""
    pointed = pointers or ((1,), (1, 2))
    return EncounterCoded(
        account=ACCOUNT_NO,
        diagnoses=(Diagnosis(sequence=1, code="J06.9"), Diagnosis(sequence=2, code="R05.9")),
        lines=tuple(
            CodedLine(charge=charge_number(ACCOUNT_NO, n), pointers=p)
            for n, p in enumerate(pointed, start=1)
        ),
        code_sets=("ICD-10-CM 2025",),
        coder="coder",
    )


def facility(**changes: Any) -> FacilityListed:
    """A facility that passes every edit."""
    return FacilityListed(
        **{
            "facility": "F1",
            "name": "NORTH CLINIC",
            "legal_entity": "LE1",
            "tax_id": "990000001",
            "npi": NPI,
            "taxonomy": "207Q00000X",
            "street": "1 EXAMPLE WAY",
            "city": "SPRINGFIELD",
            "state": "IL",
            "zip": "627010001",
            **changes,
        }
    )


def payer(name: str = "PAYER-A", **changes: Any) -> PayerListed:
    """A payer behind the clearinghouse."""
    return PayerListed(
        **{
            "payer": name,
            "name": f"{name} HEALTH",
            "payer_id": name.replace("-", ""),
            "filing_indicator": "CI",
            "receiver": "CLEARING",
            "replacement": "yes",
            "filing_limit_days": 90,
            "in_force_from": date(2024, 1, 1),
            **changes,
        }
    )


RECEIVER = ReceiverListed(
    receiver="CLEARING",
    name="CLEARING HOUSE",
    receiver_id="CLEARING01",
    submitter_id="CLAIMLOG01",
    submitter_name="BILLING COMPANY",
)


def enrolled(name: str = "PAYER-A", yes: bool = True) -> EnrolmentRecorded:
    """Whether LE1 may send to the payer."""
    return EnrolmentRecorded(
        legal_entity="LE1",
        payer=name,
        transaction="837P",
        enrolled=yes,
        effective_from=date(2024, 1, 1),
    )


def books(*more: Any, day: date = DAY) -> Books:
    """Books in which a claim to PAYER-A or PAYER-B passes, changed by what follows."""
    book = Books()
    listed = (facility(), payer(), payer("PAYER-B"), RECEIVER, enrolled(), enrolled("PAYER-B"))
    for event in (*listed, BusinessDayOpened(day=day), *more):
        book = evolve_book(book, event)
    return book


READY = (opened(), captured(), coded())


def after(given: tuple[Any, ...], command: Any, book: Books | None = None) -> tuple[Any, ...]:
    """What was given, and what the command then said on the account."""
    told = said(ACCOUNT, given, command, book or books())
    return (*given, *(event for event in told if not isinstance(event, tuple)))


def submitted(attempt: int = 1, **changes: Any) -> ClaimSubmitted:
    """The attempt left."""
    return ClaimSubmitted(
        **{
            "account": ACCOUNT_NO,
            "claim": CLAIM,
            "attempt": attempt,
            "frequency": "1",
            "payer": "PAYER-A",
            "receiver": "CLEARING",
            "isa13": 100,
            "gs06": 100,
            "st02": "0001",
            "sha256": "0" * 64,
            "submitted_on": DAY,
            "total_cents": 30_000,
            **changes,
        }
    )


def rejected(by: str = "payer") -> ClaimRejected:
    """A 277CA refused the claim."""
    return ClaimRejected(
        account=ACCOUNT_NO,
        claim=CLAIM,
        by="payer" if by == "payer" else "clearinghouse",
        category="A7",
        charge_cents=30_000,
        source=SOURCE,
    )


def transport_rejected(attempt: int = 1, *, offender: bool = False) -> TransportRejected:
    """The set of the attempt was rejected."""
    fault = TransportFault(code="8", segment="SV1", element="01", claim=CLAIM)
    return TransportRejected(
        receiver="CLEARING",
        level="999",
        isa13=100,
        st02="0001",
        code="R",
        faults=(fault,) if offender else (),
        account=ACCOUNT_NO,
        claim=CLAIM,
        attempt=attempt,
        offender=offender,
    )


def adjudicated(name: str = "adj-1", **changes: Any) -> ClaimAdjudicated:
    """PAYER-A paid 200.00 of 300.00 and left 100.00 to coinsurance."""
    return ClaimAdjudicated(
        **{
            "account": ACCOUNT_NO,
            "claim": CLAIM,
            "adjudication": name,
            "payer": "PAYER-A",
            "payer_order": 1,
            "remittance": "remittance-1",
            "check_number": "check-1",
            "paid_on": date(2025, 1, 20),
            "status": "1",
            "charge_cents": 30_000,
            "paid_cents": 20_000,
            "patient_cents": 10_000,
            "payer_control": "ICN-1",
            "adjustments": (Adjustment(group="PR", reason="2", cents=10_000),),
            "source": SOURCE,
            **changes,
        }
    )


def taken_back(name: str = "adj-1") -> AdjudicationReversed:
    """The payer took an adjudication back."""
    return AdjudicationReversed(
        account=ACCOUNT_NO,
        claim=CLAIM,
        adjudication=f"{name}-back",
        reverses=name,
        payer="PAYER-A",
        remittance="remittance-2",
        check_number="check-2",
        paid_on=date(2025, 2, 3),
        charge_cents=-30_000,
        paid_cents=-20_000,
        source=SOURCE,
    )


FORWARDED = ClaimForwarded(
    account=ACCOUNT_NO,
    claim=CLAIM,
    by_payer="PAYER-A",
    forwarded_to="PAYER-B",
    expected_claim=SECOND,
    payer_order=2,
)


def asked(
    route: str = "replacement", adjudication: str = "adj-1", **changes: Any
) -> CorrectionRequested:
    """Denial wants the claim to go again."""
    return CorrectionRequested(
        **{
            "account": ACCOUNT_NO,
            "denials": ("denial-1",),
            "claim": CLAIM,
            "adjudication": adjudication,
            "payer": "PAYER-A",
            "payer_control": "ICN-1",
            "route": route,
            "correction": ClaimCorrection(note="MODIFIER ADDED"),
            "requested_by": "biller",
            **changes,
        }
    )


def benefits(active: bool) -> BenefitsConfirmed:
    """What eligibility said of PAYER-A."""
    return BenefitsConfirmed(
        account=ACCOUNT_NO, trace="trace", payer="PAYER-A", active=active, source=SOURCE
    )
