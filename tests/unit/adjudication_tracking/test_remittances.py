"""A remittance is released whole or refused whole; the same payment again changes nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

from contracts.adjudication_tracking import (
    ClaimMatched,
    ClaimPaymentDelivered,
    ClaimUnmatched,
    RemittanceClaimsStaged,
    RemittanceClosed,
    RemittanceDispatched,
    RemittanceReceived,
    RemittanceRefused,
    RemittanceReleased,
    RemittanceRepeated,
)
from contracts.values import AdjudicatedLine, Adjustment, ClaimPayment, ProviderAdjustment, Source
from services.adjudication_tracking.domain import REMITTANCE, Book
from services.adjudication_tracking.domain.remittance import (
    Balance,
    Close,
    Dispatch,
    MatchClaim,
    Release,
    Stage,
)
from shared.service import Say
from shared.streams import account_number, claim_number
from tests.unit.scenario import fold, refused, said

BOOK = Book(today=date(2026, 2, 1), npis={"1999000009": "GROUP"})
SOURCE = Source(sha256="a" * 64, st02="0001")
MENDED = Source(sha256="b" * 64, st02="0001")


def _claim(n: int, paid: int = 8_000, number: str = "") -> ClaimPayment:
    cut = (Adjustment(group="CO", reason="45", cents=10_000 - paid),)
    line = AdjudicatedLine(charge_cents=10_000, paid_cents=paid, adjustments=cut)
    return ClaimPayment(
        claim=number or claim_number(account_number("t", "s", str(n)), 1),
        status="1",
        charge_cents=10_000,
        paid_cents=paid,
        lines=(line,),
    )


def _received(claims: int, amount: int, chunks: int = 1, **more: Any) -> RemittanceReceived:
    facts: dict[str, Any] = {"source": SOURCE, **more}
    return RemittanceReceived(
        remittance="r",
        payer="P",
        payee_npi="1999000009",
        handling="I",
        amount_cents=amount,
        check_number="C1",
        paid_on=date(2026, 2, 1),
        claims=claims,
        chunks=chunks,
        **facts,
    )


def _staged(
    claims: list[ClaimPayment], chunk: int = 0, source: Source = SOURCE
) -> RemittanceClaimsStaged:
    return RemittanceClaimsStaged(
        remittance="r", chunk=chunk, claims=tuple(claims), sha256=source.sha256, st02=source.st02
    )


def test_what_balances_is_released() -> None:
    given = [_received(1, 8_000), _staged([_claim(1)])]
    (released,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased)
    assert (released.amount_cents, released.claims_cents, released.legal_entity) == (
        8_000,
        8_000,
        "GROUP",
    )


def test_provider_adjustments_count_into_the_check() -> None:
    plb = (ProviderAdjustment(reason="WO", cents=500), ProviderAdjustment(reason="L6", cents=-100))
    given = [_received(1, 7_600, provider_adjustments=plb), _staged([_claim(1)])]
    (released,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased)


def test_nothing_is_judged_before_the_last_chunk() -> None:
    assert said(REMITTANCE, [_received(2, 16_000, 2), _staged([_claim(1)])], Balance(), BOOK) == []


def test_an_unbalanced_check_is_refused_with_its_difference() -> None:
    (no,) = said(REMITTANCE, [_received(1, 8_100), _staged([_claim(1)])], Balance(), BOOK)
    assert isinstance(no, RemittanceRefused)
    assert [(f.level, f.difference_cents) for f in no.faults] == [("payment", -100)]


def test_a_payee_that_is_not_ours_is_refused() -> None:
    (no,) = said(REMITTANCE, [_received(1, 8_000), _staged([_claim(1)])], Balance(), Book())
    assert [f.level for f in no.faults] == ["payee"]


def test_the_payee_of_the_file_is_the_legal_entity_where_it_names_one() -> None:
    given = [_received(1, 8_000, legal_entity="L9"), _staged([_claim(1)])]
    (released,) = said(REMITTANCE, given, Balance(), BOOK)
    assert released.legal_entity == "L9"


def test_the_same_payment_in_another_file_is_a_repeat() -> None:
    given = _released_state([_claim(1)])
    again = _received(1, 8_000, source=Source(sha256="b" * 64, st02="0001"))
    (repeat,) = said(REMITTANCE, given, Stage(again), BOOK)
    assert isinstance(repeat, RemittanceRepeated)
    assert not repeat.conflict
    assert said(REMITTANCE, [*given, repeat], Stage(again), BOOK) == []


def test_the_same_check_with_another_amount_goes_to_a_person() -> None:
    again = _received(1, 9_000, source=Source(sha256="b" * 64, st02="0001"))
    (repeat,) = said(REMITTANCE, _released_state([_claim(1)]), Stage(again), BOOK)
    assert repeat.conflict


def _refused(amount: int = 8_100) -> list[Any]:
    given: list[Any] = [_received(1, amount), _staged([_claim(1)])]
    return given + said(REMITTANCE, given, Balance(), BOOK)


def test_the_mended_file_of_a_refused_check_is_staged_in_its_place() -> None:
    mended = _received(1, 8_000, source=MENDED)
    given = [*_refused(), mended]
    assert said(REMITTANCE, given, Stage(mended), BOOK) == []
    given.append(_staged([_claim(1)], source=MENDED))
    (released,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased) and released.amount_cents == 8_000
    delivered = said(REMITTANCE, [*given, released], Dispatch(), BOOK)[0][1]
    assert delivered.source.sha256 == MENDED.sha256


def test_a_mended_file_with_the_same_amount_is_balanced_by_its_own_claims() -> None:
    mended = _received(1, 8_100, source=MENDED)
    given = [*_refused(), mended, _staged([_claim(1, 8_100)], source=MENDED)]
    (released,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased) and released.claims_cents == 8_100


def test_a_second_file_that_does_not_balance_either_is_refused_by_its_own_faults() -> None:
    mended = _received(1, 8_050, source=MENDED)
    given = [*_refused(), mended, _staged([_claim(1)], source=MENDED)]
    (no,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(no, RemittanceRefused) and no.source == MENDED
    assert [f.difference_cents for f in no.faults] == [-50]


def test_a_mended_file_that_came_before_the_refusal_stands_after_it() -> None:
    mended = _received(1, 8_000, source=MENDED)
    given: list[Any] = [_received(1, 8_100), _staged([_claim(1)]), mended]
    (no,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(no, RemittanceRefused)
    given += [no, _staged([_claim(1)], source=MENDED)]
    (released,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased)


def test_a_file_that_broke_off_half_way_yields_to_one_that_is_whole() -> None:
    mended = _received(1, 8_000, source=MENDED)
    given: list[Any] = [_received(2, 16_000, 2), _staged([_claim(1)]), mended]
    given.append(_staged([_claim(1)], source=MENDED))
    released, repeat = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased) and released.amount_cents == 8_000
    assert isinstance(repeat, RemittanceRepeated) and repeat.conflict


def test_of_two_files_that_are_whole_the_first_stands() -> None:
    mended = _received(1, 8_100, source=MENDED)
    given = [_received(1, 8_000), _staged([_claim(1)]), mended, _staged([_claim(1)], source=MENDED)]
    released, repeat = said(REMITTANCE, given, Balance(), BOOK)
    assert (released.amount_cents, repeat.amount_cents) == (8_000, 8_100)


def test_of_two_files_that_are_not_whole_neither_is_judged() -> None:
    both = [_received(2, 16_000, 2), _received(2, 16_000, 2, source=MENDED)]
    chunks = [_staged([_claim(1)]), _staged([_claim(1)], source=MENDED)]
    given = [*both, *chunks]
    assert said(REMITTANCE, given, Balance(), BOOK) == []
    released, _ = said(REMITTANCE, [*given, _staged([_claim(2)], 1)], Balance(), BOOK)
    assert (released.claims, released.claims_cents) == (2, 16_000)


def test_the_same_file_heard_again_is_neither_beside_itself_nor_staged_anew() -> None:
    first = _received(1, 8_000)
    given: list[Any] = [first, _staged([_claim(1)]), first]
    (released,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased)
    refused_once = [*_refused(), _received(1, 8_100)]
    assert said(REMITTANCE, refused_once, Balance(), BOOK) == []
    assert fold(REMITTANCE, refused_once).state == "refused"


def test_a_file_that_came_beside_the_one_that_was_released_is_a_repeat() -> None:
    again = _received(1, 8_000, source=MENDED)
    given = [_received(1, 8_000), _staged([_claim(1)]), again]
    assert said(REMITTANCE, [*given[:1], again], Stage(again), BOOK) == []
    released, repeat = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased)
    assert isinstance(repeat, RemittanceRepeated) and repeat.source == MENDED
    done = [*given, released, repeat]
    assert said(REMITTANCE, done, Stage(again), BOOK) == []


def test_a_foreign_number_is_matched_in_the_file_it_stands_in() -> None:
    ours = claim_number(account_number("t", "s", "9"), 1)
    facts: dict[str, Any] = {"remittance": "r", "position": 0, "claim": ours, "account": ours[:14]}
    of_mended = ClaimMatched(
        matched_on="x", matched_by="y", sha256=MENDED.sha256, st02="0001", **facts
    )
    given: list[Any] = [_received(1, 8_000), of_mended, _staged([_claim(1, number="FOREIGN-1")])]
    given += said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(said(REMITTANCE, given, Dispatch(), BOOK)[0], ClaimUnmatched)


def test_a_foreign_number_that_was_matched_in_the_file_that_stands_reaches_its_claim() -> None:
    ours = claim_number(account_number("t", "s", "9"), 1)
    matched = ClaimMatched(
        remittance="r", position=0, claim=ours, account=ours[:14], matched_on="number before",
        matched_by="the door", sha256=SOURCE.sha256, st02="0001",
    )  # fmt: skip
    given: list[Any] = [_received(1, 8_000), matched, _staged([_claim(1, number="FOREIGN-1")])]
    given += said(REMITTANCE, given, Balance(), BOOK)
    (stream, delivered), _ = said(REMITTANCE, given, Dispatch(), BOOK)
    assert stream == f"account/{ours[:14]}"
    assert (delivered.claim, delivered.matched_on) == (ours, "number before")


def test_a_named_person_closes_a_refused_check_for_good() -> None:
    given = _refused()
    (closed,) = said(REMITTANCE, given, Close("biller", "the payer voided it"), BOOK)
    assert isinstance(closed, RemittanceClosed) and closed.closed_by == "biller"
    assert said(REMITTANCE, [*given, closed], Close("biller", "again"), BOOK) == []
    assert refused(REMITTANCE, [*given, closed], Release("biller", "after all"), BOOK)


def test_a_released_or_unknown_check_is_not_closed() -> None:
    assert refused(REMITTANCE, [], Close("biller", "x"), BOOK)
    assert refused(REMITTANCE, _released_state([_claim(1)]), Close("biller", "x"), BOOK)


def test_a_closed_check_that_the_payer_sends_mended_is_staged_anew() -> None:
    given = _refused()
    given += said(REMITTANCE, given, Close("biller", "waits no longer"), BOOK)
    given += [_received(1, 8_000, source=MENDED), _staged([_claim(1)], source=MENDED)]
    (released,) = said(REMITTANCE, given, Balance(), BOOK)
    assert isinstance(released, RemittanceReleased)


def _released_state(claims: list[ClaimPayment]) -> list[Any]:
    total = sum(c.paid_cents for c in claims)
    given: list[Any] = [_received(len(claims), total), _staged(claims)]
    return given + said(REMITTANCE, given, Balance(), BOOK)


def test_two_hundred_claims_go_out_at_a_time() -> None:
    given = _released_state([_claim(n) for n in range(250)])
    first = said(REMITTANCE, given, Dispatch(), BOOK)
    assert len(first) == 201
    assert first[-1] == RemittanceDispatched(remittance="r", sent=200, claims=250)
    rest = said(REMITTANCE, [*given, first[-1]], Dispatch(), BOOK)
    assert len(rest) == 51
    assert said(REMITTANCE, [*given, first[-1], rest[-1]], Dispatch(), BOOK) == []


def test_a_number_that_is_not_ours_waits_for_a_person_who_matches_it() -> None:
    given = _released_state([_claim(1, number="FOREIGN-1")])
    unmatched, done = said(REMITTANCE, given, Dispatch(), BOOK)
    assert isinstance(unmatched, ClaimUnmatched)
    ours = claim_number(account_number("t", "s", "9"), 1)
    match = MatchClaim(0, ours, "name and date", "biller")
    matched, (stream, delivered) = said(REMITTANCE, [*given, unmatched, done], match, BOOK)
    assert stream == f"account/{ours[:14]}"
    assert isinstance(delivered, ClaimPaymentDelivered)
    assert refused(REMITTANCE, [*given, unmatched, done, matched], match, BOOK)
    strange = MatchClaim(0, "FOREIGN-1", "name and date", "biller")
    assert "not a claim number of ours" in refused(
        REMITTANCE, [*given, unmatched, done], strange, BOOK
    )


def _handed_out(given: list[Any]) -> list[int]:
    *delivered, done = said(REMITTANCE, given, Dispatch(), BOOK)
    assert isinstance(done, RemittanceDispatched)
    return [event.position for _, event in delivered]


def _taken_back(n: int, paid: int = 8_000) -> ClaimPayment:
    one = _claim(n, paid)
    line = replace(
        one.lines[0],
        charge_cents=-10_000,
        paid_cents=-paid,
        adjustments=(Adjustment(group="CO", reason="45", cents=paid - 10_000),),
    )
    return replace(one, status="22", charge_cents=-10_000, paid_cents=-paid, lines=(line,))


def test_a_reversal_is_handed_out_before_what_corrects_it_wherever_the_payer_put_it() -> None:
    assert _handed_out(_released_state([_claim(1, 6_000), _taken_back(1), _claim(2)])) == [1, 0, 2]


def test_a_reversal_of_what_stands_before_it_in_the_same_file_stays_behind_that() -> None:
    assert _handed_out(_released_state([_claim(2), _claim(1), _taken_back(1)])) == [0, 1, 2]


def test_a_named_person_releases_what_does_not_balance_into_suspense() -> None:
    given: list[Any] = [_received(1, 8_100), _staged([_claim(1)])]
    given += said(REMITTANCE, given, Balance(), BOOK)
    (released,) = said(REMITTANCE, given, Release("biller", "bank agrees"), BOOK)
    assert released.suspense_cents == 100
    assert refused(REMITTANCE, [], Release("biller", "x"), BOOK)
    assert refused(REMITTANCE, [*given, released], Release("biller", "x"), BOOK)


def test_of_what_a_person_releases_the_claims_that_balance_post_and_the_rest_is_in_suspense() -> (
    None
):
    plb = (ProviderAdjustment(reason="WO", cents=500),)
    claims = [_claim(1), replace(_claim(2), paid_cents=7_000), _claim(3)]
    given: list[Any] = [_received(3, 22_500, provider_adjustments=plb), _staged(claims)]
    given += said(REMITTANCE, given, Balance(), BOOK)
    assert said(REMITTANCE, given, Dispatch(), BOOK) == []
    (released,) = said(REMITTANCE, given, Release("biller", "bank agrees"), BOOK)
    assert (released.claims, released.claims_cents, released.suspense_cents) == (2, 16_000, 7_000)
    assert _handed_out([*given, released]) == [0, 2]


def test_events_of_the_remittance_are_its_own() -> None:
    answers = REMITTANCE.decide(Balance(), None, BOOK)
    assert not any(isinstance(a, Say) for a in answers)
