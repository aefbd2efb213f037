"""One row a claim: what was decided on it stands there once, whatever was taken back."""

from dataclasses import replace
from typing import Any

from contracts.submission import ClaimHeld, ClaimVoided, EditFailure
from tests.unit.posting.facts import ACCOUNT, CLAIM, DAY, line
from tests.unit.reporting.facts import (
    ALL_PATIENT,
    DENIED,
    PAID,
    adjudicated,
    created,
    late,
    lived,
    resubmitted,
    submitted,
    taken_back,
    transferred,
)
from tests.unit.reporting.rows import Rows

AGAIN = {"adjudication": "adj-2", "remittance": "rem-2", "check_number": "CHK2"}


def test_a_reversal_takes_back_the_contractual_amount_too() -> None:
    row = lived(adjudicated(PAID), taken_back(12_000)).claim(CLAIM)
    assert (row["paid_cents"], row["contractual_cents"], row["patient_cents"]) == (0, 0, 0)
    assert row["state"] == "reversed"


def test_a_corrected_payment_counts_its_contractual_amount_once() -> None:
    row = lived(adjudicated(PAID), taken_back(12_000), adjudicated(PAID, **AGAIN)).claim(CLAIM)
    assert (row["paid_cents"], row["contractual_cents"], row["patient_cents"]) == (
        12_000,
        5_000,
        3_000,
    )
    assert row["state"] == "paid"


def test_a_denial_that_is_taken_back_leaves_nothing_denied() -> None:
    denied = lived(adjudicated(DENIED))
    assert (denied.claim(CLAIM)["state"], denied.claim(CLAIM)["denied_cents"]) == ("denied", 20_000)
    row = lived(adjudicated(DENIED), taken_back(0)).claim(CLAIM)
    assert (row["state"], row["denied_cents"]) == ("reversed", 0)


def test_a_denied_claim_that_is_paid_after_correction_has_nothing_denied_left() -> None:
    row = lived(adjudicated(DENIED), adjudicated(PAID, **AGAIN)).claim(CLAIM)
    assert (row["state"], row["denied_cents"], row["paid_cents"]) == ("paid", 0, 12_000)


def test_a_claim_paid_on_two_checks_stays_paid_when_one_is_taken_back() -> None:
    row = lived(adjudicated(PAID), adjudicated(PAID, **AGAIN), taken_back(12_000, "adj-2")).claim(
        CLAIM
    )
    assert (row["state"], row["paid_cents"]) == ("paid", 12_000)


def test_a_claim_on_which_all_is_the_patients_is_not_called_paid() -> None:
    row = lived(adjudicated(ALL_PATIENT)).claim(CLAIM)
    assert (row["state"], row["paid_cents"], row["patient_cents"]) == ("zero pay", 0, 20_000)


def test_money_that_moves_on_does_not_call_back_a_claim_that_goes_again() -> None:
    rows = lived(adjudicated(DENIED)).tell(submitted(DAY, attempt=2))
    rows.tell(transferred(20_000))
    assert (rows.claim(CLAIM)["state"], rows.claim(CLAIM)["denied_cents"]) == ("sent", 0)


PART = adjudicated(line(5_000, ("CO", "45", 7_000)))
"""Of a claim of 200.00 the payer decides 120.00."""
REST = adjudicated(line(8_000), **AGAIN)


def _sent_and(*after: Any) -> Any:
    return Rows().tell(created(), submitted(DAY), *after).claim(CLAIM)["unanswered_cents"]


def test_a_claim_that_was_answered_in_part_says_what_of_it_was_not() -> None:
    assert _sent_and() is None
    assert _sent_and(PART) == 8_000
    assert _sent_and(late("835", DAY), PART, REST) == 0
    assert _sent_and(adjudicated(PAID)) == 0


def test_a_part_that_is_taken_back_is_unanswered_again_and_a_claim_that_was_answered_whole_never() -> (
    None
):
    assert _sent_and(PART, taken_back(5_000)) == 20_000
    assert _sent_and(adjudicated(PAID), taken_back(12_000)) == 0
    assert _sent_and(PART, REST, taken_back(5_000)) == 0


def test_an_answer_without_a_charge_or_about_less_than_nothing_answers_nothing_more() -> None:
    about = {"charge_cents": 0}
    assert _sent_and(PART, replace(REST, **about)) == 8_000
    assert _sent_and(PART, replace(REST, charge_cents=-12_000)) == 20_000


def test_a_corrected_claim_is_asked_for_as_a_whole() -> None:
    assert _sent_and(PART, submitted(DAY, attempt=2)) is None
    assert _sent_and(PART, submitted(DAY, attempt=2), REST) == 12_000


def test_what_decides_nothing_leaves_a_claim_unanswered() -> None:
    estimate = replace(PART, status="25", flags=("no_money",))
    row = Rows().tell(created(), submitted(DAY), estimate).claim(CLAIM)
    assert (row["state"], row["unanswered_cents"], row["answered_on"]) == ("sent", None, None)


def test_a_claim_that_went_to_another_payer_is_that_payers_to_answer() -> None:
    rows = lived(adjudicated(DENIED)).tell(submitted(DAY, payer="AETNA", attempt=2))
    assert rows.claim(CLAIM)["payer"] == "AETNA"


def test_a_claim_that_its_payer_calls_anothers_is_not_awaited_until_somebody_decides_it() -> None:
    elsewhere = replace(PART, status="23", flags=("no_money",))
    rows = Rows().tell(created(), submitted(DAY), elsewhere)
    assert rows.claim(CLAIM)["state"] == "not theirs"
    assert rows.tell(submitted(DAY, payer="AETNA", attempt=2)).claim(CLAIM)["state"] == "sent"
    assert lived(adjudicated(PAID)).tell(elsewhere).claim(CLAIM)["state"] == "paid"


def test_a_claim_that_no_payer_has_yet_charges_what_its_account_says_by_then() -> None:
    again = resubmitted(15_000)
    rows = Rows().tell(created(), again)
    assert (rows.claim(CLAIM)["charge_cents"], rows.claim(CLAIM)["state"]) == (15_000, "ready")
    rows.tell(replace(submitted(DAY, attempt=2), total_cents=15_000))
    first = rows.claim(CLAIM)
    assert (first["first_charge_cents"], first["first_held"], first["attempt"]) == (
        15_000,
        False,
        2,
    )
    rows.tell(replace(again, attempt=3, total_cents=9_000))
    assert rows.claim(CLAIM)["charge_cents"] == 15_000


HELD = ClaimHeld(
    account=ACCOUNT,
    claim=CLAIM,
    attempt=1,
    reasons=(
        EditFailure(
            rule="MEMBER", rule_version="1", loop="2010BA", element="NM109", severity="block",
            sentence="No member number.", fix="Set the coverages.",
        ),
    ),
)  # fmt: skip
ENDED = ClaimVoided(
    account=ACCOUNT, claim=CLAIM, attempt=1, payer="BLUE", payer_order=1, payer_control="", taken_by="nobody"
)  # fmt: skip


def test_a_claim_that_ended_before_it_left_is_held_for_nothing_and_was_answered_by_nobody() -> None:
    for ended, charge_cents in (
        (ENDED, 0),
        (replace(ENDED, reason="self-pay", voided_by="biller"), 20_000),
    ):
        row = Rows().tell(created(), HELD, ended).claim(CLAIM)
        assert (row["state"], row["hold"], row["answered_on"]) == ("voided", "", None)
        assert row["charge_cents"] == charge_cents
    taken = replace(ENDED, taken_by="277CA")
    assert Rows().tell(created(), submitted(DAY), taken).claim(CLAIM)["answered_on"] is not None
