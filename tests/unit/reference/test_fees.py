"""A fee schedule is read whole: everything wrong is told by row and column, and nothing of it is quoted or kept."""

from typing import Any

import httpx
import msgspec
import pytest

from contracts.reference import FeeRate
from services.reference import domain
from services.reference.api import fees
from services.reference.api.fees import rates_of, read_rates
from services.reference.api.mistakes import MISTAKES_SHOWN
from services.reference.app import SERVICE
from shared.errors import Malformed, Refused
from shared.http import app
from shared.service import Answer, Order

GOOD = b"procedure,modifiers,allowed_cents,basis_points\nG0438,,12210,\nG0101,26 tc,4366,\n\nJ1885,,,8000\n"
HEAD = "procedure,modifiers,allowed_cents,basis_points"


def wrong(*rows: str, head: str = HEAD) -> list[tuple[int, str]]:
    with pytest.raises(Malformed) as no:
        read_rates("\n".join((head, *rows)).encode())
    assert all("CANARY" not in told for told in (str(no.value), str(no.value.more)))
    return [(m["row"], m["column"]) for m in no.value.more["mistakes"]]


def test_a_rate_is_cents_for_a_unit_or_a_share_of_the_charge() -> None:
    assert read_rates(GOOD) == [
        FeeRate(procedure="G0101", modifiers=("26", "TC"), allowed_cents=4_366),
        FeeRate(procedure="G0438", allowed_cents=12_210),
        FeeRate(procedure="J1885", basis_points=8_000),
    ]


def test_the_same_rates_in_another_order_are_the_same_file() -> None:
    other = b"\xef\xbb\xbfBasis_Points,Procedure,Allowed_Cents,Modifiers\r\n,g0101,4366,TC 26\r\n8000,J1885,,\r\n,G0438,12210,\r\n"
    assert rates_of(other) == rates_of(GOOD)
    assert msgspec.json.decode(rates_of(GOOD)[0], type=list[FeeRate]) == read_rates(GOOD)


def test_columns_that_are_not_needed_may_be_left_out() -> None:
    assert read_rates(b"procedure,allowed_cents\nG0438,0\n") == [
        FeeRate(procedure="G0438", allowed_cents=0)
    ]


def test_everything_that_is_wrong_is_told_at_once_by_row_and_column() -> None:
    rows = (
        "CANARY-77,,100,", "G0438,,12.50,", "G0439,26 26,100,", "G0440,,,10001", "G0441,,100,50", "G0442,,,", "G0443,100",
        "G0444,26 TC 50,-1,x", "G0101,26 TC,1,", "G0101,TC 26,2,",
    )  # fmt: skip
    assert wrong(*rows) == [
        (2, "procedure"),
        (3, "allowed_cents"),
        (4, "modifiers"),
        (5, "basis_points"),
        (6, "allowed_cents"),
        (7, "allowed_cents"),
        (8, ""),
        (9, "modifiers"),
        (9, "allowed_cents"),
        (9, "basis_points"),
        (11, "procedure"),
    ]


@pytest.mark.parametrize(
    ("head", "where"),
    [
        ("procedure,allowed_cents,CANARY", [(1, "column 3")]),
        ("procedure,procedure,allowed_cents", [(1, "column 2")]),
        ("procedure", [(1, "")]),
        ("", [(1, "")]),
        (",", [(1, "column 1"), (1, "column 2"), (1, "")]),
    ],
)
def test_the_first_row_names_the_columns(head: str, where: list[tuple[int, str]]) -> None:
    assert wrong("G0438,1,1", head=head) == where


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", f"{HEAD}\n".encode(), f'{HEAD}\nG0438,"CANARY" x,1,\n'.encode()]
)
def test_what_is_no_schedule_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed) as no:
        read_rates(data)
    assert "CANARY" not in f"{no.value} {no.value.more}"


def test_mistakes_and_rates_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Malformed) as no:
        read_rates("\n".join((HEAD, *["x"] * 120)).encode())
    assert len(no.value.more["mistakes"]) == MISTAKES_SHOWN and no.value.more["left_off"] == 70
    assert str(no.value).startswith(
        "120 things are wrong with it and nothing is kept; first of row 2: "
    )
    monkeypatch.setattr(fees, "RATES_AT_MOST", 2)
    assert wrong("G0001,,1,", "G0002,,1,", "G0003,,1,") == [(4, "")]


class Doors:
    """Takes every order, but a schedule of a payer that is not listed; remembers what was to be kept."""

    tenant = "t"

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.said: list[Any] = []
        self.listed: Any = domain.Books(listed={"payer/BLUE": "", "facility/F1": ""})

    async def store_object(self, data: bytes) -> str:
        self.kept.append(data)
        return ""

    async def handle(self, orders: list[Order]) -> list[Answer]:
        (order,) = orders
        try:
            domain.decide(order.command, self.listed)
        except Refused as no:
            return [Answer(409, order.stream, code=no.code, sentence=str(no))]
        if isinstance(order.command, domain.List):
            self.said.append(order.command.entry)
        return [Answer(200, order.stream)]


async def _publish(doors: Any, data: bytes, **more: str) -> httpx.Response:
    words = {"payer": "BLUE", "name": "PPO", "version": "1", "effective_from": "2026-01-01", **more}
    return await _post(doors, "/fee-schedules", data, words)


async def _post(
    doors: Any, path: str, data: bytes, words: dict[str, str] | None = None
) -> httpx.Response:
    async def ready() -> dict[str, Any]:
        return {}

    assert SERVICE.routes is not None
    transport = httpx.ASGITransport(app=app(SERVICE, ready, SERVICE.routes(doors)))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        return await client.post(
            path,
            params=words,
            content=data,
            headers={"Idempotency-Key": "k", "Content-Type": "text/csv"},
        )


async def test_a_schedule_is_published_with_its_file() -> None:
    doors = Doors()
    answer = await _publish(doors, GOOD, tolerance_cents="100", facility="F1")
    assert answer.status_code == 200 and doors.kept == [rates_of(GOOD)[0]]
    (entry,) = doors.said
    assert (entry.payer, entry.rates, entry.facility, entry.tolerance_cents) == (
        "BLUE",
        3,
        "F1",
        100,
    )


async def test_nothing_is_kept_of_a_schedule_that_is_malformed() -> None:
    doors = Doors()
    answer = await _publish(doors, b"procedure,allowed_cents\nG0438,1.5\n")
    assert (answer.status_code, doors.kept, doors.said) == (422, [], [])
    assert answer.json()["mistakes"][0]["row"] == 2
    assert (await _publish(doors, GOOD, payer="")).status_code == 422
    assert (doors.kept, doors.said) == ([], [])


@pytest.mark.parametrize(
    "more", [{"payer": "GREEN"}, {"facility": "F9"}, {"effective_to": "2025-01-01"}]
)
async def test_nothing_is_kept_of_a_schedule_that_is_refused(more: dict[str, str]) -> None:
    doors = Doors()
    answer = await _publish(doors, GOOD, **more)
    assert (answer.status_code, doors.kept, doors.said) == (409, [], [])


async def test_a_schedule_that_is_published_again_has_its_file_kept_again() -> None:
    doors = Doors()
    for _ in range(2):
        assert (await _publish(doors, GOOD)).status_code == 200
    assert doors.kept == [rates_of(GOOD)[0]] * 2, "it mends a file that is gone"


async def test_a_schedule_that_is_only_checked_is_not_kept() -> None:
    doors = Doors()
    answer = await _post(doors, "/fee-schedules/check", GOOD)
    assert (answer.status_code, len(answer.json()["rates"]), doors.kept, doors.said) == (
        200,
        3,
        [],
        [],
    )
    assert (
        await _post(doors, "/fee-schedules/check", b"procedure,allowed_cents\nG0438,1.5\n")
    ).status_code == 422
