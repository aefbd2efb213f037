"""A run beside the last accepted one."""

from pathlib import Path

import pytest

from benchmarks.__main__ import parts_of, words
from benchmarks.against import keep, lines, read_last
from benchmarks.history import side_by_side
from benchmarks.others.compare import connection_of
from benchmarks.sustained import quarters


def test_ratios_stand_beside_the_figures_that_both_runs_have() -> None:
    told = lines({"claims_per_second": 150.0, "new": 3}, {"claims_per_second": 100.0})
    assert [line.split() for line in told[1:]] == [
        ["claims_per_second", "150.0", "100.0", "1.50"],
        ["new", "3"],
    ]


def test_words_truths_and_zeros_have_no_ratio() -> None:
    told = lines(
        {"python": "3.11", "flat": True, "zero": 1}, {"python": "3.11", "flat": True, "zero": 0}
    )
    assert [line.split()[-1] for line in told[1:]] == ["3.11", "True", "0"]


def test_another_size_is_said_before_anything_is_compared() -> None:
    told = lines({"encounters": 300}, {"encounters": 20_000})
    assert "another size" in told[0] and "20,000" in told[0]


def test_without_an_accepted_run_it_says_how_to_keep_one() -> None:
    assert "--accept" in lines({"a": 1}, None)[0]


def test_accepting_a_part_keeps_the_other_parts(tmp_path: Path) -> None:
    path = tmp_path / "last.json"
    assert read_last(path) is None
    keep({"a": 1, "b": 2}, path)
    keep({"b": 3}, path)
    assert read_last(path) == {"a": 1, "b": 3}


def test_parts_run_in_their_order_and_an_unknown_one_is_named() -> None:
    ask = words().parse_args
    assert parts_of(ask(["--only", "latency,claims"])) == ("claims", "latency")
    assert "sustained" not in parts_of(ask([]))
    assert parts_of(ask(["--minutes", "10", "--rate", "60"])) == ("sustained",)
    assert parts_of(ask(["--minutes", "10"])) == ("claims", "sustained")
    with pytest.raises(SystemExit, match="no part nonsense"):
        parts_of(ask(["--only", "nonsense"]))


def test_costs_with_short_and_long_tables_stand_side_by_side() -> None:
    first = {"cpu_ms_per_claim": 10.0, "cpu_ms_per_claim posting-0": 2.0, "claims_per_second": 50.0}
    last = {"cpu_ms_per_claim": 11.0, "cpu_ms_per_claim posting-0": 3.0, "claims_per_second": 45.0}
    figures = side_by_side(first, last, claims=500, times=10)
    assert figures["history: cpu_ms_per_claim, ratio"] == 1.1
    assert figures["history: cpu_ms_per_claim posting-0, ratio"] == 1.5
    assert figures["history: claims_per_second, long tables"] == 45.0


def test_memory_is_judged_after_its_first_quarter() -> None:
    assert quarters([1.0, 1.0, 5.0, 5.0, 6.0, 6.0, 7.0, 7.0]) == (5.0, 7.0)
    assert quarters([4.0]) == (4.0, 4.0)
    assert quarters([]) == (0.0, 0.0)


def test_the_other_library_gets_the_same_database() -> None:
    found = connection_of(
        "postgresql://me:p%40ss@127.0.0.1:5999/claimlog?sslmode=disable", "bench_x"
    )
    assert found["POSTGRES_PASSWORD"] == "p@ss" and found["POSTGRES_PORT"] == "5999"
    assert found["POSTGRES_DBNAME"] == "claimlog" and found["POSTGRES_SCHEMA"] == "bench_x"
