"""Disks that are full under the broker, the database, the file drop and the kept files, and have room again."""

import asyncio
import hashlib
from pathlib import Path

import httpx

from deploy.home import NotStarted
from simulator.chance import Chance
from tests.faults.disks import Disk, DiskStack, HasDisks, make_disks
from tests.faults.lab import Lab
from tests.faults.rows import row
from tests.faults.watch import supervised

LEFT_BYTES = (0, 4_096, 100_000)
FULL_SECONDS = (4, 12)
PLACES = ("kafka", "postgres", "drop", "objects")


@row(
    15,
    "disk-full",
    "a file that is handed over in part; a yes for what could not be kept; "
    "an engine's refusal that is taken for the record's fault; half-written files that are left behind",
    make_stack=make_disks,
)
async def disk_full(lab: Lab, chance: Chance) -> str:
    """Each disk is full for a while, in an order and down to a rest that the seed chooses; then there is room."""
    assert isinstance(lab.stack, DiskStack)
    order = sorted(PLACES, key=lambda p: chance.below(1 << 30, "order", p))
    async with supervised(lab) as watch:
        told = await lab.under_load(_fill(lab, lab.stack, chance, order))
        await lab.ready(seconds=240.0)
    await lab.drained()
    root = lab.stack.home.root
    left = [*drafts(root / "files" / "outbound"), *drafts(root / "objects")]
    assert not left, f"{len(left)} half-written files are left: {left[0].name}"
    return f"full: {', '.join(told)}; {watch}"


async def _fill(lab: Lab, stack: DiskStack, chance: Chance, order: list[str]) -> list[str]:
    told = []
    for place in order:
        await lab.pauses(chance, "room", place, most_seconds=2.0)
        left = chance.pick(LEFT_BYTES, "left", place)
        disk = stack.disk(place)
        await asyncio.to_thread(disk.fill, left)
        await asyncio.sleep(3 if lab.brief else chance.pick(FULL_SECONDS, "how long", place))
        if place == "kafka":
            await asyncio.to_thread(disk.fill, left)  # What a roll of a segment gave back.
            await asyncio.sleep(2)
        disk.make_room()
        told.append(f"{place} but for {left} bytes{await _engine_again(stack, place)}")
    return told


async def _engine_again(stack: DiskStack, place: str) -> str:
    """An engine that ended for lack of room is started again, as its supervisor does; says so."""
    if place not in ("kafka", "postgres"):
        return ""
    engine = stack.kafka if place == "kafka" else stack.postgres
    stood = stack.home.read_run(place) is not None
    try:
        await asyncio.to_thread(engine.start)
    except NotStarted:
        # It ended while it was asked, or stands and does nothing (its log folder is offline).
        await asyncio.to_thread(engine.stop)
        await asyncio.to_thread(engine.start)
        return " (it hung and was started again)"
    return "" if stood else " (it ended and was started again)"


@row(
    15,
    "full-door",
    "a yes for a file that a full disk did not keep; a no that looks like a defect, or says too much; a rest that stays",
    make_stack=make_disks,
)
async def full_door(lab: Lab, chance: Chance) -> str:
    """The disk of kept files is full: the door that takes files says so, others go on; with room the same key is taken."""
    assert isinstance(lab.stack, HasDisks)
    disk = lab.stack.disk("objects")
    body = f"ISA*NO FILE OF OURS {lab.days_done}".encode() * 512
    told = await lab.under_load(_at_the_door(lab, disk, body), least_days=2)
    left = drafts(lab.stack.home.root / "objects")
    assert not left, f"{len(left)} half-written files are left: {left[0].name}"
    return f"full: {told[0]} {told[1]}; with room: {told[2]}"


async def _at_the_door(lab: Lab, disk: Disk, body: bytes) -> tuple[int, str, int]:
    await asyncio.to_thread(disk.fill)
    try:
        full = await _hand_in(lab, body)
        assert full.status_code == 503, f"a full disk is answered with {full.status_code}"
        said = full.json()
        assert set(said) == {"code", "sentence"}, f"the answer holds {sorted(said)}"
        assert "retry-after" in full.headers, "the answer does not say when to come again"
    finally:
        disk.make_room()
    room = await _hand_in(lab, body)
    assert room.status_code == 422, f"what is no X12 is answered with {room.status_code}"
    return full.status_code, str(said["code"]), room.status_code


async def _hand_in(lab: Lab, body: bytes) -> httpx.Response:
    """The same bytes under the same key."""
    url = lab.services.facts("adjudication_tracking-0")["url"]
    headers = {"Idempotency-Key": f"full/{hashlib.sha256(body).hexdigest()}"}
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        return await client.post("/files", content=body, headers=headers)


def drafts(folder: Path) -> list[Path]:
    """Files that somebody began to write and did not finish."""
    return [p for p in folder.rglob(".*") if p.is_file()]
