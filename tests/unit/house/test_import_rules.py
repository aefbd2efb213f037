"""Every import rule of the house holds, and each is shown to fail once when it is broken."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[3]
RULES = HOUSE / ".importlinter"
LINT = "from importlinter.cli import lint_imports_command as lint; lint()"

TOY_ROOMS = {
    "__init__.py": "",
    "domain.py": "from shared.service import Say\nfrom shared.streams import account_stream\n",
    "reactions.py": "from services.{name}.domain import Say\n",
    "projections.py": "from shared.service import Projection\n",
    "gateway.py": "import os\n",
    "api.py": "import os\nfrom services.{name}.domain import Say\n",
    "app.py": "from services.{name} import api, domain, gateway, projections, reactions\n",
    "__main__.py": "from services.{name}.app import api\n",
}

BREACHES = [
    ("contracts-alone", "contracts/coding.py", "import shared.errors"),
    ("kernel-below-services", "shared/tables.py", "import services.lab.domain"),
    ("x12-alone", "shared/x12/dates.py", "import shared.errors"),
    ("x12-alone", "shared/x12/dates.py", "import contracts.values"),
    ("services-apart", "services/lab/api.py", "import services.ward.domain"),
    ("outside-apart", "simulator/__init__.py", "import services.lab.domain"),
    ("outside-apart", "cli/__init__.py", "import services.lab.domain"),
    ("pure-rooms", "services/lab/domain.py", "import time"),
    ("pure-rooms", "services/lab/domain.py", "import uuid"),
    ("pure-rooms", "services/lab/reactions.py", "import logging"),
    ("pure-rooms", "services/lab/projections.py", "import asyncpg"),
    ("pure-rooms", "services/lab/domain.py", "import shared.phi"),
    ("pure-rooms", "services/lab/domain.py", "import shared.settings"),
    ("pure-rooms", "services/lab/domain.py", "import services.lab.gateway"),
    ("pure-kernel", "shared/batch.py", "import random"),
    ("pure-kernel", "shared/x12/dates.py", "import logging"),
    ("rooms", "services/lab/domain.py", "import services.lab.reactions"),
    ("rooms", "services/lab/reactions.py", "import services.lab.projections"),
    ("rooms", "services/lab/helpers.py", "Something = object"),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with two small services in place of the real ones."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(RULES, copy)
    for name in ("contracts", "shared", "simulator", "cli", "deploy"):
        shutil.copytree(HOUSE / name, copy / name, ignore=shutil.ignore_patterns("*.json"))
    for name in ("lab", "ward"):
        (copy / "services" / name).mkdir(parents=True)
        (copy / "services" / "__init__.py").touch()
        for room, text in TOY_ROOMS.items():
            (copy / "services" / name / room).write_text(text.format(name=name))
    return copy


def lint(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", *arguments],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_house_keeps_its_rules() -> None:
    done = lint(HOUSE)
    assert done.returncode == 0, done.stdout


def test_the_rules_allow_what_a_service_needs(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("rule", "file", "breach"), BREACHES)
def test_a_breach_is_found_by_its_rule(house: Path, rule: str, file: str, breach: str) -> None:
    path = house / file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{breach}\n")
    try:
        done = lint(house, "--contract", rule)
    finally:
        path.unlink() if before is None else path.write_text(before)
    assert done.returncode == 1 and "BROKEN" in done.stdout, done.stdout


def test_every_rule_is_broken_here_once() -> None:
    parser = configparser.ConfigParser()
    parser.read(RULES)
    rules = {name.rpartition(":")[2] for name in parser.sections() if ":contract:" in name}
    assert rules == {rule for rule, _, _ in BREACHES}
