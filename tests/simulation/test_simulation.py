"""Some seeds in every run of the unit tests; `make simulate` tries thousands."""

from collections import Counter

import pytest

from services.posting.domain.balance import MOVES
from tests.simulation.planted import CLAIM_DEFECTS, DEFECTS, FILE_DEFECTS, Plant
from tests.simulation.run import PLAYS, Outcome, simulate

SEEDS = {"claims": 20, "files": 30, "toys": 60}
FOUND_WITHIN = 60
MUST_HAPPEN = (
    "crashed between commit and publish",
    "published partly",
    "landed after death",
    "repeat delivered",
    "repeat seen",
    "hole seen",
    "publication lost",
    "publication vanished",
    "published again",
    "poll failed",
    "answer of a commit lost",
    "frozen",
    "zombie refused",
    "zombie published",
    "parked",
    "waited behind parked",
    "parked settled",
    "rebuilt and swapped",
    "key known",
    "restored",
    "recovered",
    "command refused",
    "payment posted",
    "everything posted",
    "denial opened",
    "underpayment found",
    "claim created",
    "claims batched",
    "claim given back",
    "claim given back and held",
    "claim asked back too late",
    "given back for its charges",
    "given back for its coverages",
    "given back for its diagnoses",
    "given back for its person",
)
KERNEL_FAILPOINTS = (
    "batch.locked",
    "batch.applied",
    "batch.before_commit",
    "batch.after_commit",
    "command.before_commit",
    "command.after_commit",
    "relay.before_publish",
    "relay.after_publish",
    "park.before_commit",
    "park.after_commit",
    "day.chunk",
    "handover.built",
    "handover.ready",
    "handover.staged",
    "handover.renamed",
    "handover.handed",
)


@pytest.fixture(scope="module")
def runs() -> list[Outcome]:
    """Every play over its seeds."""
    return [simulate(seed, play) for play in PLAYS for seed in range(SEEDS[play])]


def test_every_promise_is_kept_whatever_goes_wrong(runs: list[Outcome]) -> None:
    broken = [(o.play, o.options.seed, o.violations[:2]) for o in runs if o.violations]
    assert broken == []


def test_everything_that_can_go_wrong_went_wrong(runs: list[Outcome]) -> None:
    seen = sum((o.seen for o in runs), Counter())
    assert [what for what in MUST_HAPPEN if not seen[what]] == []


@pytest.mark.parametrize("name", KERNEL_FAILPOINTS)
def test_processes_died_at_every_failpoint_of_the_kernel(runs: list[Outcome], name: str) -> None:
    assert sum(o.seen[f"crash at {name}"] for o in runs) > 0


def test_a_seed_gives_the_same_run_again(runs: list[Outcome]) -> None:
    for outcome in (runs[3], runs[-8], runs[-1]):
        again = simulate(outcome.options.seed, outcome.play)
        assert (again.digest, again.seen) == (outcome.digest, outcome.seen)


def test_a_rule_that_loses_money_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOVES, "ar_denied", ("denied", -1))
    assert any(simulate(seed, "claims").violations for seed in range(FOUND_WITHIN))


@pytest.mark.parametrize("plant", DEFECTS.values(), ids=DEFECTS.keys())
def test_a_defect_of_the_kernel_is_found(monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)
    assert any(simulate(seed).violations for seed in range(FOUND_WITHIN))


@pytest.mark.parametrize("plant", FILE_DEFECTS.values(), ids=FILE_DEFECTS.keys())
def test_a_defect_of_the_hand_over_is_found(monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)
    assert any(simulate(seed, "files").violations for seed in range(FOUND_WITHIN))


@pytest.mark.parametrize("plant", CLAIM_DEFECTS.values(), ids=CLAIM_DEFECTS.keys())
def test_a_rule_by_which_a_claim_leaves_as_it_was_is_found(
    monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    plant(monkeypatch)
    assert any(simulate(seed, "claims").violations for seed in range(FOUND_WITHIN))
