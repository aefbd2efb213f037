"""A professional claim in trade names. Amounts are integer cents; a `Party` of a person is PHI."""

from datetime import date

import msgspec

from shared.x12.claim_loops.model import (
    Address,
    Ambulance,
    Attachment,
    Batch,
    BillingProvider,
    ClaimAdjustment,
    ClaimBody,
    Condition,
    Dated,
    LineBody,
    Party,
    Payer,
    PriorLine,
    PriorPayer,
    Provider,
    Reference,
    Subscriber,
)

__all__ = [
    "Address",
    "Ambulance",
    "Attachment",
    "Batch837",
    "BillingProvider",
    "ClaimAdjustment",
    "Condition",
    "Dated",
    "Party",
    "Payer",
    "PriorLine",
    "PriorPayer",
    "ProfessionalClaim",
    "Provider",
    "Reference",
    "ServiceLine",
    "Subscriber",
]


class ServiceLine(LineBody, gc=False):
    """Loop 2400. `pointers` are places in the claim's diagnoses, from 1. `unit_code` MJ counts minutes.

    `quantity` is what stood for the units when it is no whole number. `epsdt` is a service of a child's screening
    (SV111), `copay_exempt` is SV115.
    """

    procedure: str
    charge_cents: int
    units: int
    service_from: date | None
    pointers: list[int]
    qualifier: str = "HC"
    modifiers: list[str] = msgspec.field(default_factory=list)
    unit_code: str = "UN"
    place_of_service: str = ""
    service_to: date | None = None
    quantity: str = ""
    description: str = ""
    emergency: str = ""
    epsdt: str = ""
    family_planning: str = ""
    copay_exempt: str = ""
    ambulance: Ambulance | None = None
    ambulance_patients: int | None = None


class ProfessionalClaim(ClaimBody, gc=False):
    """Loop 2300 with everything of its patient; see `ClaimBody` for what both kinds of claims hold."""

    clm01: str
    total_cents: int
    place_of_service: str
    frequency: str
    subscriber: Subscriber
    payer: Payer
    lines: list[ServiceLine]
    diagnoses: list[str]
    patient_paid_cents: int = 0
    accident_causes: list[str] = msgspec.field(default_factory=list)
    accident_state: str = ""
    special_program: str = ""
    ambulance: Ambulance | None = None
    anesthesia_procedures: list[str] = msgspec.field(default_factory=list)
    condition_codes: list[str] = msgspec.field(default_factory=list)

    def on(self, what: str) -> date | None:
        """The day of a date by its qualifier: 431 onset, 439 accident, 435 admission, 096 discharge …"""
        return next((d.day for d in self.dates if d.what == what), None)


Batch837 = Batch[ProfessionalClaim]
