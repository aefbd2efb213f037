"""What is written reads back as it was, and what was read is written as it stood, for every set that we write."""

from typing import Any

from hypothesis import given, settings

from shared.x12 import read_file
from shared.x12.ack_999 import Ack999, read_999, write_999
from shared.x12.ack_ta1 import Ta1, read_ta1, write_ta1
from shared.x12.claim_837p import (
    Batch837,
    BillingProvider,
    ProfessionalClaim,
    read_batch_837p,
    rewrite_837p,
)
from shared.x12.claim_ack_277ca import ClaimAck277, check_277ca, read_277ca, write_277ca
from shared.x12.eligibility_270 import Batch270, Inquiry270, read_270, write_270
from shared.x12.eligibility_271 import Answer271, read_271, write_271
from shared.x12.remittance_835 import Remittance, read_835, write_835
from tests.x12 import strategies
from tests.x12.made import DAY, HEADER

often = settings(max_examples=60, deadline=None)


def placeless(thing: Any) -> Any:
    """Without the places in the set, which only a reader knows."""
    for name in ("claims", "lines", "plb", "providers", "prior"):
        inside = getattr(thing, name, None)
        for inner in inside if isinstance(inside, list) else []:
            placeless(inner)
    if hasattr(thing, "segment"):
        thing.segment = -1
    if isinstance(thing, Remittance):
        thing.payee_segment = -1
    if isinstance(thing, ProfessionalClaim):
        thing.first = thing.last = 0
        thing.billing = None
    return thing


@often
@given(strategies.remittances)
def test_an_835(model: Remittance) -> None:
    data = write_835(HEADER, [model])
    (one,) = read_file(data).sets()
    back, findings = read_835(one)
    assert findings == []
    assert write_835(HEADER, [back]) == data
    assert placeless(back) == model


@often
@given(strategies.claims_837p, strategies.billing)
def test_an_837p(model: ProfessionalClaim, billing: BillingProvider) -> None:
    names = ("US", "US1", "SOMEBODY", "555", "THEM", "THEM1")
    batch = Batch837("0001", "B1", DAY, "0800", *names, billing, [model])
    data = rewrite_837p(HEADER, [batch])
    (one,) = read_file(data).sets()
    back, findings = read_batch_837p(one)
    assert findings == []
    assert rewrite_837p(HEADER, [back]) == data
    assert placeless(back) == placeless(batch)


@often
@given(strategies.acks_277ca)
def test_a_277ca(model: ClaimAck277) -> None:
    data = write_277ca(HEADER, [model])
    (one,) = read_file(data).sets()
    back, findings = read_277ca(one)
    assert findings == check_277ca(back, one) == []
    assert write_277ca(HEADER, [back]) == data
    owners: list[Any] = [back, *back.providers]
    for owner in owners:
        owner.accepted = owner.rejected = owner.accepted_cents = owner.rejected_cents = None
        placeless(owner)
    assert back == model


@often
@given(strategies.acks_999)
def test_a_999(model: Ack999) -> None:
    data = write_999(HEADER, [model])
    (one,) = read_file(data).sets()
    assert read_999(one) == (model, [])


@often
@given(strategies.ta1s)
def test_ta1s(models: list[Ta1]) -> None:
    assert read_ta1(read_file(write_ta1(HEADER, models))) == models


@often
@given(strategies.inquiries)
def test_a_270(models: list[Inquiry270]) -> None:
    data = write_270(HEADER, [Batch270("0001", "R1", DAY, "0800", models)])
    (one,) = read_file(data).sets()
    assert read_270(one) == (models, [])


@often
@given(strategies.answers)
def test_a_271(models: list[Answer271]) -> None:
    data = write_271(HEADER, "0001", "R1", models)
    (one,) = read_file(data).sets()
    back, findings = read_271(one)
    assert findings == []
    assert [placeless(answer) for answer in back] == models
