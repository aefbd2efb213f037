"""What an older version passed without hearing it is not in the tables of one that hears it, until a rebuild."""

from dataclasses import replace

import pytest

from shared.rebuild import Rebuild
from shared.run import tell_missed
from shared.service import Service
from shared.unheard import missed
from tests.kernel.fed import Fed, MemoryLog, MemoryReader, settle
from tests.kernel.toys import ALPHA, BETA

CHARGES = "coding.charges_captured.v1"
OLDER = replace(BETA, hears=BETA.hears - {CHARGES})


async def start(
    service: Service, log: MemoryLog, database: str, *, keeps: bool = True
) -> list[str]:
    """It starts, hears all there is, and ends; what it was missing when it started."""
    made = await Fed.start(service, log, database)
    lacks = await missed(made.engine.pool)
    await settle(made)
    if not keeps:
        await made.engine.pool.execute("drop table unheard")
    await made.close()
    return lacks


async def said(database: str) -> MemoryLog:
    """A log in which a charge stands."""
    log = MemoryLog()
    alpha = await Fed.start(ALPHA, log, database)
    assert (await alpha.capture(0, "one")).status == 200
    await alpha.close()
    return log


async def test_what_was_passed_and_is_heard_now_is_missed_until_a_rebuild(database: str) -> None:
    log = await said(database)
    assert await start(OLDER, log, database) == []
    assert await start(BETA, log, database) == [CHARGES]
    newer = await Fed.start(BETA, log, database)
    assert await missed(newer.engine.pool) == [CHARGES]  # Another start makes nothing good.
    assert await newer.value("select count(*) from totals") == 0
    assert (await newer.compare()).differences != []
    assert await missed(newer.engine.pool) == [CHARGES]
    await newer.rebuild().swap()
    assert await missed(newer.engine.pool) == []
    assert await newer.value("select count(*) from totals") == 1
    await newer.close()
    assert await start(BETA, log, database) == []


async def test_what_is_heard_no_more_and_then_again_is_missed(database: str) -> None:
    log = await said(database)
    assert [await start(version, log, database) for version in (BETA, OLDER, BETA)] == [
        [],
        [],
        [CHARGES],
    ]


async def test_what_an_older_version_passed_before_it_was_kept_is_not_known(database: str) -> None:
    log = await said(database)
    await start(OLDER, log, database, keeps=False)
    assert await start(BETA, log, database) == []


async def test_while_nothing_was_passed_nothing_is_missed(database: str) -> None:
    log = MemoryLog()
    assert [await start(version, log, database) for version in (OLDER, BETA, BETA)] == [[], [], []]


async def test_a_rebuild_by_a_newer_version_makes_nothing_good_while_the_older_one_runs(
    database: str,
) -> None:
    log = await said(database)
    older = await Fed.start(OLDER, log, database)
    await settle(older)
    await Rebuild(BETA, older.engine.pool, MemoryReader(log), log.partitions).swap()
    await older.close()
    assert await start(BETA, log, database) == [CHARGES]


async def test_a_process_that_lacks_events_names_them_and_what_to_do(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = await said(database)
    await start(OLDER, log, database)
    newer = await Fed.start(BETA, log, database)
    await tell_missed(newer.engine.pool, "beta")
    (line,) = caplog.messages
    assert line.startswith(f"beta hears {CHARGES} since this version")
    assert line.endswith("`claimlog rebuild beta`")
    await newer.close()
