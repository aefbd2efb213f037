"""What denial can be asked to do."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from contracts.denial import ClaimCorrection
from contracts.posting import PaymentPosted, PostingReversed
from contracts.values import JournalLine


@dataclass(frozen=True, slots=True)
class HearPosting:
    """A payer's decision was posted: what it denied, and which denials it ends."""

    posted: PaymentPosted


@dataclass(frozen=True, slots=True)
class HearReversal:
    """A posting was taken back."""

    reversal: PostingReversed


@dataclass(frozen=True, slots=True)
class HearMoved:
    """Denied money was written off or moved to somebody: which outcome that is."""

    entries: tuple[JournalLine, ...]
    outcome: str
    day: date
    adjudication: str = ""


@dataclass(frozen=True, slots=True)
class HearDeniedAgain:
    """Denied money that had left is there again: of one decision, or (empty) of whatever had `ended` so."""

    entries: tuple[JournalLine, ...]
    ended: str
    day: date
    adjudication: str = ""


@dataclass(frozen=True, slots=True)
class HearDeclined:
    """Nothing that was asked of a payer for these denials is on its way."""

    denials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correct:
    """A person corrects the claim and sends it again."""

    denial: str
    correction: ClaimCorrection
    by: str


@dataclass(frozen=True, slots=True)
class Accept:
    """A person accepts the denial: nothing more is done about it."""

    denial: str
    reason: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """A person sent an appeal of a denial, at the level that is next."""

    denial: str
    basis: str
    reference: str
    filed_on: date
    by: str


@dataclass(frozen=True, slots=True)
class DecideAppeal:
    """A person records what became of an appeal."""

    denial: str
    outcome: Literal["overturned", "upheld", "withdrawn"]
    reason: str
    decided_on: date
    by: str
