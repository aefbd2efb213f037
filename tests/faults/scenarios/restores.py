"""A log that is lost, a database or a log put back to an older moment, a whole installation put back elsewhere."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from deploy.home import NotStarted
from deploy.maintenance import rebuild
from deploy.processes import ROOT
from deploy.provision import SERVICES
from shared import admin
from simulator.chance import Chance
from tests.faults import restoring
from tests.faults.lab import Lab
from tests.faults.pictures import picture, reordered, unlike
from tests.faults.processes import make_stack
from tests.faults.restoring import Backup
from tests.faults.rows import row
from tests.faults.watch import again, supervised

READY_SECONDS = 240.0


@row(
    7,
    "lost-topic",
    "a record that is not what it was, stands twice or out of its producer's order when the log is made again from the "
    "outboxes; a rebuild that takes the new order between producers for the one that was heard",
)
async def lost_topic(lab: Lab, chance: Chance) -> str:
    """The topic is deleted and made anew under load: key, headers and value of every record are what they were."""
    await lab.under_load(lab.pauses(chance, "before", most_seconds=4.0))
    await lab.drained()
    before = await picture(lab)
    async with supervised(lab) as watch:
        took = await lab.under_load(_lose_topic(lab, chance))
        await _ready_again(lab)
        await lab.drained()
    after = await picture(lab)
    wrong = unlike(before, after)
    assert not wrong, f"{len(wrong)} channels: {wrong[0]}"
    moved = reordered(before, after)
    await _made_anew(lab)
    return (
        f"{before.count} records again as they were after {took:.0f} s, "
        f"in {moved} of {len(before.partitions)} partitions in another order among producers; {watch}"
    )


async def _lose_topic(lab: Lab, chance: Chance) -> float:
    started = time.monotonic()
    await lab.pauses(chance, "alive", most_seconds=4.0)
    await asyncio.to_thread(_delete, lab)
    await lab.pauses(chance, "gone", most_seconds=6.0)
    chosen = lab.stack.settings

    async def made() -> bool:
        done = await asyncio.to_thread(
            admin.provision, lab.stack.bootstrap, chosen.topic, chosen.partitions, 1
        )
        return chosen.topic in done

    await lab.until(made, "the topic is made anew")
    await _ready_again(lab)
    return time.monotonic() - started


async def _ready_again(lab: Lab) -> None:
    """Everybody is ready, though some end first: the topic that they knew is gone."""

    async def ready() -> bool:
        try:
            await lab.ready(seconds=READY_SECONDS)
        except NotStarted:
            return False
        return set(lab.services.running()) == {f"{s}-0" for s in SERVICES}

    await lab.until(ready, "everybody is ready again", READY_SECONDS)


def _delete(lab: Lab) -> None:
    with closing(admin.connect(lab.stack.bootstrap)) as client:
        client.delete_topics([lab.stack.settings.topic])


@row(
    22,
    "older-database",
    "a decision that is taken again, an answer that is forgotten, a file that leaves twice, a person's data that "
    "nobody can read, after PostgreSQL was put back to before what the log knows",
)
async def older_database(lab: Lab, chance: Chance) -> str:
    """PostgreSQL is put back to a backup that is days older than the log; the key ring has a backup of its own."""

    async def back_up(backup: Backup) -> None:
        await asyncio.to_thread(restoring.back_up_postgres, lab.stack, backup)

    async def put_back(backup: Backup) -> None:
        await asyncio.to_thread(restoring.back_up_keyring, lab.stack, backup)
        await asyncio.to_thread(restoring.put_postgres_back, lab.stack, backup)
        await asyncio.to_thread(restoring.put_keyring_back, lab.stack, backup)

    return await _put_back(lab, chance, back_up, put_back)


@row(
    22,
    "older-log",
    "a record that only the database knows and nobody publishes again after the log was put back; a rebuild that takes "
    "the new order between producers for the one that was heard",
)
async def older_log(lab: Lab, chance: Chance) -> str:
    """The broker's folder is put back to a copy that is days older than the database."""

    async def back_up(backup: Backup) -> None:
        await asyncio.to_thread(restoring.back_up_log, lab.stack, backup)

    async def put_back(backup: Backup) -> None:
        await asyncio.to_thread(restoring.put_log_back, lab.stack, backup)

    told = await _put_back(lab, chance, back_up, put_back)
    await _made_anew(lab)
    return told


async def _made_anew(lab: Lab) -> None:
    """The tables of a service are made from a log that was filled anew; the end check compares those of all."""
    made = await rebuild(lab.stack, "posting", swap=True)
    assert made.events, "a rebuild folded nothing"


async def _put_back(
    lab: Lab,
    chance: Chance,
    back_up: Callable[[Backup], Awaitable[None]],
    put_back: Callable[[Backup], Awaitable[None]],
) -> str:
    """A backup in the midst of load, days after it, everything stopped, the older part put back, days again."""
    backup = _fresh(lab)

    async def copy() -> None:
        await lab.pauses(chance, "before the backup", most_seconds=4.0)
        await back_up(backup)

    await lab.under_load(copy(), least_days=4)
    await lab.drained()  # What was never published is gone with the database.
    before = await picture(lab)
    for name in lab.services.running():
        await asyncio.to_thread(lab.services.end, name)
    await put_back(backup)
    started = time.monotonic()
    again(lab)
    await lab.ready(seconds=READY_SECONDS)
    await lab.drained()
    backup.timed("until everything was heard again", started)
    wrong = unlike(before, await picture(lab))
    assert not wrong, f"{len(wrong)} channels: {wrong[0]}"
    async with supervised(lab) as watch:
        await lab.under_load(asyncio.sleep(0))
    size = backup.megabytes()
    shutil.rmtree(backup.root)
    return f"{size} MB: {backup}; {watch}"


@row(
    22,
    "elsewhere",
    "something that is needed and is in no backup; a path, port or host that is kept where it should be asked for",
)
async def elsewhere(lab: Lab, chance: Chance) -> str:
    """A backup of everything in the midst of work, database or log first; the machine is lost; another folder goes on."""
    await lab.under_load(lab.pauses(chance, "before", most_seconds=3.0))
    backup, old = _fresh(lab), lab.stack
    parts = [restoring.back_up_postgres, restoring.back_up_log]
    if chance.below(2, "log first"):
        parts.reverse()
    for part in (*parts, restoring.back_up_folders):
        await asyncio.to_thread(part, old, backup)
    await asyncio.to_thread(old.erase)
    new = make_stack(old.home.root.with_name(f"{old.home.root.name}-elsewhere"))
    await asyncio.to_thread(new.erase)
    new.home.at(new.home.root, new.home.cache)
    restoring.move(lab, new)
    await asyncio.to_thread(restoring.unfold, backup, new)
    started = time.monotonic()
    await asyncio.to_thread(new.start)
    settled = await _drained_by_a_person(lab)
    backup.timed("until everything was heard", started)
    await lab.under_load(asyncio.sleep(0))
    size, first = (
        backup.megabytes(),
        "PostgreSQL" if parts[0] is restoring.back_up_postgres else "log",
    )
    shutil.rmtree(backup.root)
    return f"{size} MB, {first} first: {backup}; {settled} files waited for a person"


async def _drained_by_a_person(lab: Lab) -> int:
    """Everything is heard, and nothing waits for a person; how many files did."""
    settled = 0
    waiting = asyncio.create_task(lab.drained())
    while not waiting.done():
        settled += await _settle_held(lab)
        await asyncio.wait([waiting], timeout=1.0)
    waiting.result()
    return settled


async def _settle_held(lab: Lab) -> int:
    """A person looks into the outbound folder and says of each file that waits whether it left; how many there were."""
    settled = 0
    for service in ("eligibility", "submission"):
        for one in await lab.doors.get(service, "/held"):
            left = (lab.world.outbound / one["file_name"]).exists()
            path = f"/held/{one['event_id']}/{'left' if left else 'release'}"
            await lab.doors.post(service, path, f"held/{one['event_id']}")
            settled += 1
    lab.doors.kept = [k for k in lab.doors.kept if not k.path.startswith("/held/")]
    return settled


def _fresh(lab: Lab) -> Backup:
    root: Path = ROOT / ".claimlog-test" / f"backup-{lab.stack.home.root.name}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    return Backup(root)
