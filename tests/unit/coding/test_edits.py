"""Code edits: pairs of one provider's day, more units than pass, for whom they are, and what ends a hold."""

import gc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from contracts.coding import (
    ChargeCorrected,
    ChargesCaptured,
    ChargeSupported,
    CodingHeld,
    EncounterCoded,
)
from contracts.edit_tables import LIMIT, LIMITS, NO_LAST_DAY, PAIR, PAIRS, day_number
from contracts.reference import CodeEditsPublished, EditPart
from contracts.registration import CoveragesSet
from contracts.values import Charge, CodedLine
from services.coding.domain import (
    ACCOUNT,
    Book,
    Capture,
    Code,
    CorrectCharge,
    SupportCharge,
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
from shared.streams import account_stream, charge_number
from shared.x12.npi import with_check_digit
from tests.unit.coding.test_coding import BOOK, CHARGE, DIAGNOSES, NUMBER
from tests.unit.posting.facts import opened
from tests.unit.scenario import fold, refused, said, scenario

DAY = CHARGE.service_on
ALWAYS = (date(2020, 1, 1), None)
PAYER = "MEDB"
OPENED = replace(opened(PAYER), account=NUMBER)


def pairs(*rows: tuple[str, str, int, tuple[date, date | None]]) -> bytes:
    return PAIRS + b"".join(
        sorted(
            PAIR.pack(
                a.encode(),
                b.encode(),
                day_number(days[0]),
                NO_LAST_DAY if days[1] is None else day_number(days[1]),
                indicator,
            )
            for a, b, indicator, days in rows
        )
    )


def limits(*rows: tuple[str, int, int]) -> bytes:
    return LIMITS + b"".join(sorted(LIMIT.pack(code.encode(), n, mai) for code, n, mai in rows))


def published(sha: str, **said: Any) -> CodeEditsPublished:
    facts: dict[str, Any] = {
        "kind": "ptp",
        "name": "NCCI",
        "version": "2026Q1",
        "parts": (EditPart(sha256=sha, edits=1),),
        "edits": 1,
        "effective_from": date(2026, 1, 1),
    }
    return CodeEditsPublished(**facts | said)


PTP, MUE = "d" * 64, "e" * 64
TABLES: dict[str, Pairs | Limits] = {
    PTP: Pairs(
        pairs(
            ("G0438", "G0101", 1, ALWAYS),
            ("G0438", "G0439", 0, ALWAYS),
            ("G0438", "G0270", 0, (date(2020, 1, 1), date(2026, 2, 28))),
        )
    ),
    MUE: Limits(limits(("G0101", 2, 1), ("J1885", 3, 2), ("J3420", 3, 3))),
}


def _book(*tables: CodeEditsPublished) -> Book:
    book = BOOK
    codes = frozenset({"G0438", "G0439", "G0101", "G0270", "J1885", "J3420", "G04380"})
    for table in tables:
        book = evolve_book(book, table)
    known = {sha: codes if "G0438" in table else table for sha, table in book.tables.items()}
    return msgspec.structs.replace(book, tables=known, edits_held=dict(TABLES))


EDITS = _book(published(PTP), published(MUE, kind="mue"))
NO_EDITS = _book()


def charge(n: int, procedure: str, *modifiers: str, **said: Any) -> Charge:
    return replace(
        CHARGE, charge=charge_number(NUMBER, n), procedure=procedure, modifiers=modifiers, **said
    )


VISIT, EXAM = charge(1, "G0438"), charge(2, "G0101")


def codes(*charges: Charge) -> Code:
    lines = tuple(CodedLine(charge=c.charge, pointers=(1,)) for c in charges)
    return Code(NUMBER, DIAGNOSES, lines, "c")


def judged(*charges: Charge, book: Book = EDITS, given: Iterable[Any] = (OPENED,)) -> list[Any]:
    """What is said of the codes of charges just captured."""
    when = codes(*charges)
    return said(
        ACCOUNT, given, Capture(NUMBER, charges, when.diagnoses, when.lines, when.coder), book
    )[1:]


def rules(*charges: Charge, book: Book = EDITS, given: Iterable[Any] = (OPENED,)) -> list[Any]:
    """Rule and charge of what holds them; empty where they are coded."""
    (one,) = judged(*charges, book=book, given=given)
    if isinstance(one, EncounterCoded):
        return []
    return [(f.rule, int(f.field[-3:])) for f in one.failures]


def captured(*charges: Charge) -> list[Any]:
    return [OPENED, ChargesCaptured(account=NUMBER, charges=charges)]


def test_a_pair_without_a_modifier_holds_the_charge_of_column_2() -> None:
    assert rules(VISIT, EXAM) == [("PTP-MODIFIER", 2)]
    assert rules(charge(1, "G0101"), charge(2, "G0438")) == [("PTP-MODIFIER", 1)]


def test_what_holds_it_names_both_codes_and_the_table() -> None:
    (held,) = judged(VISIT, EXAM)
    (failure,) = held.failures
    assert failure.value == "G0438"
    assert failure.sentence == (
        "G0101 is part of G0438 of the same day and provider, unless a modifier says that it is one of its own (NCCI PTP 2026Q1)"
    )


@pytest.mark.parametrize("modifier", ["LT", "F5", "25", "91"])
def test_a_modifier_of_the_list_parts_a_pair_on_either_of_its_codes(modifier: str) -> None:
    assert rules(VISIT, charge(2, "G0101", modifier)) == []
    assert rules(charge(1, "G0438", modifier), EXAM) == []


def test_another_modifier_does_not() -> None:
    assert rules(VISIT, charge(2, "G0101", "GA", "50")) == [("PTP-MODIFIER", 2)]


@pytest.mark.parametrize("modifier", ["59", "XE", "XP", "XS", "XU"])
def test_a_modifier_of_a_service_of_its_own_wants_a_recorded_reason(modifier: str) -> None:
    exam = charge(2, "G0101", modifier)
    assert rules(VISIT, exam) == [("PTP-REASON", 2)]
    when = codes(VISIT, exam)
    support = ((exam.charge, "another lesion"),)
    with_reason = Capture(NUMBER, (VISIT, exam), when.diagnoses, when.lines, when.coder, support)
    _, supported, coded = said(ACCOUNT, [OPENED], with_reason, EDITS)
    assert supported == ChargeSupported(account=NUMBER, charge=exam.charge, reason="another lesion")
    assert isinstance(coded, EncounterCoded)


def test_no_modifier_parts_a_pair_of_indicator_0() -> None:
    assert rules(VISIT, charge(2, "G0439", "59")) == [("PTP", 2)]
    assert rules(VISIT, charge(2, "G0439", "LT")) == [("PTP", 2)]


def test_a_pair_is_of_one_day_and_one_provider_and_of_what_is_not_voided() -> None:
    assert rules(VISIT, replace(EXAM, service_on=date(2026, 3, 2))) == []
    assert rules(VISIT, replace(EXAM, rendering_npi=with_check_digit("199900200"))) == []
    given = [*captured(VISIT, EXAM), _corrected(EXAM, replace(EXAM, units=0))]
    (coded,) = said(ACCOUNT, given, codes(VISIT), EDITS)
    assert isinstance(coded, EncounterCoded)


def test_a_pair_holds_on_the_days_that_it_carries_and_on_no_other() -> None:
    old = date(2026, 2, 28)
    both = (charge(1, "G0438"), charge(2, "G0270"))
    assert rules(*both) == []
    assert rules(*(replace(c, service_on=old) for c in both)) == [("PTP", 2)]


def test_units_of_a_line_have_a_limit() -> None:
    assert rules(charge(1, "G0101", units=2)) == []
    assert rules(charge(1, "G0101", units=3)) == [("MUE-LINE", 1)]
    assert rules(charge(1, "G0101", units=2), charge(2, "G0101", "76", units=2)) == []


def test_units_of_a_day_are_those_of_all_its_lines() -> None:
    lines = charge(1, "J1885", units=2), charge(2, "J1885", "76", units=2)
    assert rules(*lines) == [("MUE-DAY", 2)]
    assert rules(lines[0], replace(lines[1], service_on=date(2026, 3, 2))) == []
    span = replace(lines[0], units=6, service_to=date(2026, 3, 2))
    assert rules(span) == []
    assert rules(replace(lines[0], units=1, quantity="3.5")) == [("MUE-DAY", 1)]
    assert rules(replace(lines[0], units=60, unit="MJ")) == []


def test_a_limit_of_indicator_3_gives_way_to_a_recorded_reason_and_one_of_2_does_not() -> None:
    drug = charge(1, "J3420", units=4)
    (held,) = judged(drug)
    assert [f.rule for f in held.failures] == ["MUE-REASON"]
    given = [*captured(drug), held]
    why = SupportCharge(NUMBER, drug.charge, "ordered for two conditions")
    supported, coded = said(ACCOUNT, given, why, EDITS)
    assert supported == ChargeSupported(
        account=NUMBER, charge=drug.charge, reason="ordered for two conditions"
    )
    assert isinstance(coded, EncounterCoded)
    scenario(ACCOUNT, given=[*given, supported, coded], when=why, then=[], book=EDITS)
    absolute = charge(1, "J1885", units=4)
    (held,) = judged(absolute)
    assert said(ACCOUNT, [*captured(absolute), held], why, EDITS) == [supported]
    stranger = SupportCharge(NUMBER, "X", "why")
    assert "no such charge" in refused(ACCOUNT, given, stranger, EDITS)


def _corrected(
    before: Charge, after: Charge, reason: str = "as the record says"
) -> ChargeCorrected:
    return ChargeCorrected(account=NUMBER, before=before, after=after, reason=reason)


def test_a_reason_is_about_the_charge_as_it_was() -> None:
    drug = charge(1, "J3420", units=4)
    why = ChargeSupported(account=NUMBER, charge=drug.charge, reason="ordered so")
    dearer, more = replace(drug, charge_cents=1), replace(drug, units=40)
    for after, rule in ((dearer, []), (more, ["MUE-REASON"])):
        (one,) = said(ACCOUNT, [*captured(drug), why, _corrected(drug, after)], codes(drug), EDITS)
        assert [f.rule for f in getattr(one, "failures", ())] == rule


def test_a_hold_ends_by_itself_when_a_charge_is_corrected() -> None:
    (held,) = judged(VISIT, EXAM)
    given = [*captured(VISIT, EXAM), held]
    for after in (
        replace(EXAM, modifiers=("XU",)),
        replace(EXAM, units=0),
        charge(2, "G0439", units=0),
    ):
        event, coded = said(
            ACCOUNT, given, CorrectCharge(NUMBER, after, "as the record says"), EDITS
        )
        assert event == _corrected(EXAM, after)
        assert isinstance(coded, EncounterCoded)
        assert (coded.diagnoses, coded.coder) == (DIAGNOSES, "c")
        assert coded.code_sets[-2:] == ("NCCI PTP 2026Q1", "NCCI MUE 2026Q1")


def test_a_correction_that_mends_nothing_leaves_the_hold_as_it_is_and_another_fault_is_told() -> (
    None
):
    (held,) = judged(VISIT, EXAM)
    given = [*captured(VISIT, EXAM), held]
    cheaper = CorrectCharge(NUMBER, replace(EXAM, charge_cents=1), "typo")
    assert len(said(ACCOUNT, given, cheaper, EDITS)) == 1
    (_, again) = said(
        ACCOUNT, given, CorrectCharge(NUMBER, replace(EXAM, procedure="G0439"), "typo"), EDITS
    )
    assert [f.rule for f in again.failures] == ["PTP"]


def test_a_correction_of_what_was_coded_that_makes_a_pair_holds_it() -> None:
    exam = charge(2, "G0101", "LT")
    (coded,) = judged(VISIT, exam)
    without = CorrectCharge(NUMBER, EXAM, "not on the left")
    given = [*captured(VISIT, exam), coded]
    _, held = said(ACCOUNT, given, without, EDITS)
    assert isinstance(held, CodingHeld)
    assert (held.lines, held.coder) == (coded.lines, "c")
    assert len(said(ACCOUNT, given, without, NO_EDITS)) == 1
    back = CorrectCharge(NUMBER, exam, "on the left after all")
    _, once_more = said(ACCOUNT, [*given, _corrected(exam, EXAM), held], back, EDITS)
    assert replace(once_more, code_sets=coded.code_sets) == coded


def test_history_is_taken_as_it_was_billed() -> None:
    (coded,) = judged(VISIT, EXAM, given=[replace(OPENED, billing="history")])
    assert isinstance(coded, EncounterCoded)
    assert not any("NCCI" in name for name in coded.code_sets)


def test_without_a_table_nothing_is_held() -> None:
    assert rules(VISIT, EXAM, book=NO_EDITS) == []


def test_a_table_is_for_the_payers_that_it_names() -> None:
    theirs = _book(published(PTP, payers=(PAYER,)))
    others = _book(published(PTP, payers=("SOMEBODY",)))
    assert rules(VISIT, EXAM, book=theirs) == [("PTP-MODIFIER", 2)]
    assert rules(VISIT, EXAM, book=others) == []
    nobody = replace(OPENED, coverages=())
    assert rules(VISIT, EXAM, given=[nobody]) == []


def test_until_the_account_is_known_any_table_may_be_about_it() -> None:
    others = _book(published(PTP, payers=("SOMEBODY",)))
    (held,) = judged(VISIT, EXAM, book=others, given=[])
    assert isinstance(held, CodingHeld)
    given = [ChargesCaptured(account=NUMBER, charges=(VISIT, EXAM)), held, OPENED]
    (coded,) = said(ACCOUNT, given, TryAgain(), others)
    assert isinstance(coded, EncounterCoded)
    theirs = _book(published(PTP, payers=(PAYER,)))
    assert said(ACCOUNT, given, TryAgain(), theirs) == []
    past = [*given[:-1], replace(OPENED, billing="history")]
    (taken,) = said(ACCOUNT, past, TryAgain(), theirs)
    assert isinstance(taken, EncounterCoded)


def test_another_insurance_may_bring_a_table_or_take_it_away() -> None:
    coverage = replace(OPENED.coverages[0], payer="SOMEBODY")
    change = CoveragesSet(patient="P", coverages=(coverage,), set_on=DAY, reason="new card")
    theirs = _book(published(PTP, payers=(PAYER,)))
    (held,) = judged(VISIT, EXAM, book=theirs)
    (coded,) = said(ACCOUNT, [*captured(VISIT, EXAM), held, change], TryAgain(), theirs)
    assert isinstance(coded, EncounterCoded)
    others = _book(published(PTP, payers=("SOMEBODY",)))
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
        book = _book(*tables)
        held = {PTP: TABLES[PTP], MUE: none}
        assert rules(VISIT, EXAM, book=msgspec.structs.replace(book, edits_held=held)) == expected


def test_the_newest_quarters_pairs_are_about_every_day_and_limits_are_those_of_the_quarter() -> (
    None
):
    first, second = (
        published(PTP, version=f"2026Q{n}", effective_from=date(2026, 3 * n - 2, 1)) for n in (1, 2)
    )
    for order in ((first, second), (second, first)):
        assert [t.version for t in _book(*order).edits] == ["2026Q2"]
        assert rules(VISIT, EXAM, book=_book(*order)) == [("PTP-MODIFIER", 2)]
    later = published(MUE, kind="mue", effective_from=date(2026, 4, 1))
    assert rules(charge(1, "G0101", units=3), book=_book(later)) == []
    ended = published(MUE, kind="mue", effective_to=date(2026, 2, 28))
    assert rules(charge(1, "G0101", units=3), book=_book(ended)) == []


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
        (["PTP-MODIFIER"], "correct it, with a modifier where one parts them, or void it (coding"),
        (
            ["MUE-REASON", "MUE-DAY"],
            "say why (claimlog edits support), or correct it; correct its units (coding",
        ),
        (["PTP", "NPI"], "correct the charge (coding"),
        (["PTP", "POINTER"], "correct the charge, then code it again"),
    ],
)
def test_a_coder_is_told_what_ends_the_hold(broken: list[str], begins: str) -> None:
    assert next_step(broken).startswith(begins)
