"""Doors of tracking: files and paper of clearinghouses and payers, what a person releases or matches, and the lists."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from services.adjudication_tracking.domain.inbound import RefuseFile
from services.adjudication_tracking.domain.remittance import Close, MatchClaim, Release
from services.adjudication_tracking.domain.states import State
from services.adjudication_tracking.gateway import Eob, Intake, judge
from shared.errors import Conflict, Malformed, NotFound
from shared.http import NOBODY, Actor, IdempotencyKey
from shared.json_bodies import Door
from shared.received_files import file_doors, keep, tell_of_refusal, tell_parts
from shared.service import Doors, Order, Scope
from shared.streams import remittance_stream

PAGE = 500
Limit = Annotated[int, Query(ge=1, le=5_000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_max_length=400)


class ReleaseBody(_Body):
    """Who releases an unbalanced remittance, and why."""

    by: str = Field(min_length=1, max_length=48)
    reason: str = Field(min_length=1)


class CloseBody(_Body):
    """Who closes a remittance that was refused, and why: the payer voided it, or pays anew."""

    by: str = Field(min_length=1, max_length=48)
    reason: str = Field(min_length=1)


class MatchBody(_Body):
    """Which claim of ours an unmatched payment belongs to, and by what it was recognised."""

    claim: str = Field(min_length=1, max_length=38)
    matched_on: str = Field(min_length=1, max_length=48)


def routes(doors: Doors) -> APIRouter:
    """`/files`, `/eobs`, `/remittances`, `/unmatched`, `/waiting-reversals`, `/claims`, `/acknowledgements`."""
    router = APIRouter(route_class=Door)
    _commands(router, doors)
    _payments(router, doors)
    _claims(router, doors)
    return router


def _commands(router: APIRouter, doors: Doors) -> None:
    async def take(data: bytes, name: str, who: str) -> dict[str, Any]:
        return await _receive(doors, data, name, who)

    file_doors(router, doors, take)

    @router.post("/eobs")
    async def enter(body: Eob, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Enter a check that came on paper or in a payer's portal: from here on it goes the way of an 835.

        Everything that is wrong with it is told at once, by claim and line, and then nothing of it is kept.
        """
        if who == NOBODY:
            raise Malformed("say who enters it, in the header X-Actor")
        entry = await judge(body, who, await doors.book(), doors)
        parts = entry.parts()
        await keep(doors, entry.data)
        return entry.told() | {"again": await tell_parts(doors, parts, who, key)}

    @router.post("/eobs/check")
    async def check(body: Eob, who: Actor) -> dict[str, Any]:
        """What would be said of such a check, and whether it is here already; nothing is kept."""
        return (await judge(body, who, await doors.book(), doors)).told()

    @router.post("/remittances/{remittance}/release")
    async def release(
        remittance: str, body: ReleaseBody, key: IdempotencyKey, who: Actor
    ) -> dict[str, Any]:
        """Release what does not balance: its balanced claims post, the difference stays in suspense."""
        return await _tell(doors, remittance, Release(body.by, body.reason), key, who)

    @router.post("/remittances/{remittance}/close")
    async def close(
        remittance: str, body: CloseBody, key: IdempotencyKey, who: Actor
    ) -> dict[str, Any]:
        """Close what was refused: nothing of it posts, and it leaves the work list."""
        return await _tell(doors, remittance, Close(body.by, body.reason), key, who)

    @router.post("/remittances/{remittance}/claims/{position}/match")
    async def match(
        remittance: str, position: int, body: MatchBody, key: IdempotencyKey, who: Actor
    ) -> dict[str, Any]:
        """Lead an unmatched claim payment to a claim of ours."""
        command = MatchClaim(position, body.claim, body.matched_on, who)
        return await _tell(doors, remittance, command, key, who)


def _payments(router: APIRouter, doors: Doors) -> None:
    @router.get("/remittances")
    async def remittances(
        state: Literal["staged", "released", "refused", "closed"] | None = None,
        check_number: str | None = Query(default=None, max_length=50),
        limit: Limit = PAGE,
    ) -> list[dict[str, Any]]:
        """Checks and EFTs, newest first; those of one number (TRN02) where one is asked for."""
        return await doors.rows(
            "select * from remittance where ($1::text is null or state = $1) "
            "and ($2::text is null or check_number = $2) "
            "order by paid_on desc, remittance limit $3",
            state,
            check_number,
            limit,
        )

    @router.get("/unmatched")
    async def unmatched(limit: Limit = PAGE) -> list[dict[str, Any]]:
        """Claim payments that found no claim of ours, largest first."""
        return await doors.rows(
            "select u.*, r.payer, r.check_number from unmatched u join remittance r using (remittance) "
            "where matched_to = '' order by abs(cents) desc, remittance, position limit $1",
            limit,
        )

    @router.get("/waiting-reversals")
    async def waiting_reversals(
        state: Literal["waiting", "taken_up", ""] = "waiting", limit: Limit = PAGE
    ) -> list[dict[str, Any]]:
        """Reversals whose original is not known, with the reason; their money stays in clearing meanwhile."""
        return await doors.rows(
            "select * from waiting_reversal where $1 = '' or state = $1 "
            "order by since, account, reversal limit $2",
            state,
            limit,
        )


def _claims(router: APIRouter, doors: Doors) -> None:
    @router.get("/claims/{claim}")
    async def claim(claim: str) -> dict[str, Any]:
        """One claim's state and answers."""
        rows = await doors.rows("select * from claim_status where claim = $1", claim.upper())
        if not rows:
            raise NotFound("no such claim")
        return rows[0]

    @router.get("/claims")
    async def claims(state: State | None = None, limit: Limit = PAGE) -> list[dict[str, Any]]:
        """Claims, by state."""
        return await doors.rows(
            "select * from claim_status where $1::text is null or state = $1 "
            "order by changed_on, claim limit $2",
            state,
            limit,
        )

    @router.get("/acknowledgements")
    async def acknowledgements(limit: Limit = PAGE) -> list[dict[str, Any]]:
        """Tallies of 277CA sets: accepted and rejected beside what was stated."""
        return await doors.rows(
            "select * from ack_tally order by received_on desc, sha256 limit $1", limit
        )

    @router.get("/acknowledgements/batches")
    async def batches(differing: bool = False, limit: Limit = PAGE) -> list[dict[str, Any]]:
        """What was sent in each set of ours, and what of it was accepted, rejected or not answered, in count and cents.

        `difference_cents` is by how much the answered claims' amounts are not those that were sent.
        """
        return await doors.rows(_BATCHES, differing, limit)


_BATCHES = """
select isa13, st02, receiver, sent, sent_cents, accepted, accepted_cents, rejected, rejected_cents,
       sent - accepted - rejected as silent, sent_cents - accepted_cents - rejected_cents as silent_cents,
       difference_cents, unknown
from (select isa13, st02, max(receiver) as receiver, count(cents)::int as sent,
             coalesce(sum(cents), 0)::bigint as sent_cents,
             (count(*) filter (where cents is not null and outcome = 'accepted'))::int as accepted,
             coalesce(sum(cents) filter (where outcome = 'accepted'), 0)::bigint as accepted_cents,
             (count(*) filter (where cents is not null and outcome = 'rejected'))::int as rejected,
             coalesce(sum(cents) filter (where outcome = 'rejected'), 0)::bigint as rejected_cents,
             coalesce(sum(answered_cents - cents), 0)::bigint as difference_cents,
             (count(*) filter (where cents is null))::int as unknown
      from sent_claim group by isa13, st02) b
where not $1 or sent <> accepted + rejected or difference_cents <> 0 or unknown > 0
order by isa13 desc, st02 limit $2
"""


async def _receive(doors: Doors, data: bytes, name: str, who: str) -> dict[str, Any]:
    """The file's parts one after the other; a file that cannot be taken is told of, and kept."""
    intake = Intake(doors, await doors.book(), data, name)
    try:
        parts = await intake.parts()
    except (Malformed, Conflict) as no:
        await tell_of_refusal(doors, data, name, no, RefuseFile, who)
        raise
    return {
        "sha256": intake.sha256,
        "again": await tell_parts(doors, parts, who),
        "sets": [msgspec.to_builtins(s) for s in intake.sets],
    }


async def _tell(doors: Doors, remittance: str, command: Any, key: str, who: str) -> dict[str, Any]:
    body = msgspec.json.encode(command)
    scope = Scope(tenant=doors.tenant)
    order = Order(remittance_stream(remittance), command, key, body, scope, who)
    (answer,) = await doors.handle([order])
    return answer.told()
