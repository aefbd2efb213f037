"""A 277CA in trade names. Names and ids of patients are PHI."""

from dataclasses import dataclass, field
from datetime import date

ACCEPTED = frozenset({"A0", "A1", "A2", "A5"})
REJECTED = frozenset({"A3", "A4", "A6", "A7", "A8"})


@dataclass(slots=True)
class Status277:
    """One STC: category, status code and entity, and the action (WQ taken, U refused)."""

    category: str
    status_code: str = ""
    entity: str = ""
    action: str = ""
    cents: int = 0
    effective_on: date | None = None
    message: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the category takes on what it speaks of."""
        return self.category in ACCEPTED


@dataclass(slots=True)
class LineStatus277:
    """Loop 2220D: one service line, `line_control` is REF*6R."""

    procedure: str
    charge_cents: int
    line_control: str = ""
    service_on: date | None = None
    statuses: list[Status277] = field(default_factory=list)


@dataclass(slots=True)
class ClaimStatus277:
    """Loop 2200D: one claim. `clm01` is TRN02; `more` are its further statuses."""

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
    more: list[Status277] = field(default_factory=list)
    lines: list[LineStatus277] = field(default_factory=list)
    bill_type: str = ""
    service_to: date | None = None
    unknown: list[list[str]] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether the claim was taken on: its first status says so and no other refuses it."""
        refused = any(s.category in REJECTED for s in self.more)
        return self.category in ACCEPTED and not refused


@dataclass(slots=True)
class ProviderAck277:
    """Loop 2000C: a billing provider's claims and stated totals (QTY QA/QC, AMT YU/YY).

    A `status` that is not accepted refuses all of the provider's claims, listed or not. `npi` holds another id when it
    is not `by_npi`.
    """

    name: str
    npi: str
    claims: list[ClaimStatus277] = field(default_factory=list)
    accepted: int | None = None
    rejected: int | None = None
    accepted_cents: int | None = None
    rejected_cents: int | None = None
    status: Status277 | None = None
    by_npi: bool = True
    places: dict[str, int] = field(default_factory=dict, repr=False, compare=False)
    """Where what it states was read, by the name here or by the segment."""


@dataclass(slots=True)
class ClaimAck277:
    """One 277CA. `sender` is AY (clearinghouse) or PR (payer); `batch` TRN02 of 2200B, our BHT03.

    A `status` that is not accepted refuses the whole batch, and then there may be no claim at all.
    """

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
    status: Status277 | None = None
    unknown: list[list[str]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict, repr=False, compare=False)
    """Where what it states was read, by the name here or by the segment."""

    def claims(self) -> list[ClaimStatus277]:
        """Every claim."""
        return [claim for provider in self.providers for claim in provider.claims]

    @property
    def batch_refused(self) -> bool:
        """Whether the receiver refused everything at once."""
        return self.status is not None and self.status.category in REJECTED
