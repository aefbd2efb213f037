"""A check that a person types is the remittance that its 835 would be: the same rules, told apart by who typed it."""

import json
from dataclasses import replace
from datetime import date
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from contracts.adjudication_tracking import (
    ClaimAdjudicated,
    ClaimPaymentDelivered,
    FileReceived,
    RemittanceClaimsStaged,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
)
from contracts.values import Source
from services.adjudication_tracking.app import SERVICE
from services.adjudication_tracking.domain import ACCOUNT, REMITTANCE, Book
from services.adjudication_tracking.domain.account import AnswerClaim
from services.adjudication_tracking.domain.books import PayerFacts
from services.adjudication_tracking.domain.remittance import Balance, Dispatch, Release, Stage
from services.adjudication_tracking.gateway import Intake
from services.adjudication_tracking.gateway.entered import NO_TRACE
from services.adjudication_tracking.gateway.remittances import BEYOND
from shared.errors import ServiceError
from shared.service import Order
from shared.streams import charge_number, claim_number, remittance_key
from shared.x12.remittance_835 import Cas, Plb, RemitClaim, RemitLine, Remittance, write_835
from shared.x12.writing import Header
from tests.unit.adjudication_tracking.test_claims import (
    CAPTURED,
    CHARGE,
    CLAIM,
    CREATED,
    NUMBER,
    SUBMITTED,
)
from tests.unit.adjudication_tracking.test_intake import _Kept
from tests.unit.scenario import said

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
    "provider_adjustments": [{"reason": "WO", "reference": "OLD", "cents": 100, "fiscal_year_end": "2026-12-31"}],
}


class Tracking(_Kept):
    """The doors, with the claims and remittances that the service shows."""

    def __init__(self, *remittances: dict[str, Any], claims: tuple[dict[str, Any], ...] = (OURS,)) -> None:
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

    async def ask(self, path: str, body: dict[str, Any], who: str = "ann") -> tuple[int, dict[str, Any]]:
        """What a door answers to a body."""
        app, doors = FastAPI(), cast("Any", self)
        assert SERVICE.routes is not None
        app.include_router(SERVICE.routes(doors))

        @app.exception_handler(ServiceError)
        async def told(request: Any, no: ServiceError) -> JSONResponse:
            return JSONResponse({"sentence": str(no), **no.more}, no.status)

        @app.exception_handler(RequestValidationError)
        async def shape(request: Any, no: RequestValidationError) -> JSONResponse:
            return JSONResponse({"fields": [".".join(map(str, e["loc"])) for e in no.errors()]}, 422)

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
    return [event for part in await Intake(doors, BOOK, data, "era.835").parts() for _, event in part.said]


async def sentences(check: dict[str, Any]) -> list[str]:
    """Everything that is wrong with an entry."""
    doors = Tracking()
    status, told = await doors.ask("/eobs", check)
    assert (status, doors.told, doors.files) == (422, [], {})
    return [mistake["sentence"] for mistake in told["mistakes"]]


def changed(claim: dict[str, Any] | None = None, line: dict[str, Any] | None = None, **check: Any) -> dict[str, Any]:
    """The check with other facts of it, of its claim, or of its line."""
    one = CLAIM_TYPED | {"lines": [LINE | (line or {})]} | (claim or {})
    return CHECK | {"claims": [one]} | check


# -- the same remittance -------------------------------------------------------------------------------------------


def _of_a_file() -> bytes:
    cas = [Cas("CO", "45", 2_000), Cas("PR", "2", 500)]
    line = RemitLine("G0438", 10_000, 7_500, modifiers=["33"], cas=cas, remarks=["N130"], allowed_cents=8_000)
    line.line_control = CHARGE
    claim = RemitClaim(CLAIM, "1", 10_000, 7_500, 500, payer_control="ICN1", lines=[line])
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


async def test_an_entry_says_what_the_835_of_the_same_check_says() -> None:
    file_received, file_claims = await file_says(_of_a_file())
    received, claims = await entered(CHECK)
    nothing = Source(sha256="0" * 64)
    assert replace(received, source=nothing) == replace(
        file_received, source=nothing, payer_name="", remittance=received.remittance
    )
    assert received.remittance == file_received.remittance == KEY
    (typed,), (read,) = claims.claims, file_claims.claims
    assert typed == replace(read, people=None, segment=0)


async def test_what_the_door_takes_is_released_and_reaches_its_claim_with_who_typed_it() -> None:
    events = await entered(CHECK)
    (released,) = said(REMITTANCE, events, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased)
    assert (released.amount_cents, released.claims_cents) == (7_400, 7_500)
    (_, delivered), _ = said(REMITTANCE, [*events, released], Dispatch(), BOOK)
    assert isinstance(delivered, ClaimPaymentDelivered)
    (decided,) = said(ACCOUNT, [CAPTURED, CREATED, SUBMITTED], AnswerClaim(delivered), BOOK)
    assert isinstance(decided, ClaimAdjudicated)
    assert decided.source.entered_by == "ann"
    assert [line.charge for line in decided.lines] == [CHARGE]


async def test_what_is_entered_is_kept_as_it_was_typed_and_stands_among_the_received_files() -> None:
    doors = Tracking()
    status, told = await doors.ask("/eobs", CHECK)
    ((sha256, data),) = doors.files.items()
    assert (status, told["sha256"], told["again"]) == (200, sha256, False)
    assert json.loads(data) == CHECK
    (file,) = doors.of(FileReceived)
    assert [(s.kind, s.claims, s.cents, s.outcome) for s in file.sets] == [("EOB", 1, 7_400, "taken")]
    assert doors.keys == ["k1/1"]
    assert (await doors.ask("/eobs", CHECK))[1]["again"] is True


async def test_a_claim_may_be_named_by_its_account_and_payer_order() -> None:
    _, claims = await entered(changed(claim={"claim": "", "account": NUMBER.lower(), "payer_order": 1}))
    assert [one.claim for one in claims.claims] == [CLAIM]


async def test_the_patients_part_is_what_the_patients_adjustments_say_unless_it_is_told() -> None:
    _, claims = await entered(CHECK)
    assert claims.claims[0].patient_cents == 500
    received, claims = await entered(changed(claim={"patient_cents": 600}))
    assert claims.claims[0].patient_cents == 600
    assert received.warnings == ("claim 1: the patient's part is not the sum of the patient's adjustments, off by 1.00",)


async def test_a_check_of_provider_adjustments_alone_is_taken() -> None:
    interest = {"reason": "L6", "cents": -100}
    (received,) = await entered(CHECK | {"claims": [], "amount_cents": 100, "provider_adjustments": [interest]})
    assert (received.claims, received.chunks) == (0, 0)


# -- what is wrong is told at once ---------------------------------------------------------------------------------


async def test_everything_that_does_not_balance_is_told_at_once_by_claim_and_line() -> None:
    second = CLAIM_TYPED | {"claim": claim_number(NUMBER, 2), "charge_cents": 10_050}
    check = changed(line={"paid_cents": 7_400}) | {"amount_cents": 14_000}
    check["claims"].append(second)
    assert await sentences(check) == [
        "claim 1, line 1: the line's charge less adjustments is not what the line paid, off by 1.00",
        "claim 1: the lines' payments are not what the claim paid, off by -1.00",
        "claim 2: the claim's charge less adjustments is not what the claim paid, off by 0.50",
        "claim 2: the lines' charges are not the claim's charge, off by -0.50",
        "the claims' payments less provider adjustments are not the check's amount, off by 9.00",
    ]


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (changed(payer="NOBODY"), "no payer of this code, id or name is listed"),
        (changed(payee_npi="1999000010"), "the payee's NPI and TIN are not ours"),
        (changed(claim={"claim": ""}), "claim 1: name either the claim's number or its account and payer order"),
        (
            changed(claim={"claim": "", "account": NUMBER, "payer_order": 2}),
            "claim 1: this account has no claim of that payer order",
        ),
        (
            changed(line={"charge": "", "procedure": ""}),
            "claim 1, line 1: name the line's procedure, or the number of its charge",
        ),
        (changed(claim={"status": "22"}), "claim 1: a reversal has a positive amount: the claim's charge"),
        (changed(amount_cents=-7_400), "the check's amount is negative"),
    ],
)
async def test_what_else_is_wrong_is_told_in_plain_words(check: dict[str, Any], sentence: str) -> None:
    assert sentence in await sentences(check)


async def test_two_claims_of_one_payer_order_are_named() -> None:
    other = OURS | {"claim": claim_number(NUMBER, 2)}
    doors = Tracking(claims=(OURS, other))
    _, told = await doors.ask("/eobs", changed(claim={"claim": "", "account": NUMBER}))
    assert told["mistakes"][0]["sentence"].endswith(f"several claims of that payer order: {CLAIM}, {other['claim']}")


async def test_the_payer_may_be_named_as_its_835_names_it() -> None:
    for name in ("P", "P1", "Payer"):
        received, _ = await entered(changed(payer=name))
        assert (received.payer, received.remittance) == ("P", KEY)


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (changed(claim={"patient_last": "DOE"}), "body.claims.0.patient_last"),
        (changed(line={"paid_cents": 75.0}), "body.claims.0.lines.0.paid_cents"),
        (changed(line={"paid_cents": "7500"}), "body.claims.0.lines.0.paid_cents"),
        (changed(check_number=" "), "body.check_number"),
        (changed(line={"adjustments": [{"group": "XX", "reason": "45", "cents": 1}]}), "body.claims.0.lines.0.adjustments.0.group"),
        (CHECK | {"claims": [CLAIM_TYPED] * 501}, "body.claims"),
        (changed(claim={"lines": [LINE] * 1_000}), "body.claims.0.lines"),
    ],
)
async def test_an_entry_of_another_shape_is_refused(check: dict[str, Any], field: str) -> None:
    status, told = await Tracking().ask("/eobs", check)
    assert (status, told["fields"]) == (422, [field])


async def test_nobody_enters_a_check_without_saying_who() -> None:
    doors = Tracking()
    status, told = await doors.ask("/eobs", CHECK, who="")
    assert (status, told["sentence"], doors.told) == (422, "say who enters it, in the header X-Actor", [])


async def test_a_claim_that_is_not_known_here_or_was_billed_to_another_payer_is_noted() -> None:
    doors = Tracking(claims=(OURS | {"payer": "Q"},))
    stranger = CLAIM_TYPED | {"claim": "PAPER-7"}
    check = changed(amount_cents=14_900) | {"claims": [CLAIM_TYPED, stranger]}
    status, told = await doors.ask("/eobs/check", check)
    assert (status, told["mistakes"], doors.told, doors.files) == (200, [], [], {})
    assert [note["sentence"] for note in told["notes"]] == [
        "claim 1: this claim was billed to Q, not to P",
        "claim 2: no claim of ours has this number: what it paid will wait among the unmatched",
    ]


async def test_a_status_that_no_payer_gives_and_a_charge_of_another_account_are_noted() -> None:
    other = charge_number("2" * 14, 1)
    _, told = await Tracking().ask("/eobs/check", changed(claim={"status": "7"}, line={"charge": other}))
    assert told["mistakes"] == []
    assert [note["sentence"] for note in told["notes"]] == [
        "claim 1: no payer gives the status 7; it counts as 1",
        "claim 1, line 1: this charge is of another account: the procedure says which it is, or none does",
    ]
    _, told = await Tracking().ask("/eobs/check", changed(claim={"claim": CLAIM.lower()}, line={"charge": CHARGE.lower()}))
    assert told["notes"] == []


async def test_an_eft_whose_trace_is_not_told_is_noted_for_the_bank_shows_it() -> None:
    _, told = await Tracking().ask("/eobs/check", CHECK | {"method": "ACH"})
    assert [note["sentence"] for note in told["notes"]] == [NO_TRACE]
    _, told = await Tracking().ask("/eobs/check", CHECK | {"method": "ACH", "payer_trace_id": "1990000004"})
    assert told["notes"] == []


# -- what does not balance on paper either -------------------------------------------------------------------------


async def test_what_stands_so_on_paper_is_refused_as_such_a_file_is_and_released_by_a_person() -> None:
    events = await entered(changed(amount_cents=7_000, as_it_stands=True))
    (refused,) = said(REMITTANCE, events, Balance(), BOOK)
    assert isinstance(refused, RemittanceRefused)
    assert [(f.level, f.difference_cents) for f in refused.faults] == [("payment", 400)]
    (released,) = said(REMITTANCE, [*events, refused], Release("lead", "the paper says so"), BOOK)
    assert (released.claims_cents, released.suspense_cents) == (7_500, -400)


async def test_what_could_not_be_posted_is_refused_however_it_stands_on_paper() -> None:
    assert await sentences(changed(claim={"status": "22"}, as_it_stands=True))


_FAR = 10**13


@pytest.mark.parametrize(
    "check",
    [
        changed(claim={"adjustments": [{"group": "PR", "reason": "1", "cents": _FAR}] * 2}),
        changed(line={"adjustments": [{"group": "CO", "reason": "45", "cents": cents} for cents in (_FAR, -_FAR)]}),
        changed(provider_adjustments=[{"reason": "WO", "cents": cents} for cents in (_FAR, -_FAR)]),
    ],
)
async def test_amounts_that_add_up_to_more_than_any_payment_are_told_and_never_staged(check: dict[str, Any]) -> None:
    assert BEYOND in await sentences(check | {"as_it_stands": True})


# -- the same check again ------------------------------------------------------------------------------------------


def _row(events: list[Any], state: str = "released") -> dict[str, Any]:
    """A remittance as the service shows it."""
    r = events[0]
    return {
        "remittance": r.remittance,
        "payer": r.payer,
        "check_number": r.check_number,
        "paid_on": r.paid_on,
        "amount_cents": r.amount_cents,
        "state": state,
        "entered_by": r.source.entered_by or None,
    }


def _typed_later(**facts: Any) -> dict[str, Any]:
    return CHECK | {"paid_on": "2026-02-03", "reference": "scan 7"} | facts


async def test_a_check_that_was_typed_is_known_when_it_is_typed_with_another_day() -> None:
    first = await entered(CHECK)
    again = await entered(_typed_later(), _row(first))
    given = [*first, *said(REMITTANCE, first, Balance(), BOOK)]
    (repeated,) = said(REMITTANCE, given, Stage(again[0]), BOOK)
    assert isinstance(repeated, RemittanceRepeated) and not repeated.conflict
    assert repeated.source.entered_by == "ann"


async def test_the_835_of_a_check_that_was_typed_is_the_same_payment_whatever_its_trace() -> None:
    first = await entered(CHECK)
    data = _of_a_file().replace(b"TRN*1*CHK1", b"TRN*1*CHK1*1999999999").replace(b"*20260201~TRN", b"*20260204~TRN")
    received, _ = await file_says(data, _row(first))
    assert (received.remittance, received.payer_trace_id) == (KEY, "1999999999")
    given = [*first, *said(REMITTANCE, first, Balance(), BOOK)]
    (repeated,) = said(REMITTANCE, given, Stage(received), BOOK)
    assert isinstance(repeated, RemittanceRepeated)


async def test_a_check_that_came_as_an_835_is_known_when_it_is_typed() -> None:
    file = await file_says(_of_a_file())
    doors = Tracking(_row(file))
    _, told = await doors.ask("/eobs/check", _typed_later())
    assert (told["remittance"], told["known"]["state"], told["known"]["entered_by"]) == (KEY, "released", None)
    again = await entered(_typed_later(amount_cents=7_300, as_it_stands=True), _row(file))
    (repeated,) = said(REMITTANCE, [*file, *said(REMITTANCE, file, Balance(), BOOK)], Stage(again[0]), BOOK)
    assert repeated.conflict, "another amount is for a person"


async def test_a_refused_835_may_be_typed_from_its_paper() -> None:
    file = await file_says(_of_a_file().replace(b"BPR*I*74*", b"BPR*I*75*"))
    refused = said(REMITTANCE, file, Balance(), BOOK)
    typed = await entered(CHECK, _row(file, "refused"))
    (released,) = said(REMITTANCE, [*file, *refused, *typed], Balance(), BOOK)
    assert isinstance(released, RemittanceReleased) and released.amount_cents == 7_400


async def test_files_among_themselves_are_known_by_their_trace_and_day_too() -> None:
    file = await file_says(_of_a_file())
    other = _of_a_file().replace(b"*20260201~TRN", b"*20260204~TRN")
    received, _ = await file_says(other, _row(file))
    assert received.remittance != file[0].remittance
