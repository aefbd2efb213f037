"""`charges` lists what an account charges and corrects or voids one of them."""

from typing import Any

import pytest
from typer.testing import CliRunner

from cli import charges
from cli.main import app
from services.coding.api import Correction
from tests.unit.cli.test_documented import documented

CODED, CORRECTED = "coding.encounter_coded.v1", "coding.charge_corrected.v1"
CHARGE = {
    "charge": "A1-002",
    "service_on": "2026-01-06",
    "service_to": None,
    "procedure": "99213",
    "modifiers": ["25", "LT"],
    "units": 1,
    "charge_cents": 12_345,
    "place_of_service": "11",
    "rendering_npi": "1234567893",
}


def _run(*words: str) -> Any:
    return CliRunner().invoke(app, ["charges", *words])


def _correct(*words: str) -> Any:
    return _run("correct", "a1", "2", "--reason", "typed wrong", "--by", "mm", *words)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What coding was told; it corrects the charge and says nothing else."""
    told: list[Any] = []

    def tell(service: str, path: str, **words: Any) -> dict[str, Any]:
        told.append((service, path, words["json"], words["headers"]["X-Actor"]))
        return {"said": [CORRECTED], "held": False}

    monkeypatch.setattr(charges, "tell", tell)
    return told


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("--units", "2"), {"units": 2}),
        (("--void",), {"units": 0}),
        (("--procedure", "99214", "--cents", "0"), {"procedure": "99214", "charge_cents": 0}),
        (("--modifiers", "25, lt"), {"modifiers": ["25", "LT"]}),
        (("--modifiers", "none"), {"modifiers": []}),
        (
            ("--on", "2026-01-07", "--place", "22"),
            {"service_on": "2026-01-07", "place_of_service": "22"},
        ),
        (("--npi", "1234567893"), {"rendering_npi": "1234567893"}),
    ],
)
def test_what_is_said_of_a_charge_is_corrected_and_nothing_else(
    asked: list[Any], words: tuple[str, ...], body: dict[str, Any]
) -> None:
    assert _correct(*words).exit_code == 0
    whole = body | {"reason": "typed wrong"}
    assert asked == [("coding", "/accounts/A1/charges/A1-002/correct", whole, "mm")]
    Correction.model_validate(whole)


def test_a_charge_of_another_system_goes_by_its_own_number(asked: list[Any]) -> None:
    _run("correct", "A1", "X-7", "--void", "--reason", "not done")
    assert asked[0][1] == "/accounts/A1/charges/X-7/correct"


@pytest.mark.parametrize(
    "words", [(), ("--void", "--units", "2"), ("--void", "--cents", "5"), ("--units", "0")]
)
def test_what_changes_nothing_or_two_things_at_once_is_asked_of_nobody(
    asked: list[Any], words: tuple[str, ...]
) -> None:
    assert _correct(*words).exit_code == 2
    assert asked == []


@pytest.mark.parametrize(
    ("said", "held", "told"),
    [
        ([], False, "nothing changed"),
        ([CORRECTED], True, "claimlog list coding"),
        ([CORRECTED, CODED], False, "the encounter is coded"),
        ([CORRECTED], False, "claimlog list changed-charges"),
    ],
)
def test_what_follows_is_told(
    monkeypatch: pytest.MonkeyPatch, said: list[str], held: bool, told: str
) -> None:
    monkeypatch.setattr(charges, "tell", lambda *_, **__: {"said": said, "held": held})
    assert told in " ".join(_correct("--units", "2").stdout.split())
    assert all(f'"{name}"' in _correct("--void", "--json").stdout for name in documented("charges"))


def test_an_accounts_charges_are_listed_with_what_was_voided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = CHARGE | {"charge": "A1-001", "units": 0}
    found = {"account": "A1", "charges": {"A1-002": CHARGE, "A1-001": gone}}
    paths: list[str] = []
    monkeypatch.setattr(charges, "ask", lambda service, path: paths.append(path) or found)
    lines = _run("list", "a1").stdout
    assert paths == ["/accounts/A1"]
    assert "123.45" in lines and lines.index("A1-001") < lines.index("A1-002")
    assert lines.count("voided") == 1
    assert _run("list", "A1", "--json").stdout.count('"charge"') == 2
