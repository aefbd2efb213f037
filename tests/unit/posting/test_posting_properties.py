"""Whatever payers answer, in whatever order, the money equation holds and every entry sums to zero."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.posting import PatientPaymentReceived, PaymentPosted
from contracts.registration import CoveragesSet
from contracts.values import AdjudicatedLine, Adjustment
from services.posting.domain.commands import WriteOff
from shared.errors import Refused
from tests.unit.posting.facts import (
    ACCOUNT,
    CLAIM,
    DAY,
    ONE,
    SECOND_CLAIM,
    TWO,
    adjudicated,
    captured,
    charge,
    line,
    opened,
    taken_back,
)
from tests.unit.posting.story import Life

CODES = [("CO", "45"), ("CO", "253"), ("CO", "197"), ("OA", "23"), ("PR", "2"), ("PI", "999")]
NUMBERS = st.sampled_from([ONE, TWO, None, "unknown"])


@st.composite
def lines(draw: st.DrawFn) -> AdjudicatedLine:
    """A line that explains its charge to the cent, as a payer would, with whatever amounts."""
    cas = draw(st.lists(st.tuples(st.sampled_from(CODES), st.integers(-3_000, 20_000)), max_size=4))
    paid = draw(st.integers(-500, 25_000))
    return line(paid, *((g, r, c) for (g, r), c in cas), number=draw(NUMBERS))


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, Any]:
    """Something that happens to an account's money."""
    kind = draw(
        st.sampled_from(["post", "post", "post", "reverse", "pay", "write_off", "coverages"])
    )
    if kind == "post":
        order = draw(st.integers(1, 3))
        whole = draw(st.integers(-2_000, 5_000))
        cas = (Adjustment(group="PR", reason="2", cents=whole),) if draw(st.booleans()) else ()
        stated = tuple(draw(st.lists(lines(), max_size=3)))
        paid = sum(one.paid_cents for one in stated) - sum(a.cents for a in cas)
        return kind, adjudicated(
            *stated,
            adjudication=f"adj-{draw(st.integers(1, 6))}",
            claim=CLAIM if order == 1 else SECOND_CLAIM,
            payer=f"P{order}",
            payer_order=order,
            paid_cents=paid,
            adjustments=cas,
        )
    if kind == "reverse":
        return kind, taken_back(draw(st.integers(0, 9_000)), f"adj-{draw(st.integers(1, 6))}")
    if kind == "pay":
        number = draw(st.integers(1, 9))
        return kind, PatientPaymentReceived(
            guarantor="g1",
            payment=f"pay-{number}",
            tender="card",
            amount_cents=draw(st.integers(1, 9_000)),
            received_on=DAY,
            account=ACCOUNT,
        )
    if kind == "write_off":
        bucket: Any = draw(st.sampled_from(["patient", "denied", "open", "next_payer"]))
        cents = draw(st.one_of(st.none(), st.integers(1, 9_000)))
        return kind, WriteOff(ACCOUNT, "bad_debt", "r", "a", cents, None, bucket)
    coverages = opened(*["P1", "P2", "P3"][: draw(st.integers(0, 3))]).coverages
    return kind, CoveragesSet(patient="p1", coverages=coverages, set_on=DAY, reason="r")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3), st.booleans(), st.lists(steps(), max_size=12))
def test_the_equation_and_every_entry_hold_whatever_happens(
    payers: int, charges_first: bool, happening: list[tuple[str, Any]]
) -> None:
    known = [opened(*["P1", "P2", "P3"][:payers]), captured(charge(), charge(TWO, 9_900))]
    life = Life(*(reversed(known) if charges_first else known))
    heard: set[str] = set()
    for kind, what in happening:
        if kind == "post":
            life.post(what)
        elif kind == "reverse":
            life.take_back(what)
        elif kind == "write_off":
            try:
                life.obey(what)
            except Refused:
                pass
        elif kind == "coverages" or what.payment not in heard:
            heard.add(getattr(what, "payment", ""))
            life.hear(what)
    state = life.state
    assert state is not None
    cash = sum(posted.paid for posted in state.posted.values() if posted.live)
    assert cash == state.total("insurance_paid")
    assert state.total("charged") == 29_900
    posted = [event.adjudication for event in life.of(PaymentPosted)]
    assert len(posted) == len(set(posted))


@settings(max_examples=100, deadline=None)
@given(st.lists(lines(), max_size=3), st.integers(0, 2))
def test_a_reversal_leaves_everything_as_it_was(stated: list[AdjudicatedLine], payers: int) -> None:
    life = Life(opened(*["P1", "P2"][:payers]), captured(charge(), charge(TWO, 9_900)))
    before = life.state
    life.post(adjudicated(*stated)).take_back(taken_back(0))
    assert before is not None and life.state is not None
    after = {key: b for key, b in life.state.balances.items() if key}
    assert after == before.balances
    assert life.state.parts == ()
