"""An 835 at the door: what is no 835 that could be posted is refused with its place; what does not balance is staged so."""

from datetime import date
from typing import Any

import pytest

from contracts.adjudication_tracking import RemittanceReceived, RemittanceRefused
from contracts.values import Sealed
from services.adjudication_tracking.domain import REMITTANCE, Book
from services.adjudication_tracking.domain.remittance import Balance
from services.adjudication_tracking.gateway import Intake
from shared.errors import Malformed
from shared.x12.remittance_835 import Cas, RemitClaim, RemitLine, Remittance, write_835
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
    facts: dict[str, Any] = {"amount_cents": 8_000, "claims": [claim], **more}
    return Remittance(
        handling="I",
        paid_on=date(2026, 2, 1),
        trn02="CHK1",
        trn03="1999999999",
        payer_name="PAYER",
        payer_id="P1",
        payee_name="GROUP",
        payee_npi="1999000009",
        **facts,
    )


async def _take(remittance: Remittance) -> list[Any]:
    header = Header("P1", "US", 7, 7, date(2026, 2, 1), "1200")
    data = write_835(header, [remittance])
    intake = Intake(_Doors(), BOOK, data, "era.835")  # type: ignore[arg-type]
    return [event for part in await intake.parts() for _, event in part.said]


async def test_a_group_code_that_does_not_exist_refuses_the_835_with_file_and_place() -> None:
    with pytest.raises(Malformed, match=r"era\.835: segment \d+, byte \d+, .*CAS01.*group"):
        await _take(_remittance("ZZ"))


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
