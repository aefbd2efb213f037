"""The README's life of a claim is true: each event exists, is said by that service, and stands on that stream."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from contracts.catalogue import STREAM_KINDS

README = Path(__file__).parents[2] / "README.md"
ROWS = re.findall(r"^\| [^|]+ \| (\w+) \| `([^`]+)` \| (\w+) \|$", README.read_text(), re.MULTILINE)


def test_the_life_of_a_claim_has_all_its_steps() -> None:
    assert len(ROWS) > 20


@pytest.mark.parametrize(("service", "wire", "stream"), ROWS)
def test_a_step_is_said_by_its_service_on_its_stream(service: str, wire: str, stream: str) -> None:
    assert stream in STREAM_KINDS[wire]
    assert wire in import_module(f"services.{service}.app").SERVICE.says
