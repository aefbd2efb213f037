"""An 835 at the door: what is no 835 that could be posted is refused with its place; what does not balance is staged so."""

import hashlib
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from contracts.adjudication_tracking import FileRefused, RemittanceReceived, RemittanceRefused
from contracts.values import Sealed
from services.adjudication_tracking.app import SERVICE
from services.adjudication_tracking.domain import INBOUND, REMITTANCE, Book
from services.adjudication_tracking.domain.remittance import Balance
from services.adjudication_tracking.gateway import Intake
from shared.errors import Malformed, ServiceError
from shared.service import Answer, Order
from shared.x12.remittance_835 import Cas, Plb, RemitClaim, RemitLine, Remittance, write_835
from shared.x12.writing import Header
from tests.unit.adjudication_tracking.test_claims import CLAIM
from tests.unit.scenario import said

BOOK = Book(npis={"1999000009": "GROUP"})


class _Doors:
    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        return []

    async def seal_all(self, values: Any) -> list[Sealed]:
        return [Sealed(key_id="k", box="b") for _ in values]


def _remittance(group: str = "CO", patient_cents: int = 0, **more: Any) -> Remittance:
    line = RemitLine("G0438", 10_000, 8_000, cas=[Cas(group, "45", 2_000)])
    claim = RemitClaim(CLAIM, "1", 10_000, 8_000, patient_cents, "CI", "ICN1", lines=[line])
    facts: dict[str, Any] = {
        "amount_cents": 8_000,
        "claims": [claim],
        "paid_on": date(2026, 2, 1),
        **more,
    }
    return Remittance(
        handling="I",
        trn02="CHK1",
        trn03="1999999999",
        payer_name="PAYER",
        payer_id="P1",
        payee_name="GROUP",
        payee_npi="1999000009",
        **facts,
    )


async def _take(remittance: Remittance, *otherwise: bytes) -> list[Any]:
    """What the file says; `otherwise` is what stands in it, and what in its place."""
    header = Header("P1", "US", 7, 7, date(2026, 2, 1), "1200")
    data = write_835(header, [remittance])
    data = data.replace(*otherwise) if otherwise else data
    intake = Intake(_Doors(), BOOK, data, "era.835")  # type: ignore[arg-type]
    return [event for part in await intake.parts() for _, event in part.said]


async def test_a_group_code_that_does_not_exist_refuses_the_835_with_file_and_place() -> None:
    with pytest.raises(Malformed, match=r"era\.835: segment \d+, byte \d+, .*CAS01.*group"):
        await _take(_remittance("ZZ"))


@pytest.mark.parametrize("value", ["\u00e9", "X" * 49])
@pytest.mark.parametrize(
    ("element", "before", "after"),
    [
        ("BPR01", "BPR*I*", "BPR*{}*"),
        ("CLP02", f"CLP*{CLAIM}*1*", f"CLP*{CLAIM}*{{}}*"),
        ("MOA", "*MA01~", "*{}~"),
        ("CAS02", "CAS*CO*45*", "CAS*CO*{}*"),
        ("LQ02", "LQ*HE*N130~", "LQ*HE*{}~"),
        ("PLB03", "*WO:", "*{}:"),
        ("the payee's NPI", "*XX*1999000009~", "*XX*{}~"),
        ("the payee's tax id", "REF*TJ*000000011~", "REF*TJ*{}~"),
    ],
)
async def test_a_code_that_no_event_can_hold_refuses_the_835_with_its_place(
    element: str, before: str, after: str, value: str
) -> None:
    remittance = _remittance(
        plb=[Plb("WO", 0, "REF1", "1999000009", date(2026, 12, 31))], payee_tax_id="000000011"
    )
    remittance.claims[0].lines[0].remarks = ["N130"]
    remittance.claims[0].remarks = ["MA01"]
    with pytest.raises(
        Malformed, match=rf"era\.835: segment \d+, byte \d+, .*{element}: a code or id is longer"
    ):
        await _take(remittance, before.encode(), after.format(value).encode())


async def test_a_longer_line_number_than_any_charge_has_is_none_of_ours() -> None:
    remittance = _remittance()
    remittance.claims[0].lines[0].line_control = "X" * 49
    _, staged = await _take(remittance)
    assert [line.charge for line in staged.claims[0].lines] == [None]


async def test_an_835_whose_amounts_add_up_to_more_than_any_payment_is_refused() -> None:
    for cents in ((10**13,) * 2, (10**13, -(10**13))):
        far = RemitClaim(
            CLAIM, "1", 10_000, 8_000, 0, "CI", "ICN1", cas=[Cas("CO", "45", c) for c in cents]
        )
        with pytest.raises(
            Malformed, match=r"era\.835: segment \d+.*add up to more than any payment"
        ):
            await _take(_remittance(claims=[far]))


@pytest.mark.parametrize("day", [date.max, date.min])
async def test_a_payment_at_an_end_of_the_calendar_has_no_date(day: date) -> None:
    with pytest.raises(Malformed, match=r"BPR16: the payment has no date"):
        await _take(_remittance(paid_on=day))


async def test_every_fault_of_the_payment_forbids_releasing_it() -> None:
    received, staged = await _take(_remittance(amount_cents=-8_000))
    assert isinstance(received, RemittanceReceived)
    (refused,) = said(REMITTANCE, [received, staged], Balance(), BOOK)
    assert isinstance(refused, RemittanceRefused)
    assert "BPR02 is negative" in {fault.sentence for fault in refused.faults}


async def test_a_fault_that_both_the_door_and_the_balance_find_is_told_once() -> None:
    received, staged = await _take(_remittance(amount_cents=8_100))
    (refused,) = said(REMITTANCE, [received, staged], Balance(), BOOK)
    assert [(f.level, f.difference_cents) for f in refused.faults] == [("payment", -100)]


async def test_warnings_are_kept_and_do_not_forbid_it() -> None:
    received, staged = await _take(_remittance(patient_cents=500))
    assert "CLP05" in received.warnings[0]
    (released,) = said(REMITTANCE, [received, staged], Balance(), BOOK)
    assert released.amount_cents == received.amount_cents


# -- the doors -------------------------------------------------------------------------------------------------


class _Kept(_Doors):
    """Doors that keep files and let the inbound stream decide."""

    tenant = "t"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.file: Any = None
        self.told: list[Any] = []
        self.known = BOOK

    async def book(self) -> Book:
        return self.known

    async def store_object(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        self.files[sha256] = data
        return sha256

    async def read_object(self, sha256: str) -> bytes:
        return self.files[sha256]

    async def handle(self, orders: list[Order]) -> list[Answer]:
        (order,) = orders
        events = [getattr(e, "event", e) for e in INBOUND.decide(order.command, self.file, None)]
        for event in events:
            self.file = INBOUND.evolve(self.file, event)
        self.told += events
        return [Answer(200, order.stream, tuple(("w", "i") for _ in events))]


async def _ask(doors: _Kept, path: str, data: bytes = b"") -> httpx.Response:
    app = FastAPI()
    app.include_router(SERVICE.routes(doors))  # type: ignore[misc,arg-type]

    @app.exception_handler(ServiceError)
    async def told(request: Any, no: ServiceError) -> JSONResponse:
        return JSONResponse({"said": str(no)}, no.status)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.post(path, content=data, headers={"Idempotency-Key": "k"})


async def test_a_file_that_cannot_be_taken_is_kept_told_of_once_and_driven_again() -> None:
    header = Header("P1", "US", 7, 7, date(2026, 2, 1), "1200")
    data = write_835(header, [_remittance("ZZ")])
    doors, sha256 = _Kept(), hashlib.sha256(data).hexdigest()
    for path in ("/files?name=DOE.835", "/files?name=DOE.835", f"/files/{sha256}/redrive"):
        assert (await _ask(doors, path, data)).status_code == 422
    (refused,) = doors.told
    assert isinstance(refused, FileRefused) and doors.files == {sha256: data}
    assert "CAS01" in refused.reason and "DOE" not in refused.reason


async def test_a_file_that_was_taken_is_quiet_when_driven_again() -> None:
    header = Header("P1", "US", 7, 7, date(2026, 2, 1), "1200")
    data = write_835(header, [_remittance()])
    doors, sha256 = _Kept(), hashlib.sha256(data).hexdigest()
    assert (await _ask(doors, "/files", data)).json()["again"] is False
    told = len(doors.told)
    assert (await _ask(doors, f"/files/{sha256}/redrive")).json()["again"] is True
    assert len(doors.told) == told
