"""Whether a 277CA's totals are those of its claims."""

from shared.x12.claim_ack_277ca.model import ACCEPTED, REJECTED, ClaimAck277
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding


def check_277ca(ack: ClaimAck277, one: TransactionSet) -> list[Finding]:
    """All findings: totals that differ are warnings, unknown categories errors."""
    claims = ack.claims()
    taken = [c for c in claims if c.accepted]
    refused = [c for c in claims if not c.accepted]
    found = []
    for stated, counted, element in (
        (ack.accepted, len(taken), "QTY*90"),
        (ack.rejected, len(refused), "QTY*AA"),
        (ack.accepted_cents, sum(c.charge_cents for c in taken), "AMT*YU"),
        (ack.rejected_cents, sum(c.charge_cents for c in refused), "AMT*YY"),
    ):
        if stated is not None and stated != counted:
            sentence = f"a total of {stated} does not agree with its claims, which make {counted}"
            found.append(
                one.finding(-1, sentence, severity="warning", loop="2200B", element=element)
            )
    for c in claims:
        if c.category not in ACCEPTED | REJECTED:
            found.append(
                one.finding(c.segment, "an unknown status category", loop="2200D", element="STC01")
            )
    return found
