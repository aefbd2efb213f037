"""What the writer of files would refuse is found before a claim is queued: no claim holds up the others of its file."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.phi import MemberDetails
from services.submission.domain import ACCOUNT
from services.submission.domain.as_written import Opened, claim
from services.submission.domain.edits import MENDED_BY_BOOKS, OVERRIDABLE, WRITABLE
from services.submission.domain.package import package
from services.submission.domain.trial import _HEADER, _alone
from shared.x12 import claim_837p as x
from tests.unit.scenario import fold
from tests.unit.submission.facts import (
    books,
    captured,
    charge,
    coded,
    coverage,
    facility,
    opened,
    payer,
)
from tests.unit.submission.outside import PERSON
from tests.unit.submission.test_submission_edits import FIRST, found

ONE_LINE = coded((1, 2))


def _places(given: tuple[Any, ...], *listed: Any) -> list[tuple[str, str, str]]:
    return [(f.rule, f.loop, f.element) for f in found(given, book=books(*listed))]


@pytest.mark.parametrize(
    ("changes", "loop", "element"),
    [
        ({"procedure": "99:13"}, "2300", "CLM01"),
        ({"ndc": "1*2"}, "2410", "LIN03"),
    ],
)
def test_a_charge_that_cannot_be_written_holds_its_claim(
    changes: dict[str, Any], loop: str, element: str
) -> None:
    given = (opened(), captured(charge(**changes)), ONE_LINE)
    assert _places(given) == [("WRITABLE", loop, element)]


@pytest.mark.parametrize(
    ("changes", "loop", "element"),
    [
        ({"relation": "99X"}, "2000C", "PAT01"),
        ({"filing_indicator": "TOO"}, "2000B", "SBR09"),
    ],
)
def test_so_does_a_coverage(changes: dict[str, Any], loop: str, element: str) -> None:
    given = (opened(coverages=(coverage(**changes),)), captured(charge()), ONE_LINE)
    assert _places(given) == [("WRITABLE", loop, element)]


@pytest.mark.parametrize(
    ("listed", "place"),
    [
        (facility(name="\u738b"), ("WRITABLE", "2010AA", "NM103")),
        (payer(payer_id="A*B"), ("WRITABLE", "2010BB", "NM109")),
    ],
)
def test_what_a_list_says_badly_is_mended_by_the_list(listed: Any, place: tuple[str, str, str]) -> None:
    assert _places((opened(), captured(charge()), ONE_LINE), listed) == [place]
    assert WRITABLE.rule in MENDED_BY_BOOKS


def test_nobody_can_override_it() -> None:
    assert WRITABLE.rule not in OVERRIDABLE


TEXT = st.text(alphabet="A1 :*~^.-", min_size=1, max_size=6)
CHARGES = st.fixed_dictionaries(
    {},
    optional={
        "procedure": TEXT,
        "ndc": TEXT,
        "modifiers": st.lists(TEXT, max_size=5).map(tuple),
        "place_of_service": TEXT,
        "charge_cents": st.integers(0, 10**9),
        "units": st.integers(1, 9_999),
    },
)
COVERAGES = st.fixed_dictionaries(
    {}, optional={"relation": TEXT, "filing_indicator": TEXT, "insurance_type": TEXT}
)


@settings(max_examples=300, deadline=None)
@given(changed=CHARGES, covered=COVERAGES)
def test_whatever_passes_the_edits_is_written_for_any_person_that_registration_takes(
    changed: dict[str, Any], covered: dict[str, Any]
) -> None:
    given = (opened(coverages=(coverage(**covered),)), captured(charge(**changed)), ONE_LINE)
    if any(failure.severity == "block" for failure in found(given)):
        return
    made = package(fold(ACCOUNT, given), FIRST)
    members = {c.order: MemberDetails(member_id="M", subscriber=PERSON) for c in made.coverages}
    assert x.write_837p(_HEADER, [_alone(claim(Opened(made, PERSON, members), {}), facility())])
