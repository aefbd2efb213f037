"""How far a service is in one partition: the arithmetic that makes every record count exactly once."""

from datetime import date

import msgspec


class DayWork(msgspec.Struct, frozen=True):
    """A day or cut-off whose due streams are not all woken yet; done before any later record."""

    day: date
    moment: str
    cause: str


class Progress(msgspec.Struct):
    """One row of `progress`, locked while anything of its partition is decided.

    `heard` is the last position from every producer; `sent` our own last position to every target partition;
    `last` the cause that a command at a door has: the last record passed.
    """

    partition: int
    next_offset: int = 0
    version: int = 0
    topic_id: str = ""
    heard: dict[str, int] = {}
    sent: dict[int, int] = {}
    last: str = ""
    last_seq: int = 0
    book_version: int = 0
    today: date | None = None
    day_work: DayWork | None = None
    replay_until: int = 0
    """Records below this offset were decided on before the database was lost: fold, do not decide again."""
    refill: bool = False
    """The topic was made anew: everything that this source ever said is published again before anything new."""
    passed_at: int = 0
    """When the broker took the record before `next_offset`, in milliseconds: another time is another log."""
    replay_targets: dict[int, int] = {}
    """By target partition: whatever records below this offset led to there stands in the log."""
    hold_until: int = 0
    """Files that records below this offset ask for may have left before the database was lost: a person says."""
    refilled: bool = False
    """The log was filled anew: between producers it has another order here than the one that was heard."""

    @property
    def recovering(self) -> bool:
        """Whether records are still to be folded that were decided on before the database was lost."""
        return self.next_offset < self.replay_until

    def standing(self, producer: str, position: int) -> str:
        """`next`, `repeat` or `early`: only the next position of a producer is ever applied."""
        last = self.heard.get(producer, 0)
        if position == last + 1:
            return "next"
        return "repeat" if position <= last else "early"

    def copy(self) -> "Progress":
        """One that may change apart from this."""
        return msgspec.structs.replace(self, heard=dict(self.heard), sent=dict(self.sent))

    def take(self, producer: str, position: int) -> None:
        """Count a record as passed."""
        self.heard[producer] = position
        self.last = f"{producer}:{position}"

    def next_position(self, target: int) -> int:
        """The next gap-free position to a target partition; given out under this row's lock."""
        position = self.sent.get(target, 0) + 1
        self.sent[target] = position
        return position


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Progress).decode


def encode(progress: Progress) -> bytes:
    """The row's body."""
    return _encode(progress)


def decode(body: bytes) -> Progress:
    """The row's body, read."""
    return _decode(body)
