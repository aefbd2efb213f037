"""The order in which records were heard, kept as runs and asked for by producer and position."""

import pytest

from shared.heard_order import HeardOrder, Passing, Stretch


def passed(first: int, *producers: str) -> Stretch:
    passing = Passing(3, first)
    for producer in producers:
        passing.take(producer)
    stretch = passing.stretch()
    assert stretch is not None
    return stretch


def test_every_record_has_its_place_whatever_stretches_it_was_passed_in() -> None:
    order = HeardOrder([passed(0, "a", "a", "b"), passed(3, "b", "a"), passed(5, "c", "a")])
    assert order.heard == {"a": 4, "b": 2, "c": 1}
    placed = {
        order.place(name, n + 1): name for name, last in order.heard.items() for n in range(last)
    }
    assert [placed[n] for n in range(7)] == ["a", "a", "b", "b", "a", "c", "a"]


def test_what_follows_a_stretch_begins_where_it_ended() -> None:
    passing = Passing(0, 10)
    assert passing.stretch() is None
    passing.take("a")
    passing.take("a")
    assert passing.stretch() is not None
    passing.take("b")
    follows = passing.stretch()
    assert follows is not None and follows.first == 12


@pytest.mark.parametrize("first", [1, 3])
def test_a_hole_is_told_of(first: int) -> None:
    with pytest.raises(ValueError, match="are missing after"):
        HeardOrder([*([passed(0, "a", "a")] if first > 1 else []), passed(first, "b")])
