"""What the kernel itself says about records that could not be applied; any service may speak these."""

from contracts.registry import event
from contracts.values import Code, Sentence


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
