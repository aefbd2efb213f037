"""Claims that a payer sent on: who answers next, who is watched, and what is no answer in money at all."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from contracts.adjudication_tracking import AnswerLate, ClaimAdjudicated, ClaimForwarded
from contracts.reference import PayerListed
from contracts.registration import AccountOpened
from contracts.registry import wire_name
from contracts.values import Coverage, Sealed
from services.adjudication_tracking.domain import ACCOUNT, Book, evolve_book
from services.adjudication_tracking.domain.account import AnswerClaim, NobodyAnswered, timers
from services.adjudication_tracking.domain.balancing import claim_faults
from services.adjudication_tracking.projections import CLAIM_STATUS
from shared.service import At, Scope
from shared.streams import claim_number
from tests.unit.adjudication_tracking.test_claims import (
    CLAIM,
    CREATED,
    DAY,
    NUMBER,
    SENT,
    _delivered,
)
from tests.unit.scenario import fold, said

SECOND = claim_number(NUMBER, 2)
SEALED = Sealed(key_id="k", box="b")


def _opened(*payers: str) -> AccountOpened:
    return AccountOpened(
        account=NUMBER,
        patient="p1",
        guarantor="g1",
        source_system="s",
        encounter="tracking",
        encounter_class="AMB",
        facility="F1",
        legal_entity="L1",
        service_from=DAY,
        service_to=DAY,
        person=SEALED,
        coverages=tuple(
            Coverage(
                order=n,
                payer=p,
                filing_indicator="CI",
                member=SEALED,
                effective_from=date(2025, 1, 1),
            )
            for n, p in enumerate(payers, 1)
        ),
    )


def _listed(payer: str, payer_id: str, *aliases: str) -> PayerListed:
    return PayerListed(
        payer=payer,
        name=f"{payer} insurance",
        payer_id=payer_id,
        aliases=aliases,
        filing_indicator="CI",
        receiver="R",
        replacement="yes",
        filing_limit_days=365,
        in_force_from=date(2025, 1, 1),
    )


BOOK = Book()
for _one in (_listed("P", "P1"), _listed("SUPP", "S1", "Sup Plan"), _listed("THIRD", "T1")):
    BOOK = evolve_book(BOOK, _one)
GIVEN = [_opened("P", "SUPP", "THIRD"), *SENT]


def _sent_on(status: str = "19", name: str = "", code: str = "", paid: int = 8_000) -> Any:
    d = _delivered(paid, status)
    return replace(d, payment=replace(d.payment, forwarded_to=name, forwarded_id=code))


def _answer(delivered: Any, *more: Any) -> list[Any]:
    return said(ACCOUNT, [*GIVEN, *more], AnswerClaim(delivered), BOOK)


def _forwarded(delivered: Any) -> ClaimForwarded:
    (found,) = [e for e in _answer(delivered) if isinstance(e, ClaimForwarded)]
    return found


def test_it_is_said_that_a_claim_was_sent_on_before_what_the_payer_decided() -> None:
    assert [type(e) for e in _answer(_sent_on())] == [ClaimForwarded, ClaimAdjudicated]


def test_the_payer_that_it_went_to_is_known_by_id_by_name_and_by_alias() -> None:
    for name, code in (("", "S1"), ("SUPP  insurance", ""), ("sup plan", ""), ("Odd", "S1")):
        told = _forwarded(_sent_on(name=name, code=code))
        assert (told.payer_order, told.to_payer, told.expected_claim) == (2, "SUPP", SECOND)


def test_it_is_told_to_whom_as_the_payer_calls_it_or_as_we_do() -> None:
    assert _forwarded(_sent_on(name="Odd", code="S1")).forwarded_to == "Odd"
    assert _forwarded(_sent_on(code="S1")).forwarded_to == "SUPP"


def test_what_was_answered_is_not_watched_anew_when_it_is_sent_on_again() -> None:
    told = _answer(_sent_on())
    answer = replace(_delivered(500, "2", 1), payer="SUPP", remittance="r2")
    given = [*GIVEN, *told, *_answer(answer, *told)]
    again = _forwarded(replace(_sent_on(), remittance="r3", position=4))
    assert fold(ACCOUNT, [*given, again]).claims[SECOND] == fold(ACCOUNT, given).claims[SECOND]


def test_what_went_to_nobody_whom_we_know_is_watched_as_no_claim() -> None:
    unknown = replace(_forwarded(_sent_on()), expected_claim=None, payer_order=None, to_payer="")
    assert set(fold(ACCOUNT, [*GIVEN, unknown]).claims) == {CLAIM}


def test_what_is_billed_from_here_after_all_is_made_here() -> None:
    billed = replace(CREATED, claim=SECOND, claim_no=2, payer="SUPP", payer_order=2)
    claim = fold(ACCOUNT, [*GIVEN, *_answer(_sent_on()), billed]).claims[SECOND]
    assert (claim.state, claim.submitted_on, claim.forbidden) == ("editing", None, 0)
    answer = replace(_delivered(500, "2", 1), payer="SUPP", remittance="r2")
    told = _answer(answer)
    claim = fold(ACCOUNT, [*GIVEN, *told, billed]).claims[SECOND]
    assert (claim.state, claim.forbidden) == ("adjudicated", 0)


def test_a_claim_may_skip_a_coverage_on_its_way() -> None:
    assert _forwarded(_sent_on(code="T1")).payer_order == 3


def test_an_unnamed_or_unknown_payer_is_taken_for_the_next_one_so_that_nobody_bills_it_twice() -> (
    None
):
    assert _forwarded(_sent_on()).payer_order == 2
    assert _forwarded(_sent_on(name="NOBODY KNOWS")).payer_order == 2


def test_a_payer_that_covers_nothing_here_leaves_the_next_coverage_to_be_billed() -> None:
    given = [_opened("P", "SUPP"), *SENT]
    told = said(ACCOUNT, given, AnswerClaim(_sent_on(code="T1")), BOOK)
    assert [(e.to_payer, e.payer_order) for e in told if isinstance(e, ClaimForwarded)] == [
        ("THIRD", None)
    ]


def test_the_payer_that_it_was_sent_on_to_is_watched_until_it_answers() -> None:
    state = fold(ACCOUNT, [*GIVEN, *_answer(_sent_on())])
    watched = state.claims[SECOND]
    assert (watched.state, watched.payer, watched.submitted_on) == (
        "forwarded",
        "SUPP",
        date(2026, 2, 1),
    )
    assert [name for name in timers(state) if SECOND in name] == [f"835 {SECOND} 1"]
    late = NobodyAnswered("835", SECOND, 1, date(2026, 3, 10))
    (told,) = said(ACCOUNT, [*GIVEN, *_answer(_sent_on())], late, BOOK)
    assert isinstance(told, AnswerLate) and told.payer == "SUPP"
    answer = replace(_delivered(500, "2", 1), payer="SUPP", remittance="r2")
    (decided,) = _answer(answer, *_answer(_sent_on()))
    assert (decided.claim, decided.payer_order) == (SECOND, 2)
    after = fold(ACCOUNT, [*GIVEN, *_answer(_sent_on()), decided])
    assert (after.claims[SECOND].state, after.claims[SECOND].submitted_on) == ("adjudicated", None)


def test_neither_a_predetermination_nor_a_claim_of_another_payer_decides_anything() -> None:
    for status in ("23", "25"):
        answers = _answer(_sent_on(status, code="S1" if status == "23" else "", paid=0))
        state = fold(ACCOUNT, [*GIVEN, *answers])
        assert state.claims[CLAIM].state == "submitted"
        assert state.claims[CLAIM].submitted_on == DAY
        (decided,) = [e for e in answers if isinstance(e, ClaimAdjudicated)]
        assert "no_money" in decided.flags


def test_a_reversal_never_takes_back_a_predetermination() -> None:
    answers = _answer(_sent_on("25", paid=0))
    (waits,) = _answer(_delivered(0, "22", 1), *answers)
    assert type(waits).__name__ == "ReversalWaiting"


def test_a_predetermination_with_a_payment_does_not_balance() -> None:
    for status in ("23", "25"):
        paid = replace(_delivered(10_000, status).payment)
        (fault,) = claim_faults(paid)
        assert (fault.level, fault.difference_cents) == ("claim", 10_000)


def test_a_payer_that_is_first_and_second_is_told_apart_by_what_it_processed_the_claim_as() -> None:
    given = [_opened("P", "P"), *SENT]
    (decided,) = said(ACCOUNT, given, AnswerClaim(_delivered(500, "2")), BOOK)
    assert (decided.payer_order, decided.claim) == (2, SECOND)


def test_an_answer_belongs_to_the_coverage_of_the_payer_that_gave_it() -> None:
    third = replace(_delivered(500), payer="THIRD")
    (decided,) = _answer(third)
    assert (decided.payer_order, decided.claim) == (3, claim_number(NUMBER, 3))
    assert decided.flags == ("crossover",) and decided.attempt is None


def test_a_payer_is_called_by_its_id_where_nobody_listed_it() -> None:
    assert BOOK.payer_named(" x-1 ", "Some Plan") == "unknown:X1"
    assert BOOK.payer_named("", "Some  plan") == "unknown:SOMEPLAN"
    assert BOOK.payer_named("", "") == "unknown:"


def test_a_watched_claim_is_listed_until_and_after_its_answer() -> None:
    rows: dict[Any, Any] = {}
    told = _answer(_sent_on())
    answer = replace(_delivered(500, "2", 1), payer="SUPP", remittance="r2")
    for event in (*told, *_answer(answer, *told)):
        at = At(
            f"account/{NUMBER}", 0, "e", wire_name(type(event)), Scope("t", "L1", "F1"), DAY,
            datetime(2026, 2, 1, tzinfo=UTC), "a", "c", "p/0", 1,
        )  # fmt: skip
        for key in CLAIM_STATUS.keys(event, at):  # type: ignore[misc]
            rows[key] = CLAIM_STATUS.project(rows.get(key), event, at)  # type: ignore[misc]
            assert set(rows[key]) == set(CLAIM_STATUS.columns)
    watched = rows[(SECOND,)]
    assert (watched["payer"], watched["state"], watched["paid_cents"]) == (
        "SUPP",
        "adjudicated",
        500,
    )
    assert watched["forbidden"] == 0
