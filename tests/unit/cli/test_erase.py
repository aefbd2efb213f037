"""Erasing a person is asked twice, waited for, and told plainly; a legal hold says whom it keeps."""

from typing import Any

import pytest
from typer.testing import CliRunner

from cli import erase, legal_hold
from cli.main import app
from tests.unit.cli.test_documented import documented

ROW = {
    "patient": "p",
    "request": 1,
    "state": "destroyed",
    "reason": "left",
    "asked_on": "2026-01-05",
    "asked_by": "pat",
    "accounts": 2,
    "answered": 2,
    "unsettled": [],
    "sentence": "",
    "decided_on": "2026-01-05",
    "destroyed_on": "2026-01-05",
}
PERSON = ["erase", "person", "ACCOUNT1", "--reason", "left", "--by", "pat"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """What the doors are told; registration answers that the person is gone."""
    asked: list[tuple[str, str, Any]] = []

    def tell(service: str, path: str, **more: Any) -> Any:
        asked.append((service, path, more.get("json")))
        return {"said": ["x"]}

    for module in (erase, legal_hold):
        monkeypatch.setattr(module, "tell", tell)
    monkeypatch.setattr(legal_hold, "ask", lambda *_, **__: {"patient": "p"})
    monkeypatch.setattr(erase, "ask", lambda *_, **__: [ROW])
    return asked


def run(*words: str) -> Any:
    return CliRunner().invoke(app, [*words])


def test_a_person_is_erased_by_any_account_of_theirs(told: list[Any]) -> None:
    done = run(*PERSON, "--yes")
    assert done.exit_code == 0 and "erased, with 2 accounts" in done.stdout
    assert told == [("registration", "/patients/p/erasure", {"reason": "left"})]


def test_where_nobody_can_be_asked_nobody_is_erased(told: list[Any]) -> None:
    done = run(*PERSON)
    assert done.exit_code == 2 and "--yes" in done.output and told == []


def test_who_stays_is_told_with_the_reason(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    no = {**ROW, "state": "refused", "sentence": "1 of 2 are not settled", "unsettled": ["A2"]}
    monkeypatch.setattr(erase, "ask", lambda *_, **__: [no])
    done = run(*PERSON, "--yes")
    assert done.exit_code == 1 and "1 of 2 are not settled A2" in done.stderr
    assert run(*PERSON, "--yes", "--json").exit_code == 1


def test_what_is_answered_is_documented() -> None:
    assert set(ROW) == documented("erase")


@pytest.mark.parametrize("words", [[], ["--account", "A", "--everybody"]])
def test_a_hold_keeps_a_patient_or_everybody(told: list[Any], words: list[str]) -> None:
    done = run("legal-hold", "place", "M-1", "--reason", "a suit", *words)
    assert done.exit_code == 2 and told == []


def test_a_hold_is_placed_on_the_patient_of_an_account(told: list[Any]) -> None:
    assert run("legal-hold", "place", "M-1", "--account", "A", "--reason", "a suit").exit_code == 0
    body = {"hold": "M-1", "patient": "p", "reason": "a suit"}
    assert told == [("reference", "/legal-holds", body)]


@pytest.mark.parametrize("words", [[], ["--days", "365", "--for-ever"], ["--days", "10"]])
def test_files_are_kept_some_years_or_for_ever(told: list[Any], words: list[str]) -> None:
    assert run("erase", "files", "--reason", "the law", *words).exit_code == 2 and told == []
    assert run("erase", "files", "--reason", "the law", "--days", "3653").exit_code == 0
    assert told[0][2] == {"received_files_days": 3653, "reason": "the law"}


def test_a_hold_whose_number_has_a_slash_is_lifted(told: list[Any]) -> None:
    assert run("legal-hold", "lift", "12/345 CV", "--reason", "over").exit_code == 0
    assert told == [("reference", "/legal-holds/12%2F345%20CV/lift", {"reason": "over"})]
