"""A 277CA in trade names. Names of patients are PHI."""

from dataclasses import dataclass, field
from datetime import date

ACCEPTED = frozenset({"A0", "A1", "A2", "A5"})
REJECTED = frozenset({"A3", "A4", "A6", "A7", "A8"})


@dataclass(slots=True)
class ClaimStatus277:
    """Loop 2200D: one claim. `clm01` is TRN02."""

    clm01: str
    category: str
    status_code: str
    charge_cents: int
    action: str = ""
    entity: str = ""
    message: str = ""
    effective_on: date | None = None
    payer_control: str = ""
    clearinghouse_trace: str = ""
    patient_last: str = ""
    patient_first: str = ""
    patient_id: str = ""
    service_on: date | None = None
    segment: int = -1

    @property
    def accepted(self) -> bool:
        """Whether the category takes the claim on."""
        return self.category in ACCEPTED


@dataclass(slots=True)
class ProviderAck277:
    """Loop 2000C: a billing provider's claims and stated totals (QTY QA/QC, AMT YU/YY)."""

    name: str
    npi: str
    claims: list[ClaimStatus277] = field(default_factory=list)
    accepted: int | None = None
    rejected: int | None = None
    accepted_cents: int | None = None
    rejected_cents: int | None = None


@dataclass(slots=True)
class ClaimAck277:
    """One 277CA. `sender` is AY (clearinghouse) or PR (payer); `batch` TRN02 of 2200B, our BHT03."""

    sender: str
    sender_name: str
    sender_id: str
    batch: str
    on: date | None = None
    reference: str = ""
    receiver_name: str = ""
    receiver_id: str = ""
    received_on: date | None = None
    providers: list[ProviderAck277] = field(default_factory=list)
    accepted: int | None = None
    rejected: int | None = None
    accepted_cents: int | None = None
    rejected_cents: int | None = None
    control: str = ""

    def claims(self) -> list[ClaimStatus277]:
        """Every claim."""
        return [claim for provider in self.providers for claim in provider.claims]
