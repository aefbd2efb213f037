"""One file at the door: every set of it is taken, or none."""

import hashlib
from typing import Any

from contracts.adjudication_tracking import FileReceived, ReceivedSet
from contracts.values import Source
from services.adjudication_tracking.domain.books import Book
from services.adjudication_tracking.domain.inbound import TakePart
from services.adjudication_tracking.gateway import acknowledgements, remittances
from services.adjudication_tracking.gateway.findings import refuse
from shared.aside import aside
from shared.errors import Malformed
from shared.service import Doors
from shared.x12 import TransactionSet, Unreadable, read_file
from shared.x12.envelope import kind_of

SAID_IN_PART = 200

Said = tuple[str, Any]


def in_parts(received: FileReceived, said: list[Said]) -> list[TakePart]:
    """What a file says, in commands of a bounded size; the last closes it."""
    groups = [said[n : n + SAID_IN_PART] for n in range(0, len(said), SAID_IN_PART)] or [[]]
    return [
        TakePart(
            received.sha256, n, len(groups), tuple(group), received if n == len(groups) else None
        )
        for n, group in enumerate(groups, 1)
    ]


class Intake:
    """One file at the door."""

    def __init__(self, doors: Doors, book: Book, data: bytes, name: str) -> None:
        self.doors = doors
        self.book = book
        self.data = data
        self.name = name
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.sets: list[ReceivedSet] = []

    async def parts(self) -> list[TakePart]:
        """The file as commands, each of a bounded size; Malformed when it cannot be taken."""
        try:
            read = await aside(read_file, self.data)
        except Unreadable as no:
            raise refuse(self.name, no.findings) from None
        said: list[Said] = []
        for one in read.sets():
            said += await self._set(one)
        if not any(s.outcome == "taken" for s in self.sets):
            raise Malformed("there is no 277CA and no 835 in this file")
        received = FileReceived(
            sha256=self.sha256, size_bytes=len(self.data), sets=tuple(self.sets)
        )
        return in_parts(received, said)

    async def _set(self, one: TransactionSet) -> list[Said]:
        kind = kind_of(one)
        given = (one, self._source(one), self.book, self.doors, self.name)
        if kind == "835":
            remit, said = await remittances.take(*given)
            self._note(one, kind, "taken", len(remit.claims), remit.amount_cents)
            return said
        if kind == "277CA":
            answers, said = await acknowledgements.take(*given)
            cents = sum(answer.event.charge_cents for answer in answers)
            self._note(one, kind, "taken", len(answers), cents)
            return said
        self._note(one, kind, "not ours", 0, 0, "another service takes these")
        return []

    def _note(
        self,
        one: TransactionSet,
        kind: str,
        outcome: str,
        claims: int,
        cents: int,
        sentence: str = "",
    ) -> None:
        self.sets.append(
            ReceivedSet(
                kind=kind,
                isa13=one.isa13,
                gs06=one.gs06,
                st02=one.control,
                claims=claims,
                cents=cents,
                outcome=outcome,
                sentence=sentence,
            )
        )

    def _source(self, one: TransactionSet) -> Source:
        return Source(
            sha256=self.sha256,
            isa13=one.isa13,
            gs06=one.gs06,
            st02=one.control,
            segment=one.st_ordinal,
        )
