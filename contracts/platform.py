"""What any service may say: of records that could not be applied, and of received files that were kept long enough."""

from datetime import date

from contracts.registry import event
from contracts.values import Code, Sentence, Sha256


@event("platform.record_parked.v1", "any")
class RecordParked:
    """A record could not be applied by a service; its stream waits there."""

    service: Code
    partition: int
    offset: int
    record_type: str
    reason: Code
    sentence: Sentence


@event("platform.record_redriven.v1", "any")
class RecordRedriven:
    """A parked record was applied after all, and what waited behind it."""

    service: Code
    partition: int
    offset: int
    waited: int


@event("platform.record_discarded.v1", "any")
class RecordDiscarded:
    """A person decided that a parked record is never applied by that service."""

    service: Code
    partition: int
    offset: int
    reason: Sentence
    by: Code


@event("platform.file_erased.v1", "inbound")
class FileErased:
    """A received file was kept long enough: once this stands in the log, its key goes, and that of the names in it."""

    service: Code
    sha256: Sha256
    received_on: date


@event("platform.file_keys_destroyed.v1", "inbound")
class FileKeysDestroyed:
    """The keys of a received file are gone for good; a restored key ring loses them again."""

    service: Code
    sha256: Sha256
    key_ids: tuple[Code, ...]
