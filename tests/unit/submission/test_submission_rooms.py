"""Reactions, received files, rows, and the wiring of submission."""

import asyncio
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from msgspec import structs

from contracts.posting import ResponsibilityMoved
from contracts.reference import BusinessDayOpened
from contracts.submission import (
    AcknowledgementFileReceived,
    ClaimCreated,
    TransportAnswered,
    UnknownAnswer,
)
from services.submission.app import SERVICE
from services.submission.domain import ACCOUNT, INBOUND, OUTBOUND
from services.submission.domain.commands import (
    AnswerTransport,
    BillNext,
    BuildClaim,
    SendCorrection,
)
from services.submission.domain.inbound import ReceiveAnswers
from services.submission.domain.queue import JudgeAnswer, SetAside, TellRejected
from services.submission.projections.claims import CLAIM, claim_keys
from services.submission.projections.outbound import INTERCHANGE, QUEUE, queue_row
from services.submission.reactions import react
from shared.service import Answer, At, Order, Projection, Row, Scope, to
from shared.x12.ack_ta1 import Ta1, write_ta1
from tests.unit.scenario import fold, said, scenario
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    DAY,
    FORWARDED,
    READY,
    SECOND,
    adjudicated,
    after,
    asked,
    books,
    enrolled,
    rejected,
    submitted,
    transport_rejected,
)
from tests.unit.submission.facts import (
    CLAIM as CLAIM_NO,
)
from tests.unit.submission.outside import AT, BOOKS, TWO, Memory
from tests.unit.submission.test_submission_gateway import BACK

ON_ACCOUNT = structs.replace(AT, stream=f"account/{ACCOUNT_NO}", scope=Scope("tenant", "LE1", "F1"))
SHA = "b" * 64


def rows(projection: Projection, events: tuple[Any, ...], at: At) -> dict[tuple[Any, ...], Row]:
    """The table after these events."""
    table: dict[tuple[Any, ...], Row] = {}
    assert projection.keys is not None and projection.project is not None
    for event in events:
        if getattr(event, "WIRE", "") not in projection.hears:
            continue
        for key in projection.keys(event, at):
            row = projection.project(table.get(key), event, at)
            table.pop(key, None)
            if row is not None:
                assert set(row) == set(projection.columns)
                table[key] = row
    return table


# -- what is kept


def test_states_and_books_come_back_from_the_database_as_they_were() -> None:
    given = after(READY, BuildClaim(), books(enrolled(yes=False)))
    lane = (*TWO.queued[:2], *TWO.queued, TWO.event)
    for state in (fold(ACCOUNT, (*given, adjudicated())), fold(OUTBOUND, lane), books()):
        again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=type(state))
        assert again == state


# -- reactions


def test_whatever_completes_or_mends_an_account_has_its_claim_built() -> None:
    for event in READY:
        assert react(event, ON_ACCOUNT) == [(ON_ACCOUNT.stream, BuildClaim())]


def test_a_rejection_is_told_on_the_queue_and_answered_on_the_account() -> None:
    no = transport_rejected()
    assert react(no, ON_ACCOUNT) == [(ON_ACCOUNT.stream, AnswerTransport(no))]
    assert react(no, AT) == [(AT.stream, TellRejected(no, "tenant"))]


def test_an_answer_is_judged_where_it_was_sent_from() -> None:
    answer = TransportAnswered(level="TA1", isa13=100, gs06=100, accepted=True, code="A")
    assert react(answer, AT) == [(AT.stream, JudgeAnswer("CLEARING", answer))]


def test_the_next_payer_is_billed_and_a_patient_is_not() -> None:
    moved = ResponsibilityMoved(
        account=ACCOUNT_NO,
        claim=CLAIM_NO,
        from_payer_order=1,
        to_party="payer",
        to_payer_order=2,
        cents=100,
        amounts=(),
        basis="PR",
        entry="entry",
        posted_on=DAY,
        entries=(),
    )
    assert react(moved, ON_ACCOUNT) == [(ON_ACCOUNT.stream, BillNext(2))]
    to_patient = replace(moved, to_party="patient", to_payer_order=None)
    assert react(to_patient, ON_ACCOUNT) == []


def test_other_things_heard_ask_for_nothing() -> None:
    assert react(asked(), ON_ACCOUNT) == [(ON_ACCOUNT.stream, SendCorrection(asked()))]
    assert react(submitted(), ON_ACCOUNT) == []
    assert react(READY[0], structs.replace(AT, stream="patient/x")) == []
    assert react(BusinessDayOpened(day=DAY), structs.replace(AT, stream="broadcast")) == []


# -- received files

ANSWER = TransportAnswered(level="TA1", isa13=100, gs06=100, accepted=True, code="A")
UNKNOWN = UnknownAnswer(level="999", control="900", reason="no file with this control number")
RECEIVE = ReceiveAnswers(SHA, ((AT.stream, ANSWER),), (UNKNOWN,))


def test_a_file_is_taken_in_once() -> None:
    received = AcknowledgementFileReceived(
        sha256=SHA, answers=2, unknown=1, unknown_answers=(UNKNOWN,)
    )
    scenario(INBOUND, given=[], when=RECEIVE, then=[received, to(AT.stream, ANSWER)])
    scenario(INBOUND, given=[received], when=RECEIVE, then=[])


# -- rows


def claim_rows(*events: Any) -> dict[tuple[Any, ...], Row]:
    """The table `claim`."""
    return rows(CLAIM, events, ON_ACCOUNT)


def test_a_held_claim_shows_why() -> None:
    (row,) = claim_rows(*after(READY, BuildClaim(), books(enrolled(yes=False)))).values()
    assert (row["state"], row["facility"], row["total_cents"]) == ("held", "F1", 30_000)
    assert [reason["rule"] for reason in row["reasons"]] == ["ENROLMENT"]


def test_a_claim_row_follows_the_claim_through_its_life() -> None:
    built = after(READY, BuildClaim())
    no = transport_rejected()
    again = after((*built, submitted(), no), AnswerTransport(no))
    life = (*again, submitted(2), rejected())
    states = [
        next(iter(claim_rows(*life[: n + 1]).values()))["state"]
        for n, event in enumerate(life)
        if n >= life.index(next(e for e in life if isinstance(e, ClaimCreated)))
    ]
    assert states == [
        "queued",
        "submitted",
        "transport_rejected",
        "queued",
        "submitted",
        "rejected",
    ]


def test_a_late_answer_to_an_earlier_attempt_changes_no_row() -> None:
    built = after(READY, BuildClaim())
    no = transport_rejected()
    again = after((*built, submitted(), no), AnswerTransport(no))
    (row,) = claim_rows(*again, no, submitted(1), rejected()).values()
    assert (row["state"], row["attempt"]) == ("queued", 2)


def test_a_crossover_opens_a_claim_that_we_never_sent() -> None:
    table = claim_rows(*after(READY, BuildClaim()), submitted(), adjudicated(), FORWARDED)
    assert (table[CLAIM_NO,]["state"], table[SECOND,]["state"]) == ("adjudicated", "forwarded")
    nobody_of_ours = replace(FORWARDED, expected_claim=None, payer_order=None)
    assert claim_keys(nobody_of_ours, ON_ACCOUNT) == []


def test_a_queue_counts_what_waits() -> None:
    queued = TWO.queued
    ((_, row),) = rows(QUEUE, queued, AT).items()
    assert (row["claims"], row["cents"], row["lane"]) == (4, 120_000, 0)
    ((_, row),) = rows(QUEUE, (*queued, TWO.event), AT).items()
    assert (row["claims"], row["cents"], row["since"]) == (0, 0, None)
    first = queue_row(None, queued[0], AT)
    next_day = structs.replace(AT, occurred_on=DAY + timedelta(days=1))
    later = queue_row(first, queued[1], next_day)
    assert (first["since"], later["since"], later["claims"]) == (DAY, DAY, 2)


def test_an_interchange_holds_what_leaves_without_what_was_set_aside() -> None:
    lost = TWO.event.sets[0].claims[0]
    (aside,) = said(
        OUTBOUND, [*TWO.queued, TWO.event],
        SetAside("CLEARING", TWO.event.isa13, lost.claim, 1, "no", "2010BA", "NM103"), BOOKS,
    )  # fmt: skip
    ((_, row),) = rows(INTERCHANGE, (TWO.event, aside), AT).items()
    assert (row["claims"], row["cents"]) == (3, 90_000)
    assert row["aside"] == [[lost.claim, 1]]


def test_an_interchange_shows_what_was_answered() -> None:
    no = replace(transport_rejected(), account="", claim="", attempt=0)
    ((_, row),) = rows(INTERCHANGE, (TWO.event, no), AT).items()
    assert (row["claims"], row["cents"], row["ack_999"]) == (4, 120_000, {"0001": "R"})
    assert rows(INTERCHANGE, (transport_rejected(),), ON_ACCOUNT) == {}


# -- wiring


@pytest.mark.parametrize(("title", "wires"), [("Hears", SERVICE.hears), ("Says", SERVICE.says)])
def test_the_readme_lists_what_the_service_hears_and_says(
    title: str, wires: frozenset[str]
) -> None:
    text = (Path(__file__).parents[3] / "services/submission/README.md").read_text()
    table = text.split(f"## {title}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([^`]+)`", table, re.M)) == wires


def test_projections_hear_only_what_the_service_hears_or_says() -> None:
    for projection in SERVICE.projections:
        assert projection.hears <= SERVICE.hears | SERVICE.says


# -- doors


class Doors(Memory):
    """Doors that keep what they were asked."""

    service = "submission"

    def __init__(self, answer: Answer | None = None) -> None:
        super().__init__(*TWO.packages)
        self.orders: list[Order] = []
        self.answer = answer or Answer(200, "stream", (("wire", "id"),))

    async def handle(self, orders: list[Order]) -> list[Answer]:
        """The same answer to all."""
        self.orders += orders
        return [self.answer for _ in orders]

    async def store_object(self, data: bytes) -> str:
        """Only its hash."""
        return hashlib.sha256(data).hexdigest()


def post(doors: Doors, path: str, key: str = "key", **what: Any) -> httpx.Response:
    """One request to the service's doors."""
    assert SERVICE.routes is not None
    app = FastAPI()
    app.include_router(SERVICE.routes(cast("Any", doors)))

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            headers = {"Idempotency-Key": key} if key else {}
            return await client.post(path, headers=headers, **what)

    return asyncio.run(go())


def test_a_file_of_answers_is_received_at_the_door() -> None:
    doors = Doors()
    data = write_ta1(BACK, [Ta1("000000100", "A"), Ta1("000000900", "A")])
    told = post(doors, "/files", content=data).json()
    assert (told["answers"], len(told["unknown"])) == (1, 1)
    (order,) = doors.orders
    assert order.stream == f"inbound/{hashlib.sha256(data).hexdigest()}"


def test_a_command_without_a_key_is_refused() -> None:
    assert post(Doors(), "/files", key="", content=b"x").status_code == 422


def test_a_person_releases_and_resubmits_at_the_door() -> None:
    doors = Doors()
    body = {"overridden": ["ELIGIBILITY"], "reason": "card seen"}
    assert post(doors, f"/claims/{CLAIM_NO}/release", json=body).status_code == 200
    assert post(doors, f"/claims/{CLAIM_NO}/resubmit", json={}).status_code == 200
    assert {order.stream for order in doors.orders} == {f"account/{ACCOUNT_NO}"}


def test_history_whose_amounts_are_together_more_than_any_is_malformed() -> None:
    claim = {
        "source_system": "ehr",
        "encounter": "encounter-1",
        "facility": "F1",
        "legal_entity": "LE1",
        "foreign_number": "OLD-17",
        "payer": "PAYER-A",
        "total_cents": 100,
        "lines": [{"charge_cents": 100, "insurance_open_cents": 100}],
        "at_claim": {"insurance_paid_cents": 10**13, "contractual_cents": 1},
    }
    told = post(Doors(), "/history", json={"claims": [claim]})
    assert (told.status_code, told.json()["detail"][0]["loc"]) == (
        422,
        ["body", "claims", 0, "at_claim"],
    )


def test_history_is_taken_over_item_by_item() -> None:
    doors = Doors()
    claim = {
        "source_system": "ehr",
        "encounter": "encounter-1",
        "facility": "F1",
        "legal_entity": "LE1",
        "foreign_number": "OLD-17",
        "payer": "PAYER-A",
        "total_cents": 100,
        "lines": [{"charge_cents": 100, "insurance_open_cents": 100}],
    }
    told = post(doors, "/history", json={"claims": [claim, {**claim, "encounter": "2"}]}).json()
    assert told["items"][0]["account"] == ACCOUNT_NO
    assert [order.key for order in doors.orders] == ["key/0", "key/1"]
    assert doors.orders[0].command.opening[0].charge.endswith("-001")
