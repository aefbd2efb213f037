"""Money outside accounts: the check, the payee, the bank, the guarantor."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.adjudication_tracking import RemittanceReleased
from contracts.posting import (
    EftDeposited,
    EftExpected,
    EftMatched,
    PatientPaymentApplied,
    PatientPaymentReceived,
    ProviderAdjustmentPosted,
    ProviderAdjustmentsDelivered,
)
from contracts.reference import PeriodClosed
from contracts.values import ProviderAdjustment
from services.posting.domain import DEPOSIT, GUARANTOR, PAYEE, REMITTANCE, TRACE
from services.posting.domain.book import evolve_book
from services.posting.domain.commands import (
    HandOutRemittance,
    MatchDeposit,
    MatchMoney,
    PostProviderAdjustments,
    ReceivePayment,
    RecordDeposit,
)
from services.posting.domain.money import Deposit
from shared.errors import Refused
from shared.streams import (
    account_stream,
    deposit_stream,
    payee_stream,
    remittance_stream,
    trace_stream,
)
from tests.unit.posting.facts import ACCOUNT, BOOK, CLAIM, PAID_ON
from tests.unit.scenario import refused, said, scenario

TODAY = date(2026, 1, 21)
PLB = (
    ProviderAdjustment(reason="WO", reference=f"ICN9 {CLAIM}", cents=3_000),
    ProviderAdjustment(reason="FB", cents=-1_000),
    ProviderAdjustment(reason="L6", cents=-25),
)
RELEASED = RemittanceReleased(
    remittance="rem-1",
    payer="BLUE",
    payee_tax_id="990000001",
    check_number="EFT1",
    payer_trace_id="1990000002",
    paid_on=PAID_ON,
    amount_cents=8_025,
    claims=1,
    claims_cents=10_000,
    provider_adjustments=PLB,
)
DELIVERED = ProviderAdjustmentsDelivered(
    payer="BLUE",
    tax_id="990000001",
    remittance="rem-1",
    check_number="EFT1",
    adjustments=PLB,
    posted_on=TODAY,
)
EXPECTED = EftExpected(
    remittance="rem-1",
    payer="BLUE",
    amount_cents=8_025,
    trace="EFT1",
    payer_trace_id="1990000002",
    paid_on=PAID_ON,
)
DEPOSITED = EftDeposited(
    deposit="dep-1",
    amount_cents=8_025,
    deposited_on=TODAY,
    trace="EFT1",
    payer_trace_id="1990000002",
)
MATCHED = EftMatched(
    deposit="dep-1",
    remittance="rem-1",
    amount_cents=8_025,
    difference_cents=0,
    matched_on="trace",
    posted_on=TODAY,
    deposited_on=DEPOSITED.deposited_on,
)
MATCH_SAID = [
    MATCHED,
    (remittance_stream("rem-1"), MATCHED),
    (deposit_stream("dep-1"), MATCHED),
]
RECORD = RecordDeposit("dep-1", 8_025, TODAY, "EFT1", "1990000002")
RECEIVED = PatientPaymentReceived(
    guarantor="g1",
    payment="pay-1",
    tender="card",
    amount_cents=2_000,
    received_on=TODAY,
    account=ACCOUNT,
)
RECEIVE = ReceivePayment("g1", "pay-1", "card", 2_000, TODAY, ACCOUNT)


def test_a_released_check_tells_the_payee_and_the_trace() -> None:
    assert said(REMITTANCE, [RELEASED], HandOutRemittance(RELEASED), BOOK) == [
        (payee_stream("BLUE", "990000001"), DELIVERED),
        (trace_stream("EFT1", "1990000002"), EXPECTED),
    ]


def test_a_check_is_handed_out_once() -> None:
    given = [RELEASED, RELEASED]
    scenario(REMITTANCE, given=given, when=HandOutRemittance(RELEASED), then=[], book=BOOK)


def test_a_remittance_without_money_promises_none() -> None:
    nothing = replace(RELEASED, amount_cents=0, provider_adjustments=())
    scenario(REMITTANCE, given=[nothing], when=HandOutRemittance(nothing), then=[], book=BOOK)


def _posted() -> list[ProviderAdjustmentPosted]:
    answers = said(PAYEE, [DELIVERED], PostProviderAdjustments(DELIVERED), BOOK)
    return [one for one in answers if isinstance(one, ProviderAdjustmentPosted)]


def test_provider_adjustments_are_posted_in_an_open_period_and_none_is_quiet() -> None:
    closed = evolve_book(BOOK, PeriodClosed(last_day=date(2026, 1, 31), next_open=date(2026, 2, 1)))
    posted = said(PAYEE, [DELIVERED], PostProviderAdjustments(DELIVERED), closed)
    assert {e.posted_on for e in posted if not isinstance(e, tuple)} == {date(2026, 2, 1)}
    nothing = PostProviderAdjustments(replace(DELIVERED, adjustments=()))
    scenario(PAYEE, when=nothing, then=[], book=BOOK)


def test_a_forward_balance_grows_when_deferred_and_falls_when_collected() -> None:
    first = _posted()
    assert [e.balance_forward_cents for e in first] == [0, 1_000, 1_000]
    back = replace(DELIVERED, adjustments=(ProviderAdjustment(reason="FB", cents=1_000),))
    (collected,) = said(PAYEE, first, PostProviderAdjustments(back), BOOK)
    assert isinstance(collected, ProviderAdjustmentPosted)
    assert collected.balance_forward_cents == 0


def test_a_takeback_leads_to_the_account_its_reference_names() -> None:
    assert [event.account for event in _posted()] == [ACCOUNT, "", ""]


def test_a_deposit_and_its_remittance_match_whichever_comes_first() -> None:
    for given in ([EXPECTED, DEPOSITED], [DEPOSITED, EXPECTED]):
        scenario(TRACE, given=given, when=MatchMoney(), then=MATCH_SAID, book=BOOK)


def test_money_that_was_matched_or_is_alone_matches_nothing() -> None:
    for given in ([EXPECTED], [DEPOSITED], [EXPECTED, DEPOSITED, MATCHED]):
        scenario(TRACE, given=given, when=MatchMoney(), then=[], book=BOOK)


def test_a_lone_pair_matches_with_its_difference_kept_visible() -> None:
    short = replace(DEPOSITED, amount_cents=8_000)
    (event, *_) = said(TRACE, [EXPECTED, short], MatchMoney(), BOOK)
    assert (event.amount_cents, event.difference_cents) == (8_000, -25)


def test_one_trace_used_twice_matches_by_amount_only() -> None:
    other = replace(EXPECTED, remittance="rem-2", amount_cents=500)
    matched = said(TRACE, [other, EXPECTED, DEPOSITED], MatchMoney(), BOOK)
    assert [event.remittance for event in matched[:1]] == ["rem-1"]
    unclear = replace(DEPOSITED, amount_cents=1)
    scenario(TRACE, given=[other, EXPECTED, unclear], when=MatchMoney(), then=[], book=BOOK)


def test_a_deposit_is_said_to_its_trace_too() -> None:
    trace = trace_stream("EFT1", "1990000002")
    scenario(DEPOSIT, when=RECORD, then=[DEPOSITED, (trace, DEPOSITED)], book=BOOK)


def test_a_deposit_without_a_trace_waits_for_a_person() -> None:
    bare = replace(RECORD, trace="", payer_trace_id="")
    assert len(said(DEPOSIT, [], bare, BOOK)) == 1


BY_HAND = MatchDeposit(
    "dep-1", DEPOSITED.deposited_on, "rem-9", 3_000, (("EFT1", "1990000002"), ("CHK9", "1990000002")),
    "the payer's letter", "pat",
)  # fmt: skip


def test_a_person_leads_a_deposit_to_a_check_and_neither_is_looked_for_under_its_trace_again() -> (
    None
):
    led = said(DEPOSIT, [DEPOSITED], BY_HAND, BOOK)
    event, *elsewhere = led
    assert (event.amount_cents, event.difference_cents, event.matched_on) == (3_000, 0, "person")
    assert (event.reason, event.approver) == ("the payer's letter", "pat")
    traces = [trace_stream("EFT1", "1990000002"), trace_stream("CHK9", "1990000002")]
    assert {stream for stream, _ in elsewhere} == {remittance_stream("rem-9"), *traces}
    scenario(TRACE, given=[EXPECTED, DEPOSITED, event], when=MatchMoney(), then=[], book=BOOK)


def test_one_deposit_pays_several_checks_and_no_more_than_it_is() -> None:
    first, *_ = said(DEPOSIT, [DEPOSITED], BY_HAND, BOOK)
    rest = replace(BY_HAND, remittance="rem-10", expected_cents=9_000)
    second, *_ = said(DEPOSIT, [DEPOSITED, first], rest, BOOK)
    assert (second.amount_cents, second.difference_cents) == (5_025, 5_025 - 9_000)
    for more in (replace(rest, cents=5_026), replace(rest, cents=0)):
        assert "less of that deposit" in refused(DEPOSIT, [DEPOSITED, first], more, BOOK)
    assert "less of that deposit" in refused(DEPOSIT, [DEPOSITED, first, second], rest, BOOK)
    assert "less of that deposit" in refused(DEPOSIT, [], BY_HAND, BOOK)


def test_a_deposit_that_its_trace_explained_is_led_nowhere_else() -> None:
    assert "less of that deposit" in refused(DEPOSIT, [DEPOSITED, MATCHED], BY_HAND, BOOK)
    known = Deposit(amount_cents=8_025, matched="rem-1")
    with pytest.raises(Refused):
        list(DEPOSIT.decide(BY_HAND, known, BOOK))


def test_a_deposit_without_a_trace_tells_only_the_check() -> None:
    bare = replace(BY_HAND, traces=(("", ""), ("CHK9", "1990000002")))
    assert len(said(DEPOSIT, [DEPOSITED], bare, BOOK)) == 3


def test_a_check_that_the_bank_has_shown_whole_gets_more_only_by_name() -> None:
    whole = replace(BY_HAND, expected_cents=0)
    assert "shown all of that check" in refused(DEPOSIT, [DEPOSITED], whole, BOOK)
    (event, *_) = said(DEPOSIT, [DEPOSITED], replace(whole, cents=5), BOOK)
    assert event.difference_cents == 5


def test_a_deposit_counts_once_and_is_refused_with_another_amount() -> None:
    scenario(DEPOSIT, given=[DEPOSITED], when=RECORD, then=[], book=BOOK)
    assert "another amount" in refused(DEPOSIT, [DEPOSITED], replace(RECORD, amount_cents=1), BOOK)


def test_a_patients_payment_is_said_to_its_account_too() -> None:
    scenario(
        GUARANTOR, when=RECEIVE, then=[RECEIVED, (account_stream(ACCOUNT), RECEIVED)], book=BOOK
    )


def test_a_payment_counts_once_and_is_refused_with_another_amount_or_none() -> None:
    scenario(GUARANTOR, given=[RECEIVED], when=RECEIVE, then=[], book=BOOK)
    other = replace(RECEIVE, amount_cents=1)
    assert "another amount" in refused(GUARANTOR, [RECEIVED], other, BOOK)
    nothing = replace(RECEIVE, amount_cents=0)
    assert "more than nothing" in refused(GUARANTOR, [], nothing, BOOK)


def test_what_was_applied_is_no_longer_unapplied() -> None:
    applied = PatientPaymentApplied(
        guarantor="g1",
        payment="pay-1",
        account=ACCOUNT,
        cents=1_500,
        entry="e",
        posted_on=TODAY,
    )
    state = GUARANTOR.evolve(GUARANTOR.evolve(None, RECEIVED), applied)
    assert state.unapplied == 500
