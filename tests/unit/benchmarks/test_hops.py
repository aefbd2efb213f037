"""Steps of a claim, from marks of the outside world and events of the log."""

from dataclasses import replace
from datetime import date
from typing import Any

from benchmarks.hops import (
    ACKNOWLEDGED,
    ADJUDICATED,
    ALL_OF_IT,
    BATCHED,
    CODED,
    CREATED,
    HANDED_OVER,
    OPENED,
    POSTED,
    QUEUED,
    RECEIVED,
    RELEASED,
    SUBMITTED,
    Hops,
    spread_of,
)
from benchmarks.paced import Marks
from contracts.adjudication_tracking import (
    ClaimAcknowledged,
    ClaimAdjudicated,
    RemittanceReceived,
    RemittanceReleased,
)
from contracts.coding import ChargesCaptured, EncounterCoded
from contracts.posting import PaymentPosted
from contracts.registration import AccountOpened
from contracts.sampling import sample
from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimQueued,
    ClaimSubmitted,
    InterchangeBatched,
    InterchangeSent,
)

DAY = date(2026, 1, 6)
A1, C1, C2 = "A2HS6GAGJ88R76", "A2HS6GAGJ88R7601C", "A2HS6GAGJ88R7602B"
M1, J1, J2 = "3a" * 16, "ADJ7efb16fdcf939dd962bc", "ADJ3c159d8b53ec94f6ae8b"
ACK, PAY = "aa" * 32, "bb" * 32
MARKS = Marks(encounters={"E1": 100.0}, files={ACK: 300.0, PAY: 400.0}, cut_offs={DAY: 200.0})


def told(kind: type, **facts: Any) -> Any:
    return replace(sample(kind), **facts)


def file_of(kind: type, sha256: str) -> Any:
    return replace(sample(kind).source, sha256=sha256)


PACKAGE = replace(sample(ClaimQueued).package, claim=C1, attempt=1)
FIRST_HALF = [
    (100.5, told(AccountOpened, account=A1, encounter="E1")),
    (100.2, told(ChargesCaptured, account=A1)),
    (100.25, told(EncounterCoded, account=A1)),
    (101.0, told(ClaimCreated, account=A1, claim=C1, payer_order=1)),
    (101.5, told(ClaimQueued, package=PACKAGE)),
    (200.25, told(InterchangeBatched, receiver="CLEAR", isa13=1, batched_on=DAY)),
    (200.75, told(InterchangeSent, receiver="CLEAR", isa13=1)),
    (201.75, told(ClaimSubmitted, claim=C1, attempt=1, receiver="CLEAR", isa13=1)),
]
PAID = {"claim": C1, "adjudication": J1}
SECOND_HALF = [
    (300.5, told(ClaimAcknowledged, claim=C1, source=file_of(ClaimAcknowledged, ACK))),
    (400.5, told(RemittanceReceived, remittance=M1, source=file_of(RemittanceReceived, PAY))),
    (401.0, told(RemittanceReleased, remittance=M1)),
    (401.25, told(ClaimAdjudicated, **PAID, remittance=M1)),
    (402.0, told(PaymentPosted, **PAID)),
]


def steps(events: list[tuple[float, Any]]) -> dict[str, list[float]]:
    hops = Hops(MARKS)
    for when, event in events:
        hops.take(when, event)
    return {step: found for step, found in hops.durations().items() if found}


WHOLE = {
    OPENED: [0.5], CODED: [0.25], CREATED: [0.5], QUEUED: [0.5], BATCHED: [0.25], HANDED_OVER: [0.5],
    SUBMITTED: [1.0], ACKNOWLEDGED: [0.5], RECEIVED: [0.5], RELEASED: [0.5], ADJUDICATED: [0.25],
    POSTED: [0.75], ALL_OF_IT: [5.25],
}  # fmt: skip


def test_every_step_is_counted_and_the_days_between_are_nobodys() -> None:
    assert steps(FIRST_HALF + SECOND_HALF) == WHOLE


def test_the_order_of_the_events_does_not_matter() -> None:
    assert steps([*reversed(FIRST_HALF + SECOND_HALF)]) == WHOLE


def test_a_record_that_was_published_again_counts_when_it_first_stood_there() -> None:
    again = [(when + 50.0, event) for when, event in FIRST_HALF]
    assert steps(FIRST_HALF + again)[OPENED] == [0.5]


def test_a_claim_that_waits_for_a_person_is_no_latency() -> None:
    held = (101.2, told(ClaimHeld, account=A1, claim=C1))
    assert steps([*FIRST_HALF, held]) == {}


def test_the_next_payers_claim_and_the_next_attempt_are_not_registrations() -> None:
    second = told(ClaimCreated, account=A1, claim=C2, payer_order=2)
    again = told(ClaimSubmitted, claim=C1, attempt=2, receiver="CLEAR", isa13=2)
    assert steps([*FIRST_HALF, (350.0, second), (360.0, again)]) == steps(FIRST_HALF)


def test_what_came_from_outside_the_run_is_left_out() -> None:
    elsewhere = told(AccountOpened, account=A1, encounter="E0")
    assert steps([(100.5, elsewhere), *FIRST_HALF[1:]]) == {}


def test_only_the_first_payment_of_a_claim_ends_its_registration() -> None:
    later = {"claim": C1, "adjudication": J2}
    more = [
        (410.0, told(ClaimAdjudicated, **later, remittance=M1)),
        (411.0, told(PaymentPosted, **later)),
    ]
    assert steps(FIRST_HALF + SECOND_HALF + more)[ALL_OF_IT] == [5.25]


def test_percentiles_are_durations_that_happened() -> None:
    spread = spread_of([float(n) for n in range(1, 201)])
    assert spread == (200, 100.0, 198.0, 200.0)
    assert spread_of([]) == (0, 0.0, 0.0, 0.0)
    assert spread_of([3.0]) == (1, 3.0, 3.0, 3.0)
