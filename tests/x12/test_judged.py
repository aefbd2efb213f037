"""A wide variety of generated claims: an independent judge takes every one, we find no error, and it reads back.

`X12_CLAIMS=20000 pytest tests/x12/test_judged.py` makes more of them; whatever fails is named by its number.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest

from shared.x12 import read_file
from shared.x12.claim_837i import Batch837I, check_837i, read_batch_837i, write_837i
from shared.x12.claim_837p import Batch837, check_837p, read_batch_837p, write_837p
from tests.x12.made import DAY, HEADER
from tests.x12.test_837p import judged
from tests.x12.varied import Making, professional
from tests.x12.varied_stays import institutional

IN_ALL = int(os.environ.get("X12_CLAIMS", "360"))
EACH = 30
FIRST = range(0, IN_ALL, EACH)
OFFICE = ("CLAIMLOG", "CLAIMLOG01", "BILLING OFFICE", "5550100001", "CLEARING", "CLEAR01")
Make = Callable[[int], Any]


def batch_of(kind: Any, make: Make, numbers: range) -> Any:
    """One set whose claims are from a few billing providers, of professional ones some persons."""
    claims = []
    for number in numbers:
        made = make(number)
        made.billing = Making(number // 5).billing(kind is Batch837 and number % 4 == 0)
        claims.append(made)
    return kind("0001", "B1", DAY, "0800", *OFFICE, claims[0].billing, claims)


def forgotten(c: Any) -> Any:
    c.segment, c.first, c.last = -1, 0, 0
    if hasattr(c, "occurrences"):
        c.occurrences.sort(key=lambda o: (o.until is None, o.code))
    order = ["DN", "P3", "71", "72", "ZZ", "82", "77", "DQ", "PW", "45"]
    c.providers.sort(key=lambda p: order.index(p.role))
    return c


def must_be_taken(kind: Any, make: Make, write: Any, numbers: range) -> bytes:
    """The file, which the judge takes; else the first claim of it that is not taken and why."""
    data: bytes = write(HEADER, [batch_of(kind, make, numbers)])
    fine, _ = judged(data)
    if not fine:
        for number in numbers:
            one = range(number, number + 1)
            fine, errors = judged(write(HEADER, [batch_of(kind, make, one)]))
            assert fine, f"claim {number}: {errors}"
        raise AssertionError(f"claims {numbers}: not taken together")
    return data


@pytest.mark.parametrize("first", FIRST)
def test_professional_claims_of_every_sort(first: int) -> None:
    numbers = range(first, first + EACH)
    data = must_be_taken(Batch837, professional, write_837p, numbers)
    (one,) = read_file(data).sets()
    back, findings = read_batch_837p(one)
    assert [f for f in findings if f.severity == "error"] == []
    assert [str(f) for f in check_837p(back.claims, one) if f.severity == "error"] == []
    assert write_837p(HEADER, [back]) == data
    made = batch_of(Batch837, professional, numbers).claims
    assert [forgotten(c) for c in back.claims] == [forgotten(c) for c in made]


@pytest.mark.parametrize("first", FIRST)
def test_institutional_claims_of_every_sort(first: int) -> None:
    numbers = range(first, first + EACH)
    data = must_be_taken(Batch837I, institutional, write_837i, numbers)
    (one,) = read_file(data).sets()
    back, findings = read_batch_837i(one)
    assert [f for f in findings if f.severity == "error"] == []
    assert [str(f) for f in check_837i(back.claims, one) if f.severity == "error"] == []
    assert write_837i(HEADER, [back]) == data
    made = batch_of(Batch837I, institutional, numbers).claims
    assert [forgotten(c) for c in back.claims] == [forgotten(c) for c in made]
