"""Records heard again after a restore: what was said because of them stands in the log, and is folded, not said twice.

They are decided on once more only for what the log does not show: an event that was committed and not published
when the database was lost. Positions prove what is missing: before a later event of the same channel nothing is.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from shared import envelope as wire
from shared.batch import Batch
from shared.deciding import By
from shared.records import CannotApply, Heard, Loaded
from shared.service import Say, Service
from shared.streams import BROADCAST

EXPECTED = "expected"
"""Status of a record that was parked before the restore and is not reached again yet."""
Place = tuple[int, int]


class Found(NamedTuple):
    """An event of ours that the log showed after a restore."""

    event_id: str
    target: int
    own: bool
    value: bytes


class Parked(NamedTuple):
    """What became of a parked record, as the log tells."""

    status: str
    reason: str
    sentence: str


class Again(Batch):
    """A batch that knows what was `found`, by (partition, cause), and which records were `parked`."""

    __slots__ = ("_at_offset", "_found", "_left", "_missing", "_parked_before", "_stands")

    def __init__(
        self,
        service: Service,
        loaded: Loaded,
        poison: Mapping[Place, tuple[str, str]],
        found: Mapping[tuple[int, str], Sequence[Found]],
        parked: Mapping[Place, Parked],
    ) -> None:
        super().__init__(service, loaded, poison)
        self._found = found
        self._parked_before = parked
        self._stands = {(one.event_id, one.target) for many in found.values() for one in many}
        self._left: list[Found] = []
        self._missing: Sequence[int] | None = None
        self._at_offset = -1

    def hear_again(self, heard: Heard) -> None:
        """Apply, park or pass one record as it was then, then fold what followed it."""
        said: Sequence[Found] = ()
        if heard.route is not None:
            said = self._found.get((heard.partition, _cause(heard)), ())
        self._left = [one for one in said if one.own]
        self._at_offset = heard.offset
        if heard.stream:
            self._take_again(heard, decided=bool(said))
        self._fold_left(heard.partition, len(self._left))
        self._at_offset = -1

    def _take_again(self, heard: Heard, decided: bool) -> None:
        place = (heard.partition, heard.offset)
        before = self._parked_before.get(place)
        if before is not None and before.status == "discarded":
            return
        if before is not None and before.status == EXPECTED:
            self._park(heard, before.reason, before.sentence)
        elif heard.fault is None and place not in self.poison and self._free(heard.stream):
            self._apply_again(heard, decided)
        else:
            self.hear(heard)

    def _free(self, stream: str) -> bool:
        return stream not in self.loaded.parked and stream not in self._parked_now

    def _apply_again(self, heard: Heard, decided: bool) -> None:
        if not decided or heard.stream == BROADCAST:
            self.apply(heard)
            return
        left, handed = list(self._left), len(self.handed)
        undo = self._undo(heard.partition, heard.stream)
        try:
            self.apply(heard)
        except CannotApply as no:
            # It could be applied then, for the log shows what followed; today's rules have no say in that.
            undo()
            del self.handed[handed:]
            self._left = left
            try:
                self.replay(heard)
            except Exception:
                raise no from None
            self.handed.append((heard.event, self._at(heard)))

    def _say(self, say: Say, by: By, *, stream: str, identity: str, **more: Any) -> None:
        if self._at_offset < 0:
            super()._say(say, by, stream=stream, identity=identity, **more)
            return
        shown = self.progress[by.source].replay_targets
        self._missing = [
            target
            for target in super()._targets(stream)
            if (identity, target) not in self._stands and self._at_offset >= shown.get(target, 0)
        ]
        if self._missing:
            super()._say(say, by, stream=stream, identity=identity, **more)
        else:
            self._fold_left(by.source, self._up_to(identity))
        self._missing = None

    def _targets(self, stream: str) -> Iterable[int]:
        return super()._targets(stream) if self._missing is None else self._missing

    def _up_to(self, identity: str) -> int:
        """How many of what is left are to be folded when this one is: all before it, and it."""
        ids = [one.event_id for one in self._left]
        return ids.index(identity) + 1 if identity in ids else 0

    def _fold_left(self, partition: int, count: int) -> None:
        now, self._left = self._left[:count], self._left[count:]
        for one in now:
            self.replay_own(partition, wire.decode(one.value))

    def announce_parked(self, heard: Heard, reason: str, sentence: str) -> None:
        """Say that a record is parked, unless the log says so already."""
        if (heard.partition, heard.offset) not in self._parked_before:
            offset, self._at_offset = self._at_offset, -1
            super().announce_parked(heard, reason, sentence)
            self._at_offset = offset


def _cause(heard: Heard) -> str:
    assert heard.route is not None
    return f"{heard.route.producer}:{heard.route.position}"
