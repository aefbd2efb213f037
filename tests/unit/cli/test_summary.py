"""The summary says what its figures are, adds up in front of the reader, and hides nothing silently."""

import re
from typing import Any

import pytest

from cli import lists, summary
from cli.tables import show, text, until

TOTAL = {
    "billed_cents": 20_000,
    "insurance_paid_cents": 12_000,
    "patient_paid_cents": 1_000,
    "contractual_cents": 4_000,
    "write_off_cents": 0,
    "patient_owes_cents": 2_000,
    "payers_owe_cents": 1_500,
    "denied_cents": 500,
    "credit_cents": 500,
    "opening_cents": 0,
    "difference_cents": 0,
}
CHECKS = {
    "posted_cents": 12_000,
    "unposted_cents": 500,
    "plb_cents": 1_000,
    "suspense_cents": 0,
    "amount_cents": 11_500,
    "difference_cents": 0,
    "checks": 2,
    "released": 1,
    "matching": 1,
    "refused": 1,
    "refused_cents": 700,
    "deposited_cents": 11_500,
    "not_in_the_bank": 0,
    "not_in_the_bank_cents": 0,
}
DENIALS_TOTAL = {
    "denials": 72,
    "cents": 6_000,
    "to_do": 70,
    "to_do_cents": 5_000,
    "waiting": 2,
    "waiting_cents": 1_000,
    "past_due": 1,
    "past_due_cents": 2_500,
}
DENIAL = {
    "standing": "to do",
    "carc": "CO-197",
    "rarc": "",
    "payer": "BLUE",
    "denials": 2,
    "cents": 5_000,
    "owner": "authorization",
    "next_action": "ask for it",
    "by_when": "2026-02-01",
    "past": True,
    "past_due": 1,
    "listed": 70,
}


def page(**given: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "as_of": "2026-02-02",
        "aging_basis": "date of service",
        "total": TOTAL,
        "checks": CHECKS,
        "denials_total": DENIALS_TOTAL,
        "money_by_facility": [{"facility": "FAC1", **TOTAL}],
        "left_off": dict.fromkeys(
            (
                "checks_that_do_not_match",
                "rejected",
                "denials",
                "reopenings",
                "underpaid",
                "unposted",
                "unapplied",
                "overpayments",
                "takebacks",
                "unclaimed",
                "changed_charges",
            ),
            0,
        ),
    }
    lists_of_it = (
        "money", "money_by_payer", "not_of_a_facility", "owed", "aging", "unsent", "rejected", "late", "parked",
        "claims_by_state", "denials", "reopenings", "underpaid", "unposted", "unapplied", "overpayments", "takebacks", "unclaimed",
        "changed_charges", "checks_that_do_not_match",
    )  # fmt: skip
    return {**{name: [] for name in lists_of_it}, **empty, **given}


def test_the_equation_shows_every_part_and_that_it_checks() -> None:
    assert summary.equation(TOTAL) == (
        "billed 200.00 − insurance paid 120.00 − patient paid 10.00 − contractual 40.00 "
        "− written off 0.00 − patient owes 20.00 + credits 5.00 = open with payers 15.00 (checks)"
    )


def test_an_equation_that_does_not_hold_says_by_how_much() -> None:
    said = summary.equation({**TOTAL, "difference_cents": 1})
    assert said.endswith("≠ open with payers 15.00 (off by 0.01)")


def test_a_check_that_was_typed_is_told_apart_by_who_typed_it() -> None:
    assert summary.check_number({"check_number": "C1", "entered_by": None}) == "C1"
    assert (
        summary.check_number({"check_number": "C1", "entered_by": "ann"}) == "C1 (entered by ann)"
    )


def test_checks_are_posted_and_unposted_less_the_plb() -> None:
    assert summary.check_equation(CHECKS) == (
        "posted 120.00 + unposted 5.00 − PLB 10.00 = total of the checks 115.00 (checks)"
    )
    assert "off by 0.01" in summary.check_equation({**CHECKS, "difference_cents": 1})


def test_insurance_paid_and_what_is_of_no_facility_are_the_checks() -> None:
    kept = {"what": "provider adjustment WO", "payer": "BLUE", "cents": -500}
    s = page(not_of_a_facility=[kept])
    assert summary.came_in(s).startswith(
        "insurance paid 120.00 + not of a facility -5.00 = total of the checks 115.00 (checks)"
    )
    assert "(off by 5.00)" in summary.came_in(page())


def _columns() -> list[Any]:
    known = [column for _, columns in lists.LISTS.values() for column in columns]
    return [*known, *summary.LATE, *summary.AGES]


def test_every_column_of_dollars_says_so_and_no_column_is_named_cents() -> None:
    for column in _columns():
        shown = column.cell(dict.fromkeys(_keys(column), 123_456))
        if "1,234.56" in shown:
            assert column.header.endswith(" $"), column.header
        assert "cents" not in column.header


def _keys(column: Any) -> tuple[str, ...]:
    return tuple(
        str(cell.cell_contents)
        for cell in column.cell.__closure__ or ()
        if isinstance(cell.cell_contents, str)
    )


def test_money_that_was_never_there_is_a_dash_not_a_zero() -> None:
    assert summary.MONEY[0].cell({"billed_cents": None}) == "-"


def test_a_list_that_was_cut_says_how_many_were_left_off_and_where_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [DENIAL] * 50
    left = {**page()["left_off"], "denials": 20}
    summary.render(page(denials=rows, left_off=left))
    assert re.search(r"55 more rows; all of them: claimlog list denials", capsys.readouterr().out)


def test_a_list_that_is_whole_says_nothing_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    summary.render(page(denials=[DENIAL]))
    assert "more rows" not in capsys.readouterr().out


def test_what_is_to_do_of_denials_is_told_apart_from_what_waits_for_the_payer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary.render(page(denials=[DENIAL]))
    said = capsys.readouterr().out
    assert "Denials to do: 70, 50.00; past due 1, 25.00; waiting for the payer: 2, 10.00" in said
    assert "claimlog list denial-work-list" in said


def test_a_deadline_that_is_over_is_marked_as_past(capsys: pytest.CaptureFixture[str]) -> None:
    assert until("2026-02-01", past=False) == "2026-02-01"
    summary.render(page(denials=[DENIAL]))
    assert "2026-02-01 past" in capsys.readouterr().out


def test_an_empty_installation_says_that_nothing_happened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary.render(page(as_of=None))
    assert "no business day was opened" in capsys.readouterr().out


def test_what_a_cell_holds_is_not_read_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show("Any", (text("why", "why"),), [{"why": "[/bold]odd"}])
    assert "[/bold]odd" in capsys.readouterr().out


def test_what_a_cell_holds_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show("Any", (text("why", "why"),), [{"why": "a\x1b[31mred\u202e reason"}])
    assert "a?[31mred? reason" in capsys.readouterr().out


def test_a_long_word_is_folded_and_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    path = "/remittances/" + "0123456789abcdef" * 20
    show("Any", (text("door", "door"),), [{"door": path}])
    assert path in re.sub(r"[^/\w]", "", capsys.readouterr().out)


def test_the_work_of_eligibility_and_coding_is_asked_at_their_own_doors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []
    coverage = {"account": "A", "what": "not covered", "next_step": "ask the patient", "listed": 3}
    encounter = {"account": "B", "failures": [{"sentence": "a pointer"}] * 2, "listed": 1}

    def ask(service: str, path: str, **limits: int) -> list[dict[str, Any]]:
        asked.append((service, path))
        return [coverage if service == "eligibility" else encounter]

    monkeypatch.setattr(lists, "ask", ask)
    lists.listed("eligibility")
    lists.listed("coding")
    assert asked == [("eligibility", "/work-list"), ("coding", "/work-list")]
    said = capsys.readouterr().out
    assert "2 more rows" in said
    assert lists.failures(encounter) == "a pointer"
