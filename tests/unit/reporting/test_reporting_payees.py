"""What is the payee's: provider adjustments less what accounts explain of them; and which of them are takebacks."""

from typing import Any

import pytest

from contracts.posting import OverpaymentRecovered, ProviderAdjustmentPosted
from shared.streams import payee_stream
from tests.unit.posting.facts import ACCOUNT, CLAIM, DAY, adjudicated, taken_back
from tests.unit.reporting.facts import PAID, lived
from tests.unit.reporting.rows import Rows

PAYEE = payee_stream("BLUE", "990000001")


def adjusted(reason: str, cents: int) -> Any:
    return ProviderAdjustmentPosted(
        payer="BLUE",
        tax_id="990000001",
        remittance="rem-1",
        check_number="CHK1",
        reason=reason,
        reference="ICN1",
        cents=cents,
        posted_on=DAY,
        balance_forward_cents=0,
    )


RECOVERED = OverpaymentRecovered(
    account=ACCOUNT,
    claim=CLAIM,
    adjudication="adj-1",
    payer="BLUE",
    tax_id="990000001",
    reference="ICN1",
    remittance="rem-1",
    check_number="CHK1",
    cents=300,
    entry="E1",
    posted_on=DAY,
    entries=(),
)


@pytest.mark.parametrize(
    ("reason", "told"), [("WO", 1), ("FB", 0), ("L6", 0), ("72", 0), ("CS", 0)]
)
def test_a_takeback_is_a_recovered_overpayment(reason: str, told: int) -> None:
    rows = Rows().tell(adjusted(reason, 500), stream=PAYEE)
    assert len(rows.tables["takeback"]) == told
    assert [r["reason"] for r in rows.tables["payee_view"].values()] == [reason]


def test_a_reversal_is_a_takeback() -> None:
    rows = lived(adjudicated(PAID), taken_back(12_000))
    (row,) = rows.tables["takeback"].values()
    assert (row["what"], row["account"], row["cents"]) == ("reversal", ACCOUNT, 12_000)


def test_what_an_account_explains_of_a_takeback_is_not_the_payees() -> None:
    rows = Rows().tell(adjusted("WO", 500), RECOVERED, stream=PAYEE).tell(RECOVERED)
    said = [(r["kind"], r["account"], r["cents"]) for r in rows.tables["payee_view"].values()]
    assert said == [("adjustment", "", 500), ("recovered", ACCOUNT, -300)]
