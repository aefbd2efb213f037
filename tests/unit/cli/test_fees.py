"""`fees` says everything that is wrong with a schedule, which are published, and settles what was allowed other than they say."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import fees, repricing
from cli.main import app
from tests.unit.cli.test_documented import documented

MISTAKES = [
    {"row": 3, "column": "allowed_cents", "sentence": "it is no whole number"},
    {"row": 9, "column": "", "sentence": "it has 2 cells"},
]
WORDS = ("--payer", "BLUE", "--name", "PPO", "--version", "2026", "--from", "2026-01-01")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ppo.csv"
    path.write_text("procedure,allowed_cents\nG0438,12210\n")
    return path


def _door(
    monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any]
) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []

    def post(url: str, **words: Any) -> httpx.Response:
        asked.append({"url": url, **words})
        return httpx.Response(status, json=body)

    monkeypatch.setattr(fees, "url_of", lambda service: f"http://{service}")
    monkeypatch.setattr(httpx, "post", post)
    return asked


def test_a_schedule_is_published_as_it_is(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    asked = _door(monkeypatch, 200, {"said": ["x"], "again": False})
    done = CliRunner().invoke(
        app, ["fees", "publish", str(file), *WORDS, "--tolerance-cents", "50"]
    )
    assert (done.exit_code, done.stdout) == (
        0,
        "published; what is posted from now on is held against it\n",
    )
    (one,) = asked
    assert one["url"] == "http://reference/fee-schedules" and one["content"] == file.read_bytes()
    assert one["params"] == {
        "payer": "BLUE", "name": "PPO", "version": "2026", "effective_from": "2026-01-01", "tolerance_cents": "50",
    }  # fmt: skip


def test_the_same_again_changes_nothing(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    _door(monkeypatch, 200, {"said": [], "again": False})
    done = CliRunner().invoke(app, ["fees", "publish", str(file), *WORDS])
    assert (done.exit_code, done.stdout) == (0, "it was published before: nothing changed\n")


def test_everything_that_is_wrong_is_said_by_row_and_column(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    _door(monkeypatch, 422, {"sentence": "72 things", "mistakes": MISTAKES, "left_off": 70})
    done = CliRunner().invoke(app, ["fees", "publish", str(file), *WORDS])
    assert (done.exit_code, done.stdout) == (1, "")
    for sentence in (
        "row 3, allowed_cents: it is no whole number",
        "row 9: it has 2 cells",
        "70 more things are wrong",
    ):
        assert sentence in done.stderr


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"sentence": "no payer of that code is listed"}, "no payer of that code is listed"),
        ({"sentence": "the shape", "fields": ["query.payer"]}, "query.payer is missing"),
    ],
)
def test_a_refusal_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, file: Path, body: dict[str, Any], sentence: str
) -> None:
    _door(monkeypatch, 409, body)
    done = CliRunner().invoke(app, ["fees", "publish", str(file), *WORDS])
    assert (done.exit_code, sentence in done.stderr) == (1, True)


def test_the_answer_for_scripts_is_documented(tmp_path: Path) -> None:
    assert set(fees.result(tmp_path, 200, {})) == documented("fees")


def test_schedules_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {
        "payer": "BLUE",
        "name": "PPO",
        "version": "2026",
        "effective_from": "2026-01-01",
        "facility": "F1",
        "rates": 12,
    }
    monkeypatch.setattr(fees, "ask", lambda *_, **__: [{"facts": facts, "listed_on": "2026-01-02"}])
    done = CliRunner().invoke(app, ["fees", "list"])
    assert done.exit_code == 0 and all(
        word in done.stdout for word in ("BLUE", "PPO", "2026", "F1", "12")
    )


def test_a_line_is_settled_by_who_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []

    def tell(service: str, path: str, **words: Any) -> dict[str, Any]:
        told.append((service, path, words["json"], words["headers"]["X-Actor"]))
        return {"said": ["posting.underpayment_settled.v1"]}

    monkeypatch.setattr(fees, "tell", tell)
    done = CliRunner().invoke(
        app, ["fees", "settle", "a1", "ADJ1", "--reason", "amended", "--line", "2", "--by", "mm"]
    )
    assert (done.exit_code, done.stdout) == (0, "settled: 1 line; it moves no money\n")
    body = {"reason": "amended", "approver": "mm", "line": 2}
    assert told == [("posting", "/accounts/A1/underpayments/ADJ1/settle", body, "mm")]


def _repriced(
    monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any], *words: str
) -> tuple[Any, list[Any]]:
    asked: list[Any] = []

    async def priced(_stack: Any, schedule: Any, rates: bytes, *_: Any) -> dict[str, Any]:
        asked.append((schedule, rates))
        figures = [
            ("lines held against a contract", 9, 0),
            ("lines allowed under their contract", 2, 700),
            ("lines allowed over their contract", 1, -50),
        ]
        month = {"month": "2026-01", "standing": "under", "lines": 2, **CENTS}
        line = {
            **dict.fromkeys(repricing.LINE, ""),
            "standing": "under",
            "charge_cents": 10_000,
            **CENTS,
        }
        return {
            "/figures": [
                {"figure": f, "facility": "F1", "payer": "BLUE", "items": n, "cents": c}
                for f, n, c in figures
            ],
            "/underpaid-by-schedule": [month],
            "/underpaid": [line],
        }

    _door(monkeypatch, status, body)
    monkeypatch.setattr(fees, "need_engines", lambda _: None)
    monkeypatch.setattr(fees, "priced_again", priced)
    return CliRunner().invoke(app, ["fees", "reprice", *words]), asked


CENTS = {"expected_cents": 2_000, "allowed_cents": 1_300, "denied_cents": 0, "variance_cents": 700}
READ = {
    "sha256": "a" * 64,
    "rates": [
        {"procedure": "G0438", "modifiers": [], "allowed_cents": 12_210, "basis_points": None}
    ],
}


def test_what_a_schedule_would_have_allowed_is_told_beside_what_was(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    done, asked = _repriced(
        monkeypatch,
        200,
        READ,
        str(file),
        "--payer",
        "BLUE",
        "--to",
        "2026-06-30",
        "--facility",
        "F1",
    )
    assert done.exit_code == 0
    assert (
        "9 lines compared; this schedule allows 6.50 more than BLUE did: 7.00 more on 2 of them, 0.50 less on 1"
        in done.stdout
    )
    ((schedule, rates),) = asked
    assert (
        schedule.payer,
        schedule.facility,
        str(schedule.effective_to),
        schedule.tolerance_cents,
    ) == ("BLUE", "F1", "2026-06-30", 0)
    assert b"G0438" in rates


def test_repricing_by_a_schedule_that_is_wrong_asks_nothing(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    done, asked = _repriced(monkeypatch, 422, {"mistakes": MISTAKES}, str(file), "--payer", "BLUE")
    assert (done.exit_code, asked) == (1, []) and "row 3, allowed_cents" in done.stderr


def test_repricing_for_scripts_is_documented(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text()
    section = page.partition("\n## fees\n")[2].partition("\n## ")[0]
    told = repricing.answer(fees.result(tmp_path, 200, {}), "BLUE", {})
    assert set(told) | set(repricing.MONTH) <= set(re.findall(r"`(\w+)`", section))


@pytest.mark.parametrize("name", ["x" * 49, "P\u00e4t"])
def test_a_name_that_no_event_can_hold_settles_nothing(name: str) -> None:
    words = ["fees", "settle", "ACCOUNT", "ADJ1", "--reason", "asked twice", "--by", name]
    told = CliRunner().invoke(app, words)
    assert (told.exit_code, "an event names people" in told.output) == (2, True)
