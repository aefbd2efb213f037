"""A check as a person types it, and what the door, the file of the same check and tracking make of it."""

from datetime import date
from typing import Any, cast

import httpx
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from contracts.adjudication_tracking import (
    RemittanceClaimsStaged,
    RemittanceReceived,
)
from services.adjudication_tracking.app import SERVICE
from services.adjudication_tracking.domain import Book
from services.adjudication_tracking.domain.books import PayerFacts
from services.adjudication_tracking.gateway import Intake
from shared.errors import ServiceError
from shared.service import Order
from shared.streams import remittance_key
from shared.x12.remittance_835 import Cas, Plb, RemitClaim, RemitLine, Remittance, write_835
from shared.x12.writing import Header
from tests.unit.adjudication_tracking.test_claims import (
    CHARGE,
    CLAIM,
    NUMBER,
)
from tests.unit.adjudication_tracking.test_intake import _Kept

BOOK = Book(npis={"1999000106": "GROUP"}, payers={"P": PayerFacts("P1", ("PAYER",), 2, 30)})
OURS = {"claim": CLAIM, "account": NUMBER, "payer": "P", "payer_order": 1}
KEY = remittance_key("P", "CHK1", "", "2026-02-01")

LINE = {
    "charge": CHARGE,
    "procedure": "G0438",
    "modifiers": ["33"],
    "charge_cents": 10_000,
    "paid_cents": 7_500,
    "allowed_cents": 8_000,
    "adjustments": [
        {"group": "CO", "reason": "45", "cents": 2_000},
        {"group": "PR", "reason": "2", "cents": 500},
    ],
    "remarks": ["N130"],
}
CLAIM_TYPED = {
    "claim": CLAIM,
    "status": "1",
    "charge_cents": 10_000,
    "paid_cents": 7_500,
    "payer_control": "ICN1",
    "lines": [LINE],
}
CHECK = {
    "payer": "P",
    "payee_npi": "1999000106",
    "check_number": "CHK1",
    "paid_on": "2026-02-01",
    "amount_cents": 7_400,
    "claims": [CLAIM_TYPED],
    "provider_adjustments": [
        {"reason": "WO", "reference": "OLD", "cents": 100, "fiscal_year_end": "2026-12-31"}
    ],
}


class Tracking(_Kept):
    """The doors, with the claims and remittances that the service shows."""

    def __init__(
        self, *remittances: dict[str, Any], claims: tuple[dict[str, Any], ...] = (OURS,)
    ) -> None:
        super().__init__()
        self.known, self.claims, self.remittances = BOOK, claims, remittances
        self.keys: list[str] = []

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        if "from claim_status" in sql:
            return [c for c in self.claims if c["claim"] in args[0] or c["account"] in args[1]]
        if "from remittance" in sql:
            payer, number, day, days, entered, key = args
            return [
                r
                for r in self.remittances
                if (r["payer"], r["check_number"]) == (payer, number)
                and abs((r["paid_on"] - day).days) <= days
                and (entered or r["entered_by"] or r["remittance"] == key)
            ]
        return []

    async def handle(self, orders: list[Order]) -> Any:
        self.keys += [order.key for order in orders]
        return await super().handle(orders)

    async def ask(
        self, path: str, body: dict[str, Any], who: str = "ann"
    ) -> tuple[int, dict[str, Any]]:
        """What a door answers to a body."""
        app, doors = FastAPI(), cast("Any", self)
        assert SERVICE.routes is not None
        app.include_router(SERVICE.routes(doors))

        @app.exception_handler(ServiceError)
        async def told(request: Any, no: ServiceError) -> JSONResponse:
            return JSONResponse({"sentence": str(no), **no.more}, no.status)

        @app.exception_handler(RequestValidationError)
        async def shape(request: Any, no: RequestValidationError) -> JSONResponse:
            return JSONResponse(
                {"fields": [".".join(map(str, e["loc"])) for e in no.errors()]}, 422
            )

        headers = {"Idempotency-Key": "k1"} | ({"X-Actor": who} if who else {})
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.post(path, json=body, headers=headers)
        return answer.status_code, answer.json()

    def of(self, kind: type) -> list[Any]:
        """What was said of one kind."""
        return [event for event in self.told if isinstance(event, kind)]


async def entered(check: dict[str, Any], *remittances: dict[str, Any]) -> list[Any]:
    """What an entry says of its remittance."""
    doors = Tracking(*remittances)
    status, _ = await doors.ask("/eobs", check)
    assert status == 200
    return [*doors.of(RemittanceReceived), *doors.of(RemittanceClaimsStaged)]


async def file_says(data: bytes, *remittances: dict[str, Any]) -> list[Any]:
    """What an 835 says of its remittance."""
    doors: Any = Tracking(*remittances)
    return [
        event
        for part in await Intake(doors, BOOK, data, "era.835").parts()
        for _, event in part.said
    ]


async def sentences(check: dict[str, Any]) -> list[str]:
    """Everything that is wrong with an entry."""
    doors = Tracking()
    status, told = await doors.ask("/eobs", check)
    assert (status, doors.told, doors.files) == (422, [], {})
    return [mistake["sentence"] for mistake in told["mistakes"]]


def changed(
    claim: dict[str, Any] | None = None, line: dict[str, Any] | None = None, **check: Any
) -> dict[str, Any]:
    """The check with other facts of it, of its claim, or of its line."""
    one = CLAIM_TYPED | {"lines": [LINE | (line or {})]} | (claim or {})
    return CHECK | {"claims": [one]} | check


def of_a_file(amounts: dict[str, int] | None = None) -> bytes:
    """The 835 of the same check, with these amounts (AMT) of its claim."""
    cas = [Cas("CO", "45", 2_000), Cas("PR", "2", 500)]
    line = RemitLine(
        "G0438", 10_000, 7_500, modifiers=["33"], cas=cas, remarks=["N130"], allowed_cents=8_000
    )
    line.line_control = CHARGE
    claim = RemitClaim(CLAIM, "1", 10_000, 7_500, 500, payer_control="ICN1", lines=[line])
    claim.amounts = amounts or {}
    remit = Remittance(
        "I",
        7_400,
        method="CHK",
        paid_on=date(2026, 2, 1),
        trn02="CHK1",
        payer_name="PAYER",
        payer_id="P1",
        payee_name="GROUP",
        payee_npi="1999000106",
        claims=[claim],
    )
    remit.plb = [Plb("WO", 100, "OLD", "1999000106", date(2026, 12, 31))]
    return write_835(Header("P1", "US", 7, 7, date(2026, 2, 1), "1200"), [remit])
