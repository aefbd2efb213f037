"""A 271 belongs to the inquiry that its trace leads to, and says yes, no, or neither."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.eligibility import BenefitsConfirmed, BenefitsUnclear, InquiryRejected
from services.eligibility.domain import INBOUND, Book
from services.eligibility.domain.inbound import Answered, TakeAnswers
from services.eligibility.gateway import take_answers
from services.eligibility.projections import COVERAGES
from shared.errors import Malformed
from shared.service import At, Row, Scope
from shared.x12.eligibility_271 import Answer271, Benefit, Rejection, write_271
from shared.x12.writing import Header
from tests.unit.eligibility.facts import BOOK, DAY, NUMBER, TRACE
from tests.unit.scenario import said


class Asked:
    """Doors of a service that asked the payer `P` under this trace."""

    tenant = "t"

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        return [{"trace": TRACE, "payer": "P"}] if TRACE in args[0] else []

    async def book(self, partition: int = 0) -> Book:
        return BOOK


def _file(*benefits: Benefit, payer_id: str = "PID1", **more: Any) -> bytes:
    answer = Answer271(
        **{"trace": TRACE, "payer_name": "N", "payer_id": payer_id, "benefits": [*benefits], **more}
    )
    return write_271(Header("RID", "SID", 1, 1, DAY), "0001", "REF", [answer])


def _take(data: bytes) -> TakeAnswers:
    return asyncio.run(take_answers(data, "x.271", Asked()))  # type: ignore[arg-type]


def _one(data: bytes) -> Answered:
    (answer,) = _take(data).answers
    return answer


def test_the_payer_is_ours_by_the_inquiry_whatever_id_it_answers_under() -> None:
    for payer_id in ("PID1", "SOMEBODY", ""):
        answer = _one(_file(Benefit("1"), payer_id=payer_id))
        assert isinstance(answer, BenefitsConfirmed)
        assert (answer.account, answer.payer, answer.active) == (NUMBER, "P", True)


def test_an_answer_of_another_listed_payer_is_to_a_coverage_that_was_replaced() -> None:
    command = _take(_file(Benefit("6"), payer_id="OTH01"))
    assert command.answers == () and command.unmatched == 1


def test_an_answer_to_no_inquiry_of_ours_is_unmatched() -> None:
    command = _take(_file(Benefit("1"), trace="93175-012547"))
    assert command.answers == () and command.unmatched == 1


@pytest.mark.parametrize("code", ["6", "7", "8"])
def test_only_what_the_payer_calls_inactive_is_inactive(code: str) -> None:
    answer = _one(_file(Benefit("V"), Benefit(code)))
    assert isinstance(answer, BenefitsConfirmed) and not answer.active


@pytest.mark.parametrize("code", ["V", "R", "U", "C"])
def test_an_answer_that_says_neither_yes_nor_no_is_unclear(code: str) -> None:
    answer = _one(_file(Benefit(code)))
    assert isinstance(answer, BenefitsUnclear)
    assert answer.payer == "P" and answer.codes == (code,)


def test_an_active_line_beside_another_payer_is_active() -> None:
    answer = _one(_file(Benefit("R"), Benefit("1", plan="GOLD")))
    assert isinstance(answer, BenefitsConfirmed) and answer.active and answer.plan == "GOLD"


def test_a_refused_inquiry_names_its_reason_and_our_payer() -> None:
    answer = _one(_file(rejections=[Rejection("75", "C", "2100C")]))
    assert isinstance(answer, InquiryRejected)
    assert (answer.payer, answer.reason, answer.follow_up) == ("P", "75", "C")


@pytest.mark.parametrize("code", ["\u00e9", "X" * 49])
def test_a_code_that_no_event_can_hold_is_left_to_the_file(code: str) -> None:
    rejected = _file(rejections=[Rejection("75", "C", "2100C")]).replace(
        b"AAA*N**75*", f"AAA*N**{code}*".encode()
    )
    answer = _one(rejected)
    assert isinstance(answer, InquiryRejected) and answer.reason == "?"
    unclear = _one(_file(Benefit("V"), Benefit("U")).replace(b"EB*U", f"EB*{code}".encode()))
    assert isinstance(unclear, BenefitsUnclear) and unclear.codes == ("V",)


def test_a_file_without_a_271_is_refused() -> None:
    with pytest.raises(Malformed):
        _take(b"ISA*not a file")


def test_each_answer_reaches_its_account_once() -> None:
    command = _take(_file(Benefit("V")))
    told = said(INBOUND, [], command)
    assert told[0] == (f"account/{NUMBER}", command.answers[0])
    assert said(INBOUND, [told[1]], command) == []


def test_an_unclear_answer_waits_in_the_work_list_with_what_the_payer_said() -> None:
    unclear = _one(_file(Benefit("V"), Benefit("U")))
    assert COVERAGES.project is not None
    row = COVERAGES.project(None, unclear, _at())
    assert row is not None
    assert (row["state"], row["reason"], row["answered_on"]) == ("unclear", "V U", DAY)


def _at() -> At:
    return At(
        stream=f"account/{NUMBER}",
        partition=0,
        event_id="e",
        wire="eligibility.benefits_unclear.v1",
        scope=Scope("t", "L", "F"),
        occurred_on=DAY,
        recorded_at=datetime(2026, 1, 5, tzinfo=UTC),
        actor="test",
        correlation="",
        producer="eligibility/0",
        position=1,
    )
