"""Every kind of transaction set with one shape of reading, judging and writing, for whoever takes any file.

A TA1 is no set: it stands between sets and has `ack_ta1`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.x12.ack_999 import read_999, write_999
from shared.x12.ack_999.check import check_999
from shared.x12.ack_999.guide import GUIDE as GUIDE_999
from shared.x12.claim_837i import (
    Batch837I,
    check_837i,
    read_batch_837i,
    rules_837i,
    write_837i,
)
from shared.x12.claim_837i.guide import GUIDE as GUIDE_837I
from shared.x12.claim_837i.read import Reading837I
from shared.x12.claim_837p import (
    Batch837,
    Reading837P,
    check_837p,
    read_batch_837p,
    rules_837p,
    write_837p,
)
from shared.x12.claim_837p.guide import GUIDE as GUIDE_837P
from shared.x12.claim_ack_277ca import check_277ca, read_277ca, write_277ca
from shared.x12.claim_ack_277ca.guide import GUIDE as GUIDE_277CA
from shared.x12.claim_loops.judging import judged
from shared.x12.eligibility_270 import check_270, read_set_270, write_sets_270
from shared.x12.eligibility_271 import check_271, read_set_271, write_sets_271
from shared.x12.eligibility_loops.guide import GUIDE_270, GUIDE_271
from shared.x12.envelope import TransactionSet, kind_of
from shared.x12.fields import AMOUNT_MISSING
from shared.x12.findings import Finding
from shared.x12.guides import Guide
from shared.x12.remittance_835 import Reading835, check_835, check_stream, read_835, write_835
from shared.x12.remittance_835.guide import GUIDE as GUIDE_835
from shared.x12.services_278 import check_278, read_278, write_278
from shared.x12.services_278.guide import REQUEST, RESPONSE
from shared.x12.status_276 import check_276, read_276, write_276
from shared.x12.status_277 import check_277, read_277, write_277
from shared.x12.status_loops.guide import GUIDE_276, GUIDE_277
from shared.x12.structure import Structure, check_structure
from shared.x12.writing import Header

Read = Callable[[TransactionSet], tuple[Any, list[Finding]]]
Check = Callable[[Any, TransactionSet], list[Finding]]
Write = Callable[[Header, Sequence[Any]], bytes]
Stream = Callable[[TransactionSet], Iterator[Any]]
_GUIDE = re.compile(r"[0-9]{6}(?:X[0-9]{3}[A-Z0-9]{0,3})?", re.ASCII)
"""The name of a version or guide, which may be said; anything else could be data."""


@dataclass(frozen=True, slots=True)
class Room:
    """One kind of set. What `read` gives is what `check` takes, and what `write` takes several of.

    `stream` gives what the set holds one by one, findings among it, for sets too large to be held; None where no set
    is large. `check` is None where all that can be wrong is found by reading, `write` where we only read, `guide` where
    how the set is built is not checked; `answer_guide` is that of a response where one kind of set asks and answers.
    """

    kind: str
    name: str
    version: str
    read: Read
    check: Check | None = None
    write: Write | None = None
    stream: Stream | None = None
    guide: Guide | None = None
    answer_guide: Guide | None = None

    def streamed(self, one: TransactionSet) -> Iterator[Any]:
        """As `stream`, with what is wrong with the set's structure among it, and its guide when it is another one.

        A set of a kind that has no stream is judged whole where it can be held; of a larger one only its structure is.
        """
        if self.stream is None and self.holds(one):
            made, findings = self.judged(one)
            yield made
            yield from findings
            return
        guide = self._guide_of(one)
        structure = Structure(guide, one) if guide is not None else None
        if structure is not None:
            one.watch = structure.take
        yield from self._other_guide(one)
        missing: list[Finding] = []
        if self.stream is not None:
            for thing in self.stream(one):
                if isinstance(thing, Finding) and thing.rule == AMOUNT_MISSING:
                    missing.append(thing)
                yield thing
        else:
            for _ in one.some():
                pass
        if structure is not None:
            one.watch = None
            yield from _not_told(structure.end(), missing)

    def holds(self, one: TransactionSet) -> bool:
        """Whether a set fits into memory as a claim must; then it is held whole from here on."""
        one.pinned = 0
        while not one.is_full and one.pull():
            pass
        if one.more is None or (one.ended and not one.is_full):
            return True
        one.pinned = None
        return False

    def _is_ours(self, one: TransactionSet) -> bool:
        return (one.version or one.gs_version)[:10] == self.version[:10]

    def _guide_of(self, one: TransactionSet) -> Guide | None:
        """The guide by which a set is held; None when it follows another version."""
        if not self._is_ours(one):
            return None
        if self.answer_guide is None:
            return self.guide
        while not one.count and one.pull():
            pass  # In a stream the first segment may still be to come.
        bht = one.raw[0].split(one.delimiters.element) if one.raw else []
        return self.answer_guide if bht[2:3] == ["11"] else self.guide

    def _other_guide(self, one: TransactionSet) -> list[Finding]:
        if self._is_ours(one):
            return []
        named = one.version or one.gs_version
        other = named if _GUIDE.fullmatch(named) else "another guide"
        sentence = (
            f"the set follows {other} and is read by {self.version}; its structure is not judged"
        )
        return [one.finding(-1, sentence, severity="warning", element="ST03")]

    def judged(self, one: TransactionSet) -> tuple[Any, list[Finding]]:
        """The set read and checked, with all findings; another guide than ours is one of them."""
        made, findings = self.read(one)
        findings = [*findings, *self._other_guide(one)]
        guide = self._guide_of(one)
        if guide is not None:
            findings += _not_told(check_structure(guide, one), findings)
        return made, [*findings, *(self.check(made, one) if self.check else ())]


def _not_told(by_guide: list[Finding], read: list[Finding]) -> list[Finding]:
    """What the guide finds, without the elements of which reading said already that their amount is missing."""
    told = {(f.segment, f.element) for f in read if f.rule == AMOUNT_MISSING}
    if not told:
        return by_guide
    return [f for f in by_guide if f.code != "1" or (f.segment, f.element) not in told]


def room_of(one: TransactionSet) -> Room | None:
    """The room of a set; None when there is none for its kind."""
    return ROOMS.get(kind_of(one))


def _check_837p(batch: Batch837, one: TransactionSet) -> list[Finding]:
    return check_837p(batch.claims, one)


def _check_837i(batch: Batch837I, one: TransactionSet) -> list[Finding]:
    return check_837i(batch.claims, one)


def _stream_835(one: TransactionSet) -> Iterator[Any]:
    return check_stream(Reading835(one))


def _stream_837p(one: TransactionSet) -> Iterator[Any]:
    return judged(Reading837P(one), rules_837p)


def _stream_837i(one: TransactionSet) -> Iterator[Any]:
    return judged(Reading837I(one), rules_837i)


_ALL = (
    Room(
        "835",
        "claim payment and remittance advice",
        "005010X221A1",
        read_835,
        check_835,
        write_835,
        _stream_835,
        GUIDE_835,
    ),
    Room(
        "837P",
        "professional claims",
        "005010X222A1",
        read_batch_837p,
        _check_837p,
        write_837p,
        _stream_837p,
        GUIDE_837P,
    ),
    Room(
        "837I",
        "institutional claims",
        "005010X223A2",
        read_batch_837i,
        _check_837i,
        write_837i,
        _stream_837i,
        GUIDE_837I,
    ),
    Room(
        "999",
        "acknowledgement of a group",
        "005010X231A1",
        read_999,
        check_999,
        write_999,
        None,
        GUIDE_999,
    ),
    Room("997", "acknowledgement of a group, in its older form", "005010", read_999),
    Room(
        "277CA",
        "acknowledgement of claims",
        "005010X214",
        read_277ca,
        check_277ca,
        write_277ca,
        None,
        GUIDE_277CA,
    ),
    Room(
        "270",
        "eligibility request",
        "005010X279A1",
        read_set_270,
        check_270,
        write_sets_270,
        None,
        GUIDE_270,
    ),
    Room(
        "271",
        "eligibility response",
        "005010X279A1",
        read_set_271,
        check_271,
        write_sets_271,
        None,
        GUIDE_271,
    ),
    Room(
        "278",
        "review of services, request or response",
        "005010X217",
        read_278,
        check_278,
        write_278,
        None,
        REQUEST,
        RESPONSE,
    ),
    Room(
        "276",
        "claim status request",
        "005010X212",
        read_276,
        check_276,
        write_276,
        None,
        GUIDE_276,
    ),
    Room(
        "277",
        "claim status response",
        "005010X212",
        read_277,
        check_277,
        write_277,
        None,
        GUIDE_277,
    ),
)
ROOMS: Mapping[str, Room] = {room.kind: room for room in _ALL}
