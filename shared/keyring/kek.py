"""Key-encryption keys wrap the data keys of the ring and live in a file outside the database."""

import os
import uuid
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Kek:
    """Key-encryption keys by id; `current` wraps, all of them unwrap, so a key can be rotated."""

    current: str
    keys: Mapping[str, bytes]

    def wrap(self, key: bytes, name: str) -> bytes:
        """Nonce and ciphertext of `key`, bound to the name it is kept under."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.keys[self.current]).encrypt(nonce, key, name.encode())

    def unwrap(self, kek_id: str, wrapped: bytes, name: str) -> bytes:
        """The key again; raises KeyError for an unknown `kek_id`, InvalidTag for a wrong one."""
        kek = AESGCM(self.keys[kek_id])
        return kek.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode())


def read_kek(path: Path) -> Kek:
    """Read the KEK file: a line `<id> <base64 of 32 bytes>` each; the first one is in use."""
    keys = {}
    for line in path.read_text().splitlines():
        kek_id, _, text = line.strip().partition(" ")
        if kek_id:
            keys[kek_id] = b64decode(text, validate=True)
    if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise ValueError(f"{path} holds no key-encryption key of {KEY_BYTES} bytes")
    return Kek(next(iter(keys)), keys)


def make_kek_file(path: Path) -> None:
    """Make a KEK file that only its owner reads, unless there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = f"kek-{uuid.uuid4().hex[:8]} {b64encode(os.urandom(KEY_BYTES)).decode()}\n"
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    draft.touch(mode=0o600)
    draft.write_text(line)
    try:
        os.link(draft, path)  # Unlike a rename, it leaves a file that someone else made first.
    except FileExistsError:
        pass
    finally:
        draft.unlink()
