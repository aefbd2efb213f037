"""What a key ring is to whoever seals, opens and erases, whatever keeps the keys."""

import hmac
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Destruction:
    """A key that is gone for good, and why."""

    key_id: str
    destroyed_at: datetime
    reason: str


class KeyRing(Protocol):
    """What sealing and erasing need; one test suite holds for every implementation."""

    async def keys_for(self, subjects: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """(key id, key) of each subject; missing keys are made and durable before this returns."""

    async def keys(self, key_ids: Iterable[str]) -> dict[str, bytes | None]:
        """The keys; None where one was destroyed or never was."""

    async def destroy(self, subject: str, reason: str) -> list[str]:
        """Destroy the subject's keys for good; the ids of those destroyed now."""

    async def destroy_keys(self, key_ids: Iterable[str], reason: str) -> list[str]:
        """Destroy keys by id, as after a restore; the ids of those destroyed now."""

    async def gone(self, subjects: Iterable[str]) -> list[str]:
        """The ids of all keys of these subjects that were destroyed, now or before."""

    async def destructions(self) -> list[Destruction]:
        """Everything destroyed so far, oldest first, to be applied again after a restore."""

    def pseudonym(self, *parts: str) -> str:
        """A UUID, the same for the same parts; it tells nothing without the ring's secret."""

    async def close(self) -> None:
        """Give back connections."""


def mac(secret: bytes, purpose: str, *parts: str) -> bytes:
    """HMAC-SHA256 of the parts, apart for each purpose."""
    text = "\x1f".join((purpose, *parts))
    return hmac.digest(secret, text.encode(), "sha256")


def pseudonym(secret: bytes, parts: tuple[str, ...]) -> str:
    """A UUID from the HMAC of the parts."""
    return str(uuid.UUID(bytes=mac(secret, "pseudonym", *parts)[:16], version=5))


def new_key_id() -> str:
    """A random name for a key: it tells nothing about its subject."""
    return uuid.uuid4().hex
