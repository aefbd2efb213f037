"""For whom a table of code edits is, since when, and what is read of it."""

import gc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from contracts.coding import (
    ChargesCaptured,
    CodingHeld,
    EncounterCoded,
)
from contracts.edit_tables import day_number
from contracts.registration import CoveragesSet
from services.coding.domain import (
    ACCOUNT,
    Book,
    TryAgain,
    evolve_book,
    hydrate,
    shelve,
)
from services.coding.domain.account import timers, wake
from services.coding.domain.edit_tables import Limits, Pairs
from services.coding.domain.rules import next_step
from services.coding.reactions import react
from shared.service import At, Scope
from shared.streams import account_stream
from tests.unit.coding.edits import (
    ALWAYS,
    DAY,
    EDITS,
    EXAM,
    MUE,
    NO_EDITS,
    OPENED,
    PAYER,
    PTP,
    TABLES,
    VISIT,
    book_of,
    captured,
    charge,
    judged,
    limits,
    pairs,
    published,
    rules,
)
from tests.unit.coding.test_coding import NUMBER
from tests.unit.scenario import fold, said


def test_a_table_is_for_the_payers_that_it_names() -> None:
    theirs = book_of(published(PTP, payers=(PAYER,)))
    others = book_of(published(PTP, payers=("SOMEBODY",)))
    assert rules(VISIT, EXAM, book=theirs) == [("PTP-MODIFIER", 2)]
    assert rules(VISIT, EXAM, book=others) == []
    nobody = replace(OPENED, coverages=())
    assert rules(VISIT, EXAM, given=[nobody]) == []


def test_until_the_account_is_known_any_table_may_be_about_it() -> None:
    others = book_of(published(PTP, payers=("SOMEBODY",)))
    (held,) = judged(VISIT, EXAM, book=others, given=[])
    assert isinstance(held, CodingHeld)
    given = [ChargesCaptured(account=NUMBER, charges=(VISIT, EXAM)), held, OPENED]
    (coded,) = said(ACCOUNT, given, TryAgain(), others)
    assert isinstance(coded, EncounterCoded)
    theirs = book_of(published(PTP, payers=(PAYER,)))
    assert said(ACCOUNT, given, TryAgain(), theirs) == []
    past = [*given[:-1], replace(OPENED, billing="history")]
    (taken,) = said(ACCOUNT, past, TryAgain(), theirs)
    assert isinstance(taken, EncounterCoded)


def test_another_insurance_may_bring_a_table_or_take_it_away() -> None:
    coverage = replace(OPENED.coverages[0], payer="SOMEBODY")
    change = CoveragesSet(patient="P", coverages=(coverage,), set_on=DAY, reason="new card")
    theirs = book_of(published(PTP, payers=(PAYER,)))
    (held,) = judged(VISIT, EXAM, book=theirs)
    (coded,) = said(ACCOUNT, [*captured(VISIT, EXAM), held, change], TryAgain(), theirs)
    assert isinstance(coded, EncounterCoded)
    others = book_of(published(PTP, payers=("SOMEBODY",)))
    (held,) = said(ACCOUNT, [*captured(VISIT, EXAM), coded, change], TryAgain(), others)
    assert isinstance(held, CodingHeld)


def test_what_was_coded_before_a_table_is_not_judged_by_it_until_its_payer_is_another() -> None:
    (coded,) = judged(VISIT, EXAM, book=NO_EDITS)
    given = [*captured(VISIT, EXAM), coded]
    again = CoveragesSet(patient="P", coverages=OPENED.coverages, set_on=DAY, reason="new group")
    assert said(ACCOUNT, [*given, again], TryAgain(), EDITS) == []
    other = replace(again, coverages=(replace(OPENED.coverages[0], payer="SOMEBODY"),))
    (held,) = said(ACCOUNT, [*given, other], TryAgain(), EDITS)
    assert isinstance(held, CodingHeld)


def test_the_payers_of_a_day_are_those_in_force_on_it_or_all_where_none_was() -> None:
    theirs = book_of(published(PTP, payers=(PAYER,)))
    (cover,) = OPENED.coverages
    other = replace(cover, order=2, payer="SOMEBODY", effective_from=date(2020, 1, 1))
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    for begins, ends, held in (
        (DAY, DAY, True),
        (date(2020, 1, 1), before, False),
        (after, None, False),
    ):
        ours = replace(cover, effective_from=begins, effective_to=ends)
        account = replace(OPENED, coverages=(ours, other))
        assert bool(rules(VISIT, EXAM, book=theirs, given=[account])) is held
    over = replace(OPENED, coverages=(replace(cover, effective_to=before),))
    assert rules(VISIT, EXAM, book=theirs, given=[over]) == [("PTP-MODIFIER", 2)]


def test_coverages_that_were_set_before_the_account_was_heard_of_stay() -> None:
    others = book_of(published(PTP, payers=("SOMEBODY",)))
    moved = CoveragesSet(
        patient="p", coverages=(replace(OPENED.coverages[0], payer="SOMEBODY"),), set_on=DAY,
        reason="r",
    )  # fmt: skip
    assert rules(VISIT, EXAM, book=others, given=[moved, OPENED]) == [("PTP-MODIFIER", 2)]


def test_coding_looks_again_when_an_account_opens_or_its_insurance_changes() -> None:
    coverages = CoveragesSet(patient="P", coverages=(), set_on=DAY, reason="lapsed")
    for event in (OPENED, coverages):
        (answer,) = react(event, _at(account_stream(NUMBER)))
        assert answer == (account_stream(NUMBER), TryAgain())
        assert said(ACCOUNT, [event], TryAgain(), EDITS) == []
    assert react(coverages, _at("patient/x")) == []


def _at(stream: str) -> At:
    recorded = datetime(2026, 3, 2, tzinfo=UTC)
    return At(stream, 0, "e", "w", Scope("t"), DAY, recorded, "a", "c", "registration/0", 1)


def test_a_facility_that_a_table_names_is_judged_by_that_one() -> None:
    hospital = published(PTP, setting="outpatient", facilities=(OPENED.facility,))
    elsewhere = published(PTP, setting="outpatient", facilities=("ELSEWHERE",))
    empty = published(MUE, version="none")
    none = Pairs(pairs())
    for tables, expected in (
        ((empty, hospital), [("PTP-MODIFIER", 2)]),
        ((empty, elsewhere), []),
        ((hospital,), [("PTP-MODIFIER", 2)]),
    ):
        book = book_of(*tables)
        held = {PTP: TABLES[PTP], MUE: none}
        assert rules(VISIT, EXAM, book=msgspec.structs.replace(book, edits_held=held)) == expected


def test_the_newest_quarters_pairs_are_about_every_day_and_limits_are_those_of_the_quarter() -> (
    None
):
    first, second = (
        published(PTP, version=f"2026Q{n}", effective_from=date(2026, 3 * n - 2, 1)) for n in (1, 2)
    )
    for order in ((first, second), (second, first)):
        assert [t.version for t in book_of(*order).edits] == ["2026Q2"]
        assert rules(VISIT, EXAM, book=book_of(*order)) == [("PTP-MODIFIER", 2)]
    later = published(MUE, kind="mue", effective_from=date(2026, 4, 1))
    assert rules(charge(1, "G0101", units=3), book=book_of(later)) == []
    ended = published(MUE, kind="mue", effective_to=date(2026, 2, 28))
    assert rules(charge(1, "G0101", units=3), book=book_of(ended)) == []
    last_day = published(MUE, kind="mue", effective_from=DAY, effective_to=DAY)
    assert rules(charge(1, "G0101", units=3), book=book_of(last_day)) == [("MUE-LINE", 1)]


def test_of_two_quarters_limits_the_newer_ones_count_whatever_was_published_last() -> None:
    strict = published("f" * 64, kind="mue", version="2026Q2", effective_from=DAY)
    wide = published(MUE, kind="mue")
    held = {MUE: Limits(limits(("G0101", 9, 1))), "f" * 64: Limits(limits(("G0101", 1, 1)))}
    for order in ((wide, strict), (strict, wide)):
        book = msgspec.structs.replace(book_of(*order), edits_held=held)
        assert rules(charge(1, "G0101", units=2), book=book) == [("MUE-LINE", 1)]
        before = charge(1, "G0101", units=2, service_on=DAY - timedelta(days=1))
        assert rules(before, book=book) == []
    mended = published(MUE, kind="mue", version="2026Q2B", effective_from=DAY)
    book = msgspec.structs.replace(book_of(strict, mended), edits_held=held)
    assert rules(charge(1, "G0101", units=2), book=book) == []


def test_a_hold_of_edits_is_looked_at_every_morning_for_a_table_may_be_taken_back() -> None:
    (held,) = judged(VISIT, EXAM)
    given = [*captured(VISIT, EXAM), held]
    state = fold(ACCOUNT, given)
    assert list(timers(state)) == ["code sets"]
    again = wake("code sets", DAY, state, EDITS)
    assert said(ACCOUNT, given, again, EDITS) == []
    (coded,) = said(ACCOUNT, given, again, NO_EDITS)
    assert isinstance(coded, EncounterCoded)


def test_many_codes_of_a_day_are_looked_up_by_the_rows_of_one() -> None:
    table = Pairs(pairs(("G0438", "G0101", 1, ALWAYS), ("G0439", "G0101", 1, ALWAYS)))
    day = day_number(DAY)
    many = {f"A{n:04d}".encode() for n in range(50)} | {b"G0101"}
    assert list(table.against(b"G0438", many, day)) == [(b"G0101", 1)]
    assert list(table.against(b"G0101", many, day)) == []
    twice = Pairs(
        pairs(
            ("G0438", "G0101", 1, ALWAYS),
            ("G0438", "G0101", 0, ALWAYS),
            ("G0438", "G0102", 0, ALWAYS),
        )
    )
    assert sorted(table.against(b"G0438", {b"G0101"}, day)) == [(b"G0101", 1)]
    assert sorted(twice.against(b"G0438", {b"G0101"}, day)) == [(b"G0101", 0), (b"G0101", 1)]


class _Objects:
    def __init__(self) -> None:
        self.read_so_far: list[str] = []

    async def read(self, sha256: str) -> bytes:
        self.read_so_far.append(sha256)
        return {
            "1" * 64: pairs(("G0438", "G0101", 1, ALWAYS)),
            "2" * 64: limits(("G0101", 1, 1)),
        }[sha256]


async def test_files_of_edits_are_read_once_and_go_when_no_book_names_them() -> None:
    objects = _Objects()
    book = evolve_book(Book(), published("1" * 64))
    book = evolve_book(book, published("2" * 64, kind="mue"))
    one, other = await hydrate(book, objects), await hydrate(book, objects)
    assert objects.read_so_far == ["1" * 64, "2" * 64]
    assert len(next(one.pairs(one.edits[0]))) == 1
    assert one.limits(one.edits[1]).of == {"G0101": (1, 1)}
    assert shelve(one) == book
    del one, other
    gc.collect()
    await hydrate(book, objects)
    assert len(objects.read_so_far) == 4


@pytest.mark.parametrize(
    ("broken", "begins"),
    [
        (
            ["PTP-MODIFIER"],
            "correct it, with a modifier where one parts them, or void it (claimlog charges",
        ),
        (
            ["MUE-REASON", "MUE-DAY"],
            "say why (claimlog edits support), or correct it; correct its units (claimlog charges",
        ),
        (["PTP", "NPI"], "correct the charge (claimlog charges"),
        (["PTP", "POINTER"], "correct the charge, then code it again"),
    ],
)
def test_a_coder_is_told_what_ends_the_hold(broken: list[str], begins: str) -> None:
    assert next_step(broken).startswith(begins)
