"""A void names the charges that its payer has, whatever of them is left on the account."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from contracts.coding import ChargeCorrected
from contracts.denial import ClaimCorrection
from contracts.submission import ClaimVoided, CorrectionDeclined
from services.submission.domain import ACCOUNT
from services.submission.domain.commands import (
    AnswerSetAside,
    AnswerTransport,
    BuildClaim,
    ReplaceClaim,
    ResubmitClaim,
    SendCorrection,
    WithdrawVoid,
)
from shared.errors import Refused
from tests.unit.scenario import fold, refused
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    CLAIM,
    READY,
    adjudicated,
    after,
    asked,
    books,
    captured,
    charge,
    coded,
    enrolled,
    payer,
    rejected,
    submitted,
    transport_rejected,
)
from tests.unit.submission.test_submission_overtaken import ASIDE, RECALLED
from tests.unit.submission.test_submission_void import (
    ACCEPTED,
    DECIDED,
    VOID,
    acknowledged,
    asked_to,
)

REPLACE = ReplaceClaim(CLAIM, "another service", "biller")


def gone(*numbers: int) -> tuple[ChargeCorrected, ...]:
    """These charges were voided."""
    return tuple(
        ChargeCorrected(
            account=ACCOUNT_NO, before=charge(n), after=charge(n, units=0), reason="not done"
        )
        for n in numbers
    )


def named(given: tuple[Any, ...]) -> list[str]:
    """The charges that the void names."""
    resent, queued = asked_to(given)
    assert (resent.cause, resent.frequency, resent.payer_control) == ("void", "8", "ICN-1")
    package = queued.package
    assert package.total_cents == resent.total_cents == sum(c.charge_cents for c in package.charges)
    assert all(charge.units for charge in package.charges)
    assert asked_to((*given, resent)) == []
    return [charge.charge[-1] for charge in package.charges]


REPLACED = after(DECIDED, SendCorrection(asked()))
HELD = after((*REPLACED, *gone(1, 2), RECALLED), AnswerSetAside(replace(ASIDE, attempt=2)))
REJECTED = (*REPLACED, submitted(2, isa13=200, frequency="7"), rejected(), *gone(1, 2))


@pytest.mark.parametrize(
    "given",
    [(*DECIDED, *gone(1, 2)), HELD, REJECTED],
    ids=["decided", "its replacement held", "its replacement rejected"],
)
def test_what_a_payer_decided_is_voided_though_no_charge_of_it_is_left(
    given: tuple[Any, ...],
) -> None:
    assert named(given) == ["1", "2"]


def test_a_correction_of_no_charge_is_held_and_says_what_to_do() -> None:
    (reason,) = [r for r in HELD[-1].reasons if r.rule == "CHARGES"]
    assert reason.sentence == "No charge of the claim is left."
    assert reason.fix.startswith("Void the claim")


@pytest.mark.parametrize("given", [HELD, REJECTED], ids=["held", "rejected"])
def test_a_void_in_the_place_of_a_correction_leaves_the_decision_when_it_is_withdrawn(
    given: tuple[Any, ...],
) -> None:
    asked_for = (*given, *asked_to(given)[:1])
    attempt = asked_for[-1].attempt
    bounced = (*asked_for, submitted(attempt, isa13=300, frequency="8"), rejected())
    (dropped,) = asked_to(bounced, WithdrawVoid(CLAIM, "it was done", "biller"))
    assert dropped.stands == "adjudicated"
    withdrawn = (*bounced, dropped)
    assert fold(ACCOUNT, withdrawn).claims[CLAIM].status == "adjudicated"
    assert named(withdrawn) == ["1", "2"]


@pytest.mark.parametrize("stuck", [HELD, REJECTED], ids=["held", "rejected"])
def test_what_was_denied_is_work_again_once_a_void_takes_the_place_of_its_correction(
    stuck: tuple[Any, ...],
) -> None:
    given = (*DECIDED, asked(), *stuck[len(DECIDED) :])
    resent, _, declined = asked_to(given)
    assert isinstance(declined, CorrectionDeclined)
    assert (declined.denials, declined.adjudication) == (("denial-1",), "adj-1")
    assert "voided in place of its correction" in declined.reason
    # Once the void is withdrawn the decision stands, and may be answered again.
    attempt = resent.attempt
    bounced = (*given, resent, declined, submitted(attempt, isa13=300, frequency="8"), rejected())
    withdrawn = (*bounced, *asked_to(bounced, WithdrawVoid(CLAIM, "it was done", "biller")))
    back = ChargeCorrected(
        account=ACCOUNT_NO, before=charge(1, units=0), after=charge(1), reason="it was done"
    )
    again, queued = asked_to((*withdrawn, back, asked()), SendCorrection(asked()))
    assert (again.cause, again.frequency) == ("correction", "7")
    assert queued.package.payer_control == "ICN-1"


def test_a_void_of_what_no_correction_waits_for_declines_none() -> None:
    answered = (*DECIDED, asked(), *after(DECIDED, SendCorrection(asked()))[len(DECIDED) :])
    answered = (*answered, submitted(2, isa13=200, frequency="7"), adjudicated("adj-2"))
    for given in (DECIDED, answered):
        assert [type(one).__name__ for one in asked_to(given)] == [
            "ClaimResubmitted",
            "ClaimQueued",
        ]


TOLD = replace(VOID, told="letter", reference="L-17")


@pytest.mark.parametrize("policy", ["reopening", "new_claim"])
@pytest.mark.parametrize("given", [HELD, REJECTED, DECIDED], ids=["held", "rejected", "decided"])
def test_a_payer_that_takes_no_voids_is_told_by_a_person_and_the_claim_ends(
    given: tuple[Any, ...], policy: Any
) -> None:
    takes_none = books(payer(replacement=policy))
    given = (*given, asked())
    assert "phone, portal, letter or fax" in refused(ACCOUNT, given, VOID, takes_none)
    ended, declined = asked_to(given, TOLD, takes_none)
    assert isinstance(ended, ClaimVoided)
    assert (ended.taken_by, ended.told, ended.reference) == ("nobody", "letter", "L-17")
    assert (ended.reason, ended.voided_by) == (VOID.reason, VOID.by)
    # What it decided is its to take back, and is named until it does.
    assert (ended.standing, ended.standing_paid_cents) == (("adj-1",), 20_000)
    assert declined.denials == ("denial-1",)
    over = (*given, ended, declined)
    assert asked_to(over, TOLD, takes_none) == []
    assert asked_to(over, BuildClaim(), takes_none) == []
    back = ChargeCorrected(
        account=ACCOUNT_NO, before=charge(1, units=0), after=charge(1), reason="it was done"
    )
    assert asked_to((*over, back), BuildClaim(), takes_none) == []
    anew, _ = asked_to((*over, back), ResubmitClaim(CLAIM), takes_none)
    assert (anew.cause, anew.frequency) == ("after_void", "1")


def test_a_payer_that_takes_voids_gets_one() -> None:
    assert "takes voids" in refused(ACCOUNT, DECIDED, TOLD, books())


def test_a_rejected_void_of_no_charge_goes_again_as_it_was() -> None:
    given = (*DECIDED, *gone(1, 2))
    bounced = (*after(given, VOID), submitted(2, isa13=200, frequency="8"), rejected())
    _, queued = asked_to(bounced, ResubmitClaim(CLAIM))
    assert (queued.package.frequency, queued.package.total_cents) == ("8", 30_000)


def test_a_void_of_no_charge_that_is_held_goes_by_itself_once_it_may() -> None:
    no = books(enrolled(yes=False))
    held = after((*DECIDED, *gone(1, 2)), VOID, no)
    assert held[-1].reasons[0].rule == "ENROLMENT"
    assert asked_to(held, BuildClaim(), no) == []
    _, queued = asked_to(held, BuildClaim())
    assert (queued.package.frequency, queued.package.total_cents) == ("8", 30_000)


def test_a_void_that_was_held_and_then_refused_by_a_gate_names_the_same_charges_again() -> None:
    held = after((*DECIDED, *gone(1, 2)), VOID, books(enrolled(yes=False)))
    bounced = (*after(held, BuildClaim()), submitted(2, frequency="8"), transport_rejected(2))
    _, queued = asked_to(bounced, AnswerTransport(bounced[-1]))
    assert (queued.package.frequency, queued.package.total_cents) == ("8", 30_000)


LATE = (captured(charge(3)), coded((1,), (1, 2), (2,)))


def test_a_charge_that_came_while_the_claim_was_held_is_in_its_void() -> None:
    went = after((*after(READY, BuildClaim(), books(enrolled(yes=False))), *LATE), BuildClaim())
    given = (*went, submitted(), acknowledged(), adjudicated())
    assert named((*given, *gone(1, 2, 3))) == ["1", "2", "3"]


def test_a_charge_that_came_after_the_claim_left_is_in_no_void_of_it() -> None:
    assert named((*DECIDED, captured(charge(3)))) == ["1", "2"]
    assert named((*DECIDED, *LATE, *gone(1, 2, 3))) == ["1", "2"]


def test_a_charge_that_was_voided_before_the_claim_left_is_in_no_void_of_it() -> None:
    early = after((*after(READY, BuildClaim()), *gone(1), RECALLED), AnswerSetAside(ASIDE))
    sent = (*early, submitted(2), acknowledged(), adjudicated())
    assert named((*sent, *gone(2))) == ["2"]


def test_a_charge_that_was_voided_while_the_claim_was_in_its_file_is_in_its_void() -> None:
    given = (*after(READY, BuildClaim()), *gone(1, 2), submitted(), acknowledged(), adjudicated())
    assert named(given) == ["1", "2"]


def test_what_replaced_a_claim_is_voided_as_it_replaced_it_and_a_refused_one_changes_nothing() -> (
    None
):
    replaced = (*after((*DECIDED, *gone(1), *LATE), REPLACE), submitted(2, isa13=200))
    assert named((*replaced, adjudicated("adj-2"), *gone(2, 3))) == ["2", "3"]
    refused_once = (*replaced, rejected())
    assert named((*refused_once, *gone(2, 3))) == ["1", "2"]
    refused_again = (*after(refused_once, ResubmitClaim(CLAIM)), submitted(3, isa13=300))
    assert named((*refused_again, rejected(), *gone(2, 3))) == ["1", "2"]


def test_a_void_says_a_charge_as_it_was_corrected_for_the_payer() -> None:
    said_to_it = asked(correction=ClaimCorrection(charges=(charge(1, modifiers=("25",)),)))
    given = (*after(DECIDED, SendCorrection(said_to_it)), submitted(2, isa13=200, frequency="7"))
    _, queued = asked_to((*given, adjudicated("adj-2"), *gone(1, 2)))
    assert [c.modifiers for c in queued.package.charges] == [("25",), ()]


def test_what_was_only_accepted_is_voided_too() -> None:
    _, queued = asked_to((*ACCEPTED, *gone(1, 2)))
    assert (queued.package.payer_control, queued.package.total_cents) == ("ICN-0", 30_000)


def test_charges_that_an_older_version_forgot_are_set_back_before_the_void() -> None:
    forgot = msgspec.structs.replace(fold(ACCOUNT, (*DECIDED, *gone(1, 2))), gone={})
    with pytest.raises(Refused, match="before its charges"):
        list(ACCOUNT.decide(VOID, forgot, books()))
