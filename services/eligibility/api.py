"""Doors of eligibility: 271 files, and what is known of an account's coverages."""

from typing import Any

from fastapi import APIRouter, Query

from services.eligibility.domain.inbound import RefuseFile
from services.eligibility.gateway import take_answers
from shared.errors import Malformed, NotFound
from shared.json_bodies import Door
from shared.received_files import file_doors, tell_file, tell_of_refusal
from shared.service import Doors

PAGE = 500
NEXT = {
    "inactive": "ask the patient who covers that day and set the coverage (registration): it is asked again by itself",
    "rejected": "mend what was asked and set the coverage again (registration): it is asked again by itself",
    "unclear": "ask the payer, or whom it names, by telephone or portal",
}
"""What a person does about a coverage that nobody called active."""

REFUSED_FOR = {
    "15": "something that the payer needs is missing",
    "42": "the payer cannot answer now",
    "43": "the payer does not know the provider",
    "58": "the date of birth is none, or is missing",
    "62": "the day asked about is too long ago",
    "63": "the day asked about lies too far ahead",
    "64": "the patient's id is wrong or missing",
    "65": "the patient's name is wrong or missing",
    "67": "the payer does not find the patient",
    "71": "the date of birth is not the one that the payer has",
    "72": "the member id is wrong or missing",
    "73": "the member's name is wrong or missing",
    "75": "the payer does not find the member",
    "76": "the payer has the member id more than once",
    "78": "the member is not in the group or plan that was named",
}
"""AAA03 in our words."""


def what(row: dict[str, Any]) -> str:
    """What is wrong with a coverage, by its row."""
    if row["state"] == "inactive":
        return "not covered on the day of service"
    if row["state"] == "unclear":
        return f"neither active nor inactive (EB01 {row['reason'] or 'none'})"
    return f"inquiry rejected: {REFUSED_FOR.get(row['reason'], 'for another reason')} (AAA {row['reason']})"


def routes(doors: Doors) -> APIRouter:
    """`/files`, `/files/{sha256}/redrive`, `/accounts/{account}`, `/work-list`."""
    router = APIRouter(route_class=Door)

    async def take(data: bytes, name: str, who: str) -> dict[str, Any]:
        return await _receive(doors, data, name, who)

    file_doors(router, doors, take)

    @router.get("/accounts/{account}")
    async def account(account: str) -> list[dict[str, Any]]:
        """Every coverage of an account with what its payer said."""
        rows = await doors.rows(
            "select * from coverage_benefits where account = $1 order by trace", account.upper()
        )
        if not rows:
            raise NotFound("nothing was asked about this account")
        return rows

    @router.get("/work-list")
    async def work_list(limit: int = Query(default=PAGE, ge=1, le=5_000)) -> list[dict[str, Any]]:
        """Coverages that a payer rejected, called inactive or left open, oldest answer first; `listed` counts them."""
        rows = await doors.rows(
            "select *, count(*) over () as listed from coverage_benefits "
            "where state in ('rejected', 'inactive', 'unclear') order by answered_on, trace limit $1",
            limit,
        )
        return [row | {"what": what(row), "next_step": NEXT[row["state"]]} for row in rows]

    return router


async def _receive(doors: Doors, data: bytes, name: str, who: str) -> dict[str, Any]:
    """What the file says to our accounts; one that cannot be taken is told of, and kept."""
    try:
        command = await take_answers(data, name, doors)
    except Malformed as no:
        await tell_of_refusal(doors, data, name, no, RefuseFile, who)
        raise
    answer = await tell_file(doors, command.sha256, command, command.sha256, who)
    answer.told()
    return {
        "sha256": command.sha256,
        "again": answer.again or not answer.said,
        "answers": len(command.answers),
        "unmatched": command.unmatched,
    }
