"""`edits` publishes CMS's files piece by piece, tells everything that is wrong with them, and records a reason."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import edits, lists
from cli.main import app
from services.reference.api.edits import add_ons_of, limits_of, pairs_of
from tests.unit.cli.test_documented import PAGE, documented

NAMES = "Column 1\tColumn 2\t\tEffective Date\tDeletion Date\tModifier\n"
ROW = "G0439\tG0101\t\t20260101\t*\t1\n"
PTP = ("--kind", "ptp", "--version", "2026Q1", "--from", "2026-01-01")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.txt"
    path.write_text(NAMES + ROW * 5)
    return path


def _door(monkeypatch: pytest.MonkeyPatch, *answers: tuple[int, dict[str, Any]]) -> list[Any]:
    asked: list[Any] = []
    left = list(answers)

    def post(url: str, **words: Any) -> httpx.Response:
        asked.append((url.removeprefix("http://reference"), words))
        status, body = left.pop(0)
        return httpx.Response(status, json=body)

    monkeypatch.setattr(edits, "url_of", lambda service: f"http://{service}")
    monkeypatch.setattr(httpx, "post", post)
    return asked


def _run(*words: str) -> Any:
    return CliRunner().invoke(app, ["edits", *words])


def _kept(n: int) -> tuple[int, dict[str, Any]]:
    return 200, {"sha256": f"{n:064x}", "edits": n}


def test_a_large_file_goes_in_pieces_cut_between_lines(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setattr(edits, "PIECE_BYTES", len(NAMES) + len(ROW))
    found = list(edits.pieces(file))
    assert b"".join(piece for _, piece in found) == file.read_bytes()
    assert [line for line, _ in found] == [1, 3, 6]
    assert all(piece.endswith(b"\n") for _, piece in found)


def test_all_files_are_one_table(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    asked = _door(monkeypatch, _kept(1), _kept(2), (200, {"said": ["x"], "again": False}))
    done = _run("publish", str(file), str(file), *PTP, "--payer", "MEDB", "--payer", "MCAID")
    assert (done.exit_code, done.stdout) == (
        0,
        "published: 3 edits; what is coded from now on is held against them\n",
    )
    assert [path for path, _ in asked] == ["/code-edits/parts"] * 2 + ["/code-edits"]
    body = asked[-1][1]["json"]
    assert (body["parts"], body["payers"]) == ([f"{1:064x}", f"{2:064x}"], ["MEDB", "MCAID"])
    assert (body["kind"], body["setting"], body["name"]) == ("ptp", "practitioner", "NCCI")


def test_the_same_again_changes_nothing(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    _door(monkeypatch, _kept(1), (200, {"said": [], "again": False}))
    done = _run("publish", str(file), *PTP, "--all-payers")
    assert done.stdout == "it was published before: nothing changed\n"


def test_whom_it_is_for_is_said(file: Path) -> None:
    for words in ((), ("--payer", "MEDB", "--all-payers")):
        done = _run("publish", str(file), *PTP, *words)
        assert done.exit_code == 2 and "--all-payers" in done.stderr


def test_everything_that_is_wrong_is_said_by_file_row_and_column_and_nothing_is_published(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    wrong = {"row": 3, "column": "modifier", "sentence": "it is none of 0, 1 and 9"}
    asked = _door(monkeypatch, (422, {"mistakes": [wrong], "left_off": 7}), _kept(1))
    done = _run("publish", str(file), str(file), *PTP, "--all-payers")
    assert (done.exit_code, done.stdout) == (1, "")
    said = " ".join(done.stderr.split())
    assert "pairs.txt: row 3, modifier: it is none of 0, 1 and 9" in said
    assert "7 more things are wrong" in said
    assert [path for path, _ in asked] == ["/code-edits/parts"] * 2


def test_a_refusal_is_said_in_words(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    _door(monkeypatch, _kept(1), (409, {"sentence": "no payer of that code is listed"}))
    done = _run("publish", str(file), *PTP, "--payer", "NOBODY")
    assert (done.exit_code, "no payer of that code is listed" in done.stderr) == (1, True)


def test_the_answer_for_scripts_is_documented(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    _door(monkeypatch, _kept(1), (200, {"said": ["x"]}))
    words = {"kind": "ptp", "setting": "practitioner"}
    assert set(edits._publish([file], words)) == documented("edits")


def test_the_files_on_the_page_are_read() -> None:
    section = PAGE.read_text().split("\n## edits\n")[1].split("\n## ")[0]
    pairs, limits, add_ons = re.findall(r"```csv\n(.*?)```", section, re.DOTALL)
    assert pairs_of(pairs.encode())[1] == 2
    assert limits_of(limits.encode(), "practitioner")[1] == 2
    assert add_ons_of(add_ons.encode())[1] == 2


def test_tables_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {
        "kind": "ptp",
        "setting": "practitioner",
        "name": "NCCI",
        "version": "2026Q1",
        "effective_from": "2026-01-01",
        "payers": [],
        "facilities": [],
        "edits": 1_234,
        "parts": [{"sha256": "a" * 64}],
    }
    monkeypatch.setattr(
        edits, "ask", lambda *_, **__: [{"facts": facts, "listed_on": "2026-01-02"}]
    )
    done = _run("list")
    assert done.exit_code == 0 and all(word in done.stdout for word in ("NCCI", "1,234"))
    assert '"parts"' not in _run("list", "--json").stdout


@pytest.mark.parametrize("charge", ["2", "A1-002"])
@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["coding.charge_supported.v1", "coding.encounter_coded.v1"], "the encounter is coded"),
        (["coding.charge_supported.v1"], "what else it waits for"),
        ([], "nothing changed"),
    ],
)
def test_a_reason_is_recorded_by_who_says_so(
    monkeypatch: pytest.MonkeyPatch, charge: str, said: list[str], told: str
) -> None:
    asked: list[Any] = []

    def tell(service: str, path: str, **words: Any) -> dict[str, Any]:
        asked.append((service, path, words["json"], words["headers"]["X-Actor"]))
        return {"said": said, "held": False}

    monkeypatch.setattr(edits, "tell", tell)
    done = _run("support", "a1", charge, "--reason", "another site", "--by", "mm")
    assert done.exit_code == 0 and told in " ".join(done.stdout.split())
    path = "/accounts/A1/charges/A1-002/support"
    assert asked == [("coding", path, {"reason": "another site"}, "mm")]


def test_the_list_says_which_charge_an_edit_is_about() -> None:
    failure = {"rule": "PTP", "field": "A1-002", "sentence": "it is part of another"}
    other = {"rule": "POINTER", "field": "A1-001", "sentence": "a pointer"}
    row = {"failures": [failure, other]}
    assert lists.failures(row) == "charge 2: it is part of another; a pointer"
