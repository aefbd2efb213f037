"""A dependency is chosen, not picked up: declared, locked with hashes, and explained in one line."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME: list[str] = PROJECT["dependencies"]
DEVELOPMENT: list[str] = PROJECT["optional-dependencies"]["dev"]


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=~ ]", requirement, maxsplit=1)[0].lower()


def _locked(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[.*\])?==", (ROOT / lock).read_text(), re.M))


def test_every_dependency_is_locked() -> None:
    assert {_name(r) for r in RUNTIME} <= _locked("requirements.lock")
    assert {_name(r) for r in RUNTIME + DEVELOPMENT} <= _locked("requirements-dev.lock")


def test_runtime_and_development_lock_the_same_versions() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][^ ;]*==[^ ;\\]+", (ROOT / lock).read_text(), re.M))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_a_hash_for_everything_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?://|--index-url|--find-links", text)


def test_every_dependency_is_explained() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text()
    told = set(re.findall(r"[a-z0-9-]+", page.lower()))
    wanted = {_name(r) for r in RUNTIME + DEVELOPMENT if not re.search(r"^types-|-stubs$", r)}
    assert wanted - told == set()
