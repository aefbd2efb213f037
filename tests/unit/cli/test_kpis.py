"""`kpis` shows each figure with what it is divided by, in the unit of its row."""

from datetime import date, datetime
from typing import Any

import pytest

from cli import kpis

CLEAN: dict[str, Any] = {
    "kpi": "clean claim rate", "formula": "not held / sent", "name": "BLUE", "counts": "claims",
    "numerator": 1_884, "denominator": 2_000, "unit": "basis points", "value": 9_420,
}  # fmt: skip
DAYS: dict[str, Any] = {
    "kpi": "net days in A/R", "formula": "A/R / a day", "name": None, "counts": "cents",
    "numerator": 240_000, "denominator": 5_780, "unit": "days", "value": 41.5,
}  # fmt: skip
NOTHING: dict[str, Any] = {**CLEAN, "name": None, "numerator": 0, "denominator": 0, "value": None}
FOUND: dict[str, Any] = {
    "as_of": "2026-06-30",
    "since": "2025-07-01",
    "by": "payer",
    "kpis": [CLEAN, DAYS, NOTHING],
}


def line(said: str, *words: str) -> bool:
    """Whether one line has all of these words."""
    return any(all(word in row for word in words) for row in said.splitlines())


def test_each_figure_is_shown_with_what_it_is_divided_by(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kpis.render(FOUND)
    said = capsys.readouterr().out
    assert line(said, "2025-07-01 to 2026-06-30")
    assert line(said, "clean claim rate", "BLUE", " 1,884 ", " 2,000 ", "94.20 %")
    assert line(said, "net days in A/R", "all", "$ 2,400.00", "$ 57.80", "41.5 days")
    assert line(said, "clean claim rate: not held / sent")


def test_a_figure_without_a_denominator_has_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert kpis.value(NOTHING) == "-"
    kpis.render({**FOUND, "kpis": [NOTHING]})
    assert line(capsys.readouterr().out, "clean claim rate", " 0 ", " - ")


def test_all_alone_needs_no_column_that_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    kpis.render({**FOUND, "by": "all", "kpis": [DAYS]})
    assert not line(capsys.readouterr().out, "net days in A/R", " all ")


def test_before_the_first_day_it_is_said_that_nothing_happened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kpis.render({**FOUND, "as_of": None})
    assert "nothing happened here yet" in capsys.readouterr().out


def test_a_past_day_is_asked_of_the_log_and_today_of_reporting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def answer(*what: Any, **words: Any) -> Any:
        asked.append((*what, words))
        return FOUND

    monkeypatch.setattr(kpis, "ask", answer)
    monkeypatch.setattr(kpis, "ask_past", answer)
    kpis.kpis(kpis.By.payer, 6)
    kpis.kpis(until=datetime(2026, 4, 30), json=True)
    assert asked == [
        ("reporting", "/kpis", {"by": "payer", "months": 6}),
        (date(2026, 4, 30), "/kpis", {"by": "all", "months": 12}),
    ]
    assert '"value": 9420' in capsys.readouterr().out
