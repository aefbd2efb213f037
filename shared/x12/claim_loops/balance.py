"""The balances of a claim with earlier payers (COB): every line, each payer's lines, and the whole claim."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from shared.x12.claim_loops.levels import LETTERS
from shared.x12.claim_loops.model import ClaimAdjustment, PriorLine, PriorPayer
from shared.x12.findings import Finding, Severity


class ChargedLine(Protocol):
    """What the balances need of a line."""

    charge_cents: int
    prior: list[PriorLine]


class Say(Protocol):
    """Makes a finding at a claim of a sentence, a loop and an element."""

    def __call__(
        self,
        sentence: str,
        loop: str,
        element: str,
        difference: int = 0,
        severity: Severity = "error",
        level: str = "",
        *,
        line: int = 0,
        role: str = "",
        text: str = "",
    ) -> Finding:
        """The finding; `line`, `role` and `text` as `placing.place_of` wants them."""


def earlier_payers(
    wrong: Say, priors: Sequence[PriorPayer], total_cents: int, lines: Sequence[ChargedLine]
) -> Iterator[Finding]:
    """All that does not balance, and lines of payers that the claim does not know."""
    ids = [prior.payer.payer_id for prior in priors]
    if len(set(ids)) < len(ids):
        sentence = "two other payers have one id, so that lines cannot say whose they are"
        yield wrong(sentence, "2330B", "NM109", severity="warning")
        return
    for number, line in enumerate(lines, 1):
        for p in line.prior:
            if p.payer_id not in ids:
                sentence = "a line was decided by a payer that is none of the others of the claim"
                yield wrong(sentence, "2430", "SVD01", line=number, role=p.payer_id)
    for prior in priors:
        yield from _earlier(wrong, prior, total_cents, lines)


def _earlier(
    wrong: Say, prior: PriorPayer, total_cents: int, lines: Sequence[ChargedLine]
) -> Iterator[Finding]:
    """CLM02 = AMT*D + all adjustments; SV102 or SV203 = SVD02 + CAS of its line; AMT*D = all SVD02 - CAS of 2320."""
    at_claim, order = _sum(prior.cas), LETTERS[prior.subscriber.order]
    paid_in_lines = in_lines = decided = 0
    for number, line in enumerate(lines, 1):
        own = [p for p in line.prior if p.payer_id == prior.payer.payer_id]
        if not own:
            continue
        decided += 1
        paid = sum(p.paid_cents for p in own)
        adjusted = sum(_sum(p.cas) for p in own)
        paid_in_lines += paid
        in_lines += adjusted
        difference = line.charge_cents - paid - adjusted
        if difference:
            sentence = "a line's charge is not what an earlier payer paid and adjusted"
            yield wrong(
                sentence,
                "2430",
                "SVD02",
                difference,
                level="line",
                line=number,
                role=own[0].payer_id,
            )
    if prior.paid_cents is None:
        if decided or prior.cas:
            yield wrong(
                "an earlier payer decided and no sum says what it paid", "2320", "AMT02", role=order
            )
        return
    if 0 < decided < len(lines):
        sentence = "an earlier payer decided some lines and says nothing of others"
        yield wrong(sentence, "2430", "SVD01", severity="warning")
    if decided and paid_in_lines - at_claim != prior.paid_cents:
        difference = prior.paid_cents - paid_in_lines + at_claim
        sentence = "an earlier payer's lines do not add up to what it paid"
        yield wrong(sentence, "2320", "AMT02", difference, level="payer", role=order)
    difference = total_cents - prior.paid_cents - at_claim - in_lines
    if difference and (decided or prior.cas):
        sentence = "CLM02 is not what an earlier payer paid and adjusted"
        yield wrong(sentence, "2320", "AMT02", difference, level="payer", role=order)
    if prior.paid_on is None and not any(p.paid_on for line in lines for p in line.prior):
        sentence = "nothing says on which day an earlier payer paid"
        yield wrong(sentence, "2330B", "DTP03", severity="warning")


def _sum(cas: Sequence[ClaimAdjustment]) -> int:
    return sum([c.cents for c in cas])
