"""`x12 show` prints a file for a person or a program, says what it left out, and never steers the terminal."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import x12_files
from cli.main import app
from shared.x12.remittance_835 import write_835
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, SAMPLES, claim_paid, needs_samples, remittance


def said(*words: object, given: bytes = b"") -> Any:
    return CliRunner().invoke(app, ["x12", "show", *map(str, words)], input=given)


def file(folder: Path, data: bytes) -> Path:
    path = folder / "a.x12"
    path.write_bytes(data)
    return path


def many(count: int) -> bytes:
    return write_835(HEADER, [remittance(*(claim_paid(clp01=f"A{n}") for n in range(count)))])


def test_a_check_is_shown_with_its_claims(tmp_path: Path) -> None:
    answer = said(file(tmp_path, WRITTEN["835"]))
    assert answer.exit_code == 0
    for words in ("check CHECK1", "amount 50.00", "payer SYNTHETIC PAYER", "CO-45 25.00"):
        assert words in answer.stdout
    assert "the payment balances" in answer.stdout


def test_what_is_left_out_is_said_with_how_to_see_it(tmp_path: Path) -> None:
    answer = said(file(tmp_path, many(30)), "--limit", 5)
    assert "shown: 5 of 30; the next ones with --from 6, all with --limit 0" in answer.stderr
    assert "shown" not in said(file(tmp_path, many(5))).stderr


def test_json_is_one_thing_a_line(tmp_path: Path) -> None:
    things = [json.loads(x) for x in said(file(tmp_path, many(3)), "--json").stdout.splitlines()]
    assert [one["what"] for one in things] == [
        *("interchange", "group", "set", "payment"),
        *("claim", "claim", "claim", "totals"),
    ]
    assert things[4]["inside"][0]["charge_cents"] == 10_000


def test_phi_is_shown_only_when_asked_for(tmp_path: Path) -> None:
    path = file(tmp_path, WRITTEN["835"])
    assert "ZZTESTA" not in said(path).output + said(path, "--json").output
    assert "ZZTESTA, QUINN" in said(path, "--phi").stdout


def test_what_cannot_be_read_on_is_shown_up_to_there(tmp_path: Path) -> None:
    answer = said(file(tmp_path, WRITTEN["835"] + WRITTEN["835"][:60]))
    assert answer.exit_code == 0
    assert "check CHECK1" in answer.stdout
    assert "errors 1 · first segment 40, byte 989, ISA: the ISA has fewer than 16" in answer.stdout


def test_a_compressed_file_is_refused_in_a_sentence() -> None:
    answer = said("-", given=b"\x1f\x8b\x08\x00rest")
    assert answer.exit_code == 3
    assert "the file is compressed, not X12" in answer.stderr


def test_neither_markup_nor_control_signs_of_a_file_are_obeyed(tmp_path: Path) -> None:
    data = WRITTEN["835"].replace(b"SYNTHETIC PAYER", b"[bold]\x1b[31mPAYER")
    answer = said(file(tmp_path, data))
    assert "[bold]?[31mPAYER" in answer.stdout
    assert "\x1b" not in answer.stdout


def test_a_large_file_is_shown_as_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path, many(30))
    whole = said(path).stdout
    monkeypatch.setattr(x12_files, "HELD_BYTES", 1_000)
    assert said(path).stdout == whole


@needs_samples
def test_every_sample_is_shown() -> None:
    for path in SAMPLES.rglob("*.*"):
        if path.is_file() and path.suffix != ".md":
            assert said(path, "--limit", 0).exit_code == 0
            assert said(path, "--limit", 0, "--json", "--phi").exit_code == 0
