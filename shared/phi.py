"""The PHI field: a record of `contracts.phi` sealed with AES-256-GCM under a person's data key."""

import os
from base64 import b64decode, b64encode
from typing import Any, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.values import Sealed
from shared.errors import Malformed

ERASED = "[erased]"
"""What a person sees where the key was destroyed."""

NONCE_BYTES = 12
T = TypeVar("T")


def seal(key: bytes, key_id: str, record: Any) -> Sealed:
    """The record under `key` (32 bytes), bound to `key_id`: no box fits another person."""
    nonce = os.urandom(NONCE_BYTES)
    box = AESGCM(key).encrypt(nonce, msgspec.json.encode(record), key_id.encode())
    return Sealed(key_id=key_id, box=b64encode(nonce + box).decode())


def open_sealed(key: bytes, sealed: Sealed, cls: type[T]) -> T:
    """The record inside; raises Malformed, quoting nothing, when it is not what it claims to be."""
    try:
        raw = b64decode(sealed.box, validate=True)
        plain = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], sealed.key_id.encode())
        return msgspec.json.decode(plain, type=cls)
    except (ValueError, InvalidTag, msgspec.DecodeError):
        pass  # The cause may quote the content, so it is not chained.
    raise Malformed("a sealed field does not open under its own key as " + cls.__name__)
