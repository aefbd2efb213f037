"""Doors of what payers paid too much: since when somebody knows, what is looked for, what is sent back."""

from functools import partial
from typing import Any

from fastapi import APIRouter

from services.posting.api.bodies import (
    ConclusionAsked,
    IdentificationAsked,
    InvestigationAsked,
    RefundAsked,
)
from services.posting.api.orders import MOST_ROWS, by_a_person
from services.posting.domain.commands import (
    ConcludeInvestigation,
    IdentifyOverpayment,
    InvestigateOverpayment,
    RefundOverpayment,
)
from shared.http import Actor, IdempotencyKey
from shared.service import Doors, Row
from shared.streams import account_stream


def overpayment_doors(router: APIRouter, doors: Doors) -> None:
    """What a person says of one, and those that are open."""
    one = partial(by_a_person, doors)

    @router.post("/accounts/{account}/overpayments/{adjudication}/identify")
    async def identify_overpayment(
        account: str,
        adjudication: str,
        body: IdentificationAsked,
        key: IdempotencyKey,
        actor: Actor,
    ) -> dict[str, Any]:
        """Say since when somebody knows that a payer paid too much: its 60 days run from there."""
        command = IdentifyOverpayment(account, adjudication, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/overpayments/{adjudication}/investigate")
    async def investigate_overpayment(
        account: str, adjudication: str, body: InvestigationAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Look for what else the same cause overpaid: the 60 days stand still, until 180 days after it was identified at the latest."""
        command = InvestigateOverpayment(account, adjudication, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/overpayments/{adjudication}/conclude")
    async def conclude_investigation(
        account: str, adjudication: str, body: ConclusionAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Say that the look is over: the 60 days go on."""
        command = ConcludeInvestigation(account, adjudication, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.post("/accounts/{account}/overpayments/{adjudication}/refunds")
    async def refund_overpayment(
        account: str, adjudication: str, body: RefundAsked, key: IdempotencyKey, actor: Actor
    ) -> dict[str, Any]:
        """Send a payer back what it paid too much; without `cents` all that is open."""
        command = RefundOverpayment(account, adjudication, **body.model_dump())
        return await one(account_stream(account), command, body, key, actor)

    @router.get("/overpayments")
    async def overpayments() -> list[Row]:
        """What came too much and was not taken back yet, oldest first."""
        return await doors.rows(
            "select *, cents - recovered_cents as left_cents from overpayment "
            "where state = 'suspected' order by suspected_on, account limit $1",
            MOST_ROWS,
        )
