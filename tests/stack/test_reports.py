"""What a biller is told of money, checks and answers, from rows in a real database."""

from datetime import date
from typing import Any

from contracts.adjudication_tracking import (
    ClaimUnmatched,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    ReversalWaiting,
)
from contracts.posting import EftMatched, PatientPaymentReceived
from contracts.values import ProviderAdjustment
from services.reporting.api import checks, denials, money, work
from services.reporting.api.summary import left_off, summary
from shared.streams import guarantor_stream, remittance_stream
from tests.stack.reports import answer
from tests.unit.posting.facts import ACCOUNT, CLAIM, DAY, SECOND_CLAIM, SOURCE
from tests.unit.reporting.facts import (
    ALL_PATIENT,
    DENIED,
    PAID,
    adjudicated,
    created,
    denial,
    lived,
    rejected,
    taken_back,
)
from tests.unit.reporting.rows import Rows

MONDAY = date(2026, 1, 5)


def test_billed_is_what_came_in_and_what_is_written_off_and_what_is_owed(server: str) -> None:
    total = answer(server, lived(adjudicated(PAID)), money.money_total)
    assert (total["billed_cents"], total["insurance_paid_cents"]) == (20_000, 12_000)
    assert (total["contractual_cents"], total["patient_owes_cents"]) == (5_000, 3_000)
    assert (total["payers_owe_cents"], total["difference_cents"]) == (0, 0)


def test_a_cent_that_is_lost_shows_as_the_difference(server: str) -> None:
    rows = lived(adjudicated(PAID))
    rows.account()["insurance_paid_cents"] -= 1
    assert answer(server, rows, money.money_total)["difference_cents"] == 1


def test_who_owes_it_now_is_the_secondary_after_the_primary_answered(server: str) -> None:
    rows = lived(adjudicated(PAID), payers=("BLUE", "SUPP"))
    found = answer(server, rows, money.owed)
    assert [(r["who"], r["what"], r["total_cents"]) for r in found] == [
        ("SUPP", "next payer", 3_000)
    ]


def test_who_owes_it_now_is_the_patient_after_the_last_payer(server: str) -> None:
    found = answer(server, lived(adjudicated(PAID)), money.owed)
    assert [(r["party"], r["who"], r["total_cents"]) for r in found] == [
        ("patient", "patient", 3_000)
    ]


def test_a_denied_amount_is_owed_by_the_payer_that_denied_it(server: str) -> None:
    found = answer(server, lived(adjudicated(DENIED)), money.owed)
    assert [(r["who"], r["what"], r["total_cents"]) for r in found] == [("BLUE", "denied", 20_000)]


def test_money_at_claim_level_answers_what_is_open_and_then_what_was_denied(server: str) -> None:
    rows = lived(adjudicated(DENIED))
    for at_claim, left in (
        (-15_000, [("denied", 5_000)]),
        (-20_000, []),
        (7_000, [("denied", 20_000), ("in process", 7_000)]),
    ):
        rows.account()["open_cents"] = at_claim
        found = answer(server, rows, money.owed)
        assert sorted((r["what"], r["total_cents"]) for r in found) == left
        total = answer(server, rows, money.money_total)
        assert total["payers_owe_cents"] == 20_000 + at_claim
        parts = ("open_cents", "denied_cents", "next_payer_cents")
        assert sum(total[part] for part in parts) == total["payers_owe_cents"]


def test_a_denial_past_its_deadline_is_marked_and_counted(server: str) -> None:
    rows = Rows().days(MONDAY, date(2026, 2, 2))
    rows.tell(denial("d1", date(2026, 2, 1)), denial("d2", date(2026, 3, 1)))
    (found,) = answer(server, rows, denials.denials)
    assert (found["denials"], found["cents"], found["past"]) == (2, 40_000, True)
    assert (found["past_due"], found["past_due_cents"]) == (1, 20_000)
    assert found["next_due"] == date(2026, 3, 1)


def _received(remittance: str, cents: int, *plb: ProviderAdjustment) -> RemittanceReceived:
    return RemittanceReceived(
        remittance=remittance,
        payer="BLUE",
        handling="I",
        amount_cents=cents,
        check_number=f"CHK-{remittance}",
        paid_on=DAY,
        claims=1,
        chunks=1,
        provider_adjustments=plb,
        source=SOURCE,
    )


def _released(remittance: str, cents: int, *plb: ProviderAdjustment) -> RemittanceReleased:
    return RemittanceReleased(
        remittance=remittance,
        payer="BLUE",
        check_number=f"CHK-{remittance}",
        paid_on=DAY,
        amount_cents=cents,
        claims=1,
        claims_cents=cents + sum(p.cents for p in plb),
        provider_adjustments=plb,
    )


def _check(rows: Rows, remittance: str, cents: int, *plb: ProviderAdjustment) -> Rows:
    given = (_received(remittance, cents, *plb), _released(remittance, cents, *plb))
    return rows.tell(*given, stream=remittance_stream(remittance))


def test_a_check_is_what_is_posted_and_unposted_less_the_plb(server: str) -> None:
    plb = ProviderAdjustment(reason="WO", reference="R", cents=1_000)
    rows = _check(lived(adjudicated(PAID)), "rem-1", 11_000, plb)
    total = answer(server, rows, checks.checks_total)
    assert (total["amount_cents"], total["posted_cents"], total["plb_cents"]) == (
        11_000,
        12_000,
        1_000,
    )
    assert (total["matching"], total["unposted_cents"], total["difference_cents"]) == (1, 0, 0)


def test_a_released_check_is_missing_in_the_bank_until_its_deposit_is_matched(server: str) -> None:
    rows = _check(Rows().days(MONDAY, date(2026, 1, 9)), "rem-1", 11_000)
    (found,) = answer(server, rows, checks.not_in_the_bank)
    assert (found["check_number"], found["waiting_days"]) == ("CHK-rem-1", 4)
    matched = EftMatched(
        deposit="d1",
        remittance="rem-1",
        amount_cents=11_000,
        difference_cents=0,
        matched_on="trace",
        posted_on=DAY,
    )
    rows.tell(matched, stream=remittance_stream("rem-1"))
    assert answer(server, rows, checks.not_in_the_bank) == []


def test_lists_that_are_cut_say_how_many_rows_there_are(server: str) -> None:
    rows = _check(_check(lived(adjudicated(ALL_PATIENT)), "rem-1", 5_000), "rem-2", 6_000)
    (first,) = answer(server, rows, lambda doors: checks.checks(doors, 1))
    assert first["listed"] == 2
    (owing,) = answer(server, rows, lambda doors: money.patient_balances(doors, 1))
    assert (owing["patient_owes_cents"], owing["listed"], owing["listed_cents"]) == (
        20_000,
        1,
        20_000,
    )


def test_a_check_with_an_unmatched_payment_does_not_match_and_says_why(server: str) -> None:
    rows = _check(Rows(), "rem-9", 5_000)
    said = ClaimUnmatched(
        remittance="rem-9", position=1, claim="STRANGE", cents=5_000, reason="no claim of ours"
    )
    rows.tell(said, stream=remittance_stream("rem-9"))
    (listed,) = answer(server, rows, checks.checks_that_do_not_match)
    assert (listed["unposted_cents"], listed["unmatched_cents"]) == (5_000, 5_000)
    (found,) = answer(server, rows, checks.unposted)
    assert (found["what"], found["cents"], found["reason"]) == (
        "payment of STRANGE",
        5_000,
        "no claim of ours",
    )


def test_a_refused_check_is_unposted_and_out_of_the_equation(server: str) -> None:
    rows = Rows().tell(
        _received("rem-8", 700),
        RemittanceRefused(
            remittance="rem-8", payer="BLUE", check_number="CHK-rem-8", amount_cents=700, faults=()
        ),
        stream=remittance_stream("rem-8"),
    )
    total = answer(server, rows, checks.checks_total)
    assert (total["refused"], total["refused_cents"], total["amount_cents"]) == (1, 700, 0)
    assert [row["what"] for row in answer(server, rows, checks.unposted)] == ["whole check"]


def test_a_reversal_that_waits_is_unposted_until_it_meets_its_original(server: str) -> None:
    waits = ReversalWaiting(
        account=ACCOUNT, claim=CLAIM, adjudication="adj-1-R", remittance="rem-2", paid_cents=-500
    )
    rows = _check(Rows().tell(waits), "rem-2", 0)
    (found,) = answer(server, rows, checks.unposted)
    assert (found["what"], found["cents"]) == (f"reversal of {CLAIM}", -500)
    rows = _check(lived(adjudicated(PAID)).tell(waits), "rem-2", 0)
    rows.tell(taken_back(500))
    assert answer(server, rows, checks.unposted) == []


def test_a_patients_payment_without_a_balance_is_unapplied_with_its_reason(server: str) -> None:
    paid = PatientPaymentReceived(
        guarantor="g1", payment="p1", tender="card", amount_cents=900, received_on=DAY
    )
    rows = Rows().tell(paid, stream=guarantor_stream("g1"))
    (found,) = answer(server, rows, checks.unapplied)
    assert (found["whose"], found["cents"], found["reason"]) == (
        "patient",
        900,
        "no account was named: assign it to one, or refund it",
    )


def test_a_deposit_waits_for_what_the_patient_will_owe_and_is_no_credit(server: str) -> None:
    paid = PatientPaymentReceived(
        guarantor="g1",
        payment="p1",
        tender="card",
        amount_cents=900,
        received_on=DAY,
        account=ACCOUNT,
    )
    rows = lived().tell(paid, stream=guarantor_stream("g1"))
    (found,) = answer(server, rows, checks.unapplied)
    assert (
        found["reason"]
        == "a deposit: payers still owe on the account, it waits for what the patient will"
    )
    rows = lived(adjudicated(PAID)).tell(paid, stream=guarantor_stream("g1"))
    (found,) = answer(server, rows, checks.unapplied)
    assert found["reason"] == "the patient owes nothing more on the account"


def test_what_was_paid_too_much_is_unapplied_until_it_is_taken_back(server: str) -> None:
    again = {"adjudication": "adj-2", "remittance": "rem-2", "check_number": "CHK2"}
    (found,) = answer(
        server, lived(adjudicated(PAID), adjudicated(PAID, **again)), checks.unapplied
    )
    assert (found["whose"], found["cents"]) == ("BLUE", 12_000)


def test_a_rejected_claim_is_apart_from_a_denied_one(server: str) -> None:
    rows = lived(adjudicated(DENIED)).tell(created(SECOND_CLAIM), rejected(SECOND_CLAIM))
    (found,) = answer(server, rows, work.rejected)
    assert (found["claims"], found["cents"], found["why"]) == (1, 20_000, "A7 164")


def test_a_page_says_how_many_rows_it_left_off(server: str) -> None:
    rows = Rows().days(MONDAY, MONDAY)
    for n in range(3):
        rows.tell(denial(f"d{n}", date(2026, 3, 1), carc=f"{n}"))

    async def two(doors: Any) -> int:
        return left_off(await denials.denials(doors, 2))

    assert answer(server, rows, two) == 1


def test_the_page_of_all_holds_every_list_even_of_nothing(server: str) -> None:
    found = answer(server, Rows(), summary)
    assert found["as_of"] is None
    assert found["total"]["billed_cents"] == found["total"]["difference_cents"] == 0
    assert set(found["left_off"].values()) == {0}
