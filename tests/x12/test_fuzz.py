"""Some thousands of broken files, the same in every run; `make fuzz-x12` throws others."""

import random
from pathlib import Path

import pytest

from tests.x12.everything import WRITTEN
from tests.x12.made import SAMPLES, needs_samples
from tests.x12.mutations import mutated
from tests.x12.oracle import survives

FILES = sorted(path for path in SAMPLES.rglob("*.*") if path.is_file() and path.suffix != ".md")
CRASHERS = sorted((Path(__file__).parent / "crashers").glob("*.edi"))


@pytest.mark.parametrize("kind", WRITTEN)
def test_whatever_is_done_to_a_file_no_promise_is_broken(kind: str) -> None:
    chance = random.Random(f"seed of {kind}")
    for _ in range(250):
        survives(mutated(WRITTEN[kind], chance))


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_whatever_is_done_to_a_sample_no_promise_is_broken(path: Path) -> None:
    chance, data = random.Random(path.name), path.read_bytes()
    survives(data)
    for _ in range(40):
        survives(mutated(data, chance))


@pytest.mark.parametrize("path", CRASHERS, ids=lambda path: path.stem)
def test_what_once_broke_a_promise_does_so_no_more(path: Path) -> None:
    survives(path.read_bytes())
