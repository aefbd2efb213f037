"""What a waiting attempt was compiled from, to tell whether the account says it differently by now."""

import msgspec

from contracts.values import Charge, CodedLine, Diagnosis, Sealed

ON_NO_CLAIM = frozenset({"phone", "mrn"})
"""Details of a person that no claim says."""


class Compiled(msgspec.Struct, frozen=True, array_like=True):
    """Person, charges and codes as they were; coverages are kept beside them."""

    person: Sealed | None
    charges: dict[str, Charge]
    diagnoses: tuple[Diagnosis, ...]
    coded: tuple[CodedLine, ...]
    corrected: dict[str, Charge]
    """What corrections of the claim said differently of its charges."""
