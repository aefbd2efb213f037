"""The rows of balances say what the guarantor's own count says, whatever happened."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.posting import StatementIssued
from contracts.registry import wire_name
from services.posting.domain.commands import (
    AgreePlan,
    AnswerDispute,
    Dispute,
    EndPlan,
    PlaceBalance,
    RecallBalance,
)
from services.posting.projections.statements import (
    DISPUTE,
    PATIENT_BALANCE,
    PAYMENT_PLAN,
    STATEMENT,
)
from shared.service import At, Projection, Row, Scope
from tests.unit.posting.household import ENTITY, ONE, TWO, Household, terms


class Shown(Household):
    """A household whose rows are projected as its events come."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[Any, Row]] = {}
        super().__init__(terms())

    def hear(self, event: Any) -> "Household":
        at = At(
            "guarantor/g1",
            0,
            "e",
            wire_name(type(event)),
            Scope(),
            self.day,
            datetime(2026, 3, 2, tzinfo=UTC),
            "",
            "",
            "",
            0,
        )
        for projection in (PATIENT_BALANCE, STATEMENT, DISPUTE, PAYMENT_PLAN):
            if at.wire in projection.hears:
                self._project(projection, event, at)
        return super().hear(event)

    def _project(self, projection: Projection, event: Any, at: At) -> None:
        rows = self.rows.setdefault(projection.table, {})
        assert projection.keys is not None and projection.project is not None
        for key in projection.keys(event, at):
            extra = (key,) if projection.keyed else ()
            after = projection.project(rows.get(key), event, at, *extra)
            assert after is None or set(after) == set(projection.columns)
            if after is not None:
                rows[key] = after

    def check(self) -> None:
        assert self.state is not None
        for account, owed in self.state.owed.items():
            row = self.rows["patient_balance"][("g1", account)]
            counted = (
                owed.cents,
                owed.stated,
                owed.first_stated,
                owed.last_notice,
                owed.dispute,
                owed.agency,
            )
            names = (
                "owed_cents",
                "stated",
                "first_stated_on",
                "last_notice_on",
                "dispute",
                "agency",
            )
            assert tuple(row[name] for name in names) == counted


def test_rows_count_as_the_guarantor_does() -> None:
    home = Shown()
    home.owes(ONE, 4_000).owes(TWO, 900).for_days(40)
    home.check()
    home.obey(Dispute("g1", TWO, "D-1", "not mine", "desk"))
    home.pays(ONE, 1_000, left=3_000).until(date(2026, 7, 5))
    home.check()
    home.obey(AnswerDispute("g1", TWO, "D-1", "stands", "it was", "desk"))
    home.obey(PlaceBalance("g1", ONE, "AGENCY", "", "lead"))
    home.for_days(31)
    home.check()
    home.obey(RecallBalance("g1", ONE, "", "lead"))
    home.owes(TWO, 1_200).for_days(31)
    home.check()
    home.obey(AgreePlan("g1", "PLAN-1", ENTITY, 500, home.day, "by phone", "desk"))
    home.obey(EndPlan("g1", "PLAN-1", "moved away", "desk"))
    home.check()
    home.pays(ONE, 3_000, left=0).pays(TWO, 1_200, left=0)
    home.check()


def test_the_row_tells_how_much_an_agency_got() -> None:
    home = Shown()
    home.owes(ONE, 4_000).until(date(2026, 7, 5)).obey(
        PlaceBalance("g1", ONE, "AGENCY", "", "lead")
    )
    home.owes(ONE, 5_000)
    row = home.rows["patient_balance"][("g1", ONE)]
    assert (row["agency"], row["placed_cents"], row["owed_cents"]) == ("AGENCY", 4_000, 5_000)
    home.obey(RecallBalance("g1", ONE, "", "lead"))
    assert home.rows["patient_balance"][("g1", ONE)]["placed_cents"] == 0


def test_a_statement_is_kept_as_it_was_issued() -> None:
    home = Shown()
    home.owes(ONE, 4_000).for_days(1)
    (said,) = home.of(StatementIssued)
    row = home.rows["statement"][(said.statement,)]
    assert (row["asked_cents"], row["due_on"], row["accounts"][0]["account"]) == (
        4_000,
        said.due_on,
        ONE,
    )


def test_a_plans_row_tells_what_was_missed_last_and_how_it_ended() -> None:
    home = Shown()
    home.owes(ONE, 4_500).obey(
        AgreePlan("g1", "PLAN-1", ENTITY, 1_000, date(2026, 3, 31), "by phone", "desk")
    )
    home.until(date(2026, 4, 6))
    row = home.rows["payment_plan"][("g1", "PLAN-1")]
    assert (row["state"], row["missed"], row["missed_due_on"], row["short_cents"]) == (
        "in force",
        1,
        date(2026, 3, 31),
        1_000,
    )
    home.obey(EndPlan("g1", "PLAN-1", "moved away", "lead"))
    row = home.rows["payment_plan"][("g1", "PLAN-1")]
    assert (row["state"], row["ended_by"], row["came_cents"]) == ("ended", "lead", 0)


def test_a_plans_row_has_the_new_days_of_one_that_rested() -> None:
    home = Shown()
    home.owes(ONE, 4_500).obey(
        AgreePlan("g1", "PLAN-1", ENTITY, 1_000, date(2026, 3, 15), "by phone", "desk")
    )
    home.obey(Dispute("g1", ONE, "D-1", "not mine", "desk"))
    home.until(date(2026, 4, 20)).obey(AnswerDispute("g1", ONE, "D-1", "stands", "it was", "lead"))
    assert home.state is not None
    found = home.state.plan(ENTITY)
    assert found is not None
    row = home.rows["payment_plan"][("g1", "PLAN-1")]
    assert row["first_due_on"] == found.first_due == date(2026, 5, 15)


def test_a_disputes_row_has_its_answer() -> None:
    home = Shown()
    home.owes(ONE, 4_500).obey(Dispute("g1", ONE, "D-1", "not mine", "desk"))
    home.obey(AnswerDispute("g1", ONE, "D-1", "changed", "written off", "lead"))
    row = home.rows["dispute"][("g1", "D-1")]
    assert (row["outcome"], row["answer"], row["answered_by"]) == ("changed", "written off", "lead")
