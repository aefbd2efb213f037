"""A 270 in trade names. Names, member ids and birth dates are PHI."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Dependent:
    """Loop 2000D: the patient when it is not the subscriber."""

    last: str
    first: str = ""
    born_on: date | None = None
    sex: str = ""
    relation: str = ""


@dataclass(slots=True)
class Inquiry270:
    """One person's inquiry, known by its trace (TRN02)."""

    trace: str
    trace_origin: str
    payer_name: str
    payer_id: str
    provider_name: str
    provider_npi: str
    member_id: str
    last: str
    first: str
    born_on: date | None = None
    sex: str = ""
    service_on: date | None = None
    service_types: list[str] = field(default_factory=lambda: ["30"])
    dependent: Dependent | None = None
    service_to: date | None = None
    unknown: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Batch270:
    """One ST of inquiries."""

    control: str
    reference: str
    on: date
    hhmm: str
    inquiries: list[Inquiry270]
