"""What coding remembers of an account, and how each event changes it."""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from contracts.coding import (
    ChargeCorrected,
    ChargesCaptured,
    ChargeSupported,
    CodingHeld,
    CorrectionJudged,
    EncounterCoded,
)
from contracts.denial import CorrectionRequested
from contracts.registration import AccountOpened, CoveragesSet
from contracts.submission import ClaimResubmitted, CorrectionDeclined, ReopeningOpened
from contracts.values import Charge, CodedLine, Coverage, Diagnosis
from services.coding.domain.corrections import Claimed, evolve_claims, reads_alike
from services.coding.domain.edits import DISTINCT, Cover, Support


class Account(msgspec.Struct, frozen=True, array_like=True):
    """The charges, the codes in force, what is held, and whether the account is billed at all."""

    charges: dict[str, Charge] = {}
    diagnoses: tuple[Diagnosis, ...] = ()
    lines: tuple[CodedLine, ...] = ()
    held: bool = False
    tried: CodingHeld | None = None
    """The codes that wait: they are judged again when a charge changes, and in the morning where only the books lack."""
    billing: Literal["bill", "history"] = "bill"
    number: str = ""
    opened: bool = False
    facility: str = ""
    covers: tuple[Cover, ...] = ()
    coded_for: tuple[Cover, ...] = ()
    """The coverages at the time of coding: what was coded before a table was known is not judged for nothing."""
    supported: dict[str, Support] = {}
    coder: str = ""
    claims: dict[str, Claimed] = {}
    """Claims that say charges otherwise than they were captured."""


def evolve(state: Account | None, event: Any) -> Account:
    """The account after an event."""
    account = state or Account()
    changed = msgspec.structs.replace
    match event:
        case AccountOpened():
            return changed(
                account,
                number=event.account,
                opened=True,
                billing=event.billing,
                facility=event.facility,
                # Coverages that were set may have been heard of before the account was.
                covers=account.covers or _covers(event.coverages),
            )
        case CoveragesSet(coverages=coverages):
            return changed(account, covers=_covers(coverages))
        case ChargesCaptured(charges=charges):
            new = {c.charge: c for c in charges}
            return changed(account, number=event.account, charges={**account.charges, **new})
        case ChargeCorrected(after=after):
            return changed(
                account,
                charges={**account.charges, after.charge: after},
                supported=_supported(account, event),
                claims=evolve_claims(account.claims, event),
            )
        case ChargeSupported(charge=charge):
            supported: dict[str, Support] = {**account.supported, charge: "charge"}
            claims = evolve_claims(account.claims, event)
            return changed(account, supported=supported, claims=claims)
        case EncounterCoded(diagnoses=diagnoses, lines=lines, coder=coder):
            return changed(
                account,
                diagnoses=diagnoses,
                lines=lines,
                held=False,
                tried=None,
                coded_for=account.covers,
                coder=coder,
            )
        case CodingHeld():
            return changed(account, held=True, tried=event if event.lines else None)
        case (
            CorrectionRequested()
            | CorrectionJudged()
            | ClaimResubmitted()
            | CorrectionDeclined()
            | ReopeningOpened()
        ):
            return changed(account, claims=evolve_claims(account.claims, event))
    return account


def _covers(coverages: Iterable[Coverage]) -> tuple[Cover, ...]:
    return tuple(Cover(c.payer, c.effective_from, c.effective_to) for c in coverages)


def _supported(account: Account, event: ChargeCorrected) -> dict[str, Support]:
    """A reason is about the charge as it was; one that comes with a modifier that parts a pair is about that."""
    before, after = event.before, event.after
    if reads_alike(before, after):
        return account.supported
    others = {number: why for number, why in account.supported.items() if number != after.charge}
    added = set(after.modifiers) - set(before.modifiers)
    return others if added.isdisjoint(DISTINCT) else {**others, after.charge: "modifiers"}
