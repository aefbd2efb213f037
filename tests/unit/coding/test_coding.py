"""Charges are captured once and corrected openly; codes pass the set in force on the date of service, or wait."""

from dataclasses import replace
from datetime import date

from contracts.coding import ChargeCorrected, ChargesCaptured, CodingHeld, EncounterCoded
from contracts.reference import CodeSetPublished
from contracts.values import Charge, CodedLine, Diagnosis, DrugQuantity
from services.coding.domain import ACCOUNT, Book, Capture, Code, CorrectCharge, evolve_book
from services.coding.domain.account import timers, wake
from shared.streams import account_number, charge_number
from shared.x12.npi import with_check_digit
from tests.unit.scenario import fold, refused, said, scenario

NUMBER = account_number("t", "s", "coding")
CHARGE = Charge(
    charge=charge_number(NUMBER, 1),
    service_on=date(2026, 3, 1),
    procedure="G0438",
    units=1,
    charge_cents=10_000,
    place_of_service="11",
    rendering_npi=with_check_digit("199900100"),
)
DIAGNOSES = (Diagnosis(sequence=1, code="E119"),)
LINES = (CodedLine(charge=CHARGE.charge, pointers=(1,)),)
CAPTURED = ChargesCaptured(account=NUMBER, charges=(CHARGE,))


def _book() -> Book:
    book = Book()
    for name, sha, start, end in (
        ("ICD-10-CM", "a" * 64, date(2025, 10, 1), date(2026, 9, 30)),
        ("ICD-10-CM", "b" * 64, date(2026, 10, 1), None),
        ("HCPCS", "c" * 64, date(2026, 1, 1), None),
    ):
        book = evolve_book(
            book,
            CodeSetPublished(
                name=name,
                version=sha[:4],
                sha256=sha,
                effective_from=start,
                effective_to=end,
                codes=1,
            ),
        )
    tables = {
        "a" * 64: frozenset({"E119"}),
        "b" * 64: frozenset({"E1165"}),
        "c" * 64: frozenset({"G0438"}),
    }
    return Book(book.today, book.sets, tables)


BOOK = _book()


def test_charges_are_captured_and_coded_in_one_go() -> None:
    coded = EncounterCoded(
        account=NUMBER,
        diagnoses=DIAGNOSES,
        lines=LINES,
        code_sets=("ICD-10-CM aaaa", "HCPCS cccc"),
        coder="c",
    )
    when = Capture(NUMBER, (CHARGE,), DIAGNOSES, LINES, "c")
    scenario(ACCOUNT, given=[], when=when, then=[CAPTURED, coded], book=BOOK)


def test_the_same_charge_again_is_quiet_and_another_of_its_number_is_refused() -> None:
    scenario(ACCOUNT, given=[CAPTURED], when=Capture(NUMBER, (CHARGE,)), then=[], book=BOOK)
    other = replace(CHARGE, charge_cents=1)
    assert "other content" in refused(ACCOUNT, [CAPTURED], Capture(NUMBER, (other,)), BOOK)


def test_a_code_is_checked_against_the_set_in_force_on_the_date_of_service() -> None:
    late = replace(CHARGE, service_on=date(2026, 10, 1))
    given = [ChargesCaptured(account=NUMBER, charges=(late,))]
    (held,) = said(ACCOUNT, given, Code(NUMBER, DIAGNOSES, LINES, "c"), BOOK)
    assert isinstance(held, CodingHeld)
    assert [f.rule for f in held.failures] == ["NOT-IN-FORCE"]


def test_a_pointer_to_no_diagnosis_is_held() -> None:
    lines = (CodedLine(charge=CHARGE.charge, pointers=(2,)),)
    (held,) = said(ACCOUNT, [CAPTURED], Code(NUMBER, DIAGNOSES, lines, "c"), BOOK)
    assert [f.rule for f in held.failures] == ["POINTER"]


def test_days_in_order_and_a_quantity_of_a_drug_with_its_code() -> None:
    drug = DrugQuantity(quantity="1", unit="ML")
    odd = replace(CHARGE, service_to=date(2026, 2, 1), drug=drug)
    (_, held) = said(ACCOUNT, [], Capture(NUMBER, (odd,), DIAGNOSES, LINES, "c"), BOOK)
    assert [f.rule for f in held.failures] == ["DAYS", "DRUG"]


def test_a_charge_is_corrected_with_both_faces() -> None:
    after = replace(CHARGE, charge_cents=9_000)
    event = ChargeCorrected(account=NUMBER, before=CHARGE, after=after, reason="typo")
    when = CorrectCharge(NUMBER, after, "typo")
    scenario(ACCOUNT, given=[CAPTURED], when=when, then=[event], book=BOOK)
    scenario(ACCOUNT, given=[CAPTURED, event], when=when, then=[], book=BOOK)
    assert "no such charge" in refused(ACCOUNT, [], when, BOOK)


def test_a_correction_that_breaks_a_rule_holds_what_was_coded_and_another_one_does_not() -> None:
    coded = said(ACCOUNT, [CAPTURED], Code(NUMBER, DIAGNOSES, LINES, "c"), BOOK)
    wrong = CorrectCharge(NUMBER, replace(CHARGE, procedure="99999"), "typo")
    _, held = said(ACCOUNT, [CAPTURED, *coded], wrong, BOOK)
    assert [(f.rule, f.value) for f in held.failures] == [("NOT-IN-FORCE", "99999")]
    assert (held.lines, held.coder) == (LINES, "c")
    cheaper = CorrectCharge(NUMBER, replace(CHARGE, charge_cents=1), "typo")
    assert len(said(ACCOUNT, [CAPTURED, *coded], cheaper, BOOK)) == 1
    # What was coded by a set that another one took the place of is not judged for nothing.
    assert len(said(ACCOUNT, [CAPTURED, *coded], cheaper, Book())) == 1


def test_nothing_can_be_coded_before_a_charge() -> None:
    assert "nothing to code" in refused(ACCOUNT, [], Code(NUMBER, DIAGNOSES, (), "c"), BOOK)


TRIED = Code(NUMBER, DIAGNOSES, LINES, "c")


def test_codes_that_came_before_their_code_set_are_taken_by_themselves_once_it_is_known() -> None:
    (held,) = said(ACCOUNT, [CAPTURED], TRIED, Book())
    assert {failure.rule for failure in held.failures} == {"NO-CODE-SET"}
    state = fold(ACCOUNT, [CAPTURED, held])
    (due,) = timers(state).values()
    assert due.due_on < date(2026, 1, 1)
    again = wake("code sets", date(2026, 3, 2), state, Book())
    assert said(ACCOUNT, [CAPTURED, held], again, Book()) == []
    (coded,) = said(ACCOUNT, [CAPTURED, held], again, BOOK)
    assert isinstance(coded, EncounterCoded)
    assert (coded.diagnoses, coded.lines, coded.coder) == (DIAGNOSES, LINES, "c")
    assert timers(fold(ACCOUNT, [CAPTURED, held, coded])) == {}


def test_what_only_a_coder_can_mend_waits_for_a_coder_without_a_timer() -> None:
    wrong = Code(NUMBER, DIAGNOSES, (CodedLine(charge=CHARGE.charge, pointers=(9,)),), "c")
    (held,) = said(ACCOUNT, [CAPTURED], wrong, BOOK)
    state = fold(ACCOUNT, [CAPTURED, held])
    assert timers(state) == {}
    assert wake("code sets", date(2026, 3, 2), state, Book()) is None


def test_a_code_set_that_brings_another_fault_to_light_leaves_it_to_a_coder() -> None:
    stranger = (Diagnosis(sequence=1, code="Z9999"),)
    (held,) = said(ACCOUNT, [CAPTURED], Code(NUMBER, stranger, LINES, "c"), Book())
    again = wake("code sets", date(2026, 3, 2), fold(ACCOUNT, [CAPTURED, held]), Book())
    (still,) = said(ACCOUNT, [CAPTURED, held], again, BOOK)
    assert [failure.rule for failure in still.failures] == ["NOT-IN-FORCE"]
    assert said(ACCOUNT, [CAPTURED, held, still], again, BOOK) == []
