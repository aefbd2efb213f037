"""Which of a payer's fee schedules is in force for a service, and which of its rates is the line's."""

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from contracts.reference import FeeRate
from services.posting.domain.book import evolve_book, hydrate, shelve
from services.posting.domain.fees import Schedule, in_force, rate_of, tabled
from tests.unit.posting.facts import (
    BOOK,
    adjudicated,
)
from tests.unit.posting.test_posting_contracted import (
    FILE,
    RATES,
    UNDER,
    contract,
    published,
    told,
    variances,
)


class _Objects:
    async def read(self, sha256: str) -> bytes:
        return msgspec.json.encode([*RATES])


def test_another_payers_contract_says_nothing() -> None:
    assert told(adjudicated(UNDER, payer="AETNA"), contract()) == []


def test_the_schedule_is_that_of_the_date_of_service() -> None:
    book = contract(effective_from=date(2025, 1, 1), effective_to=date(2026, 1, 4))
    assert variances(UNDER, book=book) == []
    assert variances(replace(UNDER, service_on=None), book=contract()) == [("under", 2_000)]
    assert variances(replace(UNDER, service_on=date(2026, 1, 4)), book=book) == [("under", 2_000)]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ({"facility": "F1"}, 1),
        ({"facility": "F2"}, 0),
        ({"legal_entity": "L1"}, 1),
        ({"legal_entity": "L2"}, 0),
    ],
)
def test_a_schedule_is_for_the_services_of_its_place(place: dict[str, str], found: int) -> None:
    assert len(variances(UNDER, book=contract(**place))) == found


def test_a_facilitys_schedule_goes_before_its_entitys_before_ours_and_the_newest_before_older_ones() -> (
    None
):
    def schedule(version: str, **more: Any) -> Schedule:
        return Schedule("PPO", version, FILE, **{"effective_from": date(2026, 1, 1), **more})

    ours, later = schedule("1"), schedule("2", effective_from=date(2026, 2, 1))
    entity, facility = schedule("3", legal_entity="L1"), schedule("4", facility="F1")
    day = date(2026, 3, 1)
    assert in_force([facility, entity, later, ours], day, "L1", "F1") == facility
    assert in_force([facility, entity, later, ours], day, "L1", "F2") == entity
    assert in_force([facility, entity, later, ours], day, "L2", "F2") == later
    assert in_force([facility, entity, later, ours], date(2026, 1, 31), "L2", "F2") == ours
    assert in_force([later], date(2026, 1, 31), "L2", "F2") is None


def test_the_rate_with_the_most_modifiers_counts() -> None:
    both = tabled([*RATES, FeeRate(procedure="T0001", modifiers=("26", "50"), allowed_cents=6_000)])
    rates = [rate_of(both, "T0001", said) for said in ((), ("26",), ("50", "26"), ("50",))]
    assert [rate.cents if rate else None for rate in rates] == [10_000, 4_000, 6_000, None]


def test_a_version_that_is_published_again_takes_the_place_of_the_first() -> None:
    book = evolve_book(contract(), published(sha256="2" * 64, tolerance_cents=5))
    (one,) = book.schedules["BLUE"]
    assert (one.sha256, one.tolerance_cents) == ("2" * 64, 5)


async def test_rates_come_by_hash_and_are_not_kept_with_the_book() -> None:
    book = evolve_book(BOOK, published())
    full = await hydrate(book, _Objects())
    assert full.rates == {FILE: tabled(RATES)} and shelve(full) == book
