"""`money` asks posting for a day and says which day counts."""

import re
from datetime import datetime
from typing import Any

import pytest

from cli import money
from services.posting.api.money import difference

ROW: dict[str, Any] = {
    **dict.fromkeys(money.COLUMNS, 0),
    "facility": "FAC1",
    "payer": "BLUE",
    "billed_cents": 20_000,
    "insurance_paid_cents": 12_000,
    "contractual_cents": 5_000,
    "patient_owes_cents": 3_000,
}


def test_a_day_is_asked_for_and_it_is_said_which_day_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def ask(service: str, path: str, **words: str) -> Any:
        if path == "/progress":
            return [{"today": "2026-03-02"}]
        asked.append((service, path, words))
        return {"until": words.get("until"), "money": [ROW], "total": ROW}

    monkeypatch.setattr(money, "ask", ask)
    money.money(datetime(2026, 2, 28))
    money.money()
    assert asked == [("posting", "/money", {"until": "2026-02-28"}), ("posting", "/money", {})]
    said = capsys.readouterr().out
    assert "Posted up to 2026-02-28" in said and "Posted until now" in said
    assert "the business day on which it was posted here" in said
    assert "200.00" in said and "BLUE" in said
    assert "taken over" not in said and "difference" not in said and "has not ended" not in said


@pytest.mark.parametrize(
    "open_days", [["2026-02-28", "2026-03-02"], [None, "2026-03-02"], ["2026-02-27", "2026-02-27"]]
)
def test_of_a_day_that_may_still_change_it_is_said(
    open_days: list[str | None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: dict[str, Any] = {
        "/money": {"until": "2026-02-28", "money": [ROW], "total": ROW},
        "/progress": [{"today": today} for today in open_days],
    }
    monkeypatch.setattr(money, "ask", lambda _, path, **__: answers[path])
    money.money(datetime(2026, 2, 28))
    assert "this day has not ended" in capsys.readouterr().out
    money.money(datetime(2026, 2, 28), json=True)
    assert '"ended": false' in capsys.readouterr().out


def test_a_lost_cent_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    lost = {**ROW, "difference_cents": 1}
    money.render({"until": None, "ended": False, "money": [lost], "total": lost})
    assert re.search(r"0\.01", capsys.readouterr().out)


def test_what_billed_leaves_over_is_nothing_or_a_lost_cent() -> None:
    assert difference(ROW) == 0
    assert difference({**ROW, "billed_cents": 20_001}) == 1
    assert difference({**ROW, "opening_cents": -500, "patient_owes_cents": 3_500}) == 0
