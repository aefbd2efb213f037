"""The next payer hears every line of what earlier payers decided, and hears it again when they correct themselves."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.adjudication_tracking import ClaimAcknowledged
from contracts.submission import (
    ClaimCreated,
    ClaimHeld,
    ClaimResubmitted,
    ReopeningOpened,
)
from contracts.values import AdjudicatedLine, Adjustment
from services.submission.domain.account import ACCOUNT
from services.submission.domain.commands import BillNext, BuildClaim, ReleaseClaim, RestateNext
from services.submission.domain.loops import Opened, claim
from shared.streams import charge_number
from tests.unit.scenario import said
from tests.unit.submission.facts import (
    ACCOUNT_NO,
    SECOND,
    SOURCE,
    adjudicated,
    after,
    books,
    captured,
    coded,
    coverage,
    enrolled,
    opened,
    payer,
    submitted,
    taken_back,
)
from tests.unit.submission.outside import CONTENTS, PERSON, SELF

TWO = (opened(coverages=(coverage(), coverage(2, "PAYER-B"))), captured(), coded())
SENT = (*after(TWO, BuildClaim()), submitted())
BOTH = books(payer("PAYER-B"), enrolled("PAYER-B"))


def _line(number: int, cents: int, paid: int, patient: int, **more: Any) -> AdjudicatedLine:
    cas = [("CO", "45", cents - paid - patient), ("PR", "2", patient)]
    return AdjudicatedLine(
        **{
            "charge": charge_number(ACCOUNT_NO, number),
            "charge_cents": cents,
            "paid_cents": paid,
            "adjustments": tuple(
                Adjustment(group=g, reason=r, cents=c)
                for g, r, c in cas
                if c  # type: ignore[arg-type]
            ),
            **more,
        }
    )


def _decided(*lines: AdjudicatedLine, name: str = "adj-1", **more: Any) -> Any:
    paid = sum(line.paid_cents for line in lines)
    facts = {"lines": lines, "paid_cents": paid, "adjustments": (), **more}
    return adjudicated(name, **facts)


WHOLE = (_line(1, 10_000, 6_000, 2_000), _line(2, 20_000, 14_000, 3_000))


def _billed(*events: Any, book: Any = BOTH) -> list[Any]:
    return [getattr(e, "event", e) if not isinstance(e, tuple) else e[1] for e in said(
        ACCOUNT, [*SENT, *events], BillNext(2), book
    )]  # fmt: skip


def _rules(*events: Any) -> list[str]:
    created, queued = _billed(*events)
    assert isinstance(created, ClaimCreated)
    return [r.rule for r in queued.reasons] if isinstance(queued, ClaimHeld) else []


def test_lines_that_balance_go_with_the_claim_each_in_its_place() -> None:
    assert _rules(_decided(*WHOLE)) == []


def test_a_line_of_an_earlier_payer_that_leads_to_none_of_ours_holds_the_claim() -> None:
    strange = replace(WHOLE[1], charge=None)
    assert "PRIOR-LINES" in _rules(_decided(WHOLE[0], strange))


def test_a_line_of_which_the_earlier_payer_says_nothing_holds_the_claim() -> None:
    _, held = _billed(_decided(WHOLE[0]))
    assert isinstance(held, ClaimHeld)
    (why,) = [reason.sentence for reason in held.reasons if reason.rule == "PRIOR-LINES"]
    assert why == "An earlier payer says nothing of line 2."


def test_a_line_that_does_not_balance_holds_the_claim_although_the_whole_does() -> None:
    less, more = replace(WHOLE[0], paid_cents=5_999), replace(WHOLE[1], paid_cents=14_001)
    assert _rules(_decided(less, more)) == ["PRIOR-LINES", "PRIOR-LINES"]


def test_two_decisions_of_one_payer_on_different_lines_are_told_together() -> None:
    one, two = _decided(WHOLE[0]), _decided(WHOLE[1], name="adj-2")
    _, queued = _billed(one, two)
    (prior,) = queued.package.prior
    assert (prior.paid_cents, len(prior.lines)) == (20_000, 2)


def _written(*lines: AdjudicatedLine) -> Any:
    released = ReleaseClaim(SECOND, ("PRIOR-LINES",), "looked at")
    given = (*SENT, _decided(*lines))
    answers = said(ACCOUNT, given, BillNext(2), BOTH)
    if isinstance(answers[-1], ClaimHeld):
        answers = said(ACCOUNT, after(given, BillNext(2), BOTH), released, BOTH)
    package = answers[-1][1].package
    members = {c.order: CONTENTS[SELF.box] for c in package.coverages}
    return claim(Opened(package, PERSON, members), {})


def test_what_leads_to_no_line_of_ours_is_written_at_claim_level_and_never_dropped() -> None:
    for lines in (
        tuple(replace(line, charge=None) for line in WHOLE),
        (WHOLE[0], replace(WHOLE[1], charge=None)),
    ):
        written = _written(*lines)
        (prior,) = written.prior
        in_lines = [p for line in written.lines for p in line.prior]
        adjusted = sum(c.cents for c in prior.cas) + sum(c.cents for p in in_lines for c in p.cas)
        assert prior.paid_cents + adjusted == written.total_cents


# -- corrected by the earlier payer ------------------------------------------------------------------------------

BILLED = after((*SENT, _decided(*WHOLE)), BillNext(2), BOTH)
SECOND_SENT = (*BILLED, submitted(claim=SECOND, payer="PAYER-B"))
ANSWERED = _decided(
    name="adj-2", claim=SECOND, payer="PAYER-B", payer_order=2, payer_control="ICN-2",
    paid_cents=5_000,
)  # fmt: skip
CORRECTED = (
    taken_back(),
    _decided(_line(1, 10_000, 5_000, 3_000), WHOLE[1], name="adj-3"),
)


def _again(given: Any, command: Any, **policy: Any) -> list[Any]:
    book = books(payer("PAYER-B", **policy), enrolled("PAYER-B"))
    return [e[1] if isinstance(e, tuple) else e for e in said(ACCOUNT, given, command, book)]


def test_a_correction_before_the_next_payer_answered_waits_for_its_answer() -> None:
    given = (*SECOND_SENT, *CORRECTED)
    assert _again(given, BillNext(2)) == []
    resent, queued = _again((*given, ANSWERED), RestateNext(2), replacement="yes")
    assert isinstance(resent, ClaimResubmitted)
    assert (resent.frequency, resent.payer_control, resent.attempt) == ("7", "ICN-2", 2)
    assert queued.package.prior[0].paid_cents == 19_000


def test_a_gates_word_on_what_the_next_payer_got_tells_it_nothing_of_a_correction() -> None:
    gate = ClaimAcknowledged(
        account=ACCOUNT_NO, claim=SECOND, by="clearinghouse", category="A1",
        charge_cents=30_000, source=SOURCE,
    )  # fmt: skip
    resent, queued = _again((*SECOND_SENT, *CORRECTED, gate, ANSWERED), RestateNext(2))
    assert resent.payer == "PAYER-B" and queued.package.prior[0].paid_cents == 19_000


def test_a_correction_after_the_next_payer_answered_is_told_to_it_once() -> None:
    given = (*SECOND_SENT, ANSWERED, *CORRECTED)
    resent, _ = _again(given, BillNext(2), replacement="new_claim")
    assert (resent.frequency, resent.payer_control) == ("1", "")
    assert _again((*given, resent), BillNext(2)) == []


def test_a_payer_that_wants_a_reopening_is_asked_by_a_person() -> None:
    given = (*SECOND_SENT, ANSWERED, *CORRECTED)
    (told,) = _again(given, BillNext(2), replacement="reopening")
    assert isinstance(told, ReopeningOpened)
    assert (told.claim, told.payer_control) == (SECOND, "ICN-2")
    assert _again((*given, told), BillNext(2), replacement="reopening") == []


@pytest.mark.parametrize("name", ["adj-3", "adj-4"])
def test_the_same_words_on_another_check_are_told_to_nobody(name: str) -> None:
    given = (*SECOND_SENT, ANSWERED, _decided(*WHOLE, name=name))
    assert _again(given, BillNext(2)) == []
    assert _again(given, RestateNext(2)) == []


def test_a_decision_that_was_only_taken_back_is_not_told_to_the_next_payer() -> None:
    assert _again((*SECOND_SENT, ANSWERED, taken_back()), RestateNext(2)) == []
