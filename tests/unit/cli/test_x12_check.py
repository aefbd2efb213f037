"""`x12 check` lists every finding in its place, says of each set what to make of it, and answers with its exit code."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import x12_files
from cli.main import app
from shared.x12.remittance_835 import write_835
from tests.x12.everything import WRITTEN
from tests.x12.made import HEADER, SAMPLES, bytes_835, claim_paid, needs_samples, remittance

UNBALANCED = bytes_835().replace(b"SVC*HC:99213*100*60", b"SVC*HC:99213*100*59", 1)
WRONG_COUNT = bytes_835().replace(b"SE*", b"SE*9", 1)
HEAVY = {"kafka", "aiokafka", "confluent_kafka", "asyncpg", "httpx", "fastapi", "uvloop"}


def said(*words: object, given: bytes = b"") -> Any:
    return CliRunner().invoke(app, ["x12", "check", *map(str, words)], input=given)


def file(folder: Path, data: bytes, name: str = "a.x12") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def findings(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("kind", sorted({*WRITTEN} - {"837P"}))
def test_a_file_of_ours_is_clean(kind: str, tmp_path: Path) -> None:
    answer = said(file(tmp_path, WRITTEN[kind]))
    assert answer.exit_code == 0, answer.output
    assert "0 errors" in answer.stdout


def test_what_does_not_balance_is_an_error_and_exits_with_1(tmp_path: Path) -> None:
    answer = said(file(tmp_path, UNBALANCED))
    assert answer.exit_code == 1
    assert "SVC02 less adjustments is not SVC03" in answer.stdout
    assert "not fit to be sent, posted or taken" in answer.stdout


def test_a_finding_says_where_it_is(tmp_path: Path) -> None:
    path = file(tmp_path, UNBALANCED)
    found = findings(said(path, "--json").stdout)
    (line,) = [f for f in found if f["level"] == "line"]
    assert UNBALANCED[line["offset"] :].startswith(b"SVC*HC:99213*100*59")
    assert UNBALANCED[: line["offset"]].count(b"~") + 1 == line["segment"]
    assert (line["file"], line["kind"], line["set"]) == (str(path), "835", "0001")
    assert (line["interchange"], line["group"]) == ("000000017", "18")
    assert (line["severity"], abs(line["difference_cents"])) == ("error", 100)


def test_the_number_of_a_claim_is_shown_only_when_asked_for(tmp_path: Path) -> None:
    path = file(tmp_path, UNBALANCED.replace(b"CLP*A1*", b"CLP*ZZACCOUNT1*"))
    assert "ZZACCOUNT1" not in said(path).output + said(path, "--json").output
    assert "ZZACCOUNT1" in said(path, "--phi").stdout


def test_a_wrong_envelope_is_judged_all_the_same_and_refused_whole_when_strict(
    tmp_path: Path,
) -> None:
    path = file(tmp_path, WRONG_COUNT)
    assert "1 set: 1 with errors" in said(path).stdout
    strict = said(path, "--strict")
    assert strict.exit_code == 1
    assert "its sets were not judged" in strict.stdout
    assert "0 sets; 1 error" in strict.stdout


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (gzip.compress(bytes_835()), "compressed"),
        (bytes_835().decode().encode("utf-16"), "UTF-16 or binary"),
        (b"", "empty"),
        (b"%PDF-1.7 and so on", "does not start with ISA"),
        (b"\x7fELF\x00\x00", "does not start with ISA"),
    ],
)
def test_what_is_no_x12_is_refused_in_a_sentence_and_exits_with_3(
    data: bytes, sentence: str, tmp_path: Path
) -> None:
    answer = said(file(tmp_path, data))
    assert answer.exit_code == 3
    assert sentence in answer.stderr


def test_a_file_that_is_cut_off_says_what_was_found_up_to_there(tmp_path: Path) -> None:
    answer = said(file(tmp_path, bytes_835()[:700]))
    assert answer.exit_code == 1
    assert "a transaction set has no SE" in answer.stdout


def test_a_file_that_is_not_there_is_a_wrong_word_before_anything_is_read(tmp_path: Path) -> None:
    answer = said(file(tmp_path, UNBALANCED), "/nowhere/at-all.835")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "/nowhere/at-all.835: no such file" in answer.stderr
    assert "is a folder" in said(tmp_path).stderr


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    bad = file(tmp_path, b"PK\x03\x04", "bad")
    answer = said(bad, file(tmp_path, UNBALANCED, "b"), file(tmp_path, bytes_835(), "c"))
    assert answer.exit_code == 3
    assert "3 files, 2 sets: 1 clean, 1 with errors" in answer.stdout


def test_standard_input_is_a_file_too() -> None:
    answer = said("-", given=bytes_835())
    assert answer.exit_code == 0
    assert answer.stdout.startswith("standard input")


def test_a_kind_that_nobody_knows_is_said_not_to_be_judged(tmp_path: Path) -> None:
    data = WRITTEN["276"].replace(b"ST*276*", b"ST*850*").replace(b"GS*HR*", b"GS*PO*")
    answer = said(file(tmp_path, data))
    assert "a kind of set that is not known here" in answer.stdout
    assert "1 not judged" in answer.stdout


def test_a_large_file_is_read_as_a_stream_and_finds_the_same_in_its_claims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, UNBALANCED + WRITTEN["999"])
    held = findings(said(path, "--json").stdout)
    monkeypatch.setattr(x12_files, "HELD_BYTES", 100)
    streamed = said(path, "--json")
    assert "read as a stream" in streamed.stderr
    assert findings(streamed.stdout) == held


def test_findings_of_one_kind_are_counted_beyond_the_fifth(tmp_path: Path) -> None:
    claims = [claim_paid(clp01=f"A{n}", paid_cents=5_900) for n in range(20)]
    path = file(tmp_path, write_835(HEADER, [remittance(*claims)]))
    answer = said(path)
    sentence = "CLP03 less adjustments is not CLP04"
    assert answer.stdout.count(sentence) == 6
    assert f"15 more of these: {sentence} (--all shows them)" in answer.stdout
    assert said(path, "--all").stdout.count(sentence) == 20
    assert len([f for f in findings(said(path, "--json").stdout) if f["level"] == "claim"]) == 20


def test_signs_that_steer_a_terminal_never_reach_it(tmp_path: Path) -> None:
    data = UNBALANCED.replace(b"ST*835*0001", b"ST*835*\x1b[2J1").replace(b"SE*50*0001", b"SE*50*1")
    answer = said(file(tmp_path, data))
    assert "\x1b" not in answer.output


def test_the_command_starts_without_broker_and_database_libraries() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from cli.main import app;"
        "assert CliRunner().invoke(app, ['x12', 'check', '-'], input=b'').exit_code == 3;"
        "print(*{m.split('.')[0] for m in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert HEAVY & set(loaded.split()) == set()


@needs_samples
def test_every_sample_is_checked_and_summed_up() -> None:
    paths = [path for path in SAMPLES.rglob("*.*") if path.is_file() and path.suffix != ".md"]
    answer = said(*paths)
    assert answer.exit_code == 1
    assert f"{len(paths)} files, {len(paths)} sets:" in answer.stdout
