"""Doors of legal holds."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Sentence
from services.reference.api.listing import tell
from services.reference.domain import LiftHold, PlaceHold
from shared.http import Actor, IdempotencyKey
from shared.service import Doors

Reason = Annotated[Sentence, Field(pattern=r"\S")]


class HoldBody(BaseModel):
    """A legal hold: the number of its matter, whom it keeps (everybody where no patient is named), and why."""

    model_config = ConfigDict(extra="forbid")
    hold: Annotated[str, Field(max_length=48, pattern=r"^[ -~]*[0-9A-Za-z][ -~]*$")]
    patient: Annotated[str, Field(max_length=48, pattern=r"^[!-~]*$")] = ""
    reason: Reason


class ReasonBody(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason


def hold_doors(router: APIRouter, doors: Doors) -> None:
    """`/legal-holds`, `/legal-holds/{hold}/lift`."""

    @router.post("/legal-holds")
    async def place(body: HoldBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Place a legal hold: nothing of the patient, or of anybody, is erased until it is lifted."""
        return await tell(doors, PlaceHold(body.hold, body.patient, body.reason), key, who)

    @router.post("/legal-holds/{hold:path}/lift")  # Courts write numbers with a slash.
    async def lift(hold: str, body: ReasonBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Lift a legal hold."""
        return await tell(doors, LiftHold(hold, body.reason), key, who)
