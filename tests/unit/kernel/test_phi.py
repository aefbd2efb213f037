"""A sealed field opens only under its own key, as its own type, and its errors quote nothing."""

import os
from datetime import date

import pytest

from contracts.phi import MemberDetails, PersonDetails
from contracts.values import Sealed
from shared.errors import Malformed
from shared.phi import open_sealed, seal

KEY = os.urandom(32)
PERSON = PersonDetails(
    last="CANARY",
    first="Synthetic",
    born_on=date(1901, 2, 3),
    sex="U",
    street="0 Nowhere Way",
    city="Nulltown",
    state="ZZ",
    zip="000000000",
)
MEMBER = MemberDetails(member_id="X0", subscriber=PERSON)


def test_what_is_sealed_opens_again() -> None:
    assert open_sealed(KEY, seal(KEY, "k1", MEMBER), MemberDetails) == MEMBER


def test_a_box_shows_nothing_and_never_repeats() -> None:
    first, second = seal(KEY, "k1", PERSON), seal(KEY, "k1", PERSON)
    assert first.box != second.box
    assert "CANARY" not in repr(first)


@pytest.mark.parametrize(
    "sealed",
    [
        Sealed(key_id="k2", box=seal(KEY, "k1", PERSON).box),
        Sealed(key_id="k1", box="AAAA"),
        Sealed(key_id="k1", box="%%%"),
        seal(os.urandom(32), "k1", PERSON),
    ],
    ids=["moved to another key", "too short", "not base64", "another key"],
)
def test_a_box_that_is_not_its_own_is_refused(sealed: Sealed) -> None:
    with pytest.raises(Malformed):
        open_sealed(KEY, sealed, PersonDetails)


def test_an_error_quotes_no_content() -> None:
    with pytest.raises(Malformed) as caught:
        open_sealed(KEY, seal(KEY, "k1", PERSON), MemberDetails)
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None
