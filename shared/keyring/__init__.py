"""The key ring: one data key per subject (such as a patient), durable before use, destroyable.

It is infrastructure beside the log; a KMS or Vault can take the place of `PostgresKeyRing`.
"""

from shared.keyring.kek import Kek, make_kek_file, read_kek
from shared.keyring.memory import MemoryKeyRing
from shared.keyring.postgres import PostgresKeyRing, open_ring
from shared.keyring.ring import Destruction, KeyRing

__all__ = [
    "Destruction",
    "Kek",
    "KeyRing",
    "MemoryKeyRing",
    "PostgresKeyRing",
    "make_kek_file",
    "open_ring",
    "read_kek",
]
