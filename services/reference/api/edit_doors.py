"""Doors of code edits: the files of a table are kept piece by piece, and then said at once."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field

from contracts.reference import CodeEditsPublished
from contracts.values import Code, Sha256
from services.reference.api.edits import add_ons_of, edits_in, limits_of, pairs_of
from services.reference.api.listing import list_entry
from shared.aside import aside
from shared.errors import Malformed, NotFound
from shared.http import Actor, Day, IdempotencyKey
from shared.service import Doors

Kind = Literal["ptp", "mue", "aoc"]
Setting = Literal["practitioner", "outpatient", "dme"]


class EditsBody(BaseModel):
    """A table by its kept files."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    setting: Setting = "practitioner"
    name: Code = "NCCI"
    version: Code
    parts: list[Sha256] = Field(min_length=1, max_length=64)
    effective_from: Day
    effective_to: Day | None = None
    payers: list[Code] = Field(default=[], max_length=200)
    facilities: list[Code] = Field(default=[], max_length=200)


def edit_doors(router: APIRouter, doors: Doors) -> None:
    """`/code-edits/parts`, `/code-edits`."""

    @router.post("/code-edits/parts")
    async def part(
        data: Annotated[bytes, Body(media_type="text/plain")],
        kind: Kind,
        setting: Setting = "practitioner",
        first_line: Annotated[int, Query(ge=1, le=100_000_000)] = 1,
    ) -> dict[str, Any]:
        """Keep a piece of a table as CMS lays it out, whose first line is the file's `first_line`; nothing is in force of it yet."""
        if kind == "ptp":
            kept, edits = await aside(pairs_of, data, first_line)
        elif kind == "aoc":
            kept, edits = await aside(add_ons_of, data, first_line)
        else:
            kept, edits = await aside(limits_of, data, setting)
        return {"sha256": await doors.store_object(kept), "edits": edits}

    @router.post("/code-edits")
    async def publish(body: EditsBody, key: IdempotencyKey, who: Actor) -> dict[str, Any]:
        """Publish a quarter's table of pairs, unit limits or add-on codes, from files that were kept."""
        edits = [await _edits(doors, body.kind, one) for one in body.parts]
        facts = body.model_dump(mode="json") | {
            "parts": [
                {"sha256": one, "edits": n} for one, n in zip(body.parts, edits, strict=True)
            ],
            "edits": sum(edits),
            "payers": sorted(set(body.payers)),
            "facilities": sorted(set(body.facilities)),
        }
        return await list_entry(doors, CodeEditsPublished, facts, key, who)


async def _edits(doors: Doors, kind: str, sha256: str) -> int:
    try:
        edits = edits_in(kind, await doors.read_object(sha256))
    except NotFound:
        edits = None
    if edits is None:
        raise Malformed("a part is no file that was kept of such a table")
    return edits
