"""Files of TA1s and 999s: what cannot be taken is kept, told of once, and driven again after it was mended."""

import hashlib
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from contracts.platform import FileErased
from contracts.submission import AcknowledgementFileReceived, FileRefused, UnknownAnswer
from services.submission.app import SERVICE
from services.submission.domain import INBOUND, Books
from services.submission.domain.inbound import File, ReceiveAnswers, RefuseFile
from services.submission.projections.outbound import RECEIVED_FILE
from shared.errors import ServiceError
from shared.service import Answer, Order, Say
from shared.x12.ack_ta1 import Ta1, write_ta1
from tests.unit.scenario import fold, said, scenario
from tests.unit.submission.facts import RECEIVER
from tests.unit.submission.outside import AT, BOOKS, TWO, Memory
from tests.unit.submission.test_submission_gateway import BACK
from tests.unit.submission.test_submission_rooms import rows

SHA = "a" * 64
REFUSED = FileRefused(sha256=SHA, size_bytes=9, reason="segment 1, byte 0: no")
UNKNOWN = UnknownAnswer(level="TA1", control="1", reason="no file went to this partner")
RECEIVED = AcknowledgementFileReceived(sha256=SHA, answers=1, unknown=1, unknown_answers=(UNKNOWN,))


def test_a_refusal_is_told_once_until_its_reason_changes() -> None:
    refuse = RefuseFile(SHA, 9, REFUSED.reason)
    scenario(INBOUND, given=[], when=refuse, then=[REFUSED])
    scenario(INBOUND, given=[REFUSED], when=refuse, then=[])
    (other,) = said(INBOUND, [REFUSED], RefuseFile(SHA, 9, "another reason"))
    assert other.reason == "another reason"
    scenario(INBOUND, given=[RECEIVED], when=refuse, then=[])


def test_a_refused_file_that_is_understood_now_is_received() -> None:
    scenario(INBOUND, given=[REFUSED], when=ReceiveAnswers(SHA, (), (UNKNOWN,)), then=[RECEIVED])
    assert fold(INBOUND, [REFUSED, RECEIVED]) == File(True, 1)


def test_a_received_file_is_quiet_until_more_of_it_is_understood() -> None:
    scenario(INBOUND, given=[RECEIVED], when=ReceiveAnswers(SHA, (), (UNKNOWN,)), then=[])
    (again,) = said(INBOUND, [RECEIVED], ReceiveAnswers(SHA, (), ()))
    assert again.unknown == 0


def test_the_list_shows_why_and_where_until_the_file_is_taken() -> None:
    ((_, row),) = rows(RECEIVED_FILE, (REFUSED,), AT).items()
    assert (row["state"], row["reason"], row["size_bytes"]) == ("refused", REFUSED.reason, 9)
    ((_, row),) = rows(RECEIVED_FILE, (REFUSED, RECEIVED), AT).items()
    assert (row["state"], row["reason"], row["size_bytes"], row["unknown"]) == (
        "received",
        "",
        9,
        1,
    )


# -- the doors


class Kept(Memory):
    """Doors that keep files and let the inbound stream decide."""

    def __init__(self) -> None:
        super().__init__(*TWO.packages)
        self.files: dict[str, bytes] = {}
        self.file: File | None = None
        self.told: list[Any] = []
        self.known = BOOKS

    async def book(self, partition: int = 0) -> Books:
        return self.known

    async def store_object(self, data: bytes) -> str:
        self.files[hashlib.sha256(data).hexdigest()] = data
        return ""

    async def read_object(self, sha256: str) -> bytes:
        return self.files[sha256]

    async def handle(self, orders: Any) -> list[Answer]:
        (order,) = orders
        assert isinstance(order, Order)
        events = [
            e.event if isinstance(e, Say) else e
            for e in INBOUND.decide(order.command, self.file, None)
        ]
        for event in events:
            self.file = INBOUND.evolve(self.file, event)
        self.told += events
        return [Answer(200, order.stream, tuple(("wire", "id") for _ in events))]


async def ask(doors: Kept, path: str, data: bytes = b"") -> httpx.Response:
    app = FastAPI()
    assert SERVICE.routes is not None
    app.include_router(SERVICE.routes(doors))  # type: ignore[arg-type]

    @app.exception_handler(ServiceError)
    async def told(request: Request, no: ServiceError) -> JSONResponse:
        return JSONResponse({"said": str(no)}, no.status)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.post(path, content=data, headers={"Idempotency-Key": "k"})


@pytest.mark.parametrize("data", [b"hello", write_ta1(BACK, [Ta1("000000100", "A")])[:-30]])
async def test_a_file_that_cannot_be_taken_is_kept_told_of_once_and_driven_again(
    data: bytes,
) -> None:
    doors, sha256 = Kept(), hashlib.sha256(data).hexdigest()
    for path in ("/files?name=DOE.999", "/files?name=DOE.999", f"/files/{sha256}/redrive"):
        assert (await ask(doors, path, data)).status_code == 422
    (refused,) = doors.told
    assert isinstance(refused, FileRefused) and doors.files == {sha256: data}
    assert (refused.sha256, refused.size_bytes) == (sha256, len(data))
    assert "DOE" not in refused.reason


async def test_an_empty_file_is_refused_and_not_kept() -> None:
    doors = Kept()
    assert (await ask(doors, "/files")).status_code == 422
    assert (doors.files, doors.told) == ({}, [])


async def test_a_file_whose_sender_is_listed_later_answers_our_queues_when_driven_again() -> None:
    doors, data = Kept(), write_ta1(BACK, [Ta1("000000100", "A")])
    doors.known = Books()
    path = f"/files/{hashlib.sha256(data).hexdigest()}/redrive"
    told = (await ask(doors, "/files", data)).json()
    assert (told["answers"], len(told["unknown"]), told["again"]) == (0, 1, False)
    assert (await ask(doors, path)).json()["again"] is True
    doors.known = BOOKS
    assert RECEIVER.receiver in BOOKS.receivers
    told = (await ask(doors, path)).json()
    assert (told["answers"], told["unknown"], told["again"]) == (1, [], False)
    assert doors.told[-1].isa13 == 100


def test_a_refused_file_that_was_erased_and_comes_again_is_told_of_again() -> None:
    erased = FileErased(service="submission", sha256=SHA, received_on=date(2025, 1, 5))
    refuse = RefuseFile(SHA, 9, REFUSED.reason)
    scenario(INBOUND, given=[REFUSED, erased], when=refuse, then=[REFUSED])
    scenario(INBOUND, given=[REFUSED, erased, REFUSED], when=refuse, then=[])
