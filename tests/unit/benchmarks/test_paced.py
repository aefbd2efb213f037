"""Open load: what is due when is known before anything happens."""

from benchmarks.paced import Pace, arrivals, spread


def test_arrivals_are_the_same_for_the_same_seed_and_in_order() -> None:
    times = arrivals(50.0, 20.0, seed=3)
    assert times == arrivals(50.0, 20.0, seed=3) == sorted(times)
    assert times != arrivals(50.0, 20.0, seed=4)


def test_arrivals_come_at_their_rate_and_end_with_the_run() -> None:
    times = arrivals(100.0, 60.0, seed=1)
    assert 5_600 < len(times) < 6_400
    assert times[0] > 0 and times[-1] < 60.0


def test_files_of_a_day_are_spread_evenly_inside_it() -> None:
    assert spread(3, 10.0, 14.0) == [11.0, 12.0, 13.0]
    assert spread(0, 10.0, 14.0) == []


def test_a_pace_is_whole_business_days() -> None:
    assert Pace(10.0, 60.0, 4.0).days == 15
    assert Pace(10.0, 1.0, 4.0).days == 1
