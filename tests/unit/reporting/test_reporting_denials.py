"""One row a denial says what was done about it; a reopening is there until the payer decides anew."""

from dataclasses import replace
from datetime import date
from typing import Any, Literal

import pytest

from contracts.denial import ClaimCorrection, CorrectionRequested, DenialResolved
from contracts.submission import CorrectionDeclined, ReopeningAsked, ReopeningOpened
from tests.unit.posting.facts import ACCOUNT, CLAIM, DAY
from tests.unit.reporting.facts import (
    DENIED,
    PAID,
    adjudicated,
    denial,
    lived,
    resubmitted,
    taken_back,
)
from tests.unit.reporting.rows import Rows

D1 = f"{ACCOUNT}-D1"
CORRECTION = ClaimCorrection(authorization="AUTH9")


Route = Literal["replacement", "reopening", "new_claim"]


def requested(route: Route = "replacement", *denials: str) -> CorrectionRequested:
    return CorrectionRequested(
        account=ACCOUNT,
        denials=denials or (D1,),
        claim=CLAIM,
        adjudication="adj-1",
        payer="BLUE",
        payer_control="ICN1",
        route=route,
        correction=CORRECTION,
        requested_by="pat",
    )


def reopening(*denials: str) -> ReopeningOpened:
    return ReopeningOpened(
        account=ACCOUNT,
        claim=CLAIM,
        adjudication="adj-1",
        payer="BLUE",
        payer_order=1,
        payer_control="ICN1",
        denials=denials or (D1,),
        correction=CORRECTION,
    )


ASKED = ReopeningAsked(
    account=ACCOUNT,
    claim=CLAIM,
    adjudication="adj-1",
    payer="BLUE",
    channel="phone",
    reference="R1",
    asked_on=DAY,
    asked_by="pat",
)
DECLINED = CorrectionDeclined(
    account=ACCOUNT, claim=CLAIM, adjudication="adj-1", denials=(D1,), reason="look again"
)


def _told(*events: Any) -> Any:
    rows = Rows().tell(denial(D1, date(2026, 3, 1)), *events)
    return rows.tables["denial_view"][(D1,)]


def test_a_denial_is_open_until_its_correction_is_requested_and_again_when_that_is_declined() -> (
    None
):
    assert (_told()["state"], _told()["route"]) == ("open", "")
    row = _told(requested("reopening"))
    assert (row["state"], row["route"], row["requested_on"]) == ("requested", "reopening", DAY)
    row = _told(requested(), DECLINED)
    assert (row["state"], row["next_action"]) == ("open", "look again")


def test_a_claim_whose_correction_is_declined_stands_as_posted() -> None:
    rows = lived(adjudicated(DENIED)).tell(requested())
    assert rows.claim(CLAIM)["state"] == "correcting"
    assert rows.tell(DECLINED).claim(CLAIM)["state"] == "denied"
    assert rows.tell(resubmitted(20_000), DECLINED).claim(CLAIM)["state"] == "ready"


def test_a_declined_correction_opens_nothing_that_has_ended() -> None:
    ended = DenialResolved(account=ACCOUNT, denial=D1, outcome="paid", cents=5_000, resolved_on=DAY)
    row = _told(requested(), ended, DECLINED)
    assert (row["state"], row["outcome"], row["outcome_cents"]) == ("resolved", "paid", 5_000)


def test_a_correction_takes_every_denial_that_it_names() -> None:
    rows = Rows().tell(denial(D1, DAY), denial("d2", DAY), requested("replacement", D1, "d2"))
    assert {r["state"] for r in rows.tables["denial_view"].values()} == {"requested"}


def test_a_reopening_waits_to_be_asked_and_then_for_its_answer() -> None:
    rows = Rows().tell(reopening())
    assert rows.tables["reopening_view"][(CLAIM,)]["asked_on"] is None
    rows.tell(ASKED)
    assert rows.tables["reopening_view"][(CLAIM,)]["asked_on"] == DAY


@pytest.mark.parametrize(
    ("answer", "awaited"),
    [
        pytest.param(adjudicated(PAID, adjudication="adj-2"), False, id="decided anew"),
        pytest.param(taken_back(0), False, id="its decision reversed"),
        pytest.param(taken_back(0, "adj-0"), True, id="another decision reversed"),
        pytest.param(
            replace(adjudicated(DENIED), payer_order=2), True, id="another payer's decision"
        ),
        pytest.param(
            replace(adjudicated(DENIED), flags=("no_money",)), True, id="a predetermination"
        ),
    ],
)
def test_a_reopening_is_awaited_until_its_payer_decides(answer: Any, awaited: bool) -> None:
    rows = Rows().tell(reopening(), ASKED, answer)
    assert ((CLAIM,) in rows.tables["reopening_view"]) is awaited
