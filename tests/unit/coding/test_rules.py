"""What a coded encounter must keep to, rule by rule; what was voided is judged by nobody."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from msgspec import structs

from contracts.coding import ChargesCaptured, CodingHeld, EncounterCoded
from contracts.reference import CodeSetPublished
from contracts.values import CodedLine, Diagnosis, DrugQuantity
from services.coding.domain import ACCOUNT, Capture, Code, CorrectCharge, evolve_book
from services.coding.domain.account import CHARGES_AT_MOST
from shared.streams import charge_number
from tests.unit.coding.test_coding import BOOK, CAPTURED, CHARGE, DIAGNOSES, LINES, NUMBER
from tests.unit.scenario import refused, said

SECOND = replace(CHARGE, charge=charge_number(NUMBER, 2))
BOTH = (*LINES, CodedLine(charge=SECOND.charge, pointers=(1,)))


DAY_AFTER = date(2026, 10, 1)


def broken(
    *charges: Any, diagnoses: Any = DIAGNOSES, lines: Any = LINES, book: Any = BOOK
) -> list[str]:
    """The rules that the charges break, coded in one go."""
    told = said(ACCOUNT, [], Capture(NUMBER, charges, diagnoses, lines, "c"), book)[-1]
    return [failure.rule for failure in told.failures] if isinstance(told, CodingHeld) else []


ODD: list[tuple[dict[str, Any], str]] = [
    ({"rendering_npi": "1999001000"}, "NPI"),
    ({"modifiers": ("25", "26", "59", "76", "77")}, "MODIFIERS"),
    ({"modifiers": ("25", "25")}, "MODIFIERS"),
    ({"service_to": date(2026, 2, 28)}, "DAYS"),
    ({"drug": DrugQuantity(quantity="1", unit="ML")}, "DRUG"),
    ({"place_of_service": "1"}, "POS"),
    ({"place_of_service": "AB"}, "POS"),
    ({"procedure": "G9999"}, "NOT-IN-FORCE"),
]


@pytest.mark.parametrize(("changes", "rule"), ODD)
def test_a_charge_that_cannot_go_is_held_until_it_is_corrected_or_voided(
    changes: dict[str, Any], rule: str
) -> None:
    odd = replace(SECOND, **changes)
    given = said(ACCOUNT, [], Capture(NUMBER, (CHARGE, odd), DIAGNOSES, BOTH, "c"), BOOK)
    assert [(f.rule, f.field) for f in given[-1].failures] == [(rule, odd.charge)]
    for mended in (SECOND, replace(odd, units=0)):
        _, coded = said(ACCOUNT, given, CorrectCharge(NUMBER, mended, "typo"), BOOK)
        assert isinstance(coded, EncounterCoded)


def test_a_drug_with_its_code_and_four_modifiers_pass() -> None:
    drug = DrugQuantity(quantity="1", unit="ML")
    full = replace(CHARGE, drug=drug, ndc="00000000000", modifiers=("25", "26", "59", "76"))
    assert broken(replace(full, service_to=CHARGE.service_on)) == []


@pytest.mark.parametrize(
    ("sequences", "rules"),
    [((), ["DX-COUNT", "POINTER"]), ((2,), ["DX-ORDER", "POINTER"]), ((1, 1), ["DX-ORDER"])],
)
def test_diagnoses_are_numbered_from_one_and_there_is_one(
    sequences: tuple[int, ...], rules: list[str]
) -> None:
    found = tuple(Diagnosis(sequence=n, code=f"E119{'.' * i}") for i, n in enumerate(sequences))
    assert broken(CHARGE, diagnoses=found) == rules


def test_twelve_diagnoses_pass_and_none_stands_twice() -> None:
    assert broken(CHARGE, diagnoses=(*DIAGNOSES, Diagnosis(sequence=2, code="E119"))) == [
        "DX-TWICE"
    ]
    # The set has one code, which is spelt in twelve ways.
    spelt = [f"{'E119'[:n]}.{'E119'[n:]}" + "." * more for more in range(4) for n in range(1, 5)]
    many = tuple(Diagnosis(sequence=n, code=code) for n, code in enumerate(spelt[:12], 1))
    assert broken(CHARGE, diagnoses=many) == []


def test_every_charge_that_was_not_voided_is_supported_by_a_diagnosis() -> None:
    assert broken(CHARGE, SECOND) == ["LINE-UNCODED"]
    given = said(ACCOUNT, [], Capture(NUMBER, (CHARGE, SECOND), DIAGNOSES, LINES, "c"), BOOK)
    _, coded = said(ACCOUNT, given, CorrectCharge(NUMBER, replace(SECOND, units=0), "no"), BOOK)
    assert isinstance(coded, EncounterCoded)


# -- code sets


def test_diagnoses_are_those_of_the_first_day_of_what_was_not_voided() -> None:
    late = replace(SECOND, service_on=date(2026, 10, 1))
    new = (Diagnosis(sequence=1, code="E1165"),)
    given = said(ACCOUNT, [], Capture(NUMBER, (CHARGE, late), new, BOTH, "c"), BOOK)
    assert [failure.value for failure in given[-1].failures] == ["E1165"]
    _, coded = said(ACCOUNT, given, CorrectCharge(NUMBER, replace(CHARGE, units=0), "no"), BOOK)
    assert coded.code_sets == ("ICD-10-CM bbbb", "HCPCS cccc")


@pytest.mark.parametrize(
    ("day", "code"), [(date(2026, 9, 30), "E119"), (date(2026, 10, 1), "E1165")]
)
def test_a_code_set_counts_on_its_first_and_on_its_last_day(day: date, code: str) -> None:
    assert broken(
        replace(CHARGE, service_on=day), diagnoses=(Diagnosis(sequence=1, code=code),)
    ) == []  # fmt: skip


def test_after_the_last_day_of_a_code_set_there_is_none_until_another_is_published() -> None:
    ended = structs.replace(BOOK, sets=tuple(s for s in BOOK.sets if s.version != "bbbb"))
    late = replace(CHARGE, service_on=date(2026, 10, 1))
    assert broken(late, book=ended) == ["NO-CODE-SET"]


def test_what_it_was_checked_against_is_told_for_the_first_day() -> None:
    days = (replace(CHARGE, service_on=date(2026, 9, 30)), replace(SECOND, service_on=DAY_AFTER))
    told = said(ACCOUNT, [], Capture(NUMBER, days[::-1], DIAGNOSES, BOTH, "c"), BOOK)[-1]
    assert told.code_sets == ("ICD-10-CM aaaa", "HCPCS cccc")


def test_a_version_that_is_published_again_stands_in_the_place_of_the_first() -> None:
    again = CodeSetPublished(
        name="HCPCS", version="cccc", sha256="b" * 64, effective_from=date(2026, 1, 1), codes=1
    )
    book = evolve_book(BOOK, again)
    assert [s.sha256 for s in book.sets if s.name == "HCPCS"] == ["b" * 64]
    assert len(book.sets) == len(BOOK.sets)


# -- capture


def test_charges_alone_are_captured_and_wait_for_their_codes() -> None:
    assert said(ACCOUNT, [], Capture(NUMBER, (CHARGE,)), BOOK) == [CAPTURED]


def test_only_what_is_new_is_captured_again() -> None:
    told = said(ACCOUNT, [CAPTURED], Capture(NUMBER, (CHARGE, SECOND)), BOOK)
    assert told == [ChargesCaptured(account=NUMBER, charges=(SECOND,))]


def test_reasons_are_kept_of_the_charges_that_came_with_them() -> None:
    why = ((CHARGE.charge, "old"), (SECOND.charge, "new"))
    _, supported = said(ACCOUNT, [CAPTURED], Capture(NUMBER, (SECOND,), support=why), BOOK)
    assert (supported.charge, supported.reason) == (SECOND.charge, "new")


def test_a_line_of_a_charge_that_is_not_there_is_refused() -> None:
    assert "not there" in refused(ACCOUNT, [CAPTURED], Code(NUMBER, DIAGNOSES, BOTH, "c"), BOOK)


def test_nothing_is_captured_as_voided_and_an_account_holds_so_many_charges_and_no_more() -> None:
    none = Capture(NUMBER, (replace(CHARGE, units=0),))
    assert "at least one unit" in refused(ACCOUNT, [], none, BOOK)
    all_of_them = tuple(
        replace(CHARGE, charge=charge_number(NUMBER, n)) for n in range(1, CHARGES_AT_MOST + 1)
    )
    (captured,) = said(ACCOUNT, [], Capture(NUMBER, all_of_them), BOOK)
    assert len(captured.charges) == CHARGES_AT_MOST
    one_more = replace(CHARGE, charge=f"{NUMBER}-X")
    assert "at most" in refused(ACCOUNT, [captured], Capture(NUMBER, (one_more,)), BOOK)


def test_the_same_codes_again_are_quiet_unless_they_wait() -> None:
    codes = Code(NUMBER, DIAGNOSES, LINES, "c")
    (coded,) = said(ACCOUNT, [CAPTURED], codes, BOOK)
    assert said(ACCOUNT, [CAPTURED, coded], codes, BOOK) == []
    wrong = replace(codes, lines=(CodedLine(charge=CHARGE.charge, pointers=(2,)),))
    (held,) = said(ACCOUNT, [CAPTURED, coded], wrong, BOOK)
    assert said(ACCOUNT, [CAPTURED, coded, held], codes, BOOK) == [coded]
