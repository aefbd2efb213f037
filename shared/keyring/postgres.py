"""The key ring in a PostgreSQL schema of its own, behind its own role and connection."""

import os
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

from shared.errors import Conflict, Stopped
from shared.failpoints import failpoint
from shared.keyring.kek import KEY_BYTES, Kek
from shared.keyring.ring import Destruction, mac, new_key_id, pseudonym
from shared.pool import open_pool
from shared.telemetry import measure

CACHED_KEYS = 50_000
FRESH_SECONDS = 2.0
"""How long a cached key may outlive its destruction on another instance."""

_TABLES = """
CREATE TABLE IF NOT EXISTS keyring.data_keys (
    key_id text PRIMARY KEY,
    subject_hash bytea NOT NULL,
    kek_id text NOT NULL,
    wrapped bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    reason text,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS data_keys_living
    ON keyring.data_keys (subject_hash) WHERE destroyed_at IS NULL;
CREATE INDEX IF NOT EXISTS data_keys_gone
    ON keyring.data_keys (subject_hash) WHERE destroyed_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS keyring.secrets (
    name text PRIMARY KEY,
    kek_id text NOT NULL,
    wrapped bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS keyring.epoch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    destructions bigint NOT NULL
);
INSERT INTO keyring.epoch (destructions) VALUES (0) ON CONFLICT DO NOTHING;
"""

_MAKE = """
WITH asked AS (
    SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[]) AS a (subject_hash, key_id, wrapped)
), made AS (
    INSERT INTO keyring.data_keys (subject_hash, key_id, wrapped, kek_id)
    SELECT subject_hash, key_id, wrapped, $4 FROM asked ORDER BY subject_hash
    ON CONFLICT (subject_hash) WHERE destroyed_at IS NULL DO NOTHING
    RETURNING subject_hash, key_id, kek_id, wrapped
)
SELECT * FROM made
UNION ALL
SELECT k.subject_hash, k.key_id, k.kek_id, k.wrapped
FROM keyring.data_keys k JOIN asked USING (subject_hash) WHERE k.destroyed_at IS NULL
"""

_LIVING = """
SELECT subject_hash, key_id, kek_id, wrapped FROM keyring.data_keys
WHERE subject_hash = ANY($1) AND destroyed_at IS NULL
"""

_DESTROY = """
WITH gone AS (
    UPDATE keyring.data_keys SET wrapped = NULL, destroyed_at = now(), reason = $2
    WHERE {which} AND destroyed_at IS NULL RETURNING key_id
), counted AS (
    UPDATE keyring.epoch SET destructions = destructions + 1 WHERE EXISTS (SELECT FROM gone)
)
SELECT key_id FROM gone ORDER BY key_id
"""

_SECRET = "SELECT kek_id, wrapped FROM keyring.secrets WHERE name = 'ring'"
STATEMENT_MS = 20_000
_START_LOCK = 0x6B657972
"""The advisory lock under which instances that start together make the tables once."""


class PostgresKeyRing:
    """The ring in the schema `keyring` of its own database role; start it with `open_ring`."""

    def __init__(self, pool: Any, kek: Kek, secret: bytes, cached: int) -> None:
        self._pool = pool
        self._kek = kek
        self._secret = secret
        self._cached = cached
        self._keys: OrderedDict[str, bytes] = OrderedDict()
        self._subjects: OrderedDict[bytes, str] = OrderedDict()
        self._epoch = -1
        self._checked = float("-inf")

    async def keys_for(self, subjects: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        await self._forget_when_stale()
        hashes = {subject: mac(self._secret, "subject", subject) for subject in subjects}
        found = {hashed: self._remembered(hashed) for hashed in hashes.values()}
        missing = sorted(hashed for hashed, pair in found.items() if pair is None)
        if missing:
            found.update(await self._make(missing))
        return {s: pair for s, hashed in hashes.items() if (pair := found[hashed]) is not None}

    def _remembered(self, hashed: bytes) -> tuple[str, bytes] | None:
        key_id = self._subjects.get(hashed)
        key = self._keys.get(key_id) if key_id else None
        return (key_id, key) if key_id and key else None

    async def _make(self, hashes: list[bytes]) -> dict[bytes, tuple[str, bytes]]:
        ids = [new_key_id() for _ in hashes]
        new = set(ids)
        wrapped = [self._kek.wrap(os.urandom(KEY_BYTES), key_id) for key_id in ids]
        epoch = self._epoch
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_MAKE, hashes, ids, wrapped, self._kek.current)
            if len(rows) < len(hashes):  # Another instance made some at the same moment.
                rows = await connection.fetch(_LIVING, hashes)
            if len(rows) < len(hashes):
                raise Conflict("a data key was destroyed while it was asked for")
            failpoint("keyring.before_commit")
        failpoint("keyring.after_commit")
        measure(keys_made=sum(row["key_id"] in new for row in rows))
        return {row["subject_hash"]: (row["key_id"], self._remember(row, epoch)) for row in rows}

    def _remember(self, row: Any, epoch: int) -> bytes:
        key_id, hashed = row["key_id"], row["subject_hash"]
        key = self._kek.unwrap(row["kek_id"], row["wrapped"], key_id)
        if (
            epoch != self._epoch
        ):  # It may have been destroyed after it was read: what is forgotten stays so.
            return key
        self._keys[key_id] = key
        self._subjects[hashed] = key_id
        while len(self._keys) > self._cached:
            self._keys.popitem(last=False)
        while len(self._subjects) > self._cached:
            self._subjects.popitem(last=False)
        return key

    async def keys(self, key_ids: Iterable[str]) -> dict[str, bytes | None]:
        await self._forget_when_stale()
        found: dict[str, bytes | None] = {key_id: self._keys.get(key_id) for key_id in key_ids}
        missing = [key_id for key_id, key in found.items() if key is None]
        for key_id in found.keys() - missing:
            self._keys.move_to_end(key_id)
        if missing:
            epoch = self._epoch
            rows = await self._pool.fetch(
                "SELECT subject_hash, key_id, kek_id, wrapped FROM keyring.data_keys"
                " WHERE key_id = ANY($1) AND destroyed_at IS NULL",
                missing,
            )
            found.update({row["key_id"]: self._remember(row, epoch) for row in rows})
            measure(keys_read=len(rows))
        return found

    async def _forget_when_stale(self) -> None:
        now = time.monotonic()
        if now - self._checked < FRESH_SECONDS:
            return
        epoch = await self._pool.fetchval("SELECT destructions FROM keyring.epoch")
        if epoch != self._epoch:
            self._keys.clear()
            self._subjects.clear()
        self._epoch, self._checked = epoch, now

    async def destroy(self, subject: str, reason: str) -> list[str]:
        hashed = mac(self._secret, "subject", subject)
        return await self._destroy("subject_hash = $1", hashed, reason)

    async def destroy_keys(self, key_ids: Iterable[str], reason: str) -> list[str]:
        return await self._destroy("key_id = ANY($1)", sorted(set(key_ids)), reason)

    async def _destroy(self, which: str, value: Any, reason: str) -> list[str]:
        rows = await self._pool.fetch(_DESTROY.format(which=which), value, reason)
        self._checked = float("-inf")
        return [row["key_id"] for row in rows]

    async def gone(self, subjects: Iterable[str]) -> list[str]:
        hashes = [mac(self._secret, "subject", subject) for subject in subjects]
        rows = await self._pool.fetch(
            "SELECT key_id FROM keyring.data_keys"
            " WHERE subject_hash = ANY($1) AND destroyed_at IS NOT NULL ORDER BY key_id",
            hashes,
        )
        return [row["key_id"] for row in rows]

    async def destructions(self) -> list[Destruction]:
        rows = await self._pool.fetch(
            "SELECT key_id, destroyed_at, reason FROM keyring.data_keys"
            " WHERE destroyed_at IS NOT NULL ORDER BY destroyed_at, key_id"
        )
        return [Destruction(*row) for row in rows]

    def pseudonym(self, *parts: str) -> str:
        return pseudonym(self._secret, parts)

    async def close(self) -> None:
        await self._pool.close()


async def open_ring(dsn: str, kek: Kek, *, cached: int = CACHED_KEYS) -> PostgresKeyRing:
    """Connect, make the tables and the ring's secret when absent, and answer with the ring."""
    pool = await open_pool(
        dsn,
        size=4,
        statement_ms=STATEMENT_MS,
        application_name="keyring",
        synchronous_commit="on",
    )
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _START_LOCK)
        if await connection.fetchval("SELECT to_regnamespace('keyring') IS NULL"):
            await connection.execute(
                "CREATE SCHEMA keyring"
            )  # A role may own it without this right.
        await connection.execute(_TABLES)
        fresh = kek.wrap(os.urandom(KEY_BYTES), "ring")
        await connection.execute(
            "INSERT INTO keyring.secrets VALUES ('ring', $1, $2) ON CONFLICT DO NOTHING",
            kek.current,
            fresh,
        )
        row = await connection.fetchrow(_SECRET)
    assert row is not None, "the secret was made a moment ago"
    if row["kek_id"] not in kek.keys:
        await pool.close()
        raise Stopped(
            f"the keys in this database are wrapped with {row['kek_id']}, which the key file does not hold: "
            "use the key file of the home that first provisioned this database"
        )
    return PostgresKeyRing(pool, kek, kek.unwrap(row["kek_id"], row["wrapped"], "ring"), cached)
