"""What is listed is judged at the door: fields by their names, never by what a caller made up."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from contracts.reference import EnrolmentRecorded, ReceiverListed, RuleSetPublished
from services.reference.api import judge_ids, made, written
from services.reference.app import SERVICE
from services.reference.domain import LiftHold, PlaceHold
from shared.errors import Malformed
from shared.http import app
from shared.service import Answer, Order

CANARY = "CANARY-77"


def test_a_name_that_the_caller_made_up_is_not_told() -> None:
    with pytest.raises(Malformed) as told:
        made(EnrolmentRecorded, {CANARY: 1})
    assert "(unknown field)" in str(told.value) and CANARY not in str(told.value)
    rules = [{CANARY: 1}]
    with pytest.raises(Malformed) as told:
        made(RuleSetPublished, {"rules": rules})
    assert "rules.0.(unknown field)" in str(told.value) and CANARY not in str(told.value)


@pytest.mark.parametrize("value", ["\ud800"])
def test_what_no_file_can_hold_is_malformed(value: Any) -> None:
    with pytest.raises(Malformed):
        written({"name": value})


@pytest.mark.parametrize("value", ["", " ", "A*B", "A~B", "A:B", "KL\u0416"])
def test_an_id_that_no_file_of_ours_can_hold_is_not_listed(value: str) -> None:
    receiver = ReceiverListed(
        receiver="R", name="A: ANY NAME", receiver_id="RID", submitter_id=value, submitter_name="S"
    )
    with pytest.raises(Malformed, match="missing or wrong: submitter_id"):
        judge_ids(receiver)


class Doors:
    """Takes every order, and remembers what was to be kept."""

    tenant = "t"

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.told: list[Any] = []

    async def store_object(self, data: bytes) -> str:
        self.kept.append(data)
        return ""

    async def handle(self, orders: list[Order]) -> list[Answer]:
        self.told += [order.command for order in orders]
        return [Answer(200, order.stream) for order in orders]


def at(doors: Any) -> httpx.AsyncClient:
    """A caller of the doors of the books."""

    async def ready() -> dict[str, Any]:
        return {}

    assert SERVICE.routes is not None
    transport = httpx.ASGITransport(app=app(SERVICE, ready, SERVICE.routes(doors)))
    headers = {"Idempotency-Key": "k"}
    return httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers)


@pytest.mark.parametrize(("name", "status", "kept"), [("CPT", 200, [b"99213"]), ("", 422, [])])
async def test_nothing_is_kept_of_a_code_set_that_is_malformed(
    name: str, status: int, kept: list[bytes]
) -> None:
    doors: Any = Doors()
    async with at(doors) as client:
        answer = await client.post(
            "/code-sets",
            params={"name": name, "version": "2026", "effective_from": "2026-01-01"},
            content=b"99213",
            headers={"Content-Type": "text/plain"},
        )
    assert (answer.status_code, doors.kept) == (status, kept)


@pytest.mark.parametrize("hold", ["M-1", "12/345 CV", "a/b?c#d%", "../7"])
async def test_a_hold_is_lifted_by_whatever_number_it_was_placed_under(hold: str) -> None:
    doors: Any = Doors()
    async with at(doors) as client:
        placed = await client.post("/legal-holds", json={"hold": hold, "reason": "a suit"})
        path = f"/legal-holds/{quote(hold, safe='')}/lift"
        lifted = await client.post(path, json={"reason": "over"})
    assert (placed.status_code, lifted.status_code) == (200, 200)
    assert doors.told == [PlaceHold(hold, "", "a suit"), LiftHold(hold, "over")]


@pytest.mark.parametrize(
    "wrong", [{"hold": " "}, {"hold": ".."}, {"patient": " "}, {"reason": "  "}, {"reason": ""}]
)
async def test_a_hold_has_a_number_a_patient_that_is_one_and_a_reason(wrong: Any) -> None:
    doors: Any = Doors()
    body = {"hold": "M-1", "patient": "p", "reason": "a suit", **wrong}
    async with at(doors) as client:
        answer = await client.post("/legal-holds", json=body)
    assert (answer.status_code, doors.told) == (422, [])
    assert answer.json()["fields"] == [f"body.{name}" for name in wrong]
