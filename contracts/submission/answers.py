"""What transport answers: files of TA1s and 999s, and what they say of files and sets of ours."""

from typing import Literal

from contracts.registry import event, record
from contracts.submission.files import BatchedClaim, BatchedSet
from contracts.values import (
    Code,
    Sentence,
    Sha256,
)


@record
class UnknownAnswer:
    """A TA1 or 999 that answers nothing that we sent, or that could not be understood."""

    level: Literal["TA1", "999"]
    control: str
    st02: str = ""
    reason: Sentence


@event("submission.acknowledgement_file_received.v1", "inbound")
class AcknowledgementFileReceived:
    """A file of TA1s and 999s was taken in; `unknown` ones answer nothing that we sent."""

    sha256: Sha256
    answers: int
    unknown: int
    unknown_answers: tuple[UnknownAnswer, ...] = ()


@event("submission.file_refused.v1", "inbound")
class FileRefused:
    """A file of TA1s and 999s could not be taken, and why and where; it is kept and may be driven again."""

    sha256: Sha256
    size_bytes: int
    reason: Sentence


@event("submission.transport_acknowledged.v1", "outbound")
class TransportAcknowledged:
    """A TA1 or 999 accepted an interchange or some of its sets."""

    receiver: Code
    level: Literal["TA1", "999"]
    isa13: int
    st02s: tuple[Code, ...] = ()
    code: Code


@record
class TransportFault:
    """What a TA1 or 999 complained of; `claim` where the segment could be led back to one."""

    code: Code
    segment: str = ""
    ordinal: int | None = None
    element: str = ""
    sentence: Sentence = ""
    claim: str = ""


@event("submission.transport_answered.v1", "outbound")
class TransportAnswered:
    """One TA1 (all of an interchange) or one AK2 of a 999 as read from a file, for the queue it answers.

    A rejection names the `sets` that it is about with their claims: the queue does not know those of an old file any more.
    """

    level: Literal["TA1", "999"]
    isa13: int
    gs06: int
    st02: str = ""
    accepted: bool
    code: Code
    faults: tuple[TransportFault, ...] = ()
    sets: tuple[BatchedSet, ...] = ()


@event("submission.transport_rejected.v1", "outbound", "account")
class TransportRejected:
    """A TA1 rejected the file or a 999 the set: none of its claims exist at the payer.

    On the outbound stream it names the set and its claims; on an account the claim, and whether it was
    the offender.
    """

    receiver: Code
    level: Literal["TA1", "999"]
    isa13: int
    st02: str = ""
    code: Code
    faults: tuple[TransportFault, ...] = ()
    account: str = ""
    claim: str = ""
    attempt: int = 0
    offender: bool = False
    facility: str = ""
    legal_entity: str = ""
    claims: tuple[BatchedClaim, ...] = ()
