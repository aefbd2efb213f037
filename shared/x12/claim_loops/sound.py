"""Whether a claim is surely as `common` wants it, told at a glance; most are. Where it is not sure, the rules say what is wrong."""

from collections.abc import Sequence

from shared.x12.claim_loops.check import CENTS_MOST, CLM01_SAFE, PLACES, PO_BOX, SELF
from shared.x12.claim_loops.model import BillingProvider, ClaimBody, Payer, Subscriber
from shared.x12.npi import is_npi


def sound(
    c: ClaimBody,
    clm01: str,
    charges: Sequence[int],
    total_cents: int,
    subscriber: Subscriber,
    payer: Payer,
) -> bool:
    """Whether none of the common rules can find anything; False says nothing."""
    if c.prior or c.first_diagnosis not in ("ABK", "BK"):
        return False
    if not 0 < len(clm01) <= CLM01_SAFE or not (payer.name and payer.payer_id):
        return False
    if sum(charges) != total_cents or total_cents > CENTS_MOST or min(charges, default=0) < 0:
        return False
    for provider in c.providers:
        if provider.role in PLACES or (provider.npi and not is_npi(provider.npi)):
            return False
    if c.rendering_npi and not is_npi(c.rendering_npi):
        return False
    if c.billing is not None and not _bills(c.billing):
        return False
    party = subscriber.party
    if not (party.last and subscriber.member_id):
        return False
    if c.patient is not None:
        return c.patient.last != ""
    known = party.born_on is not None or party.sex != ""
    return subscriber.relation == SELF and party.street != "" and known


def _bills(b: BillingProvider) -> bool:
    if not (b.name and b.tax_id and b.tax_id_kind in ("EI", "SY") and len(b.zip) == 9):
        return False
    return is_npi(b.npi) and not b.street.upper().startswith(PO_BOX)
