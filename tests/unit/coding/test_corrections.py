"""What a denial's correction says of charges keeps to the rules that the charges themselves keep to."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.coding import ChargeCorrected, ChargeSupported, CodingHeld, CorrectionJudged
from contracts.denial import ChargeReason, ClaimCorrection, CorrectionRequested
from contracts.submission import ClaimResubmitted, CorrectionDeclined, ReopeningOpened
from contracts.values import Charge, DrugQuantity, Provider
from services.coding.domain import (
    ACCOUNT,
    Book,
    CorrectCharge,
    JudgeCorrections,
    SupportCharge,
    TryAgain,
)
from services.coding.domain.account import timers, wake
from services.coding.reactions import react
from shared.service import At, Scope
from shared.streams import account_stream, claim_number
from tests.unit.coding.edits import (
    DAY,
    EDITS,
    EXAM,
    NO_EDITS,
    OPENED,
    VISIT,
    captured,
    charge,
    judged,
)
from tests.unit.coding.test_coding import NUMBER
from tests.unit.scenario import fold, said

CLAIM = claim_number(NUMBER, 1)
PARTED = replace(EXAM, modifiers=("LT",))
CODED = [*captured(VISIT, PARTED), *judged(VISIT, PARTED)]
DECLINED = CorrectionDeclined(
    account=NUMBER, claim=CLAIM, adjudication="adj-1", denials=("D1",), reason="no"
)


def asked(
    *charges: Charge, adjudication: str = "adj-1", why: tuple[tuple[str, str], ...] = ()
) -> CorrectionRequested:
    reasons = tuple(ChargeReason(charge=number, reason=reason) for number, reason in why)
    return CorrectionRequested(
        account=NUMBER,
        denials=("D1",),
        claim=CLAIM,
        adjudication=adjudication,
        payer="MEDB",
        payer_control="ICN1",
        route="replacement",
        correction=ClaimCorrection(charges=charges, support=reasons),
        requested_by="biller",
    )


def resubmitted(*charges: Charge, adjudication: str = "adj-1") -> ClaimResubmitted:
    return ClaimResubmitted(
        account=NUMBER,
        claim=CLAIM,
        attempt=2,
        frequency="7",
        payer="MEDB",
        payer_order=1,
        cause="correction",
        adjudication=adjudication,
        charges=charges,
        total_cents=20_000,
    )


def judgement(
    ask: CorrectionRequested, given: Iterable[Any] = CODED, book: Any = EDITS
) -> CorrectionJudged:
    (one,) = said(ACCOUNT, [*given, ask], JudgeCorrections(), book)
    assert isinstance(one, CorrectionJudged)
    return one


def rules(
    ask: CorrectionRequested, given: Iterable[Any] = CODED, book: Any = EDITS
) -> list[tuple[str, int]]:
    return [(f.rule, int(f.field[-3:])) for f in judgement(ask, given, book).failures]


def test_a_correction_that_changes_charges_is_judged_as_it_is_heard_and_once() -> None:
    recorded = datetime(2026, 3, 2, tzinfo=UTC)
    at = At(account_stream(NUMBER), 0, "e", "w", Scope("t"), DAY, recorded, "a", "c", "denial/0", 1)
    ask = asked(replace(PARTED, modifiers=("RT",)))
    assert react(ask, at) == [(at.stream, JudgeCorrections())]
    assert react(asked(), at) == []
    one = judgement(ask)
    assert (one.claim, one.asked, one.failures) == (CLAIM, ask, ())
    assert one.code_sets[-2:] == ("NCCI PTP 2026Q1", "NCCI MUE 2026Q1")
    assert said(ACCOUNT, [*CODED, ask, one], JudgeCorrections(), EDITS) == []


def test_what_was_passed_over_is_judged_in_the_morning() -> None:
    ask = asked(EXAM)
    waiting = fold(ACCOUNT, [*CODED, ask])
    assert list(timers(waiting)) == ["corrections"]
    assert wake("corrections", DAY, waiting, EDITS) == JudgeCorrections()
    reopening = ReopeningOpened(
        account=NUMBER,
        claim=CLAIM,
        adjudication="adj-1",
        payer="MEDB",
        payer_order=1,
        payer_control="ICN1",
        correction=ask.correction,
    )
    for answered in (judgement(ask), resubmitted(EXAM), DECLINED, reopening):
        assert timers(fold(ACCOUNT, [*CODED, ask, answered])) == {}


def test_a_correction_that_makes_a_pair_or_is_too_many_units_fails() -> None:
    assert rules(asked(EXAM)) == [("PTP-MODIFIER", 2)]
    assert rules(asked(replace(PARTED, procedure="G0439"))) == [("PTP", 2)]
    assert rules(asked(replace(PARTED, units=3))) == [("MUE-LINE", 2)]
    assert rules(asked(EXAM), book=NO_EDITS) == []


def test_a_correction_with_a_code_that_is_not_in_force_fails_without_any_table_of_edits() -> None:
    assert rules(asked(replace(PARTED, procedure="99999")), book=NO_EDITS) == [("NOT-IN-FORCE", 2)]


def test_a_correction_answers_for_no_rule_that_the_claim_broke_before() -> None:
    other_side = replace(PARTED, modifiers=("RT",))
    assert rules(asked(other_side), book=Book()) == []
    assert rules(asked(replace(other_side, procedure="G0439")), book=Book()) == [("NO-CODE-SET", 2)]


def test_a_charge_is_not_voided_on_a_claim_alone_and_a_strange_one_is_none() -> None:
    strange = replace(EXAM, charge="X-009")
    assert rules(asked(strange, replace(PARTED, units=0))) == [("CHARGE", 9), ("VOID", 2)]


def test_a_modifier_of_a_service_of_its_own_wants_the_reason_of_the_correction() -> None:
    own = replace(EXAM, modifiers=("XU",))
    assert rules(asked(own)) == [("PTP-REASON", 2)]
    assert rules(asked(own, why=((own.charge, "another lesion"),))) == []
    # A reason that was given for the charge as it was captured is about that.
    before = ChargeSupported(account=NUMBER, charge=own.charge, reason="long visit")
    assert rules(asked(own), given=[*CODED, before]) == [("PTP-REASON", 2)]


def test_another_correction_goes_on_from_what_the_first_one_said() -> None:
    pair = [*captured(VISIT, EXAM), *judged(VISIT, PARTED)]
    own = replace(EXAM, modifiers=("XU",))
    first = asked(own, why=((own.charge, "another lesion"),))
    given = [*pair, first, judgement(first, pair), resubmitted(own)]
    second = asked(replace(VISIT, place_of_service="22"), adjudication="adj-2")
    assert rules(second, given) == []
    # Nothing of one that was declined is on the claim.
    assert rules(second, [*pair, first, judgement(first, pair), DECLINED]) == [("PTP-MODIFIER", 2)]
    # Once the charge itself is corrected the claim says it so, too.
    changed = ChargeCorrected(
        account=NUMBER, before=EXAM, after=replace(EXAM, charge_cents=1), reason="typo"
    )
    assert rules(second, [*given, changed]) == [("PTP-MODIFIER", 2)]


def test_a_charge_that_makes_a_pair_with_what_a_correction_said_holds_the_encounter() -> None:
    other = charge(2, "G0270", service_on=date(2026, 3, 2))
    (coded,) = judged(VISIT, other)
    ask = asked(replace(other, procedure="G0101"))
    given = [*captured(VISIT, other), coded, ask]
    given += [judgement(ask, given[:-1]), resubmitted(*ask.correction.charges)]
    same_day = ChargeCorrected(
        account=NUMBER, before=VISIT, after=replace(VISIT, service_on=other.service_on), reason="x"
    )
    _, held = said(ACCOUNT, given, CorrectCharge(NUMBER, same_day.after, "x"), EDITS)
    assert [(f.rule, f.field) for f in held.failures] == [("PTP-MODIFIER", other.charge)]
    own = replace(other, procedure="G0101", modifiers=("XU",))
    given = [*given, same_day, held, asked(own), resubmitted(own)]
    (held,) = said(ACCOUNT, given, TryAgain(), EDITS)
    assert [f.rule for f in held.failures] == ["PTP-REASON"]
    _, coded = said(
        ACCOUNT, [*given, held], SupportCharge(NUMBER, own.charge, "another visit"), EDITS
    )
    assert not isinstance(coded, CodingHeld)


@pytest.mark.parametrize("facts", [[replace(OPENED, billing="history")], [OPENED]])
def test_what_was_never_coded_or_billed_here_is_left_to_submission(facts: list[Any]) -> None:
    assert rules(asked(EXAM), [*facts, *captured(VISIT, EXAM)[1:]]) == []


def test_what_a_correction_does_not_say_of_a_charge_stays_as_it_was_captured() -> None:
    last = DAY + timedelta(days=2)
    drug = DrugQuantity(quantity="2.5", unit="ML")
    ordering = Provider(role="DK", last="WHO", npi=VISIT.rendering_npi)
    full = replace(VISIT, service_to=last, ndc="00000000000", drug=drug, providers=(ordering,))
    given = [*captured(full), *judged(full)]
    shorter = replace(VISIT, ndc="00000000000", modifiers=("25",))
    (goes,) = judgement(asked(shorter), given).asked.correction.charges
    assert goes == replace(full, modifiers=("25",))
    other_drug = replace(shorter, ndc="11111111111", service_on=DAY + timedelta(days=1))
    (goes,) = judgement(asked(other_drug), given).asked.correction.charges
    assert (goes.drug, goes.service_to) == (None, None)


def test_a_correction_changes_modifiers_and_never_amounts() -> None:
    (goes,) = judgement(
        asked(replace(PARTED, modifiers=("25",), charge_cents=1))
    ).asked.correction.charges
    assert (goes.modifiers, goes.charge_cents) == (("25",), 10_000)
