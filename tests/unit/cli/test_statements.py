"""`statements` lists, shows and prints what patients are told that they owe, and publishes the terms of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli import statements
from cli.context import fail
from cli.main import app
from cli.statement_printing import file_name
from tests.unit.cli.statements import PERSON, ROW, TERMS, A, account
from tests.unit.cli.test_documented import PAGE

OTHER = {**ROW, "statement": "ST-0002", "accounts": [account("D0000000000000")]}


class Doors:
    """Posting's statements, reference's terms, and registration's people by account."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = [OTHER, ROW]
        self.gone: set[str] = set()
        self.why = "erased"
        self.terms = [{"facts": TERMS, "listed_on": "2026-01-02"}]
        self.asked: list[tuple[Any, ...]] = []

    def ask(self, service: str, path: str, **words: Any) -> Any:
        given = {name: value for name, value in words.items() if value is not None}
        self.asked.append((service, path, given))
        if service == "reference":
            return self.terms
        if path == "/statements":
            return [{**row, "listed": len(self.rows)} for row in self.rows[: words["limit"]]]
        found = [row for row in self.rows if path == f"/statements/{row['statement']}"]
        return found[0] if found else fail("no such statement")

    @contextmanager
    def telling(self, service: str) -> Iterator[Any]:
        assert service == "registration"
        yield self.people

    def people(self, path: str, json: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((path, json["as_of"]))
        return {
            "people": [
                {"account": one, "person": None, "why": self.why}
                if one in self.gone
                else {"account": one, "person": PERSON, "why": ""}
                for one in json["accounts"]
            ]
        }


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Doors:
    made = Doors()
    monkeypatch.setattr(statements, "ask", made.ask)
    monkeypatch.setattr(statements, "telling", made.telling)
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["statements", *words])


def test_statements_are_listed_by_day_legal_entity_and_guarantor(doors: Doors) -> None:
    words = ("--day", "2026-03-02", "--legal-entity", "GROUP-A", "--guarantor", "G1")
    done = run("list", *words, "--limit", "1")
    assert done.exit_code == 0 and "1 more row; all of them: `--limit`" in done.stdout
    asked = {"day": "2026-03-02", "legal_entity": "GROUP-A", "guarantor": "G1", "limit": 1}
    assert doors.asked == [("posting", "/statements", asked)]
    assert all(word in done.stdout for word in ("ST-0002", "60.00", "2026-03-23"))
    run("list")
    assert doors.asked[1] == ("posting", "/statements", {"limit": 50})


def test_a_statement_is_shown_with_its_person_by_initials(doors: Doors) -> None:
    done = run("show", "ST-0001")
    assert done.exit_code == 0
    assert done.stdout.startswith("Q.Z.\nStatement: ST-0001\n")
    assert "Please pay $60.00 by March 23, 2026." in done.stdout
    assert not any(PERSON[name] in done.stdout for name in ("last", "first", "street", "city"))
    assert ("/people", ROW["recorded_at"]) in doors.asked


def test_people_are_shown_to_whoever_asks_for_them(doors: Doors) -> None:
    assert "QUINN ZZTESTA JR\n1 OAK LANE\n" in run("show", "ST-0001", "--people").stdout
    assert json.loads(run("show", "ST-0001", "--json").stdout)["to"] == ["Q.Z."]
    whole = json.loads(run("show", "ST-0001", "--json", "--people").stdout)
    assert whole["to"][0] == "QUINN ZZTESTA JR"


@pytest.mark.parametrize("words", [(), ("--people",)])
def test_who_was_erased_is_shown_as_such(doors: Doors, words: tuple[str, ...]) -> None:
    doors.gone = {one["account"] for one in ROW["accounts"]}
    assert run("show", "ST-0001", *words).stdout.startswith("[erased]\nStatement: ST-0001\n")


def test_a_statement_that_is_not_there_is_a_no(doors: Doors) -> None:
    assert run("show", "ST-9").exit_code == 1


def test_a_day_is_printed_a_page_each_and_all_for_a_vendor(doors: Doors, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    words = ("print", "--day", "2026-03-02", "--into", str(folder))
    done = run(*words)
    assert (done.exit_code, done.stdout) == (0, f"2 statements printed: {folder}\n")
    names = ["ST-0001.html", "ST-0002.html", "statements-2026-03-02.jsonl"]
    assert sorted(path.name for path in folder.iterdir()) == names
    lines = [json.loads(line) for line in (folder / names[2]).read_text().splitlines()]
    assert [line["statement"] for line in lines] == ["ST-0001", "ST-0002"]
    assert lines[0]["to"][0] == "QUINN ZZTESTA JR"
    assert (folder / names[0]).read_bytes() == Path(__file__).with_name(
        "statement.html"
    ).read_bytes()
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert run(*words).stdout == f"2 statements printed, as they are there already: {folder}\n"
    assert before == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_nothing_is_written_where_a_file_of_that_name_holds_something_else(
    doors: Doors, tmp_path: Path
) -> None:
    (tmp_path / "ST-0002.html").write_text("another")
    done = run("print", "--day", "2026-03-02", "--into", str(tmp_path))
    assert done.exit_code == 1 and "holds something else" in done.stderr.replace("\n", " ")
    assert [path.name for path in tmp_path.iterdir()] == ["ST-0002.html"]


def test_one_statement_is_printed_by_its_number(doors: Doors, tmp_path: Path) -> None:
    done = run("print", "--statement", "ST-0001", "--into", str(tmp_path), "--json")
    assert json.loads(done.stdout) == {
        "folder": str(tmp_path),
        "printed": 1,
        "files": 2,
        "written": 2,
        "erased": [],
        "not_printed": [],
    }
    names = ["ST-0001.html", "statements-ST-0001.jsonl"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_who_was_erased_is_sent_nothing_and_counted(doors: Doors, tmp_path: Path) -> None:
    doors.gone = {"D0000000000000"}
    words = ("print", "--day", "2026-03-02", "--into", str(tmp_path))
    done = run(*words)
    assert (done.exit_code, done.stdout) == (
        0,
        f"1 statement printed: {tmp_path}\n"
        "not printed: ST-0002: its person was erased\n"
        "1 statement of persons who were erased\n",
    )
    assert not (tmp_path / "ST-0002.html").exists()
    assert json.loads(run(*words, "--json").stdout)["erased"] == ["ST-0002"]


def test_a_person_of_any_of_its_accounts_is_whom_it_goes_to(doors: Doors, tmp_path: Path) -> None:
    doors.gone = {A}
    assert run("print", "--statement", "ST-0001", "--into", str(tmp_path)).exit_code == 0


def test_what_cannot_be_printed_for_another_reason_is_a_no(doors: Doors, tmp_path: Path) -> None:
    doors.gone, doors.why = {"D0000000000000"}, "not registered by then"
    done = run("print", "--day", "2026-03-02", "--into", str(tmp_path))
    assert done.exit_code == 1 and "ST-0002: not registered by then" in done.stderr
    doors.terms = []
    done = run("print", "--day", "2026-03-02", "--into", str(tmp_path), "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["printed"], told["files"]) == (1, 0, 0)
    assert told["not_printed"][0] == {
        "statement": "ST-0001",
        "why": "its terms are not listed",
    }


def test_a_day_without_statements_prints_nothing(doors: Doors, tmp_path: Path) -> None:
    doors.rows = []
    done = run("print", "--day", "2026-03-02", "--into", str(tmp_path / "mail"))
    assert (done.exit_code, done.stdout) == (0, "no statement was issued then\n")
    assert not (tmp_path / "mail").exists()


def test_a_day_of_more_statements_than_the_door_tells_is_not_printed_in_part(
    doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "MOST_OF_A_DAY", 1)
    done = run("print", "--day", "2026-03-02", "--into", str(tmp_path))
    assert done.exit_code == 1 and "--legal-entity" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--day", "2026-03-02", "--statement", "ST-0001"),
        ("--statement", "ST-0001", "--legal-entity", "GROUP-A"),
    ],
)
def test_what_is_printed_is_said_once(doors: Doors, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run("print", "--into", str(tmp_path), *words).exit_code == 2


@pytest.mark.parametrize(
    ("number", "name"), [("ST-1", "ST-1"), ("../A", "%2E.%2FA"), ("..", "%2E."), ("A/B", "A%2FB")]
)
def test_a_number_leads_into_no_other_folder(number: str, name: str) -> None:
    assert file_name(number) == name


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["x"], "published; statements are sent by them from now on\n"),
        ([], "they were published before: nothing changed\n"),
    ],
)
def test_terms_are_published_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str], told: str
) -> None:
    asked: list[Any] = []

    def tell(service: str, path: str, **words: Any) -> dict[str, Any]:
        asked.append((service, path, json.loads(words["content"])))
        return {"said": said}

    monkeypatch.setattr(statements, "tell", tell)
    (tmp_path / "terms.json").write_text(json.dumps(TERMS))
    done = run("terms", "publish", str(tmp_path / "terms.json"))
    assert (done.exit_code, done.stdout) == (0, told)
    assert asked == [("reference", "/statement-terms", TERMS)]
    done = run("terms", "publish", str(tmp_path / "terms.json"), "--json")
    assert json.loads(done.stdout) == {"published": bool(said)}


def test_terms_are_listed(doors: Doors) -> None:
    done = run("terms", "list")
    assert done.exit_code == 0 and "all of ours" in done.stdout and "PATIENTS" in done.stdout
    assert doors.asked == [("reference", "/books", {"kind": "statement-terms"})]


def test_the_answers_for_scripts_are_documented(doors: Doors, tmp_path: Path) -> None:
    section = PAGE.read_text().split("\n## statements\n")[1].split("\n## ")[0]
    shown = json.loads(run("show", "ST-0001", "--json").stdout)
    done = json.loads(
        run("print", "--statement", "ST-0001", "--into", str(tmp_path), "--json").stdout
    )
    for name in (*shown, *shown["accounts"][0], *ROW, *TERMS, *done, "published"):
        assert f"`{name}`" in section or f'"{name}"' in section, name
