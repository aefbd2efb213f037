"""Whether a 277CA speaks of everything that was sent, and of nothing else: accepted + rejected = what was sent."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.x12.claim_ack_277ca.model import ClaimAck277, ClaimStatus277


class Answered(NamedTuple):
    """What became of a batch. `different` are claims whose charge is not the one that was sent."""

    accepted: list[ClaimStatus277]
    rejected: list[ClaimStatus277]
    different: list[ClaimStatus277]
    unknown: list[ClaimStatus277]
    unanswered: list[str]

    @property
    def complete(self) -> bool:
        """Whether every claim that was sent is answered once, at its charge, and nothing else is."""
        return not (self.different or self.unknown or self.unanswered)


def match_277ca(ack: ClaimAck277, sent: Mapping[str, int]) -> Answered:
    """`sent` gives the charge in cents of every CLM01 of the batch; a claim answered twice is unknown the second time.

    A batch that was refused as a whole, or a provider that was, answers its claims without listing them: they stay
    unanswered here, and the statuses of those levels say why.
    """
    left = dict(sent)
    made = Answered([], [], [], [], [])
    for claim in ack.claims():
        charge = left.pop(claim.clm01, None)
        if charge is None:
            made.unknown.append(claim)
            continue
        (made.accepted if claim.accepted else made.rejected).append(claim)
        if claim.charge_cents != charge:
            made.different.append(claim)
    made.unanswered.extend(left)
    return made
