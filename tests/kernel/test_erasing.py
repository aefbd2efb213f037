"""The key of an erased person goes once the log has it, stays away after a restore, and is told of wherever one dies."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from contracts.phi import PersonDetails
from services.registration.domain import AskErasure, OpenAccount
from shared.keyring import make_kek_file
from shared.phi import seal
from shared.records import OutboxRow
from shared.service import Scope
from shared.streams import account_number, patient_stream
from tests.kernel.erasing_house import TENANT, ErasingHouse, forget_key_ring

ERASING = "erasing.destroyed"
PATIENT = "patient-1"
STREAM = patient_stream(PATIENT)
DAY = date(2026, 1, 5)
PERSON = PersonDetails(
    last="ZZTESTA", first="QUINN", sex="U", street="1 OAK", city="NOWHERE", state="OH", zip="00000"
)


@pytest.fixture
async def house(database: str, tmp_path: Path) -> AsyncIterator[ErasingHouse]:
    make_kek_file(tmp_path / "kek")
    made = await ErasingHouse.start(database, tmp_path / "kek", tmp_path)
    yield made
    await made.close()


async def opened(house: ErasingHouse, encounter: str = "one") -> int:
    """A past encounter of the patient, as history; the status of the answer."""
    key_id, key = (await house.ring.keys_for([PATIENT]))[PATIENT]
    command = OpenAccount(
        account=account_number(TENANT, "ehr", encounter),
        digest=encounter,
        patient=PATIENT,
        guarantor="g",
        source_system="ehr",
        encounter=encounter,
        encounter_class="AMB",
        scope=Scope(TENANT, "L", "F"),
        service_from=DAY,
        service_to=DAY,
        person=seal(key, key_id, PERSON),
        coverages=(),
        billing="history",
    )
    return (await house.obey(STREAM, command, f"open/{encounter}")).status


async def key_ring(dsn: str) -> dict[str, list[Any]]:
    """The data keys as they are."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("select * from keyring.data_keys")
    await connection.close()
    return {"data_keys": rows}


async def asked(house: ErasingHouse) -> str:
    """The patient's key, after somebody asked to erase them and their accounts answered."""
    assert await opened(house) == 200
    await house.hear()
    key_id = (await house.ring.keys_for([PATIENT]))[PATIENT][0]
    assert (await house.obey(STREAM, AskErasure(PATIENT, "left"), "erase")).status == 200
    return key_id


async def test_the_key_goes_once_the_log_has_it_and_not_before(house: ErasingHouse) -> None:
    key_id = await asked(house)
    assert (await house.erasure())["state"] == "asked" and await house.worker.sweep() == 0
    log, held = house.registration.log, list[OutboxRow]()

    def waits(row: OutboxRow) -> bool:
        if row.wire == "registration.person_erased.v1":
            held.append(row)
        return bool(held)

    log.lost = waits
    await house.hear()
    assert (await house.erasure())["state"] == "erased"
    assert await house.worker.sweep() == 0 and await house.ring.gone([PATIENT]) == []
    assert await opened(house, "meanwhile") == 429

    log.lost = lambda row: False
    log.publish(held)
    await house.hear()
    assert await house.worker.sweep() == 1
    assert (await house.ring.keys([key_id])) == {key_id: None}
    row = await house.erasure()
    assert (row["state"], row["key_ids"]) == ("destroyed", [key_id])
    assert await house.worker.sweep() == 0
    assert await opened(house, "afterwards") == 200


async def test_a_key_ring_from_before_loses_the_key_again_at_the_next_start(
    house: ErasingHouse, database: str
) -> None:
    key_id = await asked(house)
    before = await key_ring(database)
    await house.hear()
    assert await house.worker.sweep() == 1
    await forget_key_ring(database, before)
    assert await house.worker.again() == 1
    assert await house.ring.gone([PATIENT]) == [key_id]
    assert await house.worker.again() == 0


async def test_a_database_and_its_key_ring_from_before_lose_the_key_once_the_log_was_heard(
    house: ErasingHouse, database: str
) -> None:
    key_id = await asked(house)
    before = await key_ring(database)
    await house.registration.back_up()
    await house.hear()
    assert await house.worker.sweep() == 1
    await house.hear()

    await forget_key_ring(database, before)
    assert await house.put_back() == 0
    await house.worker.once()
    assert await house.ring.gone([PATIENT]) == []
    await house.hear()
    await house.worker.once()
    assert await house.ring.gone([PATIENT]) == [key_id]
    assert (await house.erasure())["state"] == "destroyed"
    assert await opened(house, "afterwards") == 200


async def test_while_a_restored_database_hears_again_nobody_who_came_again_loses_a_key(
    house: ErasingHouse,
) -> None:
    key_id = await asked(house)
    await house.registration.back_up()
    await house.hear()
    assert await house.worker.sweep() == 1
    await house.hear()
    assert await opened(house, "afterwards") == 200
    await house.hear()

    await house.put_back()
    states = []
    while await house.registration.hear_one():
        states.append((await house.erasure())["state"])
        await house.worker.once()
    assert "erased" in states and states[-1] == "destroyed"
    assert await house.ring.gone([PATIENT]) == [key_id]


async def test_who_does_not_own_the_partition_any_more_destroys_nothing(
    house: ErasingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(house)
    await house.hear()
    progress = house.registration.engine.store.progress

    async def owned_by_another(*args: Any) -> Any:
        house.owner.owned.clear()
        return await progress(*args)

    monkeypatch.setattr(house.registration.engine.store, "progress", owned_by_another)
    assert await house.worker.sweep() == 0
    assert await house.ring.gone([PATIENT]) == []


async def test_a_request_that_was_asked_anew_is_over(house: ErasingHouse) -> None:
    await asked(house)
    assert (await house.obey(STREAM, AskErasure(PATIENT, "left"), "again")).status == 200
    await house.hear()
    rows = await house.doors.rows("select * from erasure order by request")
    assert [(row["state"], row["answered"]) for row in rows] == [("refused", 0), ("erased", 1)]
    assert "asked anew" in rows[0]["sentence"] and rows[0]["decided_on"] is not None
    assert await house.worker.sweep() == 1
    assert (await house.registration.compare()).differences == []


async def test_killed_between_the_deed_and_its_fact_the_next_one_states_it(
    house: ErasingHouse, database: str, tmp_path: Path
) -> None:
    key_id = await asked(house)
    await house.hear()
    process = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.kernel.erasing_house",
            database,
            str(tmp_path / "kek"),
            str(tmp_path),
        ],
        env={**os.environ, "CLAIMLOG_FAILPOINT": ERASING},
        timeout=60,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL
    assert (await house.erasure())["state"] == "erased"
    assert await house.ring.gone([PATIENT]) == [key_id]
    assert await house.worker.sweep() == 1
    assert (await house.erasure())["key_ids"] == [key_id]
