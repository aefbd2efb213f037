"""Who has not answered, and how late, from rows in a real database; and what has not left."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.adjudication_tracking import ClaimForwarded
from contracts.reference import ReceiverListed
from contracts.submission import InterchangeSent, TransportAcknowledged
from services.reporting.api import work
from shared.streams import BROADCAST, outbound_stream
from tests.stack.reports import answer
from tests.unit.posting.facts import ACCOUNT, CLAIM, DAY, SECOND_CLAIM, line
from tests.unit.reporting.facts import (
    DENIED,
    PAID,
    acknowledged,
    adjudicated,
    created,
    late,
    lived,
    rejected,
    submitted,
)
from tests.unit.reporting.rows import Rows

MONDAY = date(2026, 1, 5)


def _sent(*after: Any) -> Rows:
    """A claim that left on a Monday and was late with both answers; the day is the Friday of the third week."""
    rows = Rows().days(MONDAY, date(2026, 1, 23)).tell(created(), submitted(MONDAY))
    rows.tell(late("277CA", date(2026, 1, 7)), late("835", date(2026, 1, 19)))
    return rows.tell(*after, on=date(2026, 1, 8))


def _other(number: int, sent: date, answered: date) -> list[Any]:
    """Another claim to the same payer, answered on a day."""
    claim = f"{ACCOUNT[:12]}{number:02d}01X"
    return [
        (created(claim=claim), sent),
        (submitted(sent, claim=claim), sent),
        (acknowledged(claim=claim), answered),
        (adjudicated(PAID, claim=claim, paid_on=answered), answered),
    ]


def test_a_claim_that_nobody_answered_is_late_by_business_days_beyond_the_payers_usual(
    server: str,
) -> None:
    rows = _sent()
    for number, answered in enumerate((6, 7, 8)):
        for event, on in _other(number, MONDAY, date(2026, 1, answered)):
            rows.tell(event, on=on)
    (found,) = answer(server, rows, work.late)
    assert (found["awaited"], found["who"], found["items"], found["cents"]) == (
        "277CA",
        "BLUE",
        1,
        20_000,
    )
    assert (found["usual_days"], found["waiting_days"], found["late_days"]) == (2, 14, 12)


def test_a_claim_that_was_acknowledged_late_is_no_longer_awaited_there(server: str) -> None:
    found = answer(server, _sent(acknowledged()), work.late)
    assert [row["awaited"] for row in found] == ["835"]


@pytest.mark.parametrize(
    "answered",
    [
        pytest.param([rejected()], id="rejected"),
        pytest.param([adjudicated(PAID)], id="adjudicated"),
    ],
)
def test_a_claim_that_was_answered_otherwise_is_not_awaited(
    server: str, answered: list[Any]
) -> None:
    assert answer(server, _sent(*answered), work.late) == []


@pytest.mark.parametrize("step", [PAID, DENIED])
def test_a_claim_that_is_paid_or_denied_is_not_awaited(server: str, step: Any) -> None:
    rows = lived(adjudicated(step)).days(MONDAY, date(2026, 1, 23))
    rows.tell(late("277CA", MONDAY), late("835", MONDAY))
    assert answer(server, rows, work.late) == []


def test_a_crossover_that_nobody_answered_is_billed_from_here(server: str) -> None:
    second = SECOND_CLAIM
    sent_on = ClaimForwarded(
        account=ACCOUNT, claim=CLAIM, by_payer="BLUE", forwarded_to="SUPP", expected_claim=second,
        payer_order=2, to_payer="SUPP", forwarded_on=DAY,
    )  # fmt: skip
    rows = _sent(adjudicated(PAID), sent_on)
    assert [r["item"] for r in answer(server, rows, work.unanswered)] == []
    rows.tell(replace(late("835", MONDAY), claim=second, payer="SUPP"))
    (found,) = answer(server, rows, work.unanswered)
    assert (found["awaited"], found["who"], found["item"]) == ("835", "SUPP", second)
    assert found["next_step"].endswith(f"/claims/{second}/bill")


def test_a_claim_that_was_answered_in_part_and_is_late_is_listed_with_the_rest(server: str) -> None:
    part = adjudicated(line(12_000))
    (found,) = answer(server, _sent(part), work.unanswered)
    assert (found["awaited"], found["item"], found["cents"]) == ("835", CLAIM, 8_000)
    assert found["next_step"] == "ask the payer for the rest of the claim"
    rest = adjudicated(line(8_000), adjudication="adj-2", remittance="rem-2")
    assert answer(server, _sent(part, rest), work.unanswered) == []


def _file(isa13: int) -> InterchangeSent:
    return InterchangeSent(
        receiver="HOUSE",
        lane=0,
        isa13=isa13,
        gs06=isa13,
        file_name=f"837P-{isa13}",
        sha256="0" * 64,
        size_bytes=1,
        sets=(),
    )


def _house(days: int) -> ReceiverListed:
    return ReceiverListed(
        receiver="HOUSE", name="A HOUSE", receiver_id="HOUSE1", submitter_id="US", submitter_name="US",
        ack_999_late_days=days,
    )  # fmt: skip


def test_a_999_is_late_by_the_days_of_its_receiver(server: str) -> None:
    rows = Rows().days(MONDAY, date(2026, 1, 9))
    rows.tell(_file(1), stream=outbound_stream("HOUSE", 0), on=MONDAY)
    for days, late_by in ((3, [1]), (4, [])):
        rows.tell(_house(days), stream=BROADCAST, on=MONDAY)
        found = answer(server, rows, work.unanswered)
        assert [row["late_days"] for row in found] == late_by


def test_only_files_without_a_999_are_listed(server: str) -> None:
    rows = Rows().days(MONDAY, date(2026, 1, 9))
    stream = outbound_stream("HOUSE", 0)
    said = TransportAcknowledged(receiver="HOUSE", level="999", isa13=1, st02s=("0001",), code="A")
    rows.tell(_file(1), _file(2), stream=stream, on=MONDAY).tell(said, stream=stream, on=MONDAY)
    (found,) = answer(server, rows, work.unanswered)
    assert (found["awaited"], found["item"], found["waiting_days"]) == ("999", "837P-2", 4)


def test_a_claim_that_a_cutoff_passed_by_is_unsent_until_it_leaves(server: str) -> None:
    rows = Rows().days(MONDAY, date(2026, 1, 6)).tell(created(), on=MONDAY)
    assert answer(server, rows, work.unsent) == []
    rows.days(date(2026, 1, 7), date(2026, 1, 7))
    (found,) = answer(server, rows, work.unsent)
    assert (found["claims"], found["cents"], found["waiting_days"]) == (1, 20_000, 2)
    assert answer(server, rows.tell(submitted(DAY)), work.unsent) == []
