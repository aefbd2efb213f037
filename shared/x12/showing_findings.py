"""Everything that is wrong with a file, set by set, each with its verdict: read whole where it can be held, else as a stream."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from shared.x12.ack_ta1 import Ta1Check, check_ta1
from shared.x12.envelope import TransactionSet, X12File, kind_of
from shared.x12.findings import Finding
from shared.x12.sets import ROOMS, room_of
from shared.x12.stream import Stream

NOT_JUDGED = "not judged"
_OF_FORM = frozenset(
    f"segment.{what}" for what in ("empty", "line_end", "latin_1", "control_sign", "too_long")
)


@dataclass(slots=True)
class Verdict:
    """What came of one set: `result` is clean, warnings, errors, or not judged (nobody knows its kind)."""

    kind: str
    name: str
    interchange: str
    group: str
    set: str
    st_ordinal: int
    known: bool
    partly: bool = False
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def result(self) -> str:
        """The word for it."""
        if self.counted["error"]:
            return "errors"
        if not self.known:
            return NOT_JUDGED
        return "warnings" if self.counted["warning"] else "clean"


Said = tuple[Verdict | None, Finding | None]
"""(set, None) as each set begins, (set, finding) for what is wrong with it, (None, finding) for the envelope."""


def name_of(kind: str) -> str:
    """The kind of a set in words; empty when nobody knows it."""
    return ROOMS[kind].name if kind in ROOMS else ""


def judge_file(file: X12File) -> Iterator[Said]:
    """All findings of a file that was read whole."""
    of_set: dict[int, list[Finding]] = {}
    for finding in file.findings:
        place = finding.st_ordinal if finding.level == "set" else 0
        of_set.setdefault(place, []).append(finding)
    for one in file.sets():
        verdict = verdict_of(one)
        yield verdict, None
        for finding in (*of_set.pop(one.st_ordinal, []), *_findings(one)):
            verdict.counted[finding.severity] += 1
            yield verdict, finding
    for left in (*of_set.values(), check_ta1(file)):
        for finding in left:
            yield None, finding


def judge_stream(stream: Stream) -> Iterator[Said]:
    """As `judge_file`, at constant memory: of a set that has no stream and cannot be held, only how it is built.

    Raises Unreadable, after the last finding, where the file cannot be read on.
    """
    ta1s = Ta1Check()
    stream.leaves = ta1s.add
    try:
        for one in stream:
            yield from judged_in_stream(one)
    finally:
        yield from of_envelope(stream, ta1s)


def of_envelope(stream: Stream, ta1s: Ta1Check) -> Iterator[Said]:
    """What is wrong outside the sets of a stream that has ended, its TA1s last."""
    for interchange in stream.file.interchanges:
        ta1s.add(interchange)
    yield from ((None, f) for f in (*stream.findings, *ta1s.end()) if f.level != "set")


def judged_in_stream(one: TransactionSet) -> Iterator[Said]:
    """One set of a stream, or one that is held whole and has ended."""
    room = room_of(one)
    partly = room is not None and room.stream is None and not room.holds(one)
    verdict = verdict_of(one, partly=partly)
    yield verdict, None
    for finding in chain(_not_judged(one) if partly else (), _streamed(one)):
        verdict.counted[finding.severity] += 1
        yield verdict, finding


def verdict_of(one: TransactionSet, *, partly: bool = False) -> Verdict:
    """The verdict of a set of which nothing was found yet."""
    kind = kind_of(one)
    name = name_of(kind)
    numbers = (one.isa13, one.gs06, one.control)
    return Verdict(kind, name, *numbers, one.st_ordinal, bool(name), partly)


def _findings(one: TransactionSet) -> list[Finding]:
    room = room_of(one)
    return room.judged(one)[1] if room is not None else []


def _not_judged(one: TransactionSet) -> Iterator[Finding]:
    sentence = "the set is too large to be held: only how it is built was judged, not what it says; split it"
    yield one.finding(-1, sentence, severity="warning", rule="set.not_judged")


def _streamed(one: TransactionSet) -> Iterator[Finding]:
    room = room_of(one)
    if room is not None:
        for thing in room.streamed(one):
            if isinstance(thing, Finding):
                yield thing
    while one.pull():
        pass
    yield from one.findings


def fingerprint(finding: Finding) -> tuple[str | int, ...]:
    """What a finding says and where, without bytes and values: the same for a file and its redacted copy."""
    f = finding
    return (
        *(f.severity, f.sentence, f.segment, f.element, f.loop, f.code, f.level, f.rule),
        *(f.difference_cents, f.isa_ordinal, f.st_ordinal),
    )


def is_of_form(finding: Finding) -> bool:
    """Whether it speaks of bytes around the segments, which a copy does not repeat: marks, white space, encoding."""
    of_file = finding.severity != "error" and finding.level == "interchange"
    return of_file or finding.rule in _OF_FORM


def alike(said: Iterator[Said]) -> Counter[tuple[str | int, ...]]:
    """The findings of a file by their fingerprints, those of form left out."""
    return Counter(fingerprint(f) for _, f in said if f is not None and not is_of_form(f))
