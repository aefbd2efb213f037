"""What is listed is judged at the door: fields by their names, never by what a caller made up."""

from typing import Any

import httpx
import pytest

from contracts.reference import EnrolmentRecorded, ReceiverListed, RuleSetPublished
from services.reference.api import judge_ids, made, written
from services.reference.app import SERVICE
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

    async def store_object(self, data: bytes) -> str:
        self.kept.append(data)
        return ""

    async def handle(self, orders: list[Order]) -> list[Answer]:
        return [Answer(200, order.stream) for order in orders]


@pytest.mark.parametrize(("name", "status", "kept"), [("CPT", 200, [b"99213"]), ("", 422, [])])
async def test_nothing_is_kept_of_a_code_set_that_is_malformed(
    name: str, status: int, kept: list[bytes]
) -> None:
    doors: Any = Doors()

    async def ready() -> dict[str, Any]:
        return {}

    assert SERVICE.routes is not None
    transport = httpx.ASGITransport(app=app(SERVICE, ready, SERVICE.routes(doors)))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.post(
            "/code-sets",
            params={"name": name, "version": "2026", "effective_from": "2026-01-01"},
            content=b"99213",
            headers={"Idempotency-Key": "k", "Content-Type": "text/plain"},
        )
    assert (answer.status_code, doors.kept) == (status, kept)
