"""`x12 split` and `x12 join` write all or nothing, say no in a sentence, and overwrite only when told to."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from shared.x12 import read_file
from tests.x12.everything import WRITTEN


def said(*words: object, given: bytes = b"") -> Any:
    return CliRunner().invoke(app, ["x12", *map(str, words)], input=given)


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    path = tmp_path / "batch.837"
    path.write_bytes(WRITTEN["837P"])
    return path


def bodies(path: Path) -> list[list[str]]:
    return [one.raw for one in read_file(path.read_bytes()).sets()]


def test_a_file_is_split_and_joined_again(batch: Path, tmp_path: Path) -> None:
    answer = said("split", batch, "--out", tmp_path / "parts", "--json")
    assert answer.exit_code == 0, answer.output
    parts = json.loads(answer.stdout)
    assert [Path(part).name for part in parts] == ["batch-0001.837", "batch-0002.837"]
    assert said("join", *parts, "--out", tmp_path / "whole").exit_code == 0
    assert bodies(tmp_path / "whole") == bodies(batch)


def test_claims_are_dealt_out(batch: Path, tmp_path: Path) -> None:
    answer = said("split", batch, "--claims", 1, "--out", tmp_path / "parts")
    assert "3 parts of" in answer.stdout
    for part in (tmp_path / "parts").iterdir():
        assert said("check", part).exit_code == 0


def test_the_parts_of_an_835_are_named_by_their_check(tmp_path: Path) -> None:
    answer = said("split", "-", "--out", tmp_path / "checks", given=WRITTEN["835"])
    assert answer.exit_code == 0
    assert [p.name for p in (tmp_path / "checks").iterdir()] == ["stdin-0001-CHECK1.x12"]


def test_a_check_number_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    data = WRITTEN["835"].replace(b"CHECK1", b"../../etc/x")
    said("split", "-", "--out", tmp_path / "checks", given=data)
    assert [p.name for p in (tmp_path / "checks").iterdir()] == ["stdin-0001-etcx.x12"]


def test_what_is_there_is_overwritten_only_when_told_to(batch: Path, tmp_path: Path) -> None:
    there = tmp_path / "parts" / "batch-0002.837"
    there.parent.mkdir()
    there.write_text("mine")
    refused = said("split", batch, "--out", there.parent)
    assert refused.exit_code == 1
    assert "batch-0002.837 exists; --force overwrites it" in refused.stderr
    assert [p.name for p in there.parent.iterdir()] == ["batch-0002.837"]
    assert there.read_text() == "mine"
    assert said("split", batch, "--out", there.parent, "--force").exit_code == 0
    assert there.read_bytes().startswith(b"ISA")


def test_a_joined_file_is_overwritten_only_when_told_to(batch: Path, tmp_path: Path) -> None:
    there = tmp_path / "whole"
    there.write_text("mine")
    assert "exists" in said("join", batch, "--out", there).stderr
    assert there.read_text() == "mine"
    assert said("join", batch, "--out", there, "--force").exit_code == 0


def test_a_file_is_never_written_over_what_it_is_made_of(batch: Path) -> None:
    before = batch.read_bytes()
    answer = said("join", batch, "--out", batch, "--force")
    assert (answer.exit_code, batch.read_bytes()) == (1, before)
    assert "is what is read" in answer.stderr


@pytest.mark.parametrize(
    ("data", "code", "sentence"),
    [
        (WRITTEN["835"].replace(b"SE*", b"SE*9"), 1, "the envelope of the file is wrong"),
        (b"\x1f\x8b\x08\x00more", 3, "the file is compressed, not X12"),
        (WRITTEN["TA1"], 1, "TA1"),
    ],
)
def test_what_cannot_be_split_leaves_nothing_behind(
    data: bytes, code: int, sentence: str, tmp_path: Path
) -> None:
    answer = said("split", "-", "--out", tmp_path / "parts", given=data)
    assert answer.exit_code == code
    assert sentence in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_joined_leaves_nothing_behind(batch: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.835"
    other.write_bytes(WRITTEN["835"])
    answer = said("join", batch, other, "--out", tmp_path / "whole")
    assert answer.exit_code == 1
    assert f"nothing is joined: set 0001 of {other} has another kind" in answer.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["batch.837", "other.835"]


def test_a_file_that_is_not_there_is_a_wrong_word(tmp_path: Path) -> None:
    assert said("join", tmp_path / "no", "--out", tmp_path / "whole").exit_code == 2
    assert said("split", tmp_path / "no", "--out", tmp_path / "parts").exit_code == 2
    assert list(tmp_path.iterdir()) == []
