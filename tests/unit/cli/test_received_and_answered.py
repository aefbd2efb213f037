"""`receive --answers`: each file that is new is answered once, whatever its service says of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from shared.settings import settings
from shared.x12 import read_file
from shared.x12.ack_999 import read_999
from tests.x12.everything import WRITTEN
from tests.x12.made import bytes_835

DATA = bytes_835()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What the door says; it may be changed."""
    door: dict[str, Any] = {"sentence": "", "answer": {"sets": []}}
    monkeypatch.setattr("cli.receive.url_of", lambda service: "")
    monkeypatch.setattr("cli.receive.hand_in", lambda *_: (door["sentence"], door["answer"]))
    chosen = settings().model_copy(update={"home": tmp_path / "home"})
    monkeypatch.setattr("cli.x12_answer.settings", lambda: chosen)
    (tmp_path / "out").mkdir()
    return door


def receive(tmp_path: Path, data: bytes) -> tuple[int, dict[str, Any]]:
    path = tmp_path / "a.835"
    path.write_bytes(data)
    done = CliRunner().invoke(
        app, ["receive", str(path), "--answers", str(tmp_path / "out"), "--json"]
    )
    (result,) = json.loads(done.stdout)
    return done.exit_code, result


def codes(result: dict[str, Any]) -> list[str]:
    (path,) = result["answered"]
    (one,) = read_file(Path(path).read_bytes()).sets()
    return [s.code for s in read_999(one)[0].sets]


def test_a_file_that_is_taken_is_answered_with_a_999(said: dict[str, Any], tmp_path: Path) -> None:
    code, result = receive(tmp_path, DATA)
    assert (code, codes(result), result["not_answered"]) == (0, ["A"], "")


def test_a_file_that_is_refused_for_what_it_says_is_answered_with_a_no(
    said: dict[str, Any], tmp_path: Path
) -> None:
    said["sentence"] = "not balanced"
    code, result = receive(tmp_path, DATA.replace(b"BPR*I*", b"BPR*I*1"))
    assert (code, codes(result)) == (1, ["R"])


def test_a_file_that_was_here_before_is_not_answered_again(
    said: dict[str, Any], tmp_path: Path
) -> None:
    said["answer"] = {"again": True}
    code, result = receive(tmp_path, DATA)
    assert (code, result["answered"], result["not_answered"]) == (0, [], "")


def test_a_file_of_a_kind_that_nobody_takes_is_not_answered_as_if_it_were_taken(
    said: dict[str, Any], tmp_path: Path
) -> None:
    code, result = receive(tmp_path, WRITTEN["277"])
    assert (code, result["answered"], result["not_answered"]) == (1, [], "")
    assert "holds 277" in result["refused"][0]


def test_what_has_no_one_to_go_back_to_is_said(said: dict[str, Any], tmp_path: Path) -> None:
    code, result = receive(tmp_path, DATA.replace(b"CLAIMLOG ", b"SOMEBODY ", 1) + DATA)
    assert code == 1 and "split the file first" in result["not_answered"]
    assert result["answered"] == []


def test_an_answer_that_cannot_be_written_stops_no_other_file(
    said: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "out" / "000000001.999").write_bytes(b"of somebody else")
    paths = [tmp_path / "a.835", tmp_path / "b.835"]
    for path in paths:
        path.write_bytes(DATA)
    done = CliRunner().invoke(
        app, ["receive", *map(str, paths), "--answers", str(tmp_path / "out"), "--json"]
    )
    first, second = json.loads(done.stdout)
    assert done.exit_code == 1 and "000000001.999 exists" in first["not_answered"]
    assert first["answered"] == [] and codes(second) == ["A"]
    assert (tmp_path / "out" / "000000001.999").read_bytes() == b"of somebody else"


def test_an_answer_to_nothing_of_ours_says_so(said: dict[str, Any], tmp_path: Path) -> None:
    reason = "no file with this control number went to this partner"
    stranger = {"level": "999", "control": "77", "st02": "0001", "reason": reason}
    said["answer"] = {"answers": 0, "unknown": [stranger], "unmatched": 2}
    path = tmp_path / "a.999"
    path.write_bytes(DATA)
    done = CliRunner().invoke(app, ["receive", str(path)])
    told = " ".join(done.stdout.split())
    assert f"999 of 77, set 0001 changes nothing: {reason}" in told
    assert "fit no question of ours and change nothing: 2" in told
