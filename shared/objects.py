"""The object folder: files known by their SHA-256, written once, encrypted where they hold PHI."""

import asyncio
import errno
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.durably import write_durably
from shared.errors import Malformed, NoRoom, NotFound
from shared.keyring.kek import NONCE_BYTES
from shared.keyring.ring import KeyRing

PLAIN = b"P"
SECRET = b"S"
KEY_ID_BYTES = 32
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Objects:
    """Files below `folder`; a secret one has a data key of its own, so that it can be erased."""

    def __init__(self, folder: Path, ring: KeyRing) -> None:
        self._folder = folder
        self._ring = ring

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise NotFound("an object is named by a SHA-256 in hex")
        return self._folder / sha256[:2] / sha256

    async def write(self, data: bytes, *, secret: bool = True) -> str:
        """Keep the file, durable when this returns; its SHA-256 in hex. Plain only when asked. NoRoom on a full disk."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if not await asyncio.to_thread(path.exists) or await self._changed(sha256):
            stored = await self._sealed(sha256, data) if secret else PLAIN + data
            try:
                await asyncio.to_thread(write_durably, path, stored)
            except OSError as lost:
                if lost.errno not in FULL:
                    raise
                raise NoRoom("the disk of kept files is full: this one was not kept") from lost
        return sha256

    async def _changed(self, sha256: str) -> bool:
        """Whether what is kept is not what it was; what was erased stays so."""
        try:
            await self.read(sha256)
        except Malformed:
            return True
        except NotFound:
            return False
        return False

    async def _sealed(self, sha256: str, data: bytes) -> bytes:
        subject = f"object/{sha256}"
        key_id, key = (await self._ring.keys_for([subject]))[subject]
        nonce = os.urandom(NONCE_BYTES)
        name = key_id.encode()
        assert len(name) == KEY_ID_BYTES, "key ids are 32 letters"
        return SECRET + name + nonce + AESGCM(key).encrypt(nonce, data, sha256.encode())

    async def read(self, sha256: str) -> bytes:
        """The file; raises NotFound when absent or erased, Malformed when it changed."""
        try:
            stored = await asyncio.to_thread(self._path(sha256).read_bytes)
        except FileNotFoundError:
            raise NotFound(f"there is no object {sha256}") from None
        data = await self._opened(sha256, stored) if stored[:1] == SECRET else stored[1:]
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Malformed(f"object {sha256} was changed on disk")
        return data

    async def remove(self, sha256: str) -> None:
        """Take the file away: without its key nobody reads it any more."""
        await asyncio.to_thread(self._path(sha256).unlink, missing_ok=True)

    async def _opened(self, sha256: str, stored: bytes) -> bytes:
        key_id, rest = stored[1 : 1 + KEY_ID_BYTES].decode(), stored[1 + KEY_ID_BYTES :]
        key = (await self._ring.keys([key_id]))[key_id]
        if key is None:
            raise NotFound(f"object {sha256} was erased")
        try:
            return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], sha256.encode())
        except (InvalidTag, ValueError):
            raise Malformed(f"object {sha256} was changed on disk") from None
