"""A person meets sentences and exit codes, never a traceback; errors go to standard error alone."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import typer
from kafka.errors import KafkaConnectionError
from typer.testing import CliRunner

from cli import context, parked, receive
from cli.main import app
from cli.plain import no_such_file, plain
from deploy.home import NotStarted
from shared.errors import Refused
from shared.settings import Settings

ROOT = Path(__file__).parents[3]


def _ends(raised: BaseException) -> tuple[int, str]:
    """Exit code and output of a command that ends so."""
    return _ends_in(context.plainly, raised)


def _ends_in(around: Callable[..., Any], raised: BaseException) -> tuple[int, str]:
    made = typer.Typer()

    @made.command()
    @around
    def command() -> None:
        raise raised

    done = CliRunner().invoke(made, [])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("raised", "code", "sentence"),
    [
        (PermissionError(13, "Permission denied", "era.835"), 1, "era.835: permission denied"),
        (OSError(28, "No space left on device"), 1, "no space left on device"),
        (MemoryError(), 1, "not enough memory"),
        (ZeroDivisionError("secret"), 1, "ZeroDivisionError"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_so_does_a_command_that_needs_nothing_to_run(
    raised: BaseException, code: int, sentence: str
) -> None:
    ended, said = _ends_in(plain(no_such_file), raised)
    assert (ended, sentence in said) == (code, True)
    assert "Traceback" not in said and "secret" not in said


@pytest.mark.parametrize(
    ("raised", "code", "sentence"),
    [
        (Refused("that is not allowed"), 1, "that is not allowed"),
        (NotStarted("Kafka did not start"), 1, "Kafka did not start"),
        (httpx.ConnectError("refused"), 3, "a service does not answer"),
        (KafkaConnectionError("gone"), 3, "Kafka does not answer"),
        (ConnectionRefusedError(111, "refused"), 3, "PostgreSQL or Kafka does not answer"),
        (ZeroDivisionError("secret"), 1, "ZeroDivisionError"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_an_error_ends_with_a_sentence_and_its_exit_code(
    raised: BaseException, code: int, sentence: str
) -> None:
    ended, said = _ends(raised)
    assert ended == code
    assert sentence in said
    assert "Traceback" not in said
    assert "secret" not in said, "what a defect says may hold anything"


def test_a_long_sentence_stays_on_one_line_and_is_no_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit):
        context.fail("[red]" + "x" * 300)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"claimlog: [red]{'x' * 300}\n"


def test_a_service_whose_database_is_away_is_nothing_to_talk_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = httpx.Response(503, json={"code": "away", "sentence": "the database does not answer"})
    with pytest.raises(typer.Exit) as ended:
        context._body("reporting", answer)
    assert ended.value.exit_code == 3
    assert capsys.readouterr().err == "claimlog: reporting: the database does not answer\n"


def test_a_value_that_a_door_does_not_take_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    answer = httpx.Response(
        422, json={"code": "malformed", "sentence": "not that shape", "fields": ["body.reason"]}
    )
    with pytest.raises(typer.Exit) as ended:
        context._body("posting", answer)
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "claimlog: not that shape: body.reason\n"


def test_what_is_not_said_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def get(url: str, params: Any, timeout: int) -> httpx.Response:
        asked.append((url, params))
        return httpx.Response(200, json=[])

    monkeypatch.setattr(context, "url_of", lambda service: f"http://{service}")
    monkeypatch.setattr(httpx, "get", get)
    context.ask("posting", "/statements", day=None, limit=1)
    context.ask("posting", "/statements", day=None)
    assert asked == [
        ("http://posting/statements", {"limit": 1}),
        ("http://posting/statements", None),
    ]


def test_many_questions_over_one_connection_are_answered_as_one_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/gone":
            raise httpx.ConnectError("refused", request=request)
        no = request.url.path == "/no"
        return httpx.Response(409 if no else 200, json={"sentence": "no"} if no else {"yes": True})

    made = httpx.Client
    monkeypatch.setattr(context, "url_of", lambda service: f"http://{service}")
    monkeypatch.setattr(
        httpx, "Client", lambda **how: made(transport=httpx.MockTransport(answer), **how)
    )
    with context.telling("registration") as registration:
        assert registration("/yes", json={}) == {"yes": True}
        for path, code in (("/no", 1), ("/gone", 3)):
            with pytest.raises(typer.Exit) as ended:
                registration(path, json={})
            assert ended.value.exit_code == code
    told = capsys.readouterr().err
    assert told == "claimlog: no\nclaimlog: registration does not answer (ConnectError)\n"


def test_which_of_the_engines_does_not_run_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    chosen: Any = SimpleNamespace(bootstrap="", pg_dsn="postgres://")
    with pytest.raises(typer.Exit):
        context.need_engines(chosen)
    assert "not running: Kafka;" in capsys.readouterr().err


QUESTIONS = (
    ("summary",),
    ("summary", "--json"),
    ("story", "A"),
    ("list", "denials"),
    ("audit",),
    ("rebuild", "posting"),
    ("parked", "list"),
    ("parked", "show", "posting", "0", "0"),
    ("refused", "list"),
    ("refused", "redrive", "abc"),
    ("parked", "redrive", "posting", "0", "0"),
    ("import", "--facility", "FAC1", __file__),
)


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_without_a_stack_every_question_ends_on_standard_error(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = Settings(home=tmp_path, kafka="", pg_dsn="")
    monkeypatch.setattr(context, "settings", lambda: here)
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == (1 if words[0] == "import" else 3)
    assert done.stdout == ""
    assert done.stderr.startswith(("claimlog: ", "refused "))


@pytest.mark.parametrize(
    "words",
    [
        ("parked", "show", "nobody", "0", "0"),
        ("parked", "redrive", "nobody", "0", "0"),
        ("rebuild", "nobody"),
        ("up", "--service", "nobody"),
        ("list", "nobody"),
        ("receive", "no-such-file"),
        ("nobody",),
        ("summary", "--limit"),
    ],
    ids=" ".join,
)
def test_wrong_words_end_with_two(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, list(words))
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_file_that_nobody_takes_is_refused_with_a_reason_before_anybody_is_asked(
    tmp_path: Path,
) -> None:
    path = tmp_path / "note.txt"
    path.write_text("hello")
    done = CliRunner().invoke(app, ["receive", str(path)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("refused note.txt: ")


def test_a_refused_file_is_told_in_json_too(tmp_path: Path) -> None:
    path = tmp_path / "empty.835"
    path.write_bytes(b"")
    done = CliRunner().invoke(app, ["receive", "--json", str(path)])
    (told,) = json.loads(done.stdout)
    assert (done.exit_code, told["taken"], len(told["refused"])) == (1, [], 1)


def test_a_service_that_is_down_stops_receiving_before_the_first_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def down(service: str) -> str:
        context.fail(f"{service} is not running", context.NOT_RUNNING)

    handed: list[str] = []
    monkeypatch.setattr(receive, "url_of", down)
    monkeypatch.setattr(receive, "hand_in", lambda url, *_: handed.append(url))
    monkeypatch.setattr(receive, "read_file", lambda data: None)
    monkeypatch.setattr(receive, "sniff", lambda data: {"835"})
    path = tmp_path / "a.835"
    path.write_bytes(b"ISA")
    assert CliRunner().invoke(app, ["receive", str(path)]).exit_code == 3
    assert handed == []


@pytest.mark.parametrize(
    ("kind", "service"),
    [("835", "adjudication_tracking"), ("277", "adjudication_tracking"), ("999", "submission")],
)
def test_a_torn_file_is_handed_to_the_service_that_refuses_and_keeps_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, service: str
) -> None:
    asked: list[str] = []

    def refuses(url: str, *_: Any) -> tuple[str, dict[str, Any]]:
        asked.append(url)
        return "the file cannot be read", {}

    monkeypatch.setattr(receive, "url_of", lambda service: service)
    monkeypatch.setattr(receive, "hand_in", refuses)
    path = tmp_path / "torn"
    path.write_text(f"ISA*00*{' ' * 10}*00*{' ' * 10}~ST*{kind}*0001~BPR*I")
    assert CliRunner().invoke(app, ["receive", str(path)]).exit_code == 1
    assert asked == [service]


def test_every_answer_of_a_parked_record_comes_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    tell: Callable[..., dict[str, Any]] = lambda *_args, **_more: {"applied": 3}  # noqa: E731
    monkeypatch.setattr(parked, "tell", tell)
    for words in (["redrive"], ["discard", "--reason", "test"]):
        done = CliRunner().invoke(app, ["parked", *words, "--json", "posting", "0", "7"])
        assert json.loads(done.stdout) == {"applied": 3}


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    done = subprocess.run(
        f"{sys.executable} -m cli --help | true; {sys.executable} -m cli list nobody 2>&1 | head -1",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
