"""What denials' corrections say of a claim's charges: judged like the charges themselves before the claim goes again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace as copied
from typing import Any

import msgspec

from contracts.coding import ChargeCorrected, ChargeSupported, CodingFailure, CorrectionJudged
from contracts.denial import CorrectionRequested
from contracts.submission import ClaimResubmitted, CorrectionDeclined, ReopeningOpened
from contracts.values import Charge
from services.coding.domain.edits import Support

_WHAT_EDITS_READ = ("procedure", "modifiers", "units", "quantity", "service_on", "service_to")
Reasons = dict[str, Support]


class Claimed(msgspec.Struct, frozen=True, array_like=True):
    """What a claim says of charges otherwise than they were captured, and a correction of it that has no answer yet."""

    charges: dict[str, Charge] = {}
    supported: Reasons = {}
    """Reasons about charges as the claim says them."""
    asked: CorrectionRequested | None = None
    judged: bool = False

    @property
    def waits(self) -> bool:
        """Whether its correction is to be judged."""
        return self.asked is not None and not self.judged

    def charged(self, captured: Mapping[str, Charge]) -> tuple[Charge, ...]:
        """The account's charges as the claim says them. What was voided is on no claim."""
        return tuple(
            self.charges.get(number, charge) if charge.units else charge
            for number, charge in captured.items()
        )

    def reasons(self, captured: Mapping[str, Charge], supported: Reasons) -> Reasons:
        """The account's, but for charges that the claim says otherwise, and its own."""
        kept = {
            number: why
            for number, why in supported.items()
            if number not in self.charges or reads_alike(captured[number], self.charges[number])
        }
        return kept | self.supported


def reads_alike(before: Charge, after: Charge) -> bool:
    """Whether edits find the same of both: a reason is about the charge as it was."""
    return all(getattr(before, name) == getattr(after, name) for name in _WHAT_EDITS_READ)


def not_on_a_claim(
    asked: CorrectionRequested, captured: Mapping[str, Charge]
) -> Iterator[CodingFailure]:
    """What a correction asks for that no claim alone can say."""
    for charge in asked.correction.charges:
        if charge.charge not in captured:
            told = "the account has no such charge"
            yield CodingFailure(rule="CHARGE", field=charge.charge, sentence=told)
        elif not charge.units:
            told = "a charge is voided where it was captured (claimlog charges correct), and on no claim alone"
            yield CodingFailure(rule="VOID", field=charge.charge, sentence=told)


def as_it_goes(asked: CorrectionRequested, captured: Mapping[str, Charge]) -> CorrectionRequested:
    """The correction with whole charges, amounts as they were captured: these are A/R."""
    charges = tuple(
        _with_details_kept(charge, captured[charge.charge])
        for charge in asked.correction.charges
        if charge.charge in captured and charge.units > 0
    )
    return copied(asked, correction=copied(asked.correction, charges=charges))


def _with_details_kept(charge: Charge, captured: Charge) -> Charge:
    """What a correction does not say of a charge stays as it was captured."""
    same_days = charge.service_on == captured.service_on
    return copied(
        charge,
        charge_cents=captured.charge_cents,
        service_to=charge.service_to or (captured.service_to if same_days else None),
        unit=captured.unit if charge.unit == "UN" else charge.unit,
        quantity=charge.quantity or (captured.quantity if charge.units == captured.units else None),
        drug=charge.drug or (captured.drug if charge.ndc == captured.ndc else None),
        providers=charge.providers or captured.providers,
        dates=charge.dates or captured.dates,
        attachments=charge.attachments or captured.attachments,
        conditions=charge.conditions or captured.conditions,
        emergency=charge.emergency or captured.emergency,
        epsdt=charge.epsdt or captured.epsdt,
        family_planning=charge.family_planning or captured.family_planning,
        copay_exempt=charge.copay_exempt or captured.copay_exempt,
    )


def with_correction(claim: Claimed, charges: Iterable[Charge]) -> Claimed:
    """The claim once it says these charges so, with the reasons that its correction gives for them."""
    said = {charge.charge: charge for charge in charges}
    given = claim.asked.correction.support if claim.asked else ()
    supported: Reasons = {n: why for n, why in claim.supported.items() if n not in said}
    supported |= {one.charge: "charge" for one in given if one.charge in said}
    return Claimed({**claim.charges, **said}, supported)


def evolve_claims(claims: dict[str, Claimed], event: Any) -> dict[str, Claimed]:
    """The claims after an event; what says of none anything else is not kept."""
    match event:
        case CorrectionRequested() if not event.correction.charges:
            return claims
        case ChargeCorrected() | ChargeSupported():
            return {number: _charge_said(claim, event) for number, claim in claims.items()}
    after = _claim_said(claims.get(event.claim, Claimed()), event)
    others = {number: claim for number, claim in claims.items() if number != event.claim}
    return others if after == Claimed() else {**others, event.claim: after}


def _claim_said(claim: Claimed, event: Any) -> Claimed:
    replace = msgspec.structs.replace
    match event:
        case CorrectionRequested():
            return replace(claim, asked=event, judged=False)
        case CorrectionJudged() if claim.asked is not None:
            return replace(claim, asked=event.asked, judged=True)
        case ClaimResubmitted():
            return with_correction(claim, event.charges)
        case CorrectionDeclined() | ReopeningOpened():
            return replace(claim, asked=None, judged=False)
    return claim


def _charge_said(claim: Claimed, event: ChargeCorrected | ChargeSupported) -> Claimed:
    replace = msgspec.structs.replace
    if isinstance(event, ChargeSupported):
        known = event.charge in claim.charges
        reasons: Reasons = {**claim.supported, event.charge: "charge"}
        return replace(claim, supported=reasons) if known else claim
    # The charge as it is by now is what the claim says, too.
    number = event.after.charge
    return replace(
        claim,
        charges={n: charge for n, charge in claim.charges.items() if n != number},
        supported={n: why for n, why in claim.supported.items() if n != number},
    )
