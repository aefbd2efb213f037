"""What the lists of tracking show: checks, what waits for a person, claims, and what each file was answered."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.adjudication_tracking import (
    AdjudicationReversed,
    BalanceFault,
    ClaimAcknowledged,
    ClaimForwarded,
    ClaimMatched,
    ClaimRejected,
    ClaimUnmatched,
    RemittanceClosed,
    RemittanceDispatched,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
)
from contracts.values import ProviderAdjustment, Source
from services.adjudication_tracking.app import SERVICE
from shared.service import Row
from shared.streams import account_stream, claim_number, remittance_stream
from tests.unit.adjudication_tracking.test_claims import (
    CLAIM,
    CREATED,
    DAY,
    NUMBER,
    SENT,
    SOURCE,
    SUBMITTED,
    _ack,
    _again,
    _answer,
    _delivered,
    _rejected,
)
from tests.unit.reporting.rows import Rows

NEXT_DAY = DAY + timedelta(days=1)
PLB = (ProviderAdjustment(reason="WO", cents=500), ProviderAdjustment(reason="L6", cents=-100))


# -- checks


def received(amount: int = 8_000, **more: Any) -> RemittanceReceived:
    """A check of the payer P."""
    facts: dict[str, Any] = {"source": SOURCE, "claims": 1, **more}
    return RemittanceReceived(
        remittance="r1", payer="P", handling="I", amount_cents=amount, check_number="C1",
        paid_on=DAY, chunks=1, **facts,
    )  # fmt: skip


FAULT = BalanceFault(level="payment", difference_cents=-100, sentence="does not balance")
REFUSED = RemittanceRefused(
    remittance="r1", payer="P", check_number="C1", amount_cents=8_100, faults=(FAULT,),
    source=SOURCE,
)  # fmt: skip
RELEASED = RemittanceReleased(
    remittance="r1", payer="P", legal_entity="L1", payee_tax_id="", check_number="C1",
    payer_trace_id="", paid_on=DAY, amount_cents=7_600, claims=1, claims_cents=8_000,
    provider_adjustments=PLB,
)  # fmt: skip


def repeated(conflict: bool) -> RemittanceRepeated:
    """The check came again."""
    return RemittanceRepeated(remittance="r1", source=SOURCE, conflict=conflict, amount_cents=1)


def check(*events: Any) -> Row:
    """The row of the check."""
    rows = Rows(SERVICE).tell(*events, stream=remittance_stream("r1"))
    return rows.tables["remittance"][("r1",)]


def test_a_check_shows_what_came_what_was_released_and_how_far_it_is_handed_out() -> None:
    row = check(received(7_600, provider_adjustments=PLB))
    assert (row["state"], row["amount_cents"], row["plb_cents"]) == ("staged", 7_600, 400)
    assert (row["claims_cents"], row["entered_by"], row["repeats"]) == (None, None, 0)
    dispatched = RemittanceDispatched(remittance="r1", sent=1, claims=1)
    row = check(received(7_600, provider_adjustments=PLB), RELEASED, dispatched)
    assert (row["state"], row["claims_cents"], row["dispatched"]) == ("released", 8_000, 1)


def test_a_check_that_was_typed_says_by_whom() -> None:
    typed = Source(sha256="c" * 64, entered_by="biller")
    assert check(received(source=typed))["entered_by"] == "biller"


def test_a_refused_check_says_why_until_a_mended_file_stands_in_its_place() -> None:
    row = check(received(8_100), REFUSED)
    assert (row["state"], [f["difference_cents"] for f in row["faults"]]) == ("refused", [-100])
    closed = RemittanceClosed(
        remittance="r1", payer="P", check_number="C1", amount_cents=8_100, closed_by="biller",
        reason="x", source=SOURCE,
    )  # fmt: skip
    assert check(received(8_100), REFUSED, closed)["state"] == "closed"
    for before in ((REFUSED,), (REFUSED, closed)):
        row = check(received(8_100), *before, received(8_000))
        assert (row["state"], row["amount_cents"], row["faults"]) == ("staged", 8_000, [])


def test_another_file_of_a_check_that_was_not_refused_changes_nothing_but_is_counted() -> None:
    for given in ((received(),), (received(), RELEASED)):
        assert check(*given, received(9_000)) == check(*given)
    row = check(received(8_100), repeated(True), repeated(False), REFUSED, received(8_000))
    assert (row["repeats"], row["conflicts"]) == (2, 1)


# -- what waits for a person


def test_a_payment_that_found_no_claim_shows_to_which_it_was_matched() -> None:
    lost = ClaimUnmatched(remittance="r1", position=3, claim="FOREIGN", cents=8_000, reason="why")
    found = ClaimMatched(
        remittance="r1", position=3, claim=CLAIM, account=NUMBER, matched_on="name", matched_by="b"
    )
    rows = Rows(SERVICE).tell(lost, stream=remittance_stream("r1"))
    row = rows.tables["unmatched"][("r1", 3)]
    assert (row["claim"], row["cents"], row["matched_to"]) == ("FOREIGN", 8_000, "")
    rows.tell(found, stream=remittance_stream("r1"))
    assert rows.tables["unmatched"][("r1", 3)] == {**row, "matched_to": CLAIM}
    by_the_door = Rows(SERVICE).tell(found, stream=remittance_stream("r1"))
    assert by_the_door.tables["unmatched"] == {}


def test_a_reversal_waits_in_the_list_until_it_is_taken_up_and_one_that_never_waited_is_in_none() -> (
    None
):
    (waits,) = _answer(SENT, _delivered(-8_000, "22", 1))
    rows = Rows(SERVICE).tell(waits, stream=account_stream(NUMBER), on=DAY)
    ((key, row),) = rows.tables["waiting_reversal"].items()
    assert (row["state"], row["paid_cents"], row["since"]) == ("waiting", -8_000, DAY)
    back = AdjudicationReversed(
        account=NUMBER, claim=CLAIM, adjudication=waits.adjudication, reverses="A1", payer="P",
        remittance="r1", check_number="C1", paid_on=DAY, charge_cents=-10_000, paid_cents=-8_000,
        source=SOURCE,
    )  # fmt: skip
    rows.tell(back, stream=account_stream(NUMBER), on=NEXT_DAY)
    row = rows.tables["waiting_reversal"][key]
    assert (row["state"], row["since"], row["taken_up_on"]) == ("taken_up", DAY, NEXT_DAY)
    at_once = Rows(SERVICE).tell(back, stream=account_stream(NUMBER))
    assert at_once.tables["waiting_reversal"] == {}


# -- claims


def claim(*events: Any) -> Row:
    """The row of the claim, each event a day after the one before."""
    rows = Rows(SERVICE)
    for n, event in enumerate((CREATED, SUBMITTED, *events)):
        rows.tell(event, stream=account_stream(NUMBER), on=DAY + timedelta(days=n))
    return rows.tables["claim_status"][(CLAIM,)]


def _on(day: int) -> date:
    return DAY + timedelta(days=day)


def test_a_claim_shows_who_acknowledged_it_first_and_the_number_its_payer_gave_it() -> None:
    of_payer = replace(_ack("payer", "A2"), payer_control="ICN9")
    row = claim(replace(_ack("clearinghouse", "A1"), payer_control="CH1"), of_payer)
    assert (row["state"], row["acknowledged_on"], row["accepted_on"]) == (
        "accepted",
        _on(2),
        _on(3),
    )
    assert row["payer_control"] == "ICN9"
    assert claim(replace(_ack("clearinghouse", "A1"), payer_control="CH1"))["payer_control"] == ""


def test_a_decision_without_a_number_leaves_the_payers_number_as_it_was() -> None:
    of_payer = replace(_ack("payer", "A2"), payer_control="ICN9")
    (decided,) = _answer(SENT, _delivered(8_000))
    assert claim(of_payer, decided)["payer_control"] == "ICN1"
    row = claim(of_payer, replace(decided, payer_control=""))
    assert (row["payer_control"], row["paid_cents"]) == ("ICN9", 8_000)


def test_a_late_answer_to_an_earlier_attempt_changes_nothing_of_its_row() -> None:
    again = (_rejected("payer"), _again(2), replace(SUBMITTED, attempt=2, isa13=200))
    late = replace(_rejected("payer"), answers_isa13=100, answers_st02="0001")
    assert claim(*again, late) == claim(*again)


def test_a_crossover_shows_the_claim_that_is_watched_where_one_is() -> None:
    sent_on = ClaimForwarded(
        account=NUMBER, claim=CLAIM, by_payer="P", forwarded_to="Q", payer_order=2, to_payer="Q",
        expected_claim=claim_number(NUMBER, 2), forwarded_on=DAY,
    )  # fmt: skip
    rows = Rows(SERVICE).tell(CREATED, sent_on, stream=account_stream(NUMBER))
    found = {key[0]: row["state"] for key, row in rows.tables["claim_status"].items()}
    assert found == {CLAIM: "editing", claim_number(NUMBER, 2): "forwarded"}
    unknown = replace(sent_on, expected_claim=None, payer_order=None, to_payer="")
    rows = Rows(SERVICE).tell(CREATED, unknown, stream=account_stream(NUMBER))
    assert list(rows.tables["claim_status"]) == [(CLAIM,)]


# -- what each file was answered


def sent(*answers: Any) -> Row:
    """The row of the first attempt in its file."""
    facts = {"answers_isa13": SUBMITTED.isa13, "answers_st02": SUBMITTED.st02}
    told = [one if one is SUBMITTED else replace(one, **facts) for one in answers]
    rows = Rows(SERVICE).tell(*told, stream=account_stream(NUMBER))
    (row,) = rows.tables["sent_claim"].values()
    return row


CLEARING = replace(_ack("clearinghouse", "A1"), charge_cents=10_000)
OTHER_TOTAL = replace(_ack("payer", "A2"), charge_cents=9_000)


@pytest.mark.parametrize(
    "answers", [(CLEARING, OTHER_TOTAL), (OTHER_TOTAL, CLEARING)], ids=["before", "after"]
)
def test_what_the_clearinghouse_counts_is_what_was_answered_else_what_the_payer_does(
    answers: tuple[ClaimAcknowledged, ...],
) -> None:
    assert sent(SUBMITTED, *answers)["answered_cents"] == 10_000
    assert sent(SUBMITTED, OTHER_TOTAL)["answered_cents"] == 9_000


@pytest.mark.parametrize("no", [_rejected("payer"), _rejected("clearinghouse")])
def test_a_rejection_of_a_file_stands_whatever_comes_before_or_after_it(no: ClaimRejected) -> None:
    assert sent(SUBMITTED, CLEARING)["outcome"] == "accepted"
    for answers in ((no, CLEARING), (CLEARING, no), (no, OTHER_TOTAL)):
        assert sent(SUBMITTED, *answers)["outcome"] == "rejected"


def test_an_answer_may_overtake_the_word_that_the_claim_left() -> None:
    row = sent(CLEARING, SUBMITTED)
    assert (row["outcome"], row["cents"], row["attempt"]) == ("accepted", 10_000, 1)


def test_an_answer_that_names_no_file_is_in_no_files_row() -> None:
    rows = Rows(SERVICE).tell(_rejected("payer"), stream=account_stream(NUMBER))
    assert rows.tables["sent_claim"] == {}
