"""All events, imported once: whoever imports this sees the whole registry."""

from contracts import (
    adjudication_tracking,
    coding,
    denial,
    eligibility,
    platform,
    posting,
    reference,
    registration,
    submission,
)
from contracts.registry import EVENTS, STREAM_KINDS

__all__ = [
    "EVENTS",
    "STREAM_KINDS",
    "adjudication_tracking",
    "coding",
    "denial",
    "eligibility",
    "platform",
    "posting",
    "reference",
    "registration",
    "submission",
]
