"""Whether a 277CA's totals are those of its claims, and its levels and categories are such as exist."""

from collections.abc import Iterator

from shared.x12 import hierarchy
from shared.x12.claim_ack_277ca.model import ACCEPTED, REJECTED, ClaimAck277, ProviderAck277
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding


def check_277ca(ack: ClaimAck277, one: TransactionSet) -> list[Finding]:
    """All findings: totals that differ are warnings, unknown categories errors."""
    found = hierarchy.check_levels(one, hierarchy.STATUS)
    if not ack.batch_refused:
        found += _totals(ack, one, "2200B")
    for provider in ack.providers:
        if provider.status is None or provider.status.category not in REJECTED:
            found += _totals(provider, one, "2200C")
    for c in ack.claims():
        if c.category not in ACCEPTED | REJECTED:
            sentence = "an unknown status category"
            found.append(
                one.finding(c.segment, sentence, loop="2200D", element="STC01", claim=c.clm01)
            )
    if ack.sender not in ("AY", "PR"):
        sentence = "it does not say whether a clearinghouse or a payer speaks"
        found.append(one.finding(-1, sentence, severity="warning", loop="2100A", element="NM101"))
    return found


def _totals(ack: ClaimAck277 | ProviderAck277, one: TransactionSet, loop: str) -> list[Finding]:
    """What was taken and what was refused, in counts and cents: as stated, as listed, and together all of it."""
    claims = ack.claims() if isinstance(ack, ClaimAck277) else ack.claims
    taken = [c for c in claims if c.accepted]
    refused = [c for c in claims if not c.accepted]
    found = []
    for stated, counted, element in (
        (ack.accepted, len(taken), "QTY02"),
        (ack.rejected, len(refused), "QTY02"),
        (ack.accepted_cents, sum(c.charge_cents for c in taken), "AMT02"),
        (ack.rejected_cents, sum(c.charge_cents for c in refused), "AMT02"),
    ):
        if stated is not None and stated != counted:
            sentence = f"a total of {stated} does not agree with its claims, which make {counted}"
            found.append(one.finding(-1, sentence, severity="warning", loop=loop, element=element))
    found += _together(ack, sum(c.charge_cents for c in claims), one, loop)
    return found


def _together(
    ack: ClaimAck277 | ProviderAck277, listed_cents: int, one: TransactionSet, loop: str
) -> Iterator[Finding]:
    """Accepted and rejected cents make the total that the status of the level states (STC04)."""
    total = ack.status.cents if ack.status is not None else 0
    stated = [c for c in (ack.accepted_cents, ack.rejected_cents) if c is not None]
    both = sum(stated) if stated else listed_cents
    if total and both != total:
        sentence = "what was accepted and what was rejected do not make the total"
        yield one.finding(
            -1,
            sentence,
            severity="warning",
            loop=loop,
            element="STC04",
            level="total",
            difference_cents=total - both,
        )
