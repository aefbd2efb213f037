"""The key figures from rows in a real database, each rate counted by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.posting import (
    DeniedAmount,
    OverpaymentRefunded,
    PatientPaymentReceived,
    PaymentPosted,
    WriteOffPosted,
)
from contracts.submission import ClaimHeld, EditFailure
from contracts.values import JournalLine
from deploy.stack import Stack
from services.reporting.api.kpis import KPIS, kpis
from shared.streams import account_number, account_stream, guarantor_stream, payee_stream
from tests.stack.reports import answer, database
from tests.unit.posting.facts import ACCOUNT, ONE
from tests.unit.reporting.facts import (
    DENIED,
    PAID,
    acknowledged,
    adjudicated,
    created,
    lived,
    rejected,
    submitted,
)
from tests.unit.reporting.rows import Rows

JANUARY, FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 6) for month in range(1, 6))
HELD = EditFailure(
    rule="npi",
    rule_version="1",
    loop="2310B",
    element="NM109",
    severity="block",
    sentence="It is wrong.",
    fix="Correct it.",
)
OTHER = account_number("test", "ehr", "enc-2")
Found = dict[tuple[str, str | None], tuple[Any, Any, Any]]


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[str]:
    """The DSN of a database with reporting's tables."""
    with database(stack.postgres.start()) as made:
        yield made


def told(server: str, rows: Rows, by: Any = "all", months: int = 12) -> Found:
    """(numerator, denominator, value) by figure and group."""
    found = answer(server, rows, lambda doors: kpis(doors, by, months))
    return {
        (r["kpi"], r["name"]): (r["numerator"], r["denominator"], r["value"]) for r in found["kpis"]
    }


def held(claim: str, attempt: int = 1) -> ClaimHeld:
    return ClaimHeld(account=ACCOUNT, claim=claim, attempt=attempt, reasons=(HELD,))


def posted(claim: str, on: date, paid: int, denied: int = 0) -> PaymentPosted:
    """A decision on a claim as posting says it."""
    return PaymentPosted(
        account=ACCOUNT, claim=claim, adjudication=f"{claim}-{on}", payer="BLUE", payer_order=1, remittance="rem-1",
        check_number="CHK1", entry="E1", posted_on=on, paid_cents=paid, contractual_cents=0, allowed_cents=paid,
        patient_part_cents=0, rule_set="r", entries=(JournalLine(ledger="remittance_clearing", cents=paid),),
        denied=(DeniedAmount(group="CO", carc="197", cents=denied),) if denied else (),
    )  # fmt: skip


def sent(rows: Rows, claim: str, on: date, *before: Any) -> Rows:
    return rows.tell(created(claim), *before, submitted(on, claim=claim), on=on)


def decided(rows: Rows, claim: str, on: date, paid: int = 20_000, denied: int = 0) -> Rows:
    line = DENIED if denied else PAID
    return rows.tell(
        adjudicated(line, claim=claim, adjudication=f"{claim}-{on}"),
        posted(claim, on, paid, denied),
        on=on,
    )


def test_a_claim_that_was_held_before_it_first_went_is_not_clean_whatever_came_later(
    server: str,
) -> None:
    rows = Rows().days(JANUARY, FEBRUARY)
    sent(rows, "A", JANUARY, held("A"))
    sent(rows, "B", JANUARY)
    rows.tell(held("B", 2), on=FEBRUARY)
    sent(rows, "C", FEBRUARY)
    rows.tell(created("D"), held("D"), on=FEBRUARY)
    found = told(server, rows, "month")
    assert found["clean claim rate", "2026-01"] == (1, 2, 5_000)
    assert found["clean claim rate", "2026-02"] == (1, 1, 10_000)
    assert found["clean claim rate", None] == (2, 3, 6_667)


def test_the_payers_first_277ca_says_whether_it_accepted_a_claim(server: str) -> None:
    rows = Rows().days(JANUARY, JANUARY)
    for claim in "ABCDE":
        sent(rows, claim, JANUARY)
    rows.tell(acknowledged(claim="A"), rejected("A"))
    rows.tell(rejected("B"), submitted(JANUARY, claim="B", attempt=2), acknowledged(claim="B"))
    rows.tell(acknowledged("clearinghouse", claim="C"))
    decided(rows, "D", JANUARY)
    assert told(server, rows)["payer acceptance rate", None] == (2, 5, 4_000)


def test_a_claim_is_resolved_at_the_first_pass_when_its_first_decision_denies_nothing_and_is_about_all_of_it(
    server: str,
) -> None:
    rows = Rows().days(JANUARY, FEBRUARY)
    for claim in "ABC":
        sent(rows, claim, JANUARY)
    decided(rows, "A", JANUARY)
    decided(rows, "B", JANUARY, paid=0, denied=20_000)
    decided(rows, "B", FEBRUARY)
    part = adjudicated(replace(PAID, charge_cents=5_000), claim="C", adjudication="C-1")
    rows.tell(part, posted("C", JANUARY, 3_000))
    found = told(server, rows)
    assert found["first-pass resolution rate", None] == (1, 3, 3_333)
    assert found["remittance denial rate", None] == (1, 4, 2_500)


def test_initial_denials_are_over_the_mean_of_the_three_months_before(server: str) -> None:
    rows = Rows().days(JANUARY, MAY)
    for claim, on in (("A", JANUARY), ("B", JANUARY), ("C", FEBRUARY), ("D", MARCH), ("E", APRIL)):
        sent(rows, claim, on)
    decided(rows, "A", FEBRUARY, denied=20_000)
    decided(rows, "C", APRIL, denied=20_000)
    decided(rows, "D", MAY)
    found = told(server, rows, "month")
    assert found["initial denial rate by volume", "2026-04"] == (1, 1.3, 7_500)
    assert found["initial denial rate by dollars", "2026-04"] == (20_000, 26_667, 7_500)
    assert found["initial denial rate by volume", "2026-05"] == (0, 1.0, 0)
    assert found["initial denial rate by volume", None] == (1, 2.3, 4_286)
    assert ("initial denial rate by volume", "2026-02") not in found


def test_net_collection_and_denial_write_offs_are_of_the_accounts_served_in_the_window(
    server: str,
) -> None:
    rows = lived(adjudicated(PAID)).days(JANUARY, JANUARY)
    off = WriteOffPosted(
        account=OTHER, kind="denial", reason="given up", approver="ann", cents=4_000, entry="E7", posted_on=JANUARY,
        entries=(JournalLine(ledger="write_off", cents=4_000, charge=ONE), JournalLine(ledger="ar_denied", cents=-4_000, charge=ONE)),
    )  # fmt: skip
    small = replace(
        off, kind="small balance", entries=(JournalLine(ledger="ar_patient", cents=-500),)
    )
    rows.tell(off, small, stream=account_stream(OTHER))
    rows.account(OTHER).update(
        charges_cents=10_000, service_on=JANUARY, payer="AETN", patient_paid_cents=0
    )
    found = told(server, rows, "payer")
    assert found["net collection rate", "BLUE"] == (12_000, 15_000, 8_000)
    assert found["net collection rate", None] == (12_000, 25_000, 4_800)
    assert found["denial write-off rate", "AETN"] == (4_000, 10_000, 4_000)
    assert found["denial write-off rate", None] == (4_000, 25_000, 1_600)
    rows.account(OTHER)["opening_cents"] = -10_000
    assert told(server, rows)["net collection rate", None] == (12_000, 15_000, 8_000)


def test_cash_counts_on_the_day_it_was_posted_less_what_was_given_back(server: str) -> None:
    rows = lived(adjudicated(PAID)).days(JANUARY, FEBRUARY)
    on = {posted["posted_on"] for posted in rows.tables["check_posted"].values()}
    assert on == {date(2026, 1, 21)}
    paid = PatientPaymentReceived(
        guarantor="g1", payment="p1", tender="card", amount_cents=900, received_on=FEBRUARY
    )
    back = OverpaymentRefunded(
        account=ACCOUNT, claim="A", adjudication="adj-1", payer="BLUE", refund="r1", cents=2_000, reason="R", approver="ann",
        entry="E8", posted_on=FEBRUARY, entries=(),
    )  # fmt: skip
    rows.tell(paid, stream=guarantor_stream("g1")).tell(back, stream=payee_stream("BLUE", "1"))
    found = told(server, rows, "month")
    assert found["cash collection rate", "2026-01"] == (12_000, 15_000, 8_000)
    assert found["cash collection rate", "2026-02"] == (-1_100, 0, None)
    assert found["cash collection rate", None] == (10_900, 15_000, 7_267)
    by_payer = told(server, rows, "payer")
    assert [name for kpi, name in by_payer if kpi.startswith("cash")] == [None]


def test_days_in_receivables_are_what_is_owed_less_credits_over_the_net_revenue_of_a_day(
    server: str,
) -> None:
    rows = lived(adjudicated(PAID)).days(date(2026, 1, 5), date(2026, 1, 14))
    rows.account()["credit_cents"] = 600
    found = told(server, rows, "facility")
    assert found["net days in A/R", "F1"] == found["net days in A/R", None] == (2_400, 1_500, 1.6)
    assert found["aged A/R over 90 days", None] == (0, 3_000, 0)
    rows.days(date(2026, 4, 1), date(2026, 4, 15))
    found = told(server, rows)
    assert found["aged A/R over 90 days", None] == (3_000, 3_000, 10_000)
    assert found["net days in A/R", None] == (2_400, 0, None)


def test_months_before_the_window_are_not_counted(server: str) -> None:
    rows = Rows().days(JANUARY, MARCH)
    sent(sent(rows, "A", JANUARY), "B", MARCH)
    assert told(server, rows, months=1)["clean claim rate", None] == (1, 1, 10_000)
    assert told(server, rows, months=3)["clean claim rate", None] == (2, 2, 10_000)


def test_rows_of_an_older_version_are_in_no_rate(server: str) -> None:
    rows = Rows().days(JANUARY, JANUARY)
    sent(rows, "A", JANUARY)
    rows.claim("A")["first_held"] = None
    decided(rows, "A", JANUARY)
    found = told(server, rows)
    assert (
        found["clean claim rate", None] == found["first-pass resolution rate", None] == (0, 0, None)
    )


@pytest.mark.parametrize("by", ["all", "month", "payer", "facility"])
def test_of_nothing_every_figure_has_no_value(server: str, by: Any) -> None:
    found = told(server, Rows(), by)
    assert list(found) == [(kpi.name, None) for kpi in KPIS]
    assert {value for _, _, value in found.values()} == {None}
