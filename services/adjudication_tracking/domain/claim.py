"""One claim as tracking knows it: its attempts, what of the newest was answered, and what is awaited."""

from datetime import date

import msgspec

from contracts.adjudication_tracking import ClaimAcknowledged, ClaimRejected
from services.adjudication_tracking.domain.states import State, step

VOID = "8"


class Claim(msgspec.Struct, frozen=True, array_like=True):
    """A claim of the account."""

    claim: str
    payer: str
    payer_order: int
    charges: tuple[str, ...] = ()
    total_cents: int = 0
    state: str = ""
    attempt: int = 1
    submitted_on: date | None = None
    acknowledged: bool = False
    acknowledged_by_payer: bool = False
    expected: bool = False
    late: tuple[str, ...] = ()
    forbidden: int = 0
    stood: str = ""
    stood_since: date | None = None
    """The state before a void went out and, while an 835 was awaited, since when: it comes back with the void."""
    sent: dict[str, int] = {}
    """The file and set in which each attempt left, and which attempt that was."""
    answered: dict[str, int] = {}
    """While the rest of the attempt is awaited: the charge that each decision which stands is about."""
    received_on: date | None = None
    """When the payer had the attempt, by its own first 277CA about it."""

    def decided(self, adjudication: str, charge_cents: int) -> "Claim":
        """The claim after a decision: its 835 is awaited until what is decided of it is all of it.

        What was answered whole, or is not awaited, is not awaited anew.
        """
        awaited = self.submitted_on is not None or self.state == "editing" or bool(self.answered)
        answered = {**self.answered, adjudication: charge_cents}
        if not awaited or sum(answered.values()) >= self.total_cents:
            return msgspec.structs.replace(self, submitted_on=None, answered={})
        # Whoever decides a part of it has it: no 277CA is awaited.
        return msgspec.structs.replace(self, acknowledged=True, answered=answered)

    def to(self, state: State) -> "Claim":
        """The claim after a step; a step that is not allowed is counted, never taken."""
        now, allowed = step(self.state, state)
        return msgspec.structs.replace(self, state=now, forbidden=self.forbidden + (not allowed))


def sent_in(isa13: int, st02: str) -> str:
    """A file and set of ours, as a 277CA names them."""
    return f"{isa13:09d}/{st02}"


def of_an_earlier_attempt(claim: Claim, e: ClaimAcknowledged | ClaimRejected) -> bool:
    """Whether a 277CA answers a file that an earlier attempt was in.

    One that names no file, or one that we did not hear of yet, is about the newest attempt.
    """
    if not e.answers_isa13:
        return False
    file = sent_in(e.answers_isa13, e.answers_st02)
    attempt = claim.sent.get(file)
    if attempt is not None:
        return attempt < claim.attempt
    return claim.attempt in claim.sent.values() and file < max(claim.sent)


def next_attempt(claim: Claim, attempt: int, frequency: str) -> Claim:
    """The claim as its next attempt begins; a void asks for no other answer, so what was answered stays."""
    return msgspec.structs.replace(
        claim.to("editing"),
        attempt=attempt,
        submitted_on=None,
        acknowledged=False,
        acknowledged_by_payer=False,
        late=(),
        received_on=None,
        answered=claim.answered if frequency == VOID else {},
    )
