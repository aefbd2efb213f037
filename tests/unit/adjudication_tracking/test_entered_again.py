"""A check that was typed and its 835 are one payment, whichever comes first."""

from typing import Any

from contracts.adjudication_tracking import (
    RemittanceReleased,
    RemittanceRepeated,
)
from services.adjudication_tracking.domain import REMITTANCE
from services.adjudication_tracking.domain.remittance import Balance, Stage
from tests.unit.adjudication_tracking.typed import (
    BOOK,
    CHECK,
    KEY,
    Tracking,
    entered,
    file_says,
    of_a_file,
)
from tests.unit.scenario import said


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
    data = (
        of_a_file()
        .replace(b"TRN*1*CHK1", b"TRN*1*CHK1*1999999999")
        .replace(b"*20260201~TRN", b"*20260204~TRN")
    )
    received, _ = await file_says(data, _row(first))
    assert (received.remittance, received.payer_trace_id) == (KEY, "1999999999")
    given = [*first, *said(REMITTANCE, first, Balance(), BOOK)]
    (repeated,) = said(REMITTANCE, given, Stage(received), BOOK)
    assert isinstance(repeated, RemittanceRepeated)


async def test_a_check_that_came_as_an_835_is_known_when_it_is_typed() -> None:
    file = await file_says(of_a_file())
    doors = Tracking(_row(file))
    _, told = await doors.ask("/eobs/check", _typed_later())
    assert (told["remittance"], told["known"]["state"], told["known"]["entered_by"]) == (
        KEY,
        "released",
        None,
    )
    again = await entered(_typed_later(amount_cents=7_300, as_it_stands=True), _row(file))
    (repeated,) = said(
        REMITTANCE, [*file, *said(REMITTANCE, file, Balance(), BOOK)], Stage(again[0]), BOOK
    )
    assert repeated.conflict, "another amount is for a person"


async def test_a_refused_835_may_be_typed_from_its_paper() -> None:
    file = await file_says(of_a_file().replace(b"BPR*I*74*", b"BPR*I*75*"))
    refused = said(REMITTANCE, file, Balance(), BOOK)
    typed = await entered(CHECK, _row(file, "refused"))
    (released,) = said(REMITTANCE, [*file, *refused, *typed], Balance(), BOOK)
    assert isinstance(released, RemittanceReleased) and released.amount_cents == 7_400


async def test_files_among_themselves_are_known_by_their_trace_and_day_too() -> None:
    file = await file_says(of_a_file())
    other = of_a_file().replace(b"*20260201~TRN", b"*20260204~TRN")
    received, _ = await file_says(other, _row(file))
    assert received.remittance != file[0].remittance


async def test_an_entry_that_was_erased_is_not_kept_again() -> None:
    class Erased(Tracking):
        async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
            if "from erasure" in sql:
                return [{"erased_on": "2027-02-02"}]
            return await super().rows(sql, *args)

    doors = Erased()
    status, told = await doors.ask("/eobs", CHECK)
    assert (status, doors.told, doors.files) == (409, [], {})
    assert told["sentence"] == "this file was received before, and erased on 2027-02-02"
