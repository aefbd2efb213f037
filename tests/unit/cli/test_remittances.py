"""`receive` says of every payment of an 835 what became of it, and what to do where it does not post."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import receive, remittances
from cli.main import app
from cli.remittances import Payment, payments
from tests.x12.made import bytes_835

DATA = bytes_835()
(PAYMENT,) = payments(DATA)
STANDS = {
    "remittance": "r1",
    "check_number": PAYMENT.check_number,
    "payer_trace_id": PAYMENT.payer_trace_id,
    "paid_on": "2026-01-05",
    "amount_cents": 5_000,
    "claims": 3,
    "state": "staged",
    "faults": [],
    "repeats": 0,
    "conflicts": 0,
}
STRANGER = {**STANDS, "payer_trace_id": "1000000000", "state": "released"}
FAULT = {
    "level": "payee",
    "difference_cents": 5_000,
    "segment": 0,
    "sentence": "the payee is not ours",
}
OFF = {"level": "payment", "difference_cents": 300, "segment": 4, "sentence": "it does not add up"}


class Tracking:
    """What the service shows: before the file came, and at each look after it, the last one from then on."""

    def __init__(self) -> None:
        self.looks: list[dict[str, Any] | None] = [None]
        self.heard = True
        self.again = False

    def ask(self, _url: str, path: str, **_: str) -> list[dict[str, Any]]:
        if path == "/progress":
            return [{"unheard": 0 if self.heard else 4}]
        now = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return [STRANGER] if now is None else [STRANGER, now]


@pytest.fixture
def tracking(monkeypatch: pytest.MonkeyPatch) -> Tracking:
    """The service that takes 835s."""
    made = Tracking()

    def taken(*_: object) -> tuple[str, dict[str, Any]]:
        return "", {"again": made.again, "sets": []}

    monkeypatch.setattr(receive, "url_of", lambda service: "http://tracking.invalid")
    monkeypatch.setattr(receive, "hand_in", taken)
    monkeypatch.setattr(remittances, "_ask", made.ask)
    monkeypatch.setattr(remittances, "STEP_SECONDS", 0.0)
    monkeypatch.setattr(remittances, "WAIT_SECONDS", 600.0)
    return made


@pytest.fixture
def hasty(tracking: Tracking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for long: what is to be known in time stands there at the first look."""
    monkeypatch.setattr(remittances, "WAIT_SECONDS", 0.3)


def became(tmp_path: Path) -> tuple[int, dict[str, Any]]:
    path = tmp_path / "a.835"
    path.write_bytes(DATA)
    done = CliRunner().invoke(app, ["receive", "--json", str(path)])
    (result,) = json.loads(done.stdout)
    (one,) = result["remittances"]
    return done.exit_code, one


def test_a_payment_is_named_as_its_835_names_it() -> None:
    assert Payment("CHECK1", "1999999999", "20260105") == PAYMENT
    assert PAYMENT.is_of(STANDS) and not PAYMENT.is_of(STRANGER)
    assert not PAYMENT.is_of({**STANDS, "paid_on": "2026-02-05"})
    assert payments(b"") == []


def test_a_day_that_is_none_names_no_payment() -> None:
    at = DATA.index(b"~TRN")
    (payment,) = payments(
        DATA[: at - 8] + b"20002316" + DATA[at:].replace(b"DTM*405*20260105", b"DTM*405*20002316")
    )
    assert payment.paid_on == ""
    assert payment.is_of(
        {"check_number": "CHECK1", "payer_trace_id": "1999999999", "paid_on": "2026-01-05"}
    )


@pytest.mark.parametrize("day", [b"00010101", b"99991231"])
def test_a_day_at_an_end_of_the_calendar_is_none(day: bytes) -> None:
    at = DATA.index(b"~TRN*")
    (payment,) = payments(
        DATA[: at - 8] + day + DATA[at:].replace(b"DTM*405*20260105", b"DTM*405*20260104")
    )
    assert payment.paid_on == "20260104"


def test_without_a_day_of_payment_the_day_of_production_names_it() -> None:
    at = DATA.index(b"~TRN")
    produced = DATA[at:].replace(b"DTM*405*20260105~", b"DTM*405*20260104~")
    (payment,) = payments(DATA[: at - 8] + b"20002316" + produced)
    assert payment == Payment("CHECK1", "1999999999", "20260104")
    assert not payment.is_of({**STANDS, "paid_on": "2026-01-05"})


def test_a_payment_that_balances_is_released(tracking: Tracking, tmp_path: Path) -> None:
    tracking.looks = [None, None, STANDS, {**STANDS, "state": "released"}]
    code, one = became(tmp_path)
    assert (code, one["state"], one["amount_cents"], one["next_step"]) == (0, "released", 5_000, "")


def test_a_payment_that_is_refused_says_why_and_what_to_do(
    tracking: Tracking, tmp_path: Path
) -> None:
    tracking.looks = [None, STANDS, {**STANDS, "state": "refused", "faults": [FAULT, OFF]}]
    code, one = became(tmp_path)
    assert (code, one["state"], one["remittance"]) == (1, "refused", "r1")
    assert one["why"] == "the payee is not ours; it does not add up by 3.00 (segment 4)"
    assert "/remittances/r1/release" in one["next_step"]
    shown = CliRunner().invoke(app, ["receive", str(tmp_path / "a.835")])
    assert (shown.exit_code, "the payee is not ours" in shown.stderr) == (1, True)


def test_what_was_typed_and_is_refused_is_entered_anew(tracking: Tracking, tmp_path: Path) -> None:
    tracking.looks = [
        None,
        STANDS,
        {**STANDS, "state": "refused", "faults": [OFF], "entered_by": "ann"},
    ]
    _, one = became(tmp_path)
    assert (
        one["next_step"].startswith("it is entered anew")
        and "/remittances/r1/release" in one["next_step"]
    )


def test_many_faults_are_counted() -> None:
    assert remittances._faults([OFF] * 5).endswith("; 2 more")


@pytest.mark.usefixtures("hasty")
def test_a_payment_that_still_comes_in_is_staged(tracking: Tracking, tmp_path: Path) -> None:
    tracking.looks, tracking.heard = [None, STANDS], False
    code, one = became(tmp_path)
    assert (code, one["state"]) == (0, "staged")
    assert "`claimlog status`" in one["next_step"]


@pytest.mark.usefixtures("hasty")
def test_what_is_not_known_in_time_is_not_called_released(
    tracking: Tracking, tmp_path: Path
) -> None:
    code, one = became(tmp_path)
    assert (code, one["state"], one["remittance"]) == (0, "taken", None)
    assert one["why"].startswith("read; whether it balances and is ours")
    assert one["next_step"] == "`claimlog list checks-that-do-not-match`"


@pytest.mark.usefixtures("hasty")
def test_an_earlier_refusal_is_not_taken_for_an_answer(tracking: Tracking, tmp_path: Path) -> None:
    tracking.looks, tracking.heard = [{**STANDS, "state": "refused", "faults": [FAULT]}], False
    assert became(tmp_path)[1]["state"] == "taken"
    tracking.heard = True
    assert became(tmp_path)[1]["state"] == "refused"


def test_a_file_that_was_here_before_is_not_waited_for(tracking: Tracking, tmp_path: Path) -> None:
    tracking.looks, tracking.heard, tracking.again = [{**STANDS, "state": "released"}], False, True
    assert became(tmp_path)[1]["state"] == "released"


@pytest.mark.parametrize(
    ("conflicts", "code", "state"), [(0, 0, "repeated"), (1, 1, "conflicting")]
)
def test_the_same_check_in_another_file_posts_nothing(
    tracking: Tracking, tmp_path: Path, conflicts: int, code: int, state: str
) -> None:
    released = {**STANDS, "state": "released"}
    tracking.looks = [released, released, {**released, "repeats": 1, "conflicts": conflicts}]
    tracking.heard = False
    found, one = became(tmp_path)
    assert (found, one["state"]) == (code, state)


@pytest.mark.parametrize(
    ("conflicts", "why"),
    [
        (0, "it stands in this file twice and is released: nothing is posted twice"),
        (
            1,
            "it stands in this file twice, with two amounts: the first is released, the other is not taken",
        ),
    ],
)
def test_the_same_check_twice_in_one_file_is_told_so(
    tracking: Tracking, tmp_path: Path, conflicts: int, why: str
) -> None:
    tracking.looks = [None, {**STANDS, "state": "released", "repeats": 1, "conflicts": conflicts}]
    assert became(tmp_path)[1]["why"] == why


def test_an_835_of_a_check_that_was_typed_is_found_by_its_number(
    tracking: Tracking, tmp_path: Path
) -> None:
    typed = {
        **STANDS,
        "payer_trace_id": "",
        "paid_on": "2026-01-03",
        "state": "released",
        "entered_by": "ann",
    }
    tracking.looks = [typed, {**typed, "repeats": 1}]
    code, one = became(tmp_path)
    assert (code, one["state"], one["remittance"]) == (0, "repeated", "r1")
    assert one["why"] == "it was entered by ann and is released: nothing is posted twice"


@pytest.mark.parametrize(
    "answer", [httpx.Response(503, json={"code": "x"}), httpx.Response(200, text="?")]
)
def test_a_door_that_does_not_answer_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, answer: httpx.Response
) -> None:
    monkeypatch.setattr(httpx, "get", lambda *_, **__: answer)
    assert remittances._ask("http://tracking.invalid", "/remittances") == []


def test_help_says_what_is_kept() -> None:
    said = " ".join(CliRunner().invoke(app, ["receive", "--help"]).stdout.split())
    assert "names no kind that is taken is refused here and not kept" in said
