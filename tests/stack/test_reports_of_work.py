"""Work lists in a real database: what is somebody's to do, whose account it is, and what waits for somebody else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.coding import ChargeCorrected
from contracts.denial import AppealDecided, AppealFiled, DenialResolved
from contracts.submission import ClaimHeld, ClaimResubmitted, EditFailure, TransportRejected
from deploy.stack import Stack
from services.reporting.api import denials, work
from tests.stack.reports import answer, database
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    DAY,
    ONE,
    SECOND_CLAIM,
    TWO,
    captured,
    charge,
    opened,
)
from tests.unit.reporting.facts import (
    DENIED,
    PAID,
    acknowledged,
    adjudicated,
    created,
    denial,
    lived,
    rejected,
    resubmitted,
    submitted,
    taken_back,
    transferred,
)
from tests.unit.reporting.rows import Rows
from tests.unit.reporting.test_reporting_denials import ASKED, D1, reopening, requested

MONDAY, PAST = date(2026, 1, 5), date(2026, 1, 1)
HELD = ClaimHeld(
    account=ACCOUNT,
    claim=CLAIM,
    attempt=2,
    reasons=(
        EditFailure(
            rule="npi", rule_version="1", loop="2310B", element="NM109", severity="block",
            sentence="The number is wrong.", fix="Correct it at coding.",
        ),
    ),
)  # fmt: skip

AGAIN = ClaimResubmitted(
    account=ACCOUNT, claim=CLAIM, attempt=2, frequency="7", payer="BLUE", payer_order=1, payer_control="ICN1",
    cause="correction", adjudication="adj-1", total_cents=20_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[str]:
    """The DSN of a database with reporting's tables."""
    with database(stack.postgres.start()) as made:
        yield made


def _denied(*events: Any) -> Rows:
    rows = Rows().days(MONDAY, date(2026, 1, 9))
    return rows.tell(created(), submitted(DAY), denial(D1, PAST), *events)


@pytest.mark.parametrize(
    ("events", "standing", "next_step"),
    [
        pytest.param([], "to do", "Add the number and send again.", id="open"),
        pytest.param(
            [requested(), submitted(DAY, attempt=2)],
            "waiting for the payer",
            "Wait for the payer's answer to the corrected claim.",
            id="sent again",
        ),
        pytest.param(
            [requested(), HELD],
            "to do",
            "Mend the corrected claim: it is held, see list rejected.",
            id="held",
        ),
        pytest.param(
            [requested(), submitted(DAY, attempt=2), rejected()],
            "to do",
            "Mend the corrected claim: it is rejected, see list rejected.",
            id="rejected",
        ),
        pytest.param(
            [requested("reopening"), reopening()],
            "to do",
            "Ask the payer to reopen its decision: it takes no corrected claim.",
            id="not asked to reopen",
        ),
        pytest.param(
            [requested("reopening"), reopening(), ASKED],
            "waiting for the payer",
            "Wait for the payer's answer to the reopening.",
            id="asked to reopen",
        ),
    ],
)
def test_a_denial_is_to_do_until_it_is_the_payers_turn(
    server: str, events: list[Any], standing: str, next_step: str
) -> None:
    rows = _denied(*events)
    (found,) = answer(server, rows, denials.denials)
    assert (found["standing"], found["next_action"]) == (standing, next_step)
    mine = standing == "to do"
    assert (found["past"], found["past_due"]) == (mine, int(mine))
    (one,) = answer(server, rows, denials.denial_work_list)
    assert (one["account"], one["claim"], one["cents"]) == (ACCOUNT, CLAIM, 20_000)
    assert (one["standing"], one["next_step"], one["past"]) == (standing, next_step, mine)
    total = answer(server, rows, denials.denials_total)
    assert (total["denials"], total["to_do"], total["waiting"]) == (1, int(mine), int(not mine))
    assert total["past_due"] == int(mine)


def test_a_denials_door_is_named(server: str) -> None:
    (one,) = answer(server, _denied(), denials.denial_work_list)
    assert one["door"] == f"denial, POST /denials/{D1}/correct"
    rows = _denied()
    rows.tables["denial_view"][(D1,)]["correctable"] = False
    (one,) = answer(server, rows, denials.denial_work_list)
    assert one["door"] == f"to appeal: denial, POST /denials/{D1}/appeal; to give it up: …/accept"
    rows = _denied(requested("reopening"), reopening())
    (one,) = answer(server, rows, denials.denial_work_list)
    assert one["door"] == f"submission, POST /claims/{CLAIM}/reopening"


def test_a_reopening_that_nobody_asked_for_is_listed_with_what_it_is_about(server: str) -> None:
    rows = _denied(requested("reopening"), reopening())
    (found,) = answer(server, rows, denials.reopenings)
    assert (found["account"], found["payer_control"], found["cents"]) == (ACCOUNT, "ICN1", 20_000)
    assert (found["by_when"], found["past"]) == (PAST, True)
    assert found["next_step"].endswith(f"submission, POST /claims/{CLAIM}/reopening")
    assert answer(server, rows.tell(ASKED), denials.reopenings) == []


def _one(server: str, rows: Rows) -> Any:
    (found,) = answer(server, rows, work.rejected)
    return found


def test_a_held_claim_names_its_account_why_it_is_held_and_how_it_goes(server: str) -> None:
    rows = Rows().days(MONDAY, date(2026, 1, 9)).tell(created())
    row = _one(server, rows.tell(replace(HELD, attempt=1), on=date(2026, 1, 7)))
    assert (row["account"], row["claim"], row["state"]) == (ACCOUNT, CLAIM, "held")
    assert (row["since"], row["which"]) == (date(2026, 1, 7), "1, frequency 1")
    assert row["why"] == "npi: The number is wrong."
    assert row["next_step"].startswith("Correct it at coding. It goes by itself then")
    assert row["next_step"].endswith(f"submission, POST /claims/{CLAIM}/release")
    assert f"what shall not go at all: submission, POST /claims/{CLAIM}/void; " in row["next_step"]


def test_a_held_correction_of_a_decided_claim_says_that_it_was_decided(server: str) -> None:
    rows = lived(adjudicated(DENIED)).tell(AGAIN, HELD)
    row = _one(server, rows)
    assert (row["attempt"], row["frequency"], row["decided_before"]) == (2, "7", True)
    assert row["which"] == "2, frequency 7, decided before"
    assert (row["file_by"], row["past"]) == (None, False)
    assert f"what shall not go at all: submission, POST /claims/{CLAIM}/void; " in row["next_step"]


def test_a_rejected_claim_says_whom_its_codes_are_about_and_where_it_goes_again(
    server: str,
) -> None:
    rows = Rows().tell(created(), submitted(DAY), replace(rejected(), entity="IL"), on=DAY)
    row = _one(server, rows)
    assert (row["why"], row["since"], row["claims"]) == ("A7 164 IL", DAY, 1)
    assert row["next_step"] == (
        "correct what the codes name about the subscriber, then resubmit: "
        f"submission, POST /claims/{CLAIM}/resubmit"
    )


def test_a_void_that_came_back_or_is_held_can_be_withdrawn(server: str) -> None:
    void = replace(AGAIN, frequency="8", cause="void")
    held = _one(server, lived(adjudicated(PAID)).tell(void, HELD))
    assert held["next_step"].endswith(f"/claims/{CLAIM}/void/withdraw")
    rows = lived(adjudicated(PAID)).tell(void, submitted(DAY, attempt=2), rejected())
    rows.claim(CLAIM)["frequency"] = "8"
    assert _one(server, rows)["next_step"].startswith("resubmit the void: ")


def test_a_claim_that_transport_refused_goes_again_by_itself_but_for_the_offender(
    server: str,
) -> None:
    refused = TransportRejected(
        receiver="HOUSE",
        level="999",
        isa13=1,
        st02="0001",
        code="R",
        account=ACCOUNT,
        claim=CLAIM,
        attempt=1,
    )
    rows = Rows().tell(created(), submitted(DAY), refused, on=DAY)
    row = _one(server, rows)
    assert (row["next_step"], row["since"]) == ("nothing: it goes again by itself", DAY)
    named = replace(HELD.reasons[0], rule="TRANSPORT")
    row = _one(server, rows.tell(replace(HELD, attempt=1, reasons=(named,))))
    assert row["next_step"].endswith(f"submission, POST /claims/{CLAIM}/resubmit")


def test_the_list_of_what_came_back_says_how_many_it_left_off(server: str) -> None:
    rows = Rows()
    for claim in (CLAIM, SECOND_CLAIM):
        rows.tell(created(claim), rejected(claim))
    (found,) = answer(server, rows, lambda doors: work.rejected(doors, 1))
    assert (found["listed"], found["listed_cents"]) == (2, 40_000)


def test_denials_of_a_table_that_was_not_made_again_are_to_do_as_they_were(server: str) -> None:
    rows = _denied()
    empty = dict.fromkeys(("state", "route", "requested_on", "correctable"))
    rows.tables["denial_view"][(D1,)].update(empty)
    (found,) = answer(server, rows, denials.denials)
    assert (found["standing"], found["next_action"]) == ("to do", "Add the number and send again.")


def _unclaimed(server: str, rows: Rows) -> list[tuple[Any, ...]]:
    found = answer(server, rows.days(MONDAY, date(2026, 1, 9)), work.unclaimed)
    return [(row["what"], row["payer"], row["cents"], row["next_step"]) for row in found]


def test_a_charge_that_came_after_its_claim_was_decided_is_asked_of_nobody_until_the_claim_goes_again(
    server: str,
) -> None:
    rows = lived(adjudicated(PAID)).tell(captured(charge(TWO, 9_900)))
    ((what, payer, cents, step),) = _unclaimed(server, rows)
    assert (what, payer, cents) == ("in process", "BLUE", 9_900)
    assert step.endswith(f"submission, POST /claims/{CLAIM}/replace")
    assert _unclaimed(server, rows.tell(AGAIN)) == []


def test_a_decision_that_was_taken_back_and_not_replaced_is_asked_for(server: str) -> None:
    ((what, _, cents, step),) = _unclaimed(server, lived(adjudicated(PAID), taken_back(12_000)))
    assert (what, cents) == ("in process", 20_000)
    assert step == "its payer took the decision back: ask for the one that takes its place"


def test_a_claim_that_its_payer_calls_anothers_is_to_be_billed_to_that_one(server: str) -> None:
    said = replace(adjudicated(DENIED), status="23", flags=("no_money",))
    rows = Rows().tell(opened("BLUE"), captured(), created(), submitted(DAY), said)
    ((what, _, cents, step),) = _unclaimed(server, rows)
    assert (what, cents) == ("in process", 20_000)
    assert step.startswith("its payer says it is another payer's") and step.endswith(
        f"{CLAIM}/resubmit"
    )


def test_charges_that_no_claim_was_made_of_are_nobodys_until_they_are_coded(server: str) -> None:
    rows = Rows().tell(opened("BLUE"), captured())
    ((what, _, cents, step),) = _unclaimed(server, rows)
    assert (what, cents, step.startswith("no claim was made of it")) == ("in process", 20_000, True)
    assert _unclaimed(server, rows.tell(created())) == []


def _changed_charges(server: str, rows: Rows) -> list[tuple[Any, ...]]:
    found = answer(server, rows, work.changed_charges)
    return [
        (row["state"], row["billed_cents"], row["charges_cents"], row["cents"], row["next_step"])
        for row in found
    ]


def test_a_claim_that_bills_other_than_its_account_charges_is_listed_until_it_goes_again_or_the_charge_returns(
    server: str,
) -> None:
    rows = Rows().tell(opened("BLUE"), captured(), created(), submitted(DAY), adjudicated(PAID))
    assert _changed_charges(server, rows) == []
    one = charge(ONE, 20_000)
    lower = ChargeCorrected(
        account=ACCOUNT, before=one, after=replace(one, charge_cents=15_000), reason="r"
    )
    ((*told, step),) = _changed_charges(server, rows.tell(lower))
    assert told == ["adjudicated", 20_000, 15_000, -5_000]
    assert f"replace it: submission, POST /claims/{CLAIM}/replace" in step
    back = ChargeCorrected(account=ACCOUNT, before=lower.after, after=one, reason="r")
    assert _changed_charges(server, rows.tell(back)) == []
    assert len(_changed_charges(server, rows.tell(lower))) == 1
    assert _changed_charges(server, rows.tell(resubmitted(15_000))) == []
    again = replace(submitted(DAY, attempt=2), total_cents=15_000)
    assert _changed_charges(server, rows.tell(again)) == []


def test_a_claim_whose_payer_reopened_its_decision_is_listed_until_it_decided_what_is_charged(
    server: str,
) -> None:
    one = charge(ONE, 20_000)
    lower = ChargeCorrected(
        account=ACCOUNT, before=one, after=replace(one, charge_cents=15_000), reason="r"
    )
    rows = Rows().tell(opened("BLUE"), captured(), created(), submitted(DAY), adjudicated(PAID))
    ((*_, step),) = _changed_charges(server, rows.tell(lower, reopening()))
    assert step.startswith("ask its payer to reopen its decision")
    ((*_, step),) = _changed_charges(server, rows.tell(ASKED))
    assert step == f"wait for its payer's decision: it was asked to reopen it on {DAY}"
    assert _changed_charges(server, rows.tell(taken_back(12_000))) == [], "its decision is awaited"
    anew = replace(adjudicated(PAID, adjudication="adj-2"), charge_cents=20_000)
    ((*told, step),) = _changed_charges(server, rows.tell(anew))
    assert told == ["adjudicated", 20_000, 15_000, -5_000] and step.startswith("replace it")
    again = replace(taken_back(12_000), adjudication="adj-3", reverses="adj-2")
    rows.tell(again, replace(anew, adjudication="adj-4", charge_cents=15_000))
    assert _changed_charges(server, rows) == []


def test_a_payer_that_decided_a_part_of_what_was_billed_has_not_decided_what_is_charged(
    server: str,
) -> None:
    one = charge(ONE, 20_000)
    lower = ChargeCorrected(
        account=ACCOUNT, before=one, after=replace(one, charge_cents=12_000), reason="r"
    )
    part = replace(adjudicated(PAID), charge_cents=12_000)
    rows = Rows().tell(opened("BLUE"), captured(), created(), submitted(DAY), part, lower)
    assert len(_changed_charges(server, rows)) == 1


def test_what_the_payer_has_not_decided_or_has_no_charge_left_is_told_so(server: str) -> None:
    rows = Rows().tell(opened("BLUE"), captured(), created())
    one = charge(ONE, 20_000)
    gone = ChargeCorrected(account=ACCOUNT, before=one, after=replace(one, units=0), reason="r")
    assert _changed_charges(server, rows.tell(gone)) == [], "it has not left"
    ((*told, step),) = _changed_charges(server, rows.tell(submitted(DAY)))
    assert told == ["sent", 20_000, 0, -20_000] and step.startswith("wait for its payer's decision")
    ((_, _, _, _, step),) = _changed_charges(server, rows.tell(acknowledged()))
    assert step.startswith("no charge is left")


def test_an_accepted_denial_is_to_be_written_off(server: str) -> None:
    rows = lived(adjudicated(DENIED)).tell(denial(D1, PAST))
    assert _unclaimed(server, rows) == []
    accepted = DenialResolved(
        account=ACCOUNT, denial=D1, outcome="accepted", cents=20_000, resolved_on=DAY, reason="r"
    )
    ((what, payer, cents, step),) = _unclaimed(server, rows.tell(accepted))
    assert (what, payer, cents) == ("accepted denial", "BLUE", 20_000)
    assert "write it off" in step
    rows.tell(transferred(20_000))
    assert _unclaimed(server, rows) == []


APPEALED = AppealFiled(
    account=ACCOUNT, denial=D1, claim=CLAIM, adjudication="adj-1", payer="BLUE", level=1, basis="the records", cents=20_000,
    filed_on=MONDAY, answer_by=date(2026, 3, 6), filed_by="pat",
)  # fmt: skip
ANSWERED = AppealDecided(
    account=ACCOUNT, denial=D1, claim=CLAIM, payer="BLUE", level=1, outcome="overturned", reason="they agree",
    decided_on=MONDAY, due_on=date(2026, 3, 6), recorded_by="pat",
)  # fmt: skip


@pytest.mark.parametrize(
    ("events", "standing", "next_step", "past"),
    [
        pytest.param(
            [APPEALED], "waiting for the payer",
            "Wait for the answer to the appeal at level 1, by 2026-03-06.", False, id="appealed",
        ),
        pytest.param(
            [replace(APPEALED, answer_by=MONDAY)], "to do",
            "Ask what became of the appeal at level 1: it was to be answered by 2026-01-05.", True, id="no answer",
        ),
        pytest.param(
            [APPEALED, ANSWERED], "waiting for the payer",
            "The appeal was won: wait for the payer's money, by 2026-03-06.", False, id="won",
        ),
        pytest.param(
            [APPEALED, replace(ANSWERED, outcome="upheld", due_on=date(2026, 7, 6))], "to do",
            "The appeal at level 1 was upheld: they agree", False, id="upheld",
        ),
    ],
)  # fmt: skip
def test_an_appeal_waits_until_its_day_and_is_work_again_when_it_is_upheld(
    server: str, events: list[Any], standing: str, next_step: str, past: bool
) -> None:
    (found,) = answer(server, _denied(*events), denials.denial_work_list)
    assert (found["standing"], found["next_step"], found["past"]) == (standing, next_step, past)
