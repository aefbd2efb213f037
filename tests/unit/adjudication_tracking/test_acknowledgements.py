"""A 277CA answers one file of ours: the attempt that was in it, or all claims of it when it is refused whole."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.adjudication_tracking import (
    AcknowledgementTallied,
    ClaimAcknowledged,
    ClaimRejected,
)
from contracts.submission import ClaimResubmitted
from services.adjudication_tracking.domain import ACCOUNT, Book
from services.adjudication_tracking.gateway import Intake
from shared.errors import Conflict, Malformed
from shared.streams import account_number, claim_number
from shared.x12.claim_ack_277ca import (
    ClaimAck277,
    ClaimStatus277,
    ProviderAck277,
    Status277,
    write_277ca,
)
from shared.x12.writing import Header
from tests.unit.adjudication_tracking.test_claims import (
    CLAIM,
    NUMBER,
    SENT,
    SUBMITTED,
    _ack,
    _rejected,
)
from tests.unit.scenario import fold

AGAIN = ClaimResubmitted(
    account=NUMBER,
    claim=CLAIM,
    attempt=2,
    frequency="1",
    payer="P",
    payer_order=1,
    cause="rejection",
    total_cents=10_000,
)
FIRST = {"answers_isa13": 100, "answers_st02": "0001"}
SECOND = {"answers_isa13": 200, "answers_st02": "0001"}
SENT_AGAIN = [*SENT, _rejected("payer"), AGAIN, replace(SUBMITTED, attempt=2, isa13=200)]


def _claim(*events: Any) -> Any:
    return fold(ACCOUNT, events).claims[CLAIM]


def test_a_late_answer_to_an_earlier_attempt_does_not_touch_a_newer_one() -> None:
    before = _claim(*SENT_AGAIN)
    late = (replace(_rejected("payer"), **FIRST), replace(_ack("payer", "A2"), **FIRST))
    for event in late:
        assert _claim(*SENT_AGAIN, event) == before
        queued = _claim(*SENT, _rejected("payer"), AGAIN, event)
        assert queued == _claim(*SENT, _rejected("payer"), AGAIN)


def test_an_answer_to_the_newest_attempt_counts_even_before_we_heard_that_it_left() -> None:
    told = replace(_rejected("payer"), **SECOND)
    assert _claim(*SENT_AGAIN, told).state == "rejected"
    early = (*SENT, _rejected("payer"), AGAIN, told, replace(SUBMITTED, attempt=2, isa13=200))
    assert (_claim(*early).state, _claim(*early).submitted_on) == ("rejected", None)


def test_an_answer_that_names_no_file_of_ours_is_about_the_newest_attempt() -> None:
    assert _claim(*SENT_AGAIN, _rejected("payer")).state == "rejected"


def test_an_answer_that_names_a_file_before_the_newest_attempts_is_about_an_earlier_one() -> None:
    for isa13, state in ((150, "submitted"), (250, "rejected")):
        told = replace(_rejected("payer"), answers_isa13=isa13, answers_st02="0001")
        assert _claim(*SENT_AGAIN, told).state == state


# -- at the door -----------------------------------------------------------------------------------------------


class _Doors:
    """Rows of what was sent; nothing else is asked of them."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.sent = list(rows)

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        return self.sent


OTHERS = [claim_number(account_number("t", "s", f"batch-{n}"), 1) for n in range(3)]
ROWS = [{"claim": c, "account": c[:14], "cents": 5_000} for c in OTHERS]
REFUSED = Status277("A3", "21", "40")


def _ack277(*claims: ClaimStatus277, **more: Any) -> ClaimAck277:
    provider = ProviderAck277("GROUP", "1999000009", list(claims))
    return ClaimAck277("AY", "CLEARING", "C1", "0000001000001", providers=[provider], **more)


def _status(n: int, category: str, cents: int = 5_000) -> ClaimStatus277:
    return ClaimStatus277(OTHERS[n], category, "20", cents)


async def _take(ack: ClaimAck277, *rows: dict[str, Any]) -> list[Any]:
    header = Header("C1", "US", 7, 7, date(2026, 1, 6), "1200")
    intake = Intake(_Doors(*rows), Book(), write_277ca(header, [ack]), "f")  # type: ignore[arg-type]
    return [event for part in await intake.parts() for _, event in part.said]


async def test_answers_name_the_file_and_the_set_that_they_answer() -> None:
    taken, refused, _ = await _take(_ack277(_status(0, "A1"), _status(1, "A7")))
    assert isinstance(taken, ClaimAcknowledged) and isinstance(refused, ClaimRejected)
    assert {(e.answers_isa13, e.answers_st02) for e in (taken, refused)} == {(100, "0001")}


async def test_a_batch_that_is_refused_whole_rejects_every_claim_of_it() -> None:
    *rejected, tally = await _take(_ack277(status=REFUSED), *ROWS)
    assert [(e.claim, e.category, e.charge_cents) for e in rejected] == [
        (claim, "A3", 5_000) for claim in OTHERS
    ]
    assert isinstance(tally, AcknowledgementTallied)
    assert (tally.rejected, tally.rejected_cents, tally.accepted) == (3, 15_000, 0)


async def test_a_provider_that_is_refused_whole_has_all_its_claims_rejected() -> None:
    ack = _ack277()
    ack.providers[0].status = REFUSED
    *rejected, _ = await _take(ack, *ROWS)
    assert [e.claim for e in rejected] == OTHERS


async def test_a_refused_batch_takes_along_what_it_lists_as_taken() -> None:
    *rejected, _ = await _take(_ack277(_status(0, "A1"), status=REFUSED), *ROWS)
    assert [type(e) for e in rejected] == [ClaimRejected] * 3


async def test_a_refused_batch_whose_claims_are_not_known_yet_is_sent_again() -> None:
    with pytest.raises(Conflict):
        await _take(_ack277(status=REFUSED))
    with pytest.raises(Malformed):
        await _take(replace(_ack277(status=REFUSED), batch="NOT OURS"))


async def test_totals_are_compared_in_count_and_cents() -> None:
    (*_, tally) = await _take(_ack277(_status(0, "A1"), _status(1, "A7", 700)))
    assert tally.agrees
    assert (tally.accepted_cents, tally.stated_accepted_cents) == (5_000, 5_000)
    assert (tally.rejected_cents, tally.stated_rejected_cents) == (700, 700)


async def test_a_category_that_nobody_knows_is_neither_taken_nor_refused() -> None:
    (*told, tally) = await _take(_ack277(_status(0, "A1"), _status(1, "X9")))
    assert [e.claim for e in told] == [OTHERS[0]]
    assert (tally.accepted, tally.rejected) == (1, 0)
