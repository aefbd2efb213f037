"""How an entry of the books is made of what somebody says, judged, and said to all."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from pydantic import TypeAdapter, ValidationError

from contracts.reference import FacilityListed, FeeSchedulePublished
from services.reference.domain import STREAM, List, MayPublish
from shared.errors import Malformed
from shared.http import FIELDS_SHOWN
from shared.service import Doors, Order, Scope
from shared.x12.npi import is_npi
from shared.x12.writing import NotWritable, clean

IN_FILES = ("payer_id", "receiver_id", "submitter_id", "taxonomy")
"""What stands in our files as it is listed; a name is made to fit."""


def _field(place: Sequence[str | int], kind: str) -> str:
    """Where it is wrong; a name that the caller made up may hold anything."""
    known = [*place[:-1], "(unknown field)"] if kind == "unexpected_keyword_argument" else place
    return ".".join(map(str, known))


def made(cls: type, body: dict[str, Any]) -> Any:
    """An event from a request body; Malformed names the fields, never their values."""
    try:
        return TypeAdapter(cls).validate_python(body)
    except ValidationError as wrong:
        fields = sorted({_field(e["loc"], e["type"]) for e in wrong.errors()})[:FIELDS_SHOWN]
        raise Malformed(f"these fields are missing or wrong: {', '.join(fields)}") from None


def _has_its_place(value: str) -> bool:
    """Whether an element can hold it, and holds something then."""
    try:
        return bool(clean(value))
    except NotWritable:
        return False


def judge_ids(event: Any) -> None:
    """Malformed where an id is listed that no file of ours could hold."""
    wrong = [name for name in IN_FILES if not _has_its_place(getattr(event, name, "-"))]
    if wrong:
        raise Malformed(f"these fields are missing or wrong: {', '.join(wrong)}")


async def publish(
    doors: Doors, cls: type, facts: dict[str, Any], data: bytes, key: str, who: str
) -> dict[str, Any]:
    """What is said of a file that is kept; nothing is kept of what is refused."""
    facts = {**facts, "sha256": hashlib.sha256(data).hexdigest()}
    entry = made(cls, facts)
    if isinstance(entry, FeeSchedulePublished):
        await tell(doors, MayPublish(entry), f"{key}/may", who)
    await doors.store_object(data)
    return await list_entry(doors, cls, facts, key, who)


async def list_entry(
    doors: Doors, cls: type, body: dict[str, Any], key: str, who: str
) -> dict[str, Any]:
    """List an entry; Malformed or Refused where it is none of ours."""
    event = made(cls, body)
    judge_ids(event)
    right = is_npi(event.npi) if isinstance(event, FacilityListed) else True
    digest = hashlib.sha256(msgspec.json.encode(event)).hexdigest()
    return await tell(doors, List(event, digest, right), key, who)


async def tell(doors: Doors, command: Any, key: str, who: str) -> dict[str, Any]:
    """Have the books decide on a command."""
    body = msgspec.json.encode(repr(command))
    order = Order(STREAM, command, key, body, Scope(tenant=doors.tenant), who)
    (answer,) = await doors.handle([order])
    return answer.told()
