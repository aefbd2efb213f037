"""A story names whose account it is, who pays in turn, and never a payment that was not made."""

from typing import Any

import pytest
import typer

from cli import story

CLAIM: dict[str, Any] = {
    "claim": "A23456789012340001X",
    "payer": "BLUE",
    "state": "sent",
    "attempt": 1,
    "sent_on": "2026-01-08",
    "accepted_on": None,
    "payer_control": "",
    "rejected_on": None,
    "rejection": "",
    "hold": "",
    "adjudicated_on": None,
    "check_number": "",
    "paid_cents": 0,
    "denied_cents": 0,
    "contractual_cents": 0,
    "patient_cents": 0,
    "filing_limit_on": "2026-07-11",
    "filing_days_left": 10,
}
PAID = {
    "state": "paid",
    "accepted_on": "2026-01-13",
    "payer_control": "ICN1",
    "adjudicated_on": "2026-01-28",
    "check_number": "CHK1",
    "paid_cents": 12_000,
}
MONEY = {
    "payer": "BLUE",
    "facility": "FAC1",
    "service_on": "2026-01-06",
    "charges_cents": 20_000,
    "open_cents": 0,
    "denied_cents": 0,
    "next_payer_cents": 3_000,
    "patient_owes_cents": 0,
    "credit_cents": 0,
}


def told(**given: Any) -> dict[str, Any]:
    made = {
        "account": "A",
        "patient": "Z.S.",
        "money": MONEY,
        "claims": [CLAIM],
        "steps": [],
        "left_off": 0,
    }
    return {**made, **given}


def test_a_claim_that_nobody_decided_on_shows_no_payment() -> None:
    assert "paid" not in story.claim_line(CLAIM)


def test_a_paid_claim_shows_its_control_number_check_and_its_date() -> None:
    said = story.claim_line({**CLAIM, **PAID})
    assert "accepted 2026-01-13, payer control number ICN1" in said
    assert "check CHK1 of 2026-01-28, paid 120.00" in said


def test_filing_days_left_are_shown_and_a_past_limit_is_marked() -> None:
    assert "10 filing days left" in story.claim_line(CLAIM)
    assert "filing limit 2026-07-11 past" in story.claim_line({**CLAIM, "filing_days_left": -20})


def test_the_filing_limit_of_a_paid_claim_no_longer_matters() -> None:
    assert "filing" not in story.claim_line({**CLAIM, **PAID, "filing_days_left": -20})


def test_a_corrected_claim_that_is_held_was_filed_in_time_before() -> None:
    held = {**CLAIM, **PAID, "state": "held", "hold": "ELIGIBILITY", "filing_days_left": -20}
    assert "filing" not in story.claim_line(held)


def test_a_denied_claim_shows_what_was_denied_and_no_payment_of_nothing() -> None:
    said = story.claim_line(
        {**CLAIM, **PAID, "state": "denied", "paid_cents": 0, "denied_cents": 6_025}
    )
    assert "nothing paid, denied 60.25" in said
    assert "0.00" not in said


def test_a_rejected_claim_says_why() -> None:
    rejected = {**CLAIM, "state": "rejected", "rejected_on": "2026-01-12", "rejection": "A7 164"}
    assert "rejected 2026-01-12 (A7 164)" in story.claim_line(rejected)


def test_the_heading_names_patient_facility_payers_in_turn_and_what_is_owed() -> None:
    second = {**CLAIM, "payer": "SUPP"}
    assert story.heading(told(claims=[CLAIM, second])) == (
        "account A · patient Z.S. · FAC1 · BLUE, then SUPP · date of service 2026-01-06 · "
        "billed 200.00 · payers owe 30.00"
    )


def test_a_settled_account_says_that_nothing_is_owed() -> None:
    settled = {**MONEY, "next_payer_cents": 0}
    assert story.heading(told(money=settled)).endswith("nothing is owed")


def test_the_details_of_a_step_are_in_dollars_and_a_billers_words() -> None:
    facts = {"allowed_cents": 15_000, "contractual_cents": 5_000, "coinsurance_cents": 3_000}
    assert story.details(facts) == (
        "allowed 150.00 · write-off (contractual) 50.00 · coinsurance 30.00"
    )


def test_steps_that_were_left_off_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    step = {
        "occurred_on": "2026-01-06",
        "wire": "submission.claim_created.v1",
        "facts": {},
        "change_cents": 0,
        "balance_cents": 20_000,
        "actor": "somebody",
    }
    story.render(told(steps=[step], left_off=7))
    said = capsys.readouterr().out
    assert "7 earlier steps are left off; all of them: --limit 8" in said
    assert "200.00" in said


def test_an_answer_about_a_coverage_says_whether_it_is_active() -> None:
    answered = {"wire": "eligibility.benefits_confirmed.v1"}
    assert story.what({**answered, "facts": {"active": True}}) == "coverage active"
    assert "coverage NOT active" in story.what({**answered, "facts": {"active": False}})
    assert story.details({"payer": "BLUE", "active": False}) == "payer BLUE"


HIT = {"account": "A", "found_as": "check", "facility": "FAC1", "payer": "BLUE", "listed": 2}


def test_several_accounts_of_a_number_are_listed_and_one_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(story, "ask", lambda service, path, **asked: [HIT, {**HIT, "account": "B"}])
    with pytest.raises(typer.Exit) as ended:
        story.story("CHK1")
    said = capsys.readouterr()
    assert ended.value.exit_code == 1
    assert "ask for one of them" in said.err and "BLUE" in said.out


def test_the_story_of_the_only_account_of_a_number_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(service: str, path: str, **limits: int) -> Any:
        asked.append(path)
        return [HIT] if path.startswith("/accounts/") else told()

    monkeypatch.setattr(story, "ask", ask)
    story.story("ICN 1/2")
    assert asked == ["/accounts/ICN%201%2F2", "/story/A"]
