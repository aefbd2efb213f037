"""`x12 redact` writes a copy that tells of nobody, or says in a sentence why it does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import x12_files, x12_redact
from cli.main import app
from tests.x12.everything import WRITTEN
from tests.x12.made import SAMPLES, needs_samples


def said(*words: object, given: bytes = b"") -> Any:
    return CliRunner().invoke(app, ["x12", "redact", *map(str, words)], input=given)


@pytest.fixture
def remit(tmp_path: Path) -> Path:
    path = tmp_path / "era.835"
    path.write_bytes(WRITTEN["835"])
    return path


def test_a_copy_is_written_that_tells_of_nobody(remit: Path, tmp_path: Path) -> None:
    answer = said(remit, "--out", tmp_path / "copy", "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["replaced"] > 10
    copy = (tmp_path / "copy").read_bytes()
    assert b"ZZTESTA" not in copy
    checked = CliRunner().invoke(app, ["x12", "check", str(tmp_path / "copy")])
    assert checked.exit_code == 0


def test_a_seed_gives_the_same_again_and_chance_does_not(remit: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        said(remit, "--out", tmp_path / name, "--seed", "secret")
    for name in ("c", "d"):
        said(remit, "--out", tmp_path / name)
    a, b, c, d = ((tmp_path / name).read_bytes() for name in "abcd")
    assert a == b
    assert len({a, c, d}) == 3


def test_standard_input_is_redacted_too(tmp_path: Path) -> None:
    assert said("-", "--out", tmp_path / "copy", given=WRITTEN["837P"]).exit_code == 0
    assert b"QUINN" not in (tmp_path / "copy").read_bytes()


@pytest.mark.parametrize(
    ("data", "code", "why"),
    [
        (WRITTEN["276"].replace(b"ST*276*", b"ST*850*"), 1, "a set is 850"),
        (b"\x1f\x8b\x08\x00more", 3, "the file is compressed, not X12"),
        (b"", 3, "does not start with ISA"),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_is_left(
    data: bytes, code: int, why: str, tmp_path: Path
) -> None:
    answer = said("-", "--out", tmp_path / "copy", given=data)
    assert answer.exit_code == code
    assert "is not redacted" in answer.stderr
    assert why in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_would_be_judged_otherwise_is_not_written(
    remit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(*_: Any) -> list[bytes]:
        return [WRITTEN["835"].replace(b"*60*", b"*61*", 1)]

    monkeypatch.setattr(x12_redact, "redact", spoilt)
    answer = said(remit, "--out", tmp_path / "copy")
    assert answer.exit_code == 1
    assert "its copy would be judged otherwise" in answer.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["era.835"]


def test_a_copy_never_takes_the_place_of_what_is_there_unasked(remit: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("mine")
    assert "exists" in said(remit, "--out", tmp_path / "copy").stderr
    assert (tmp_path / "copy").read_text() == "mine"
    assert "is what is read" in said(remit, "--out", remit, "--force").stderr
    assert remit.read_bytes() == WRITTEN["835"]


def test_a_large_file_is_redacted_as_a_stream(
    remit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(remit, "--out", tmp_path / "a", "--seed", "s")
    monkeypatch.setattr(x12_files, "HELD_BYTES", 100)
    assert said(remit, "--out", tmp_path / "b", "--seed", "s").exit_code == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@needs_samples
def test_every_sample_is_redacted(tmp_path: Path) -> None:
    for n, path in enumerate(sorted(SAMPLES.rglob("*.*"))):
        if path.is_file() and path.suffix != ".md":
            answer = said(path, "--out", tmp_path / str(n))
            assert answer.exit_code == 0, answer.output
