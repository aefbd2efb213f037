"""A key ring in memory, for tests: it forgets everything with the process."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from shared.keyring.kek import KEY_BYTES
from shared.keyring.ring import Destruction, mac, new_key_id, pseudonym


class MemoryKeyRing:
    """The same promises as the ring in PostgreSQL, but for durability."""

    def __init__(self) -> None:
        self._secret = os.urandom(KEY_BYTES)
        self._by_subject: dict[bytes, str] = {}
        self._keys: dict[str, bytes | None] = {}
        self._gone: list[Destruction] = []
        self._gone_of: dict[bytes, list[str]] = {}

    async def keys_for(self, subjects: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        return {
            subject: self._key_for(mac(self._secret, "subject", subject)) for subject in subjects
        }

    def _key_for(self, hashed: bytes) -> tuple[str, bytes]:
        key_id = self._by_subject.setdefault(hashed, new_key_id())
        key = self._keys.setdefault(key_id, os.urandom(KEY_BYTES))
        assert key is not None, "a destroyed key has no subject any more"
        return key_id, key

    async def keys(self, key_ids: Iterable[str]) -> dict[str, bytes | None]:
        return {key_id: self._keys.get(key_id) for key_id in key_ids}

    async def destroy(self, subject: str, reason: str) -> list[str]:
        key_id = self._by_subject.get(mac(self._secret, "subject", subject))
        return await self.destroy_keys([key_id] if key_id else [], reason)

    async def destroy_keys(self, key_ids: Iterable[str], reason: str) -> list[str]:
        gone = sorted(key_id for key_id in set(key_ids) if self._keys.get(key_id))
        for key_id in gone:
            self._keys[key_id] = None
            self._gone.append(Destruction(key_id, datetime.now(UTC), reason))
        for hashed, key_id in list(self._by_subject.items()):
            if key_id in gone:
                self._gone_of.setdefault(hashed, []).append(key_id)
                del self._by_subject[hashed]
        return gone

    async def gone(self, subjects: Iterable[str]) -> list[str]:
        hashes = [mac(self._secret, "subject", subject) for subject in subjects]
        return sorted(key_id for one in hashes for key_id in self._gone_of.get(one, []))

    async def destructions(self) -> list[Destruction]:
        return list(self._gone)

    def pseudonym(self, *parts: str) -> str:
        return pseudonym(self._secret, parts)

    async def close(self) -> None:
        return None
