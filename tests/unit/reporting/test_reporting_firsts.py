"""What happened to a claim first stays in its row, whatever becomes of it."""

from dataclasses import replace
from datetime import date

from contracts.posting import WriteOffPosted
from contracts.values import JournalLine
from services.reporting.projections.firsts import FIRSTS
from tests.unit.posting.facts import ACCOUNT, CLAIM, ONE, SECOND_CLAIM
from tests.unit.reporting.facts import (
    DENIED,
    PAID,
    acknowledged,
    adjudicated,
    created,
    lived,
    rejected,
    submitted,
    taken_back,
)
from tests.unit.reporting.rows import Rows

FIRST, LATER = date(2026, 1, 6), date(2026, 2, 6)
AGAIN = adjudicated(PAID, adjudication="adj-2", remittance="rem-2", check_number="CHK2")


def test_nothing_happened_first_to_a_claim_that_was_only_made() -> None:
    row = Rows().tell(created()).claim(CLAIM)
    assert {name: row[name] for name in FIRSTS} == FIRSTS


def test_the_charges_are_those_of_the_first_time_it_was_sent() -> None:
    rows = Rows().tell(
        created(), submitted(FIRST), replace(submitted(LATER, attempt=2), total_cents=15_000)
    )
    assert rows.claim(CLAIM)["first_charge_cents"] == 20_000


def test_the_first_answer_is_the_payers_acceptance_or_anybodys_rejection() -> None:
    rows = Rows().tell(created(), acknowledged("clearinghouse"))
    assert rows.claim(CLAIM)["first_answer"] == ""
    assert rows.tell(acknowledged(), rejected()).claim(CLAIM)["first_answer"] == "accepted"
    rows = Rows().tell(created(), rejected(), acknowledged())
    assert rows.claim(CLAIM)["first_answer"] == "rejected"


def test_a_denial_that_was_taken_back_and_paid_is_the_first_decision_for_ever() -> None:
    row = lived(adjudicated(DENIED), taken_back(0), AGAIN).claim(CLAIM)
    assert (row["state"], row["first_denied_cents"], row["first_resolved"]) == (
        "paid",
        20_000,
        False,
    )


def test_a_decision_that_leaves_all_of_it_to_the_patient_resolves_it() -> None:
    row = lived(adjudicated(PAID)).claim(CLAIM)
    assert (row["first_decided_on"], row["first_resolved"]) == (date(2026, 1, 21), True)


def test_what_an_older_version_did_not_keep_stays_unknown() -> None:
    rows = Rows().tell(created(SECOND_CLAIM))
    rows.claim(SECOND_CLAIM).update(dict.fromkeys(FIRSTS))
    rows.tell(submitted(FIRST, claim=SECOND_CLAIM), rejected(SECOND_CLAIM))
    assert {rows.claim(SECOND_CLAIM)[name] for name in FIRSTS} == {None}


def test_a_posting_that_takes_one_back_denies_nothing_and_is_no_payment() -> None:
    rows = lived(adjudicated(DENIED), taken_back(0), AGAIN).tables["check_posted"].values()
    assert [row["denied_cents"] for row in rows] == [20_000, None, 0]


def test_only_what_was_denied_and_written_off_is_a_denial_write_off_until_it_is_owed_again() -> (
    None
):
    off = WriteOffPosted(
        account=ACCOUNT, kind="denial", reason="given up", approver="ann", cents=4_000, entry="E7", posted_on=LATER,
        entries=(
            JournalLine(ledger="write_off", cents=4_000, charge=ONE),
            JournalLine(ledger="ar_denied", cents=-4_000, charge=ONE),
        ),
    )  # fmt: skip
    small = replace(
        off,
        entries=(
            JournalLine(ledger="write_off", cents=300),
            JournalLine(ledger="ar_patient", cents=-300),
        ),
    )
    back = replace(off, cents=-1_000, entries=(JournalLine(ledger="ar_denied", cents=1_000),))
    rows = lived(adjudicated(DENIED)).tell(off, small)
    assert rows.account()["denied_write_off_cents"] == 4_000
    assert rows.tell(back).account()["denied_write_off_cents"] == 3_000
