"""How long things are kept: legal holds, and the end of received files. Pure; rules of the services are made with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from contracts.platform import FileErased, FileKeysDestroyed
from contracts.reference import LegalHoldLifted, LegalHoldPlaced, RetentionSet
from shared.errors import Refused
from shared.service import ERASURE, ERASURE_INDEX, At, Erasing, Projection, Row
from shared.streams import inbound_stream

HEARS = frozenset(
    {
        "reference.legal_hold_placed.v1",
        "reference.legal_hold_lifted.v1",
        "reference.retention_set.v1",
    }
)
SAYS = frozenset({"platform.file_erased.v1", "platform.file_keys_destroyed.v1"})


class Keeping(msgspec.Struct, frozen=True):
    """The legal holds in force (matter -> patient, empty for everybody), and the days that received files are kept."""

    holds: dict[str, str] = {}
    days: int | None = None

    def hold_on(self, patient: str) -> str | None:
        """The number of the first hold that keeps this patient."""
        return next((h for h, whom in sorted(self.holds.items()) if whom in ("", patient)), None)

    def before(self, today: date | None) -> date | None:
        """Received files from before this day are kept no longer; None where all are: a file holds many people."""
        if self.days is None or self.holds or today is None:
            return None
        return today - timedelta(days=self.days)


def evolve_keeping(keeping: Keeping, event: Any) -> Keeping:
    """After a broadcast."""
    match event:
        case LegalHoldPlaced():
            holds = {**keeping.holds, event.hold: event.patient}
            return msgspec.structs.replace(keeping, holds=holds)
        case LegalHoldLifted():
            left = {hold: whom for hold, whom in keeping.holds.items() if hold != event.hold}
            return msgspec.structs.replace(keeping, holds=left)
        case RetentionSet():
            return msgspec.structs.replace(keeping, days=event.received_files_days)
    return keeping


# -- received files ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EndKeeping:
    """A received file is old enough to go, its row says."""

    service: str
    sha256: str
    received_on: date


@dataclass(frozen=True, slots=True)
class StateGone:
    """The file's keys are gone."""

    service: str
    sha256: str
    key_ids: tuple[str, ...]


def decide_kept(
    command: EndKeeping | StateGone, erased: str, keeping: Keeping, today: date | None
) -> list[FileErased | FileKeysDestroyed]:
    """What follows for a file whose state says `erased` ("", `erased`, `destroyed`)."""
    if isinstance(command, StateGone):
        if erased != "erased":
            return []
        return [
            FileKeysDestroyed(
                service=command.service, sha256=command.sha256, key_ids=command.key_ids
            )
        ]
    before = keeping.before(today)
    if before is None or command.received_on >= before:
        raise Refused("this file is kept longer")
    if erased:
        return []
    return [
        FileErased(service=command.service, sha256=command.sha256, received_on=command.received_on)
    ]


def erased_by(service: str, erased: str, event: Any) -> str:
    """The state of a file after an event of it; what other services say of the same file says nothing here."""
    match event:
        case FileErased() if event.service == service:
            return "erased"
        case FileKeysDestroyed() if event.service == service:
            return "destroyed"
    return erased


def file_erasures(service: str, *came: str) -> Projection:
    """The table `erasure` of a service that receives files; `came` are the wire names that say so: one may come again."""

    def keys(event: Any, at: At) -> list[tuple[str]]:
        return [(event.sha256,)] if getattr(event, "service", service) == service else []

    return Projection(
        table="erasure",
        columns={"sha256": "text", **ERASURE, "erased_on": "date", "destroyed_on": "date"},
        key=("sha256",),
        hears=SAYS | {*came},
        keys=keys,
        project=_erasure,
        indexes=(ERASURE_INDEX,),
    )


def _erasure(row: Row | None, event: Any, at: At) -> Row | None:
    """A file that was refused, erased, and came again goes a second time; the keys of both times are known."""
    before = row["key_ids"] if row is not None else []
    if isinstance(event, FileErased):
        return {
            "sha256": event.sha256,
            "stream": at.stream,
            "state": "erased",
            "subjects": [f"object/{event.sha256}", f"file/{event.sha256}"],
            "position": at.position,
            "key_ids": before,
            "erased_on": at.occurred_on,
            "destroyed_on": None,
        }
    if row is None:
        return None
    if isinstance(event, FileKeysDestroyed):
        gone = sorted({*before, *event.key_ids})
        return {**row, "state": "destroyed", "key_ids": gone, "destroyed_on": at.occurred_on}
    return {**row, "state": "kept"}


def erasing_files(service: str) -> Erasing:
    """How received files end; the service's book has a `keeping` and its `today`."""

    def held(row: Mapping[str, Any], book: Any) -> bool:
        return bool(book.keeping.holds)

    def destroyed(row: Mapping[str, Any], key_ids: Sequence[str]) -> tuple[str, StateGone]:
        return row["stream"], StateGone(service, row["sha256"], tuple(key_ids))

    def end(row: Mapping[str, Any]) -> tuple[str, EndKeeping]:
        sha256 = row["sha256"]
        return inbound_stream(sha256), EndKeeping(service, sha256, row["received_on"])

    return Erasing(
        "the end of a received file's keeping",
        held=held,
        destroyed=destroyed,
        before=lambda book: book.keeping.before(book.today),
        end=end,
    )
