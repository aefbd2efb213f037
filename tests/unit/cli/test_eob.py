"""`eob` says what is wrong with a typed check by claim and line, what became of it, and gives one to fill in."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import eob, remittances
from cli.main import app

CHECK = {
    "check_number": "C1",
    "claims": [{"claim": "A1", "paid_cents": 80, "lines": [{"paid_cents": 80, "modifiers": []}]}],
}
JUDGED = {
    "remittance": "r1",
    "sha256": "a" * 64,
    "check_number": "C1",
    "claims": 1,
    "amount_cents": 80,
    "mistakes": [],
    "notes": [],
    "known": None,
}
STANDS = {
    "remittance": "r1",
    "check_number": "C1",
    "payer_trace_id": "",
    "paid_on": "2026-01-05",
    "amount_cents": 80,
    "claims": 1,
    "state": "released",
    "faults": [],
    "repeats": 0,
    "conflicts": 0,
    "entered_by": "ann",
}
OTHER = {**STANDS, "remittance": "r2", "state": "refused"}
"""Another payer's check of that number."""


class Tracking:
    """The doors: what they answer, and what they were told."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {
            "/eobs/check": (200, JUDGED),
            "/eobs": (200, {**JUDGED, "again": False}),
        }
        self.told: list[tuple[str, str]] = []
        self.looks: list[list[dict[str, Any]]] = [[OTHER], [OTHER, STANDS]]

    def post(self, _url: str, path: str, data: bytes, by: str) -> tuple[int, Any]:
        self.told.append((path, by))
        return self.answers[path]

    def ask(self, _url: str, path: str, **_: str) -> list[dict[str, Any]]:
        if path == "/progress":
            return [{"unheard": 0}]
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]


@pytest.fixture
def tracking(monkeypatch: pytest.MonkeyPatch) -> Tracking:
    """The service that takes checks."""
    made = Tracking()
    monkeypatch.setattr(eob, "url_of", lambda service: "http://tracking.invalid")
    monkeypatch.setattr(eob, "_post", made.post)
    monkeypatch.setattr(remittances, "_ask", made.ask)
    monkeypatch.setattr(remittances, "STEP_SECONDS", 0.0)
    return made


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A check as somebody typed it."""
    path = tmp_path / "check.json"
    path.write_text(json.dumps(CHECK))
    return str(path)


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["eob", *words])


def test_a_check_that_balances_is_entered_by_whoever_types_it_and_followed(
    tracking: Tracking, file: str
) -> None:
    done = run(file, "--by", "ann")
    assert done.exit_code == 0
    assert "check C1 of 0.80: released; 1 claim goes to its account" in done.stdout
    assert tracking.told == [("/eobs/check", "ann"), ("/eobs", "ann")]


def test_without_a_name_it_is_whoever_is_logged_in(
    tracking: Tracking, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "poster1")
    assert run(file).exit_code == 0
    assert {by for _, by in tracking.told} == {"poster1"}


def test_every_mistake_is_told_and_nothing_is_entered(tracking: Tracking, file: str) -> None:
    mistakes = [eob._mistake(1, 2, "it does not balance"), eob._mistake(0, 0, "the check neither")]
    tracking.answers["/eobs/check"] = 200, {**JUDGED, "mistakes": mistakes}
    done = run(file, "--by", "ann")
    assert done.exit_code == 1
    assert "check.json: claim 1, line 2: it does not balance\n" in done.stderr
    assert "check.json: the check neither\n" in done.stderr
    assert tracking.told == [("/eobs/check", "ann")]


def test_a_field_of_another_shape_is_named_by_its_claim_and_line(
    tracking: Tracking, file: str
) -> None:
    fields = [
        "body.claims.1.lines.0.paid_cents",
        "body.claims.0.(unknown field)",
        "body.paid_on",
        "body.(not JSON)",
    ]
    tracking.answers["/eobs/check"] = 422, {"sentence": "shape", "fields": fields}
    done = run(file, "--by", "ann", "--json")
    assert done.exit_code == 1
    assert [
        (m["claim"], m["line"], m["sentence"]) for m in json.loads(done.stdout)["mistakes"]
    ] == [
        (2, 1, "claim 2, line 1: paid_cents is missing, or not what stands there"),
        (1, 0, "claim 1: (unknown field) is not taken"),
        (0, 0, "paid_on is missing, or not what stands there"),
        (0, 0, "this is not JSON"),
    ]


def test_a_no_of_the_door_without_a_list_is_told_as_it_is(tracking: Tracking, file: str) -> None:
    tracking.answers["/eobs"] = 503, {"sentence": "come again"}
    done = run(file, "--by", "ann")
    assert (done.exit_code, "check.json: come again" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("state", "entered_by", "told"),
    [
        (
            "released",
            "bob",
            "entered by bob, dated 2026-01-05, of 0.80, released: this one would post nothing",
        ),
        (
            "refused",
            "",
            "as an 835, dated 2026-01-05, of 0.80, refused: this one would take its place",
        ),
    ],
)
def test_a_check_is_only_looked_at(
    tracking: Tracking, file: str, state: str, entered_by: str, told: str
) -> None:
    known = {**STANDS, "state": state, "entered_by": entered_by}
    tracking.answers["/eobs/check"] = (
        200,
        {**JUDGED, "known": known, "notes": [eob._mistake(1, 0, "look")]},
    )
    done = run(file, "--check", "--by", "ann")
    assert done.exit_code == 0
    assert told in done.stdout and "claim 1: look" in done.stderr
    assert tracking.told == [("/eobs/check", "ann")]


@pytest.mark.parametrize(
    ("conflicts", "code", "state"), [(0, 0, "repeated"), (1, 1, "conflicting")]
)
def test_a_check_that_is_here_already_posts_nothing(
    tracking: Tracking, file: str, conflicts: int, code: int, state: str
) -> None:
    tracking.looks = [[STANDS], [{**STANDS, "repeats": 1, "conflicts": conflicts}]]
    done = run(file, "--by", "bob", "--json")
    became = json.loads(done.stdout)["became"]
    assert (done.exit_code, became["state"]) == (code, state)
    assert (
        conflicts
        or became["why"] == "it was entered by ann and is released: nothing is posted twice"
    )


def test_a_refused_check_exits_with_a_no(tracking: Tracking, file: str) -> None:
    tracking.looks = [
        [],
        [{**STANDS, "state": "refused", "faults": [{"level": "payee", "sentence": "not ours"}]}],
    ]
    done = run(file, "--by", "ann")
    assert (done.exit_code, "not ours" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "words", [(), ("FILE", "--for", "A1"), ("FILE", "--by", "Änn"), ("FILE", "--by", "a" * 49)]
)
def test_what_is_asked_for_twice_or_not_at_all_is_wrong_words(
    tracking: Tracking, file: str, words: tuple[str, ...]
) -> None:
    assert run(*(file if word == "FILE" else word for word in words)).exit_code == 2
    assert tracking.told == []


def test_a_check_is_taken_back_claim_by_claim_and_said_again_to_be_changed(file: str) -> None:
    made = json.loads(run(file, "--correct").stdout)
    assert (made["check_number"], made["amount_cents"], made["method"]) == ("C1-C", 0, "NON")
    back, again = made["claims"]
    assert (back["status"], back["paid_cents"], back["lines"][0]["paid_cents"]) == ("22", -80, -80)
    assert [again] == CHECK["claims"]


def test_what_a_correction_took_back_stays_taken_back_when_it_is_corrected_itself(
    file: str, tmp_path: Path
) -> None:
    first = json.loads(run(file, "--correct").stdout)
    path = tmp_path / "correction.json"
    path.write_text(json.dumps(first))
    second = json.loads(run(str(path), "--correct").stdout)
    assert (second["check_number"], second["claims"]) == ("C1-C-C", first["claims"])


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"check_number": "C1", "claims": [1]}'])
def test_what_is_no_check_is_not_taken_back(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert run(str(path), "--correct").exit_code == 1


def test_a_number_that_is_too_long_to_be_marked_as_corrected_is_cut_and_told_so(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.json"
    for letters, told in (
        (48, ""),
        (49, f"it is cut: {'7' * 48}-C"),
        (50, f"it is cut: {'7' * 48}-C"),
    ):
        path.write_text(json.dumps({**CHECK, "check_number": "7" * letters}))
        done = run(str(path), "--correct")
        assert json.loads(done.stdout)["check_number"] == "7" * 48 + "-C"
        assert told in done.stderr.replace("\n", "")


def test_a_file_that_is_nested_without_end_is_no_check_and_no_defect(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for depth in (400, 900, 100_000):
        path.write_text(f'{{"check_number": "C1", "claims": {"[" * depth}{"]" * depth}}}')
        done = run(str(path), "--correct")
        assert done.exit_code == 1 and "defect" not in done.stderr


def test_one_is_told_as_one(tracking: Tracking, file: str) -> None:
    assert "1 claim goes to its account" in run(file).stdout
    assert f"{file}: 1 claim, 0.80: nothing is wrong" in run(file, "--check").stdout


def test_a_check_to_fill_in_has_the_lines_of_its_claims_and_nothing_of_the_patient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    charge = {
        "charge": "A-001",
        "procedure": "G0438",
        "modifiers": ["33"],
        "units": 2,
        "charge_cents": 100,
        "rendering_npi": "1",
    }
    shown: dict[str, Any] = {
        "/claims/A1": {
            "claim": "A1",
            "account": "A",
            "payer": "P",
            "payer_order": 2,
            "charge_cents": 100,
            "facility": "F",
            "payer_control": "ICN",
        },
        "/accounts/A": {"charges": {"A-001": charge, "A-002": {**charge, "units": 0}}},
        "/books": [{"facts": {"facility": "F", "npi": "1999000106", "tax_id": "000000011"}}],
    }
    monkeypatch.setattr(eob, "ask", lambda service, path, **_: shown[path])
    done = run("--for", "a1")
    made = json.loads(done.stdout)
    assert done.stderr == ""
    assert (made["payer"], made["payee_npi"], made["payee_tax_id"]) == (
        "P",
        "1999000106",
        "000000011",
    )
    (claim,) = made["claims"]
    assert (
        claim["claim"],
        claim["status"],
        claim["payer_control"],
        claim["charge_cents"],
        claim["paid_cents"],
    ) == (
        "A1",
        "2",
        "ICN",
        100,
        0,
    )
    (line,) = claim["lines"]
    assert line == {
        "charge": "A-001",
        "procedure": "G0438",
        "modifiers": ["33"],
        "units": 2,
        "charge_cents": 100,
        "paid_cents": 0,
        "adjustments": [],
        "remarks": [],
    }
    shown["/claims/A1"]["charge_cents"] = 60
    assert "leave out the lines that are not on it" in run("--for", "A1").stderr
