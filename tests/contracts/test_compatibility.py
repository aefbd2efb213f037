"""Only additive changes of an event pass; everything else needs a new version of it."""

import copy
from typing import Any

import pytest

from contracts.catalogue import EVENTS
from contracts.compatibility import breaks, breaks_of_all
from contracts.generate import released, schema_of

WIRE = "coding.charges_captured.v1"
OLD = schema_of(WIRE)
CHARGE = ("$defs", "Charge", "properties")


def changed(*path: str, **values: Any) -> dict[str, Any]:
    """The schema with some values set at a place; None removes one."""
    schema = copy.deepcopy(OLD)
    place: Any = schema
    for step in path:
        place = place[step]
    for name, value in values.items():
        place.pop(name, None)
        if value is not None:
            place[name] = value
    return schema


def test_events_follow_the_last_release() -> None:
    assert breaks_of_all(released(), {wire: schema_of(wire) for wire in EVENTS}) == []


def test_an_unchanged_event_breaks_nothing() -> None:
    assert breaks(OLD, OLD) == []


@pytest.mark.parametrize(
    "new",
    [
        changed("properties", note={"type": "string", "default": ""}),
        changed(*CHARGE, gift={"type": "boolean", "default": False}),
        changed(*CHARGE, "units", maximum=20_000),
        changed(*CHARGE, "procedure", maxLength=None, pattern=None),
        changed(**{"x-streams": ["account", "patient"]}),
        changed(*CHARGE, service_on={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        changed(description="said better"),
    ],
    ids=["field", "inner field", "wider", "unlimited", "more streams", "may be null", "words"],
)
def test_an_additive_change_passes(new: dict[str, Any]) -> None:
    assert breaks(OLD, new) == []


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (changed("properties", account=None), "account of it is gone"),
        (changed(*CHARGE, ndc=None), "ndc of an item of charges of it is gone"),
        (
            changed(*CHARGE, units={"type": "string"}),
            "units of an item of charges of it was integer",
        ),
        (changed(*CHARGE, ndc={"type": "integer"}), "ndc of an item of charges of it was string"),
        (changed(required=["account", "charges", "note"]), "note of it is required now"),
        (changed(required=["account"]), "charges of it may be left out now"),
        (changed(*CHARGE, "units", maximum=5), "maximum of units of an item"),
        (changed(*CHARGE, "charge", minLength=5), "minLength of charge of an item"),
        (changed(*CHARGE, "procedure", pattern="^[A-Z]$"), "the pattern of procedure"),
        (changed(*CHARGE, "procedure", enum=["A", "B"]), "takes fewer values now"),
        (changed(**{"x-streams": ["patient"]}), "may no longer stand on account streams"),
    ],
)
def test_a_change_that_old_records_do_not_survive_is_named(
    new: dict[str, Any], reason: str
) -> None:
    found = breaks(OLD, new)
    assert len(found) == 1 and reason in found[0]


def test_an_enumeration_may_grow_and_never_shrink() -> None:
    one = changed(*CHARGE, "ndc", anyOf=[{"type": "string", "enum": ["A"]}, {"type": "null"}])
    two = changed(*CHARGE, "ndc", anyOf=[{"type": "string", "enum": ["A", "B"]}, {"type": "null"}])
    assert breaks(one, two) == [] and len(breaks(two, one)) == 1


def test_an_event_never_disappears() -> None:
    assert breaks_of_all({WIRE: OLD}, {}) == [f"{WIRE} is gone"]
