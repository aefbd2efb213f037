"""Whether a 277CA's totals are those of its claims, and its levels and categories are such as exist."""

from collections.abc import Iterator

from shared.x12 import hierarchy
from shared.x12.claim_ack_277ca.model import ACCEPTED, REJECTED, ClaimAck277, ProviderAck277
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.npi import is_npi


def check_277ca(ack: ClaimAck277, one: TransactionSet) -> list[Finding]:
    """All findings: totals that differ are warnings, unknown categories errors."""
    found = hierarchy.check_levels(one, hierarchy.STATUS)
    if not ack.batch_refused:
        found += _totals(ack, one, "2200B")
    for provider in ack.providers:
        if provider.by_npi and provider.npi and not is_npi(provider.npi):
            sentence, place = "an NPI has a wrong check digit", provider.places.get("NM1", -1)
            found.append(
                one.finding(
                    place, sentence, severity="warning", loop="2100C", element="NM109", code="7"
                )
            )
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
    for name, counted in (("accepted", len(taken)), ("rejected", len(refused))):
        stated = getattr(ack, name)
        if stated is not None and stated != counted:
            sentence = f"{name} claims: {stated} are stated, {counted} listed"
            place = ack.places.get(name, -1)
            found.append(
                one.finding(place, sentence, severity="warning", loop=loop, element="QTY02")
            )
    for name, listed in (("accepted_cents", taken), ("rejected_cents", refused)):
        stated, cents = getattr(ack, name), sum(c.charge_cents for c in listed)
        if stated is not None and stated != cents:
            found.append(
                one.finding(
                    ack.places.get(name, -1),
                    "a total is not what the charges of its claims make",
                    severity="warning",
                    loop=loop,
                    element="AMT02",
                    level="total",
                    difference_cents=stated - cents,
                )
            )
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
            ack.places.get("STC", -1),
            sentence,
            severity="warning",
            loop=loop,
            element="STC04",
            level="total",
            difference_cents=total - both,
        )
