"""A toy as a process that may be killed: `python -m tests.kernel.toy_process beta [rebuild|keys]`."""

import asyncio
import sys

from shared.keyring import open_ring, read_kek
from shared.log_reader import LogReader
from shared.pool import open_pool
from shared.rebuild import Rebuild
from shared.run import run
from shared.service import Service
from shared.settings import settings
from tests.kernel.toys import ALPHA, BETA


async def rebuild(service: Service) -> None:
    """Put rebuilt tables in the place of the live ones."""
    chosen = settings()
    pool = await open_pool(chosen.pg_dsn)
    async with LogReader(chosen.kafka, chosen.topic) as reader:
        await Rebuild(service, pool, reader, chosen.partitions).swap()
    await pool.close()


async def keys() -> None:
    """Make the data keys of three people."""
    chosen = settings()
    ring = await open_ring(chosen.keyring_dsn, read_kek(chosen.kek_file))
    await ring.keys_for(["one", "two", "three"])
    await ring.close()


if __name__ == "__main__":
    toy = {"alpha": ALPHA, "beta": BETA}[sys.argv[1]]
    if "rebuild" in sys.argv:
        asyncio.run(rebuild(toy))
    elif "keys" in sys.argv:
        asyncio.run(keys())
    else:
        run(toy)
