"""A key that was read before it was destroyed is not remembered after the ring has forgotten it."""

import os
from typing import Any

from shared.keyring import Kek
from shared.keyring.postgres import PostgresKeyRing

KEK = Kek("kek-1", {"kek-1": os.urandom(32)})
KEY = "k" * 32


class Database:
    """One key, which another instance destroys while this one still waits for the answer."""

    def __init__(self) -> None:
        self.epoch = 0
        self.ring: PostgresKeyRing
        self.rows = [
            {
                "subject_hash": b"s",
                "key_id": KEY,
                "kek_id": "kek-1",
                "wrapped": KEK.wrap(b"x" * 32, KEY),
            }
        ]

    async def fetchval(self, _sql: str) -> int:
        return self.epoch

    async def fetch(self, _sql: str, _ids: list[str]) -> list[Any]:
        read, self.rows = self.rows, []
        if read:
            self.epoch += 1
            self.ring._checked = float("-inf")
            await self.ring._forget_when_stale()  # As another caller does meanwhile.
        return read


async def test_what_was_read_before_a_destruction_is_not_kept_after_it() -> None:
    database = Database()
    ring = database.ring = PostgresKeyRing(database, KEK, b"secret", 10)
    assert await ring.keys([KEY]) == {KEY: b"x" * 32}
    assert await ring.keys([KEY]) == {KEY: None}
