"""From what an earlier payer's 835 said to the other-payer loops of the next payer's 837 (2320, 2330, 2430).

Nothing is worked out anew: paid and adjusted cents go over as they stand, and what does not balance goes nowhere.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from shared.x12.claim_837i.model import InstitutionalClaim, RevenueLine
from shared.x12.claim_837p.model import ProfessionalClaim, ServiceLine
from shared.x12.claim_loops.balance import earlier_payers
from shared.x12.claim_loops.model import (
    ClaimAdjustment,
    Payer,
    PriorLine,
    PriorPayer,
    Subscriber,
)
from shared.x12.claim_loops.refusing import Refusing
from shared.x12.remittance_835.model import Cas, RemitClaim, RemitLine, Remittance
from shared.x12.writing import NotWritable

Claim = TypeVar("Claim", ProfessionalClaim, InstitutionalClaim)
Line = ServiceLine | RevenueLine
REVERSAL = "22"
NOT_A_DECISION = frozenset({REVERSAL, "23", "25"})
"""CLP02 of what decides nothing: taken back, forwarded because it was not theirs, only an estimate."""
REVENUE_CODE = "NU"


class Cob(NamedTuple):
    """One earlier payer: its loops at the claim, and for each line of the claim what it decided of it."""

    payer: PriorPayer
    lines: list[list[PriorLine]]


def earlier_payment(
    claim: ProfessionalClaim | InstitutionalClaim,
    remittance: Remittance,
    paid: RemitClaim,
    subscriber: Subscriber,
    payer: Payer | None = None,
) -> Cob:
    """What `paid` says of `claim`, in cents; lines are matched by REF*6R, else by procedure, day and charge.

    `subscriber` is the coverage with that payer, `payer` its name and id when others are used in claims than in the
    835. NotWritable with loop and element when it is no decision, or does not balance to the cent by line and by claim.
    """
    if paid.status in NOT_A_DECISION:
        raise NotWritable("the earlier payer's answer is no decision", "2320", "AMT02")
    who = payer or Payer(remittance.payer_name, remittance.payer_id)
    on = remittance.paid_on or remittance.produced_on
    lines: list[list[PriorLine]] = [[] for _ in claim.lines]
    for line in paid.lines:
        at = _match(line, claim.lines, lines)
        lines[at].append(_line(line, who.payer_id))
        lines[at][-1].paid_on = on
    owes = sum(c.cents for c in paid.cas if c.group == "PR")
    prior = PriorPayer(
        subscriber,
        who,
        paid.paid_cents,
        _adjustments(paid.cas),
        payer_control=paid.payer_control,
        paid_on=on,
        patient_owes_cents=owes if owes and not paid.lines else None,
        remarks=list(paid.remarks),
    )
    made = Cob(prior, lines)
    _balanced(claim, made)
    return made


def with_earlier_payment(claim: Claim, cob: Cob) -> Claim:
    """The claim with one more earlier payer; the claim that was given stays as it is."""
    return msgspec.structs.replace(
        claim, prior=[*claim.prior, cob.payer], lines=[*map(_decided, claim.lines, cob.lines)]
    )


def _decided(line: Line, of_payer: list[PriorLine]) -> Line:
    return msgspec.structs.replace(line, prior=[*line.prior, *of_payer])


def _match(line: RemitLine, claimed: Sequence[Line], taken: Sequence[Sequence[PriorLine]]) -> int:
    """The line of the claim that was paid."""
    for at, one in enumerate(claimed):
        if line.line_control and one.line_control == line.line_control:
            return at
    code = line.submitted_procedure or line.procedure
    for at, one in enumerate(claimed):
        same = code in (one.procedure, getattr(one, "revenue_code", ""))
        when = line.service_from is None or line.service_from == one.service_from
        if same and when and one.charge_cents == line.charge_cents and not taken[at]:
            return at
    raise NotWritable("an earlier payer decided a line that the claim has not", "2430", "SVD03")


def _line(line: RemitLine, payer_id: str) -> PriorLine:
    owes = sum(c.cents for c in line.cas if c.group == "PR")
    by_revenue_code = line.qualifier == REVENUE_CODE
    return PriorLine(
        payer_id,
        line.paid_cents,
        "" if by_revenue_code else line.procedure,
        list(line.modifiers),
        line.units,
        _adjustments(line.cas),
        qualifier="" if by_revenue_code else line.qualifier,
        revenue_code=line.procedure if by_revenue_code else line.revenue_code,
        patient_owes_cents=owes or None,
    )


def _adjustments(cas: Sequence[Cas]) -> list[ClaimAdjustment]:
    return [ClaimAdjustment(c.group, c.reason, c.cents, c.quantity) for c in cas]


class _Balanced(NamedTuple):
    charge_cents: int
    prior: list[PriorLine]


def _balanced(claim: ProfessionalClaim | InstitutionalClaim, cob: Cob) -> None:
    pairs: Iterable[tuple[Any, list[PriorLine]]] = zip(claim.lines, cob.lines, strict=True)
    lines: Any = [_Balanced(line.charge_cents, decided) for line, decided in pairs]
    refusing = Refusing()
    refusing.all(earlier_payers(refusing, [cob.payer], claim.total_cents, lines))
    if not any(cob.lines) and not cob.payer.cas and cob.payer.paid_cents != claim.total_cents:
        refusing("CLM02 is not what an earlier payer paid and adjusted", "2320", "AMT02")
