"""Every way the system says no, and what follows.

                        over HTTP       over Kafka
ServiceError
├── Refused             409             parked: nobody to tell but a person
│   └── StreamParked    409             the record waits behind the parked one
├── NotFound            404             parked
├── Malformed           422             parked at once
│   └── Unknown         422             parked: a type or version not in the registry
├── Conflict            409             retried: someone else wrote first
├── Busy                429             waits: too much at once, come again
│   ├── Recovering      503             -  (what was decided before a restore is folded first; come again)
│   ├── NoRoom          503             waits: a disk is full; nothing was kept
│   └── FileGone        503             waits: a published file is not in the object folder; nothing was decided
└── Stopped             503             the service stops deciding and exits: the database is older than the log,
                                        a topic is not the one we know, or too much is parked
anything else           500             not committed; heard again until it works; alert on it
"""

from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """A reason to say no. The text may reach a log and a person: it never holds PHI; nor does what it has `more`."""

    status = 500
    code = "error"
    more: Mapping[str, Any] = {}
    """What a door answers beside the sentence, such as a list of everything that is wrong."""


class Refused(ServiceError):
    """A rule of the trade forbids it."""

    status = 409
    code = "refused"


class StreamParked(Refused):
    """The stream waits behind a record that could not be applied."""

    code = "stream_parked"


class NotFound(ServiceError):
    """There is no such thing here."""

    status = 404
    code = "not_found"


class Malformed(ServiceError):
    """It cannot be read as what it claims to be."""

    status = 422
    code = "malformed"


class Unknown(Malformed):
    """A type or version that no registry of ours knows."""

    code = "unknown_type"


class Conflict(ServiceError):
    """Someone else wrote first, or the same key came with another body."""

    status = 409
    code = "conflict"


class Busy(ServiceError):
    """A limit is reached; try again later."""

    status = 429
    code = "busy"


class Recovering(Busy):
    """The database was restored: what the log shows of before is folded first; try again soon."""

    status = 503
    code = "recovering"


class NoRoom(Busy):
    """A disk is full: nothing was kept; the same key again when there is room."""

    status = 503
    code = "no_room"


class FileGone(Busy):
    """A file that the books name is gone: whatever would be decided without it would be wrong. `what` it is the file of."""

    status = 503
    code = "file_gone"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the file of {what} is gone from the object folder, or was changed there: "
            "publish the same file again; until then nothing is decided, and nothing is lost"
        )


class Stopped(ServiceError):
    """Going on would be wrong; a person has to look."""

    status = 503
    code = "stopped"
