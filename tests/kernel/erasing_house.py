"""Registration and posting on the real database and key ring, fed by hand; and one sweep of it as a process that may die.

`python -m tests.kernel.erasing_house <dsn> <kek file> <folder>` destroys what is due, then ends.
"""

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg

from services.posting.app import SERVICE as POSTING
from services.registration.app import SERVICE as REGISTRATION
from shared.doors import OpenDoors
from shared.erasing import Erasing
from shared.keyring import KeyRing, open_ring, read_kek
from shared.objects import Objects
from shared.service import Answer, Order, Scope
from tests.kernel.fed import Fed, MemoryLog

TENANT = "demo"


class ErasingHouse:
    """Registration with its worker, and posting that answers it."""

    def __init__(self, registration: Fed, posting: Fed, ring: KeyRing, folder: Path) -> None:
        self.registration = registration
        self.posting = posting
        self.ring = ring
        self.folder = folder
        self.owner: Any = SimpleNamespace(owned={0})
        self._open()

    def _open(self) -> None:
        objects, engine = Objects(self.folder, self.ring), self.registration.engine
        self.doors = OpenDoors(engine, self.ring, objects, TENANT)
        rules = REGISTRATION.erasing
        assert rules is not None
        self.worker = Erasing(engine, self.doors, self.owner, self.ring, objects, rules)

    async def put_back(self) -> int:
        """Registration starts with the tables of its backup; how many keys it destroyed again at once."""
        await self.registration.restore()
        self._open()
        await self.registration.recover()
        return await self.worker.again()

    @classmethod
    async def start(cls, dsn: str, kek: Path, folder: Path) -> "ErasingHouse":
        """With what the database holds already."""
        log = MemoryLog()
        ring = await open_ring(dsn, read_kek(kek))
        registration = await Fed.start(REGISTRATION, log, dsn)
        return cls(registration, await Fed.start(POSTING, log, dsn), ring, folder)

    async def obey(self, stream: str, command: Any, key: str) -> Answer:
        """A command at a door of registration."""
        order = Order(stream, command, key, b"", Scope(TENANT, "L", "F"), "pat")
        (answer,) = await self.doors.handle([order])
        return answer

    async def hear(self) -> None:
        """Until nothing new is said."""
        while await self.registration.hear() or await self.posting.hear():
            pass

    async def erasure(self) -> dict[str, Any]:
        """The newest request."""
        rows = await self.doors.rows("select * from erasure order by request desc limit 1")
        return rows[0]

    async def close(self) -> None:
        """Give everything back."""
        for fed in (self.registration, self.posting):
            await fed.close()
        await self.ring.close()


async def _sweep(dsn: str, kek: Path, folder: Path) -> None:
    house = await ErasingHouse.start(dsn, kek, folder)
    await house.worker.sweep()
    await house.close()


async def forget_key_ring(dsn: str, tables: dict[str, list[Any]]) -> None:
    """Put the key ring back as it was."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("truncate keyring.data_keys")
    rows = tables["data_keys"]
    await connection.copy_records_to_table(
        "data_keys", schema_name="keyring", records=[tuple(row) for row in rows]
    )
    await connection.execute("update keyring.epoch set destructions = destructions + 1")
    await connection.close()


if __name__ == "__main__":
    asyncio.run(_sweep(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
