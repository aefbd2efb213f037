"""Events and books that the posting tests begin with."""

from datetime import date
from typing import Any

from contracts.adjudication_tracking import AdjudicationReversed, ClaimAdjudicated
from contracts.coding import ChargesCaptured
from contracts.reference import AdjustmentRule, RuleSetPublished
from contracts.registration import AccountOpened
from contracts.values import AdjudicatedLine, Adjustment, Charge, Coverage, Sealed, Source
from services.posting.domain.book import Book, evolve_book
from shared.streams import account_number, charge_number, claim_number

ACCOUNT = account_number("test", "ehr", "enc-1")
ONE, TWO = charge_number(ACCOUNT, 1), charge_number(ACCOUNT, 2)
CLAIM, SECOND_CLAIM = claim_number(ACCOUNT, 1), claim_number(ACCOUNT, 2)
SEALED = Sealed(key_id="k", box="b")
SOURCE = Source(sha256="0" * 64)
DAY, PAID_ON = date(2026, 1, 5), date(2026, 1, 20)

RULES = RuleSetPublished(
    name="adjustments",
    version="1",
    sha256="0" * 64,
    effective_from=date(2025, 1, 1),
    rules=(
        AdjustmentRule(group="CO", carc="45", meaning="contractual", category="contract"),
        AdjustmentRule(group="CO", carc="253", meaning="contractual", category="sequestration"),
        AdjustmentRule(group="CO", carc="94", meaning="contractual"),
        AdjustmentRule(group="OA", carc="23", meaning="informational"),
        AdjustmentRule(group="PR", carc="1", meaning="patient"),
        AdjustmentRule(group="PR", carc="2", meaning="patient"),
        AdjustmentRule(
            group="CO",
            carc="197",
            meaning="denied",
            category="AUTH",
            owner="authorizations",
            next_action="Add the number and send again.",
            correctable=True,
        ),
    ),
)
BOOK = evolve_book(Book(today=date(2026, 1, 21)), RULES)


def opened(*payers: str, **more: Any) -> AccountOpened:
    coverages = tuple(
        Coverage(
            order=n,
            payer=payer,
            filing_indicator="CI",
            member=SEALED,
            effective_from=date(2025, 1, 1),
        )
        for n, payer in enumerate(payers, 1)
    )
    return AccountOpened(
        account=ACCOUNT,
        patient="p1",
        guarantor="g1",
        source_system="ehr",
        encounter="enc-1",
        encounter_class="AMB",
        facility="F1",
        legal_entity="L1",
        service_from=DAY,
        service_to=DAY,
        person=SEALED,
        coverages=coverages,
        **more,
    )


def charge(number: str = ONE, cents: int = 20_000, units: int = 1) -> Charge:
    return Charge(
        charge=number,
        service_on=DAY,
        procedure="T0001",
        units=units,
        charge_cents=cents,
        place_of_service="11",
        rendering_npi="1234567893",
    )


def captured(*charges: Charge) -> ChargesCaptured:
    return ChargesCaptured(account=ACCOUNT, charges=charges or (charge(),))


def line(paid: int, *cas: tuple[Any, str, int], number: str | None = ONE) -> AdjudicatedLine:
    return AdjudicatedLine(
        charge=number,
        charge_cents=paid + sum(cents for _, _, cents in cas),
        paid_cents=paid,
        adjustments=tuple(Adjustment(group=g, reason=r, cents=c) for g, r, c in cas),
    )


def adjudicated(*lines: AdjudicatedLine, **more: Any) -> ClaimAdjudicated:
    given: dict[str, Any] = {
        "account": ACCOUNT,
        "claim": CLAIM,
        "adjudication": "adj-1",
        "payer": "BLUE",
        "payer_order": 1,
        "remittance": "rem-1",
        "check_number": "CHK1",
        "paid_on": PAID_ON,
        "status": "1",
        "charge_cents": sum(one.charge_cents for one in lines),
        "paid_cents": sum(one.paid_cents for one in lines),
        "lines": lines,
        "source": SOURCE,
    }
    return ClaimAdjudicated(**{**given, **more})


def taken_back(paid: int, reverses: str = "adj-1") -> AdjudicationReversed:
    return AdjudicationReversed(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication=f"{reverses}-R",
        reverses=reverses,
        payer="BLUE",
        remittance="rem-2",
        check_number="CHK2",
        paid_on=PAID_ON,
        charge_cents=0,
        paid_cents=-paid,
        source=SOURCE,
    )
