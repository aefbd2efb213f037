"""A 271 in trade names. Names, member ids and birth dates are PHI."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Benefit:
    """One EB: information code, coverage level, service types, period, money or fraction (basis points).

    Of coinsurance (`A`) the fraction is the patient's part. `authorization` and `in_network` are Y, N, U or W.
    """

    code: str
    level: str = ""
    service_types: list[str] = field(default_factory=list)
    plan: str = ""
    period: str = ""
    cents: int | None = None
    basis_points: int | None = None
    insurance_type: str = ""
    quantity_kind: str = ""
    quantity: str = ""
    authorization: str = ""
    in_network: str = ""
    procedure: str = ""
    messages: list[str] = field(default_factory=list)
    details: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Rejection:
    """One AAA: reason and follow-up, and the loop it stood in."""

    reason: str
    follow_up: str
    loop: str


@dataclass(slots=True)
class Answer271:
    """One subscriber's (or dependent's) answer, by trace."""

    trace: str
    last: str = ""
    first: str = ""
    member_id: str = ""
    payer_name: str = ""
    payer_id: str = ""
    provider_name: str = ""
    provider_npi: str = ""
    benefits: list[Benefit] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    segment: int = -1
    born_on: date | None = None
    sex: str = ""
    dependent: bool = False
    group_number: str = ""
    plan_from: date | None = None
    plan_to: date | None = None
    unknown: list[list[str]] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Whether any benefit says that the coverage is active (EB01 1 to 5)."""
        return any(b.code in ("1", "2", "3", "4", "5") for b in self.benefits)
