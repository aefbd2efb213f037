"""The rules of a receiver's queue: batches, control numbers, and what transport answers."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.submission import (
    ClaimPackage,
    ClaimQueued,
    ClaimSubmitted,
    InterchangeBatched,
    InterchangeDispatched,
    InterchangeSent,
    TransportAcknowledged,
    TransportAnswered,
    TransportFault,
    TransportRejected,
)
from services.submission.domain import ACCOUNT, OUTBOUND, lane_state
from services.submission.domain.claim_state import ClaimState
from services.submission.domain.lanes import LANES, control_number, lane_of, lane_of_control
from services.submission.domain.package import package
from services.submission.domain.queue import (
    CHUNK,
    FULL,
    CloseIfFull,
    CloseQueue,
    Command,
    JudgeAnswer,
    RecordSent,
    TellRejected,
    TellSubmitted,
)
from shared.streams import account_number, account_stream, claim_number
from tests.unit.scenario import fold, said, scenario
from tests.unit.submission.facts import DAY, READY, books, facility

LANE = 7
BASE: ClaimPackage = package(
    fold(ACCOUNT, READY), ClaimState(claim="X", payer="PAYER-A", payer_order=1)
)
BOOKS = books(facility(facility="F2"))
SHA = "a" * 64


def queued(number: int, where: str = "F1", attempt: int = 1) -> ClaimQueued:
    """The number-th claim of a facility, in the queue."""
    account = account_number("tenant", where, str(number))
    one = replace(
        BASE, account=account, claim=claim_number(account, 1), facility=where, attempt=attempt
    )
    return ClaimQueued(package=one, receiver="CLEARING", lane=LANE)


def claims(count: int, where: str = "F1") -> tuple[ClaimQueued, ...]:
    """So many of them."""
    return tuple(queued(n, where) for n in range(count))


def tell(given: tuple[Any, ...], command: Command) -> list[Any]:
    """What is said."""
    return said(OUTBOUND, given, command, BOOKS)


def batched(given: tuple[Any, ...]) -> tuple[InterchangeBatched, ...]:
    """The queue as closed at the cut-off."""
    return tuple(tell(given, CloseQueue(DAY)))


def sent(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """The queue closed, handed over, and all accounts told."""
    given = (*given, *batched(given))
    for file in [event for event in given if isinstance(event, InterchangeBatched)]:
        given = (*given, *tell(given, RecordSent("CLEARING", file.isa13, SHA, 10)))
        while more := tell(given, TellSubmitted("CLEARING", file.isa13, "tenant", DAY)):
            given = (*given, more[0])
    return given


def answer(level: str, isa13: int, st02: str = "", *, accepted: bool, **more: Any) -> JudgeAnswer:
    """A TA1 or a set of a 999."""
    code = "A" if accepted else "R"
    event = TransportAnswered(
        level="TA1" if level == "TA1" else "999",
        isa13=isa13,
        gs06=isa13,
        st02=st02,
        accepted=accepted,
        code=code,
        **more,
    )
    return JudgeAnswer("CLEARING", event)


# -- batches


def test_the_cut_off_closes_the_queue_into_one_file_with_a_set_per_billing_provider() -> None:
    (file,) = batched((*claims(2), *claims(3, "F2"), queued(9)))
    assert [(s.st02, s.facility, len(s.claims)) for s in file.sets] == [
        ("0001", "F1", 3),
        ("0002", "F2", 3),
    ]
    assert (file.isa13, file.gs06, file.lane) == (100 + LANE, 100 + LANE, LANE)
    assert file.sets[0].billing is not None and file.header is not None


def test_a_set_holds_at_most_100_claims() -> None:
    (file,) = batched(claims(250))
    assert [len(s.claims) for s in file.sets] == [100, 100, 50]


def test_a_file_holds_at_most_2_000_claims_and_each_file_has_its_own_number() -> None:
    first, second = batched(claims(2_050))
    assert sum(len(s.claims) for s in first.sets) == 2_000
    assert (first.isa13, second.isa13) == (100 + LANE, 200 + LANE)


def test_an_empty_queue_sends_nothing_and_waits_for_nothing() -> None:
    assert OUTBOUND.timers is not None
    given: tuple[Any, ...] = claims(1)
    assert OUTBOUND.timers(fold(OUTBOUND, given))
    given = (*given, *batched(given))
    scenario(OUTBOUND, given=given, when=CloseQueue(DAY), then=[], book=BOOKS)
    assert not OUTBOUND.timers(fold(OUTBOUND, given))


def test_a_full_queue_does_not_wait_for_the_cut_off() -> None:
    scenario(OUTBOUND, given=claims(FULL - 1), when=CloseIfFull("tenant"), then=[], book=BOOKS)
    assert len(tell(claims(FULL), CloseIfFull("tenant"))) == 1


def test_control_numbers_are_never_used_twice_and_lead_back_to_their_lane() -> None:
    given: tuple[Any, ...] = ()
    for n in range(3):
        given = (*given, queued(n))
        given = (*given, *batched(given))
    numbers = [event.isa13 for event in given if isinstance(event, InterchangeBatched)]
    assert numbers == [100 + LANE, 200 + LANE, 300 + LANE]
    assert {lane_of_control(number) for number in numbers} == {LANE}
    with pytest.raises(ValueError):
        control_number(10**7, LANE)


def test_an_account_stays_in_its_lane() -> None:
    assert 0 <= lane_of("ACCOUNT", 8) == lane_of("ACCOUNT", 8) < 8 <= LANES


# -- handed over


def test_a_file_that_was_handed_over_is_stated_once() -> None:
    given: tuple[Any, ...] = (*claims(2), *batched(claims(2)))
    command = RecordSent("CLEARING", 107, SHA, 10)
    (event,) = tell(given, command)
    assert isinstance(event, InterchangeSent) and (event.sha256, event.size_bytes) == (SHA, 10)
    scenario(OUTBOUND, given=(*given, event), when=command, then=[], book=BOOKS)
    unknown = RecordSent("CLEARING", 999, SHA, 10)
    scenario(OUTBOUND, given=given, when=unknown, then=[], book=BOOKS)


def test_accounts_are_told_in_chunks_each_once() -> None:
    given: tuple[Any, ...] = claims(CHUNK + 50)
    given = (*given, *batched(given))
    given = (*given, *tell(given, RecordSent("CLEARING", 107, SHA, 10)))
    told: list[tuple[str, ClaimSubmitted]] = []
    chunks = []
    while more := tell(given, TellSubmitted("CLEARING", 107, "tenant", DAY)):
        assert isinstance(more[0], InterchangeDispatched)
        given = (*given, more[0])
        told += more[1:]
        chunks.append(len(more) - 1)
    assert chunks == [CHUNK, 50]
    assert len({event.claim for _, event in told}) == CHUNK + 50
    assert all(stream == account_stream(event.account) for stream, event in told)


# -- answers


def test_a_ta1_that_accepts_is_noted_once() -> None:
    given = sent(claims(2))
    accepts = answer("TA1", 107, accepted=True)
    told = tell(given, accepts)
    assert told == [TransportAcknowledged(receiver="CLEARING", level="TA1", isa13=107, code="A")]
    scenario(OUTBOUND, given=(*given, *told), when=accepts, then=[], book=BOOKS)


def test_a_ta1_that_rejects_rejects_every_set_once() -> None:
    given = sent((*claims(2), *claims(3, "F2")))
    rejects = answer("TA1", 107, accepted=False)
    told = tell(given, rejects)
    assert [(event.st02, len(event.claims)) for event in told] == [("0001", 2), ("0002", 3)]
    scenario(OUTBOUND, given=(*given, *told), when=rejects, then=[], book=BOOKS)


def test_a_999_rejects_one_set_and_the_others_go_on() -> None:
    given = sent((*claims(2), *claims(3, "F2")))
    (no,) = tell(given, answer("999", 107, "0002", accepted=False))
    assert isinstance(no, TransportRejected) and (no.st02, no.facility) == ("0002", "F2")
    (yes,) = tell((*given, no), answer("999", 107, "0001", accepted=True))
    assert isinstance(yes, TransportAcknowledged) and yes.st02s == ("0001",)


def test_a_999_without_sets_answers_all_of_them() -> None:
    given = sent((*claims(2), *claims(3, "F2")))
    (yes,) = tell(given, answer("999", 107, accepted=True))
    assert yes.st02s == ("0001", "0002")
    assert len(tell(given, answer("999", 107, accepted=False))) == 2


@pytest.mark.parametrize("accepted", [True, False])
def test_the_same_999_twice_is_quiet(accepted: bool) -> None:
    given = sent(claims(2))
    once = answer("999", 107, "0001", accepted=accepted)
    given = (*given, *tell(given, once))
    scenario(OUTBOUND, given=given, when=once, then=[], book=BOOKS)


def test_an_answer_to_nothing_that_was_sent_is_quiet() -> None:
    given = sent(claims(2))
    for isa13, st02 in ((999, "0001"), (107, "0099")):
        when = answer("999", isa13, st02, accepted=False)
        scenario(OUTBOUND, given=given, when=when, then=[], book=BOOKS)


def test_the_accounts_of_a_rejected_set_hear_who_the_offender_was() -> None:
    given = sent(claims(3))
    offender = queued(1).package.claim
    faults = (TransportFault(code="8", segment="SV1", claim=offender),)
    (no,) = tell(given, answer("999", 107, "0001", accepted=False, faults=faults))
    told = tell(given, TellRejected(no, "tenant"))
    assert [event.offender for _, event in told] == [False, True, False]
    assert [event.attempt for _, event in told] == [1, 1, 1]
    assert [bool(event.faults) for _, event in told] == [False, True, False]


def test_an_answered_file_leaves_nothing_but_its_answers_in_the_state() -> None:
    given = sent(claims(2))
    given = (*given, *tell(given, answer("999", 107, "0001", accepted=True)))
    state = fold(OUTBOUND, given)
    assert state.sent[107].sets == {} and state.sent[107].answers == {"0001": "A"}
    assert date.min < DAY


def test_of_answered_files_the_newest_are_remembered_and_a_repeated_answer_to_them_is_quiet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = many_sent(4)
    for isa13 in (107, 207, 307, 407):
        given = (*given, *tell(given, answer("999", isa13, "0001", accepted=True)))
    assert list(fold(OUTBOUND, given).sent) == [107, 207, 307, 407]
    again = answer("999", 107, "0001", accepted=False)
    scenario(OUTBOUND, given=given, when=again, then=[], book=BOOKS)
    monkeypatch.setattr(lane_state, "REMEMBERED", 2)
    assert list(fold(OUTBOUND, given).sent) == [307, 407]


# -- a receiver that sends no 999


def many_sent(files: int) -> tuple[Any, ...]:
    """So many files of two claims each, none of them answered."""
    given: tuple[Any, ...] = ()
    for n in range(files):
        given = sent((*given, queued(2 * n), queued(2 * n + 1)))
    return given


def test_of_old_files_without_an_answer_the_state_keeps_no_claims_and_a_rejection_names_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lane_state, "UNANSWERED_CLAIMS", 4)
    given = many_sent(4)
    known = fold(OUTBOUND, given).sent
    assert [len(known[n * LANES + LANE].sets["0001"].claims) for n in (1, 2, 3, 4)] == [0, 0, 2, 2]
    first = next(event for event in given if isinstance(event, InterchangeBatched))
    (no,) = tell(given, answer("999", 107, "0001", accepted=False, sets=first.sets))
    assert no.claims == first.sets[0].claims and no.facility == "F1"
    told = tell((*given, no), TellRejected(no, "tenant"))
    assert [event.claim for _, event in told] == [c.claim for c in no.claims]
    scenario(
        OUTBOUND,
        given=(*given, no),
        when=answer("999", 107, "0001", accepted=False, sets=first.sets),
        then=[],
        book=BOOKS,
    )
    (yes,) = tell(given, answer("999", 107, "0001", accepted=True))
    assert yes.st02s == ("0001",)


def test_the_oldest_of_many_files_without_an_answer_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lane_state, "UNANSWERED", 2)
    assert list(fold(OUTBOUND, many_sent(4)).sent) == [307, 407]


def test_a_file_that_has_not_left_yet_or_was_not_told_to_all_keeps_its_claims(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lane_state, "UNANSWERED_CLAIMS", 0)
    monkeypatch.setattr(lane_state, "UNANSWERED", 0)
    given = (*claims(2), *batched(claims(2)))
    given = (*given, *tell(given, RecordSent("CLEARING", 107, SHA, 10)))
    assert len(fold(OUTBOUND, given).sent[107].sets["0001"].claims) == 2
