"""`x12 answer` writes what the sender of a file must hear."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from shared.settings import settings
from shared.x12 import read_file
from shared.x12.ack_999 import read_999
from tests.x12.made import bytes_835

DATA = bytes_835()


def said(data: bytes, folder: Path, *words: object) -> Any:
    given = ["x12", "answer", "-", "--out", str(folder), *map(str, words)]
    return CliRunner().invoke(app, given, input=data)


def test_a_sound_file_is_accepted_by_a_999_that_goes_back_to_its_sender(tmp_path: Path) -> None:
    answer = said(DATA, tmp_path, "--control", 7)
    assert answer.exit_code == 0, answer.output
    (one,) = read_file((tmp_path / "000000007.999").read_bytes()).sets()
    assert read_999(one)[0].code == "A"
    asked, answered = (read_file(d).interchanges[0].isa for d in (DATA, _only(tmp_path)))
    assert (answered[5], answered[6], answered[7], answered[8]) == (*asked[7:9], *asked[5:7])


def test_a_group_with_ids_of_its_own_is_answered_to_them(tmp_path: Path) -> None:
    sound = read_file(DATA).interchanges[0].groups[0].gs
    other = DATA.replace(f"GS*{sound[1]}*{sound[2]}*{sound[3]}*".encode(), b"GS*HP*THEIRS*OURS*")
    assert said(other, tmp_path, "--control", 7).exit_code == 0
    gs = read_file(_only(tmp_path)).interchanges[0].groups[0].gs
    assert (gs[2], gs[3]) == ("OURS", "THEIRS")


def test_a_file_of_several_senders_has_no_one_to_go_back_to(tmp_path: Path) -> None:
    isa = read_file(DATA).interchanges[0].isa
    other = DATA.replace(isa[6].encode(), b"SOMEBODY".ljust(15), 1)
    answer = said(DATA + other, tmp_path, "--control", 7)
    assert answer.exit_code != 0 and "split the file first" in " ".join(answer.output.split())
    assert list(tmp_path.iterdir()) == []


def _only(folder: Path) -> bytes:
    (path,) = folder.iterdir()
    return path.read_bytes()


def test_a_wrong_element_is_named_with_segment_element_and_code(tmp_path: Path) -> None:
    answer = said(
        DATA.replace(b"SVC*HC:99213*100", b"SVC*HC:99213*1E3"), tmp_path, "--control", 7, "--json"
    )
    assert answer.exit_code == 1, answer.output
    (one,) = json.loads(answer.stdout)["groups"][0]["sets"]
    assert one["code"] == "R"
    assert ("SVC", "2") in {(f["segment"], f["element"]) for f in one["faults"]}


def test_a_rejected_interchange_is_answered_by_a_ta1_alone(tmp_path: Path) -> None:
    answer = said(DATA.replace(b"IEA*1*", b"IEA*2*"), tmp_path, "--control", 7)
    assert answer.exit_code == 1, answer.output
    assert [path.name for path in tmp_path.iterdir()] == ["000000007.ta1"]


def test_the_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    assert said(DATA, tmp_path / "outbound", "--control", 7).exit_code == 0
    assert [path.name for path in (tmp_path / "outbound").iterdir()] == ["000000007.999"]
    lost = said(DATA, tmp_path / "no" / "outbound", "--control", 8)
    assert (
        lost.exit_code,
        f"{tmp_path / 'no'} is no folder" in " ".join(lost.stderr.split("\n")),
    ) == (1, True)


def test_control_numbers_count_up_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings().model_copy(update={"home": tmp_path / "home"})
    monkeypatch.setattr("cli.x12_answer.settings", lambda: chosen)
    out = tmp_path / "out"
    out.mkdir()
    for words in ((), (), ("--control", 7), ()):
        assert said(DATA, out, *words).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        *("000000001.999", "000000002.999", "000000007.999", "000000008.999")
    ]


def test_what_is_no_x12_is_not_answered(tmp_path: Path) -> None:
    assert said(b"hello", tmp_path).exit_code == 3
    assert list(tmp_path.iterdir()) == []
