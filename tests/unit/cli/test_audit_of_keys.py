"""Keys that are gone beside what the log says is gone: a living one is a breach, so is one that nobody said is gone."""

import pytest

from deploy.auditing.erased import compared

SAID = {"k1": "patient/p"}


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ({"k1": False, "k2": True}, ""),
        ({"k1": True}, "patient/p"),
        ({"k1": False, "k2": False}, "key k2"),
    ],
    ids=["gone, and no other", "it lives", "another is gone too"],
)
def test_what_was_erased_is_gone_and_nothing_else_is(keys: dict[str, bool], first: str) -> None:
    found = compared(SAID, keys)
    assert (found.breaches, found.first) == (bool(first), first)


def test_a_key_that_a_ring_from_before_never_had_is_gone() -> None:
    assert compared(SAID, {"k2": True}).breaches == 0


def test_while_somebody_is_missing_a_key_may_be_theirs() -> None:
    assert compared(SAID, {"k1": False, "k2": False}, whole=False).breaches == 0
