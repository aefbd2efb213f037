"""One claim of an account: how far its newest attempt has come."""

from typing import Any, Literal

import msgspec

from contracts.adjudication_tracking import ClaimAcknowledged, ClaimRejected
from contracts.denial import CorrectionRequested
from contracts.submission import (
    ClaimHeld,
    ClaimRecalled,
    ClaimReleased,
    ClaimResubmitted,
    ClaimSetAside,
    ClaimSubmitted,
    ClaimVoided,
    CorrectionDeclined,
    ForwardingGivenUp,
    Frequency,
    ReopeningAsked,
    ReopeningOpened,
    TransportRejected,
    VoidWithdrawn,
)
from contracts.values import Charge, Coverage
from services.submission.domain.compiled import Compiled
from services.submission.domain.lanes import NO_FILE

Status = Literal[
    "queued",
    "held",
    "submitted",
    "transport_rejected",
    "rejected",
    "accepted",
    "adjudicated",
    "voided",
    "forwarded",
    "imported",
]
IN_TRANSPORT = ("queued", "submitted")
VOID: Frequency = "8"


class BeforeVoid(msgspec.Struct, frozen=True, array_like=True):
    """What a payer has of a claim while its void is on the way."""

    stands: Literal["accepted", "adjudicated"]
    frequency: Frequency
    payer_control: str = ""


class ClaimState(msgspec.Struct, frozen=True, array_like=True):
    """One claim of the account and its newest attempt."""

    claim: str
    payer: str = ""
    payer_order: int = 0
    status: Status = "queued"
    attempt: int = 1
    frequency: Frequency = "1"
    payer_control: str = ""
    answers: str = ""
    """The adjudication that the newest correction answered."""
    reasons: tuple[str, ...] = ()
    held_for: tuple[tuple[str, str], ...] = ()
    """Rule and element of each reason, to tell a new reason from the same one again."""
    overridden: tuple[str, ...] = ()
    transport_tries: int = 0
    corrected: dict[str, Charge] = {}
    authorization: str = ""
    note: str = ""
    foreign_number: str = ""
    told: str = ""
    """What the newest attempt says of earlier payers' money."""
    reopening: str = ""
    """The adjudication that a person asks the payer to reopen, until it is answered."""
    asked: bool = False
    accepted_as: str = ""
    """The number under which the payer's 277CA took a claim that it shall decide."""
    taken: Literal["", "277CA", "reversal"] = ""
    """By which of its words the payer took the void that the newest attempt is."""
    before_void: BeforeVoid | None = None
    """What stands again when the void that the newest attempt is comes to nothing."""
    sent: dict[str, int] = {}
    """The file and set in which each attempt left, and which attempt that was."""
    waits_under: tuple[Coverage, ...] = ()
    """The account's coverages when the queued attempt was compiled, once its account changed; nothing when it has left."""
    waits_with: Compiled | None = None
    """What else it was compiled from. An older version's state has nothing here where only coverages were set."""
    recalled: bool = False
    """Whether the queue was asked for it."""
    aside: int = 0
    """The attempt that the writer set aside of its file: what goes of it later is another."""
    emptied: bool = False
    """Voided by itself, for nothing was left to bill: it goes again once there is something."""
    says: tuple[str, ...] = ()
    """The charges that the newest attempt names, once its account has others; of a void, those that its payer has."""
    had: tuple[str, ...] = ()
    """The charges of what the payer decided, once a correction of it went."""
    denials: tuple[str, ...] = ()
    """The denials that a correction of it was asked for, until the payer decides, or nothing of it goes."""


_replace = msgspec.structs.replace
_WAITS_NO_MORE: dict[str, Any] = {"waits_under": (), "waits_with": None, "recalled": False}


def evolve_claim(claim: ClaimState, event: Any) -> ClaimState:
    """Fold an event of one claim; what speaks of an earlier attempt changes nothing."""
    match event:
        case ClaimHeld():
            reasons = event.reasons
            return _replace(
                claim,
                status="held",
                reasons=tuple(reason.rule for reason in reasons if reason.severity == "block"),
                held_for=tuple((reason.rule, reason.element) for reason in reasons),
                **_WAITS_NO_MORE,
            )
        case ClaimReleased():
            overridden = tuple(dict.fromkeys((*claim.overridden, *event.overridden)))
            return _replace(
                claim,
                status="queued",
                reasons=(),
                held_for=(),
                overridden=overridden,
                says=claim.says if claim.frequency == VOID else (),
                **_WAITS_NO_MORE,
            )
        case ClaimResubmitted():
            return _resubmitted(claim, event)
        case ClaimSubmitted():
            sent = {**claim.sent, file_of(event.isa13, event.st02): event.attempt}
            claim = _replace(claim, sent=sent)
            if event.attempt == claim.attempt:
                accepted_as = claim.accepted_as if event.payer == claim.payer else ""
                claim = _replace(
                    claim, payer=event.payer, accepted_as=accepted_as, **_WAITS_NO_MORE
                )
            left = event.attempt == claim.attempt and claim.status == "queued"
            return _replace(claim, status="submitted") if left else claim
        case ClaimRecalled(attempt=claim.attempt):
            return _replace(claim, recalled=True)
        case ClaimSetAside(attempt=claim.attempt) if event.isa13 != NO_FILE:
            return _replace(claim, aside=event.attempt)
        case TransportRejected(attempt=claim.attempt) if claim.status in IN_TRANSPORT:
            return _replace(claim, status="transport_rejected")
        case ReopeningOpened():
            answers = event.adjudication
            return _replace(claim, reopening=answers, answers=answers, asked=False)
        case ReopeningAsked():
            return _replace(claim, asked=True)
        case ForwardingGivenUp() if claim.status == "forwarded":
            return _replace(claim, status="held")
        case CorrectionRequested():
            together = tuple(dict.fromkeys((*claim.denials, *event.denials)))
            return _replace(claim, denials=together)
        case CorrectionDeclined():
            others = tuple(one for one in claim.denials if one not in event.denials)
            return _replace(claim, denials=others)
        case ClaimVoided():
            return _voided(claim, event)
        case VoidWithdrawn():
            return _withdrawn(claim, event)
        case ClaimAcknowledged() if answers_newest(claim, event, ("submitted",)):
            return _replace(claim, status="accepted", transport_tries=0, **_by_payer(claim, event))
        case ClaimAcknowledged() if claim.status == "accepted" and event.by == "payer":
            newest = answers_newest(claim, event, ("accepted",))
            return _replace(claim, **_by_payer(claim, event)) if newest else claim
        case ClaimAcknowledged(by="payer") if answers_void(claim, event) and claim.before_void:
            return _replace(claim, taken="277CA")
        case ClaimRejected() if answers_newest(claim, event, ("submitted", "accepted")):
            return _replace(claim, status="rejected", transport_tries=0)
        case ClaimRejected() if answers_void(claim, event) and claim.before_void:
            stands = _replace(claim.before_void, stands="adjudicated")
            return _replace(claim, status="rejected", transport_tries=0, before_void=stands)
    return claim


def _by_payer(claim: ClaimState, event: ClaimAcknowledged) -> dict[str, Any]:
    """What a payer's 277CA adds to a clearinghouse's: its number, or that it took the void."""
    if event.by != "payer":
        return {}
    if claim.frequency == VOID:
        return {"taken": "277CA"}
    return {"accepted_as": event.payer_control or claim.accepted_as}


def file_of(isa13: int, st02: str) -> str:
    """A file and set of ours, as a 277CA names them."""
    return f"{isa13:09d}/{st02}"


def answers_newest(
    claim: ClaimState, event: ClaimAcknowledged | ClaimRejected, awaiting: tuple[Status, ...]
) -> bool:
    """Whether a 277CA is about the newest attempt, and that one waits for it.

    It names the file that it answers. One that we did not hear of yet overtook our word that the newest attempt
    left; one that names no file may mean a first attempt before that word, for there is no older one to mean.
    """
    attempt = claim.sent.get(file_of(event.answers_isa13, event.answers_st02))
    if attempt is not None and attempt < claim.attempt:
        return False
    if claim.status in awaiting:
        return True
    known = claim.attempt in claim.sent.values()
    return (
        claim.status == "queued" and not known and (bool(event.answers_isa13) or claim.attempt == 1)
    )


def answers_void(claim: ClaimState, event: ClaimAcknowledged | ClaimRejected) -> bool:
    """Whether a 277CA names the file in which a void left that a late decision of the payer has overtaken."""
    file = file_of(event.answers_isa13, event.answers_st02)
    overtaken = claim.frequency == VOID and claim.status == "adjudicated"
    return overtaken and claim.sent.get(file) == claim.attempt


def _resubmitted(claim: ClaimState, event: ClaimResubmitted) -> ClaimState:
    again, void = event.cause == "transport", event.frequency == VOID
    return _replace(
        claim,
        status="queued",
        attempt=event.attempt,
        frequency=event.frequency,
        payer=event.payer,
        payer_control=event.payer_control,
        # A void answers no decision: once it is withdrawn, what it left alone may be corrected again.
        answers="" if void else event.adjudication or claim.answers,
        reasons=(),
        held_for=(),
        transport_tries=claim.transport_tries + 1 if again else 0,
        taken="",
        emptied=False,
        before_void=_before_void(claim, event),
        says=at_payer(claim) if void else (),
        accepted_as=claim.accepted_as if event.payer == claim.payer else "",
        had=_had(claim, event),
        corrected={**claim.corrected, **{charge.charge: charge for charge in event.charges}},
        authorization=event.authorization or claim.authorization,
        note=event.note or claim.note,
        **_WAITS_NO_MORE,
    )


def at_payer(claim: ClaimState) -> tuple[str, ...]:
    """The charges of what the payer has; nothing when they are those of the account."""
    corrects = claim.status in ("held", "rejected") and claim.frequency != VOID
    return claim.had if corrects else claim.says


def _had(claim: ClaimState, event: ClaimResubmitted) -> tuple[str, ...]:
    if event.frequency != VOID and claim.status in ("accepted", "adjudicated"):
        return claim.says or tuple(line.charge for line in event.lines)
    return claim.had


def _before_void(claim: ClaimState, event: ClaimResubmitted) -> BeforeVoid | None:
    if event.frequency != VOID:
        return None
    match claim.status:
        case "accepted" | "adjudicated" as stands if claim.before_void is not None:
            return _replace(
                claim.before_void, stands=stands
            )  # Decided while its void was on the way.
        case "accepted" | "adjudicated" as stands:
            return BeforeVoid(stands, claim.frequency, claim.payer_control)
        case "held" | "rejected" if claim.frequency != VOID:
            # A correction of what the payer decided came to nothing; that decision is what stands.
            return BeforeVoid("adjudicated", claim.frequency, claim.payer_control)
    return claim.before_void


def _voided(claim: ClaimState, event: ClaimVoided) -> ClaimState:
    return _replace(
        claim,
        status="voided",
        reasons=(),
        held_for=(),
        accepted_as="",
        taken="",
        before_void=None,
        denials=(),
        emptied=event.taken_by == "nobody" and not event.voided_by,
        **_WAITS_NO_MORE,
    )


def _withdrawn(claim: ClaimState, event: VoidWithdrawn) -> ClaimState:
    return _replace(
        claim,
        status=event.stands,
        frequency=event.frequency,
        payer_control=event.payer_control,
        reasons=(),
        held_for=(),
        before_void=None,
    )
