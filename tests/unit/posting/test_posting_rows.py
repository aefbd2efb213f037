"""Rows follow from events alone, and agree with the state that decides."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.coding import ChargeCorrected
from contracts.posting import OverpaymentOpened, PatientPaymentReceived
from contracts.registry import wire_name
from services.posting.app import SERVICE
from shared.changes import tell
from shared.service import At, Scope
from shared.streams import (
    account_stream,
    deposit_stream,
    guarantor_stream,
    payee_stream,
    remittance_stream,
)
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    DAY,
    ONE,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life
from tests.unit.posting.test_posting_money import DELIVERED, DEPOSITED, MATCHED, RELEASED
from tests.unit.posting.test_posting_properties import lines
from tests.unit.posting.town import Town


class Tables:
    """The projections of the service, in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[tuple[Any, ...], Any]] = {
            p.table: {} for p in SERVICE.projections
        }
        self.events = 0

    def tell(self, stream: str, *events: Any) -> "Tables":
        for event in events:
            self._tell(event, stream)
        return self

    def _tell(self, event: Any, stream: str) -> None:
        self.events += 1
        at = At(
            stream,
            0,
            f"e{self.events}",
            wire_name(type(event)),
            Scope("t", "L1", "F1"),
            date(2026, 1, 21),
            datetime(2026, 1, 21, tzinfo=UTC),
            "a",
            "c",
            "posting/0",
            1,
        )
        for p in SERVICE.projections:
            if at.wire not in p.hears:
                continue
            table = self.rows[p.table]
            before = set(table)
            keys = tell(p, table, event, at)
            if p.append:
                assert len(set(keys)) == len(keys) and before.isdisjoint(keys)
            for key in keys:
                row = table[key]
                if row is None:
                    table.pop(key)
                else:
                    assert set(row) == set(p.columns)
                    assert tuple(row[k] for k in p.key) == key

    def ledgers(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for row in self.rows["journal"].values():
            sums[row["ledger"]] = sums.get(row["ledger"], 0) + row["cents"]
        return sums


def _told(life: Life, *given: Any) -> Tables:
    tables = Tables().tell(account_stream(ACCOUNT), *given, *life.said)
    for stream, event in life.elsewhere:
        tables.tell(stream, event)
    return tables


@settings(max_examples=60, deadline=None)
@given(st.lists(lines(), max_size=3), st.booleans())
def test_balances_of_charges_and_account_agree_with_the_state(stated: Any, back: bool) -> None:
    corrected = ChargeCorrected(
        account=ACCOUNT, before=charge(TWO, 9_900), after=charge(TWO, 9_000), reason="r"
    )
    known = [opened("P1"), captured(charge(), charge(TWO, 9_900)), corrected]
    life = Life(*known).post(adjudicated(*stated))
    if back:
        life.take_back(taken_back(0))
    tables = _told(life, *known)
    assert sum(tables.ledgers().values()) == 0
    assert life.state is not None
    for key, balance in life.state.balances.items():
        row = tables.rows["charge_balance"].get((ACCOUNT, key))
        if row is None:
            continue
        assert row["open_cents"] == balance.open
        assert row["patient_cents"] == balance.patient
        assert row["credit_cents"] == balance.credit
    account = tables.rows["account_balance"][(ACCOUNT,)]
    for amount in ("charged", "open", "denied", "next_payer", "patient", "insurance_paid"):
        assert account[f"{amount}_cents"] == life.state.total(amount)
    assert (account["facility"], account["guarantor"]) == ("F1", "g1")


def test_a_check_is_explained_from_release_to_cash() -> None:
    tables = Tables().tell(remittance_stream("rem-1"), RELEASED)
    assert tables.ledgers() == {
        "eft_receivable": 8_025,
        "provider_adjustment": 1_975,
        "remittance_clearing": -10_000,
    }
    known = [opened("BLUE"), captured()]
    life = Life(*known).post(adjudicated(line(10_000, ("CO", "45", 10_000))))
    tables.tell(account_stream(ACCOUNT), *known, *life.said)
    assert tables.ledgers()["remittance_clearing"] == 0
    tables.tell(deposit_stream("dep-1"), DEPOSITED, MATCHED)
    tables.tell(remittance_stream("rem-1"), MATCHED)
    assert tables.ledgers()["eft_receivable"] == 0
    assert tables.ledgers()["cash"] == 8_025
    assert tables.rows["remittance_money"][("rem-1",)]["eft_cents"] == 8_025
    assert tables.rows["deposit"][("dep-1",)]["remittance"] == "rem-1"


def test_what_an_unbalanced_check_was_released_with_stays_in_suspense() -> None:
    short = replace(RELEASED, amount_cents=8_000)
    ledgers = Tables().tell(remittance_stream("rem-1"), short).ledgers()
    assert (ledgers["suspense"], sum(ledgers.values())) == (25, 0)


def test_a_patients_payment_crosses_streams_through_clearing() -> None:
    paid = PatientPaymentReceived(
        guarantor="g1",
        payment="pay-1",
        tender="card",
        amount_cents=25_000,
        received_on=DAY,
        account=ACCOUNT,
    )
    known = [opened(), captured(), paid]
    tables = _told(Life(*known), *known).tell(guarantor_stream("g1"), paid)
    ledgers = tables.ledgers()
    assert (ledgers["patient_clearing"], ledgers["ar_patient"]) == (0, 0)
    assert (ledgers["cash"], ledgers["patient_unapplied"]) == (25_000, -5_000)
    assert tables.rows["guarantor_balance"][("g1",)]["unapplied_cents"] == 5_000
    waits = tables.rows["patient_payment"][("g1", paid.payment)]
    assert (waits["left_cents"], waits["account"]) == (5_000, ACCOUNT)


def test_an_overpayment_ends_when_its_posting_is_taken_back() -> None:
    known = [opened("BLUE"), captured()]
    life = Life(*known).post(adjudicated(line(25_000, ("CO", "45", -5_000 + 1))))
    assert _told(life, *known).rows["overpayment"][(ACCOUNT, "adj-1")]["cents"] == 5_000
    life.take_back(taken_back(25_000))
    tables = _told(life, *known)
    assert tables.rows["overpayment"][(ACCOUNT, "adj-1")]["state"] == "reversed"
    assert tables.rows["charge_balance"][(ACCOUNT, ONE)]["credit_cents"] == 0


def test_what_came_too_much_of_one_answer_adds_up() -> None:
    opened_twice = OverpaymentOpened(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication="adj-1",
        payer="BLUE",
        cents=500,
        suspected_on=date(2026, 1, 21),
        reason="r",
    )
    tables = Tables().tell(account_stream(ACCOUNT), opened_twice, opened_twice)
    row = tables.rows["overpayment"][(ACCOUNT, "adj-1")]
    assert (row["cents"], row["recovered_cents"], row["state"]) == (1_000, 0, "suspected")


def test_provider_level_money_is_kept_by_reason() -> None:
    payee = payee_stream("BLUE", "990000001")
    town = Town(opened("BLUE"), captured()).say(payee, DELIVERED)
    rows = _rows(town)
    by_reason = rows["payee_balance"][("BLUE", "990000001")]["by_reason"]
    assert by_reason == {"WO": 3_000, "FB": -1_000, "L6": -25}
    assert len(rows["provider_adjustment"]) == 3


def test_a_takeback_is_listed_until_overpayments_explain_it() -> None:
    payee = payee_stream("BLUE", "990000001")
    town = Town(opened("BLUE"), captured()).say(payee, DELIVERED)
    key = ("BLUE", "990000001", DELIVERED.adjustments[0].reference)
    row = _rows(town)["takeback"][key]
    assert (row["account"], row["taken_cents"], row["recovered_cents"]) == (ACCOUNT, 3_000, 0)
    town.say(account_stream(ACCOUNT), adjudicated(line(25_000, ("CO", "45", -5_000))))
    town.say(account_stream(ACCOUNT), adjudicated(line(4_000), adjudication="adj-2"))
    rows = _rows(town)
    assert rows["takeback"][key]["recovered_cents"] == 3_000
    over = rows["overpayment"][(ACCOUNT, "adj-2")]
    assert (over["cents"], over["recovered_cents"], over["state"]) == (4_000, 3_000, "suspected")
    assert rows["account_balance"][(ACCOUNT,)]["credit_cents"] == 1_000


def _rows(town: Town) -> Any:
    tables = Tables()
    for stream, event in [(account_stream(ACCOUNT), captured()), *town.said]:
        tables.tell(stream, event)
    return tables.rows


def test_the_readme_lists_what_is_heard_and_said() -> None:
    text = (Path("services") / "posting" / "README.md").read_text()
    _, heard, said = re.split(r"^## (?:Hears|Says)$", text, flags=re.MULTILINE)
    said = said.split("## Rules")[0]
    assert set(re.findall(r"^\| `([^`]+)`", heard, re.MULTILINE)) == SERVICE.hears
    assert set(re.findall(r"^\| `([^`]+)`", said, re.MULTILINE)) == SERVICE.says
