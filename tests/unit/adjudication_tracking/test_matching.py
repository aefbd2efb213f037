"""A payer's line without a number of ours leads to the one charge that it can mean, and to none when there are two."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from contracts.coding import ChargesCaptured
from contracts.values import AdjudicatedLine, Charge
from services.adjudication_tracking.domain import ACCOUNT
from services.adjudication_tracking.domain.account_state import Account
from services.adjudication_tracking.domain.matching import matched_lines
from shared.streams import charge_number
from tests.unit.adjudication_tracking.test_claims import CAPTURED, CLAIM, DAY, NUMBER, SENT
from tests.unit.adjudication_tracking.test_claims import _delivered as delivered
from tests.unit.scenario import fold

ONE = CAPTURED.charges[0]
NEXT_DAY = DAY + timedelta(days=1)


def another(number: int, **changes: Any) -> Charge:
    """A charge like the first one, but for what is said."""
    return replace(ONE, charge=charge_number(NUMBER, number), **changes)


def line(**changes: Any) -> AdjudicatedLine:
    """What a payer says of a line that it does not number."""
    facts: dict[str, Any] = {"procedure": "G0438", "service_on": DAY, "paid_cents": 0}
    return AdjudicatedLine(**{**facts, "charge_cents": 10_000, **changes})


def led(lines: tuple[AdjudicatedLine, ...], *more: Charge) -> list[str | None]:
    """The charges that the lines lead to, when the claim names the first charge and these."""
    captured = ChargesCaptured(account=NUMBER, charges=(ONE, *more))
    account: Account = fold(ACCOUNT, [captured, *SENT[1:]])
    names = tuple(charge.charge for charge in captured.charges)
    claim = structs.replace(account.claims[CLAIM], charges=names)
    payment = replace(delivered(8_000).payment, lines=lines)
    return [found.charge for found in matched_lines(payment, claim, account)]


def test_a_line_leads_to_the_charge_of_its_procedure_amount_and_day() -> None:
    others = (another(2, procedure="99213"), another(3, charge_cents=5_000))
    assert led((line(),), *others, another(4, service_on=NEXT_DAY)) == [ONE.charge]
    assert led((line(service_on=NEXT_DAY),), another(2, service_on=NEXT_DAY))[0] != ONE.charge


@pytest.mark.parametrize(
    "odd", [{"procedure": "99213"}, {"charge_cents": 9_999}, {"service_on": NEXT_DAY}]
)
def test_a_line_that_fits_no_charge_leads_to_none(odd: dict[str, Any]) -> None:
    assert led((line(**odd),)) == [None]


def test_a_line_without_a_day_and_one_that_takes_back_lead_by_the_rest() -> None:
    assert led((line(service_on=None),)) == [ONE.charge]
    assert led((line(charge_cents=-10_000),)) == [ONE.charge]


def test_modifiers_tell_two_charges_apart() -> None:
    left, right = another(2, modifiers=("LT",)), another(3, modifiers=("RT",))
    assert led((line(modifiers=("RT",)), line(modifiers=("LT",))), left, right) == [
        right.charge,
        left.charge,
    ]


def test_a_payer_that_drops_a_modifier_means_the_only_charge_there_is() -> None:
    assert led((line(modifiers=("25",)),)) == [ONE.charge]


def test_which_of_two_equal_charges_is_meant_is_never_guessed() -> None:
    assert led((line(),), another(2)) == [None]
    assert led((line(modifiers=("59",)),), another(2)) == [None]


def test_a_charge_that_a_line_led_to_is_no_other_lines() -> None:
    twin = another(2, modifiers=("59",))
    assert led((line(), line(modifiers=("76",))), twin) == [ONE.charge, twin.charge]
    assert led((line(), line())) == [ONE.charge, None]


def test_a_line_that_names_our_number_may_be_named_again_and_takes_no_other_line_its_charge() -> (
    None
):
    named = line(charge=ONE.charge, charge_cents=4_000)
    assert led((named, named, line())) == [ONE.charge, ONE.charge, ONE.charge]
