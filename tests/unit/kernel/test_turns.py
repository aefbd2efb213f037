"""An import is let in as fast as the slowest service takes it; who sends a clinic's day never waits."""

from shared.behind import Standing, seconds_behind
from shared.turns import (
    BEHIND_SECONDS,
    BURST,
    FACILITIES_KEPT,
    FIRST_RATE,
    LEAST_RATE,
    MOST_RATE,
    PER_SECOND,
    SLOWER_AT_MOST,
    Turns,
)


def test_a_clinics_day_is_let_in_at_once_whatever_is_behind() -> None:
    turns = Turns()
    turns.rate = LEAST_RATE
    assert turns.wait("clinic", BURST, 0.0) == 0.0
    waits = [turns.wait("clinic", 1, 1 + n / PER_SECOND) for n in range(1_000)]
    assert set(waits) == {0.0} and not turns.waited


def test_each_request_of_an_import_waits_for_those_before_it() -> None:
    turns = Turns()
    turns.rate = 100.0
    turns.wait("import", BURST, 0.0)
    assert [turns.wait("import", 250, 0.0) for _ in range(5)] == [0.0, 2.5, 5.0, 7.5, 10.0]
    assert turns.wait("import", 250, 0.0) is None, "it is told to come again"
    assert turns.wait("other", 250, 0.0) == 0.0, "nobody else waits"
    assert turns.waited


def test_a_request_of_any_size_has_its_turn() -> None:
    turns = Turns()
    turns.rate = LEAST_RATE
    assert turns.wait("import", 100_000, 0.0) == 0.0
    assert turns.wait("import", 1_000, 1.0) is None
    assert turns.wait("import", 1_000, 100_000 / LEAST_RATE) is not None


def test_it_is_let_in_slower_while_services_are_behind_and_faster_when_they_are_not() -> None:
    turns = Turns()
    turns.adapt(BEHIND_SECONDS * 1.25)
    assert turns.rate == FIRST_RATE * 0.8
    turns.adapt(1_000.0)
    assert turns.rate == FIRST_RATE * 0.8 * SLOWER_AT_MOST, "not by more at once: what was let in is heard a while later"
    before = turns.rate
    turns.adapt(0.0)
    assert turns.rate == before, "nobody waits: what they would take is not known"
    turns.wait("import", BURST + 1, 0.0)
    turns.adapt(0.0)
    assert turns.rate > before
    for _ in range(100):
        turns.adapt(1_000.0)
    assert turns.rate == LEAST_RATE
    for _ in range(100):
        turns.waited = True
        turns.adapt(0.0)
    assert turns.rate == MOST_RATE
    turns.over()
    assert turns.rate == FIRST_RATE


def test_made_up_names_do_not_fill_the_memory() -> None:
    turns = Turns()
    for n in range(FACILITIES_KEPT * 2):
        assert turns.wait(f"made up {n}", 1, 0.0) == 0.0
    assert len(turns._facilities) <= FACILITIES_KEPT


def test_an_import_keeps_its_turn_while_made_up_names_come() -> None:
    turns = Turns()
    turns.rate = 100.0
    turns.wait("import", 2 * BURST, 0.0)
    for n in range(FACILITIES_KEPT):
        turns.wait(f"made up {n}", 1, 0.0)
    assert turns.wait("import", 1, 0.0) == BURST / 100.0


def test_the_slowest_group_counts_by_the_best_pace_it_went() -> None:
    looks = [
        Standing(10.0, {"posting": 1_000, "denial": 500, "coding": 700}, {}),
        Standing(12.0, {"posting": 1_400, "denial": 2_500, "coding": 700}, {}),
        Standing(14.0, {"posting": 1_401, "denial": 4_500, "coding": 700}, {"posting": 800, "denial": 900, "coding": 5_000}),
    ]
    assert seconds_behind(looks) == 4.0, "posting, in a long transaction; to wait for coding, which stands still, helps nobody"


def test_who_is_not_behind_is_behind_by_nothing() -> None:
    before = Standing(0.0, {"posting": 10}, {"posting": 5})
    assert seconds_behind([before, Standing(2.0, {"posting": 15}, {"posting": 0})]) == 0.0
    assert seconds_behind([before, Standing(2.0, {"posting": 15, "new": 4}, {"posting": 0, "new": 9})]) == 0.0
