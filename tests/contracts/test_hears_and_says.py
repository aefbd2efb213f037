"""Each service's README tells exactly what it hears and says."""

import re
from importlib import import_module
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
NAMES = sorted(p.parent.name for p in SERVICES.glob("*/app.py"))


def _table(name: str, heading: str) -> set[str]:
    text = (SERVICES / name / "README.md").read_text()
    part = text.partition(f"## {heading}")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_tells_what_its_service_hears(name: str) -> None:
    assert _table(name, "Hears") == import_module(f"services.{name}.app").SERVICE.hears


@pytest.mark.parametrize("name", NAMES)
def test_a_readme_tells_what_its_service_says(name: str) -> None:
    assert _table(name, "Says") == import_module(f"services.{name}.app").SERVICE.says
