"""Interchanges, groups and transaction sets of a file, with delimiters read anew at every ISA.

A set's segments are lists of elements (component and repetition separators untouched), each with its ordinal in
the file and the byte where it starts. What is wrong is a finding; only what cannot be X12 at all raises.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.x12 import limits
from shared.x12.findings import Finding, Severity, Unreadable

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


class Delimiters(NamedTuple):
    """The four separators of one interchange; `repetition` is empty before version 5010."""

    element: str
    component: str
    segment: str
    repetition: str


@dataclass(slots=True)
class TransactionSet:
    """One ST to SE. `segments` are without ST and SE; `ordinals` count from 1 in the file, `offsets` in bytes."""

    id: str
    control: str
    version: str
    delimiters: Delimiters
    segments: list[list[str]] = field(default_factory=list)
    ordinals: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    st_ordinal: int = 0
    st_offset: int = 0
    closed: bool = False
    isa13: str = ""
    gs06: str = ""
    gs_version: str = ""

    def finding(
        self,
        place: int,
        sentence: str,
        *,
        severity: Severity = "error",
        element: str = "",
        loop: str = "",
        code: str = "",
        level: str = "",
        difference_cents: int = 0,
        claim: str = "",
    ) -> Finding:
        """A finding at the segment with this index in `segments` (-1: the ST itself)."""
        known = 0 <= place < len(self.ordinals)
        return Finding(
            sentence,
            severity,
            self.isa13,
            self.gs06,
            self.control,
            self.ordinals[place] if known else self.st_ordinal,
            self.offsets[place] if known else self.st_offset,
            loop,
            element,
            "",
            code,
            difference_cents,
            level,
            claim,
        )


@dataclass(slots=True)
class Group:
    """One GS to GE."""

    id: str
    sender: str
    receiver: str
    control: str
    version: str
    sets: list[TransactionSet] = field(default_factory=list)


@dataclass(slots=True)
class Interchange:
    """One ISA to IEA; `loose` are segments between them outside any set, such as TA1."""

    isa: list[str]
    delimiters: Delimiters
    ordinal: int
    offset: int
    groups: list[Group] = field(default_factory=list)
    loose: list[list[str]] = field(default_factory=list)
    closed: bool = False

    @property
    def control(self) -> str:
        """ISA13."""
        return self.isa[13].strip()


@dataclass(slots=True)
class X12File:
    """A file as read; `findings` of the envelope only."""

    interchanges: list[Interchange] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def sets(self) -> Iterator[TransactionSet]:
        """Every transaction set, in order."""
        for interchange in self.interchanges:
            for group in interchange.groups:
                yield from group.sets

    @property
    def errors(self) -> list[Finding]:
        """Findings that forbid taking the file."""
        return [f for f in self.findings if f.severity == "error"]


def _delimiters(data: bytes, at: int) -> tuple[Delimiters, int, bool]:
    """(delimiters, length of the ISA with its terminator, whether it is 106 long). IndexError when cut off."""
    separator = data[at + 3]
    position, seen = at + 3, 1
    while seen < 16:
        position = data.index(separator, position + 1, at + 400)
        seen += 1
    component = data[position + 1]
    terminator = data[position + 2]
    length = position + 3 - at
    fields = data[at:position].split(bytes([separator]))
    version = fields[12].strip()
    repetition = fields[11] if version >= b"00405" else b""
    mark = repetition.decode("latin-1") if len(repetition) == 1 else ""
    if mark.isalnum():
        mark = ""
    return (
        Delimiters(chr(separator), chr(component), chr(terminator), mark),
        length,
        length == 106,
    )


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class _Reader:
    """The state of reading one file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.file = X12File()
        self.interchange: Interchange | None = None
        self.group: Group | None = None
        self.set: TransactionSet | None = None
        self.ordinal = 0
        self.sets = 0

    def note(
        self, sentence: str, offset: int, code: str = "", severity: Severity = "error", element: str = ""
    ) -> None:
        if len(self.file.findings) >= limits.FINDINGS:
            raise Unreadable(self.file.findings)
        self.file.findings.append(
            Finding(
                sentence,
                severity,
                self.interchange.control if self.interchange else "",
                self.group.control if self.group else "",
                self.set.control if self.set else "",
                self.ordinal,
                offset,
                element=element,
                code=code,
            )
        )

    def read(self) -> X12File:
        data, at = self.data, 0
        if data.startswith(_BOM):
            at = len(_BOM)
            self.note("the file starts with a byte order mark", 0, severity="warning")
        at = self._skip_space(at)
        if data[at : at + 3] != b"ISA":
            self.ordinal = 1
            self.note("the file does not start with ISA", at, "024")
            raise Unreadable(self.file.findings)
        while at < len(data):
            at = self._interchange(at)
            at = self._skip_space(at)
        self._close_all(len(data))
        return self.file

    def _skip_space(self, at: int) -> int:
        while at < len(self.data) and self.data[at] in _SPACE:
            at += 1
        return at

    def _interchange(self, at: int) -> int:
        """Read one interchange from its ISA; where the next one starts."""
        self.ordinal += 1
        try:
            marks, length, exact = _delimiters(self.data, at)
        except (IndexError, ValueError):
            self.note("the ISA is cut off or has fewer than 16 elements", at, "024", element="ISA")
            raise Unreadable(self.file.findings) from None
        if len(set(marks[:3])) < 3 or any(m.isalnum() for m in marks[:3]):
            self.note("the ISA's separators are not three different signs", at, "024", element="ISA16")
            raise Unreadable(self.file.findings)
        isa = _text(self.data[at : at + length - 1]).split(marks.element)
        self.interchange = Interchange(isa, marks, self.ordinal, at)
        self.file.interchanges.append(self.interchange)
        self.group = self.set = None
        if not exact:
            self.note(f"the ISA is {length} bytes long, not 106", at, severity="warning", element="ISA")
        return self._segments(at + length, marks)

    def _segments(self, at: int, marks: Delimiters) -> int:
        data, end = self.data, len(self.data)
        terminator = marks.segment.encode("latin-1")
        separator = marks.element
        while True:
            at = self._skip_space(at)
            if at >= end:
                return at
            if data[at : at + 3] == b"ISA" and data[at + 3 : at + 4] and not data[at + 3 : at + 4].isalnum():
                self._close_all(at)
                return at
            stop = data.find(terminator, at, at + limits.SEGMENT_BYTES + 1)
            self.ordinal += 1
            if stop < 0:
                if end - at > limits.SEGMENT_BYTES:
                    self.note(f"a segment is longer than {limits.SEGMENT_BYTES} bytes", at, "024")
                    raise Unreadable(self.file.findings)
                self.note("the last segment has no terminator", at, "023")
                stop = end
            elements = _text(data[at:stop].rstrip(_SPACE)).split(separator)
            if len(elements) > limits.ELEMENTS:
                self.note(f"a segment has more than {limits.ELEMENTS} elements", at, "024")
                raise Unreadable(self.file.findings)
            if elements != [""]:
                self._segment(elements, at)
            at = stop + 1
            if elements[0] == "IEA":
                return at

    def _segment(self, elements: list[str], at: int) -> None:
        tag = elements[0]
        if self.set is not None and tag not in _ENVELOPE:
            self.set.segments.append(elements)
            self.set.ordinals.append(self.ordinal)
            self.set.offsets.append(at)
        elif tag in _ENVELOPE:
            elements += [""] * (9 - len(elements))
            _ENVELOPE[tag](self, elements, at)
        elif tag == "TA1" and self.interchange is not None:
            self.interchange.loose.append(elements)
        else:
            self.note(f"{_tag(tag)} stands outside any transaction set", at, "022")
            if self.interchange is not None:
                self.interchange.loose.append(elements)

    def _gs(self, e: list[str], at: int) -> None:
        if self.group is not None:
            self.note("a group starts before the last one ended", at, "022")
        assert self.interchange is not None
        self.group = Group(e[1], e[2], e[3], e[6], e[8])
        self.set = None
        self.interchange.groups.append(self.group)

    def _ge(self, e: list[str], at: int) -> None:
        if self.set is not None:
            self._unclosed_set(at)
        if self.group is None:
            self.note("GE without GS", at, "022")
            return
        if e[1] != str(len(self.group.sets)):
            self.note(f"GE01 does not count the {len(self.group.sets)} sets of its group", at, "5", element="GE01")
        if e[2] != self.group.control:
            self.note("GE02 is not the control number of GS06", at, "4", element="GE02")
        self.group = None

    def _st(self, e: list[str], at: int) -> None:
        if self.set is not None:
            self._unclosed_set(at)
        assert self.interchange is not None
        if self.group is None:
            self.note("ST outside a group", at, "022")
            self.group = Group("", "", "", "", "")
            self.interchange.groups.append(self.group)
        self.sets += 1
        if self.sets > limits.SETS:
            self.note(f"more than {limits.SETS} transaction sets", at)
            raise Unreadable(self.file.findings)
        self.set = TransactionSet(
            e[1],
            e[2],
            e[3] or self.group.version,
            self.interchange.delimiters,
            st_ordinal=self.ordinal,
            st_offset=at,
            isa13=self.interchange.control,
            gs06=self.group.control,
            gs_version=self.group.version,
        )
        self.group.sets.append(self.set)

    def _se(self, e: list[str], at: int) -> None:
        if self.set is None:
            self.note("SE without ST", at, "022")
            return
        count = len(self.set.segments) + 2
        if e[1].lstrip("0") != str(count):
            self.note(f"SE01 does not count the {count} segments of its set", at, "4", element="SE01")
        if e[2] != self.set.control:
            self.note("SE02 is not the control number of ST02", at, "3", element="SE02")
        self.set.closed = True
        self.set = None

    def _iea(self, e: list[str], at: int) -> None:
        assert self.interchange is not None
        if self.set is not None:
            self._unclosed_set(at)
        if self.group is not None:
            self.note("the interchange ends inside a group", at, "022")
            self.group = None
        if e[1].lstrip("0") != (str(len(self.interchange.groups)) if self.interchange.groups else ""):
            self.note("IEA01 does not count the groups", at, "021", element="IEA01")
        if e[2].strip() != self.interchange.control:
            self.note("IEA02 is not the control number of ISA13", at, "001", element="IEA02")
        self.interchange.closed = True

    def _unclosed_set(self, at: int) -> None:
        self.note("a transaction set has no SE", at, "2")
        self.set = None

    def _close_all(self, at: int) -> None:
        if self.set is not None:
            self._unclosed_set(at)
        if self.group is not None:
            self.note("a group has no GE", at, "022")
            self.group = None
        if self.interchange is not None and not self.interchange.closed:
            self.note("the interchange has no IEA", at, "023")
            self.interchange.closed = True


_ENVELOPE = {
    "GS": _Reader._gs,
    "GE": _Reader._ge,
    "ST": _Reader._st,
    "SE": _Reader._se,
    "IEA": _Reader._iea,
}


def _tag(tag: str) -> str:
    """A segment id as it may be shown: anything else could be data."""
    return tag if 2 <= len(tag) <= 3 and tag.isalnum() and tag.isascii() else "something"


def read_file(data: bytes, *, strict: bool = True) -> X12File:
    """A whole file. Strict: Unreadable when the envelope has any error; else every finding is listed."""
    if len(data) > limits.FILE_BYTES:
        raise Unreadable([Finding(f"the file is larger than {limits.FILE_BYTES} bytes")])
    read = _Reader(data).read()
    if strict and read.errors:
        raise Unreadable(read.errors)
    return read


def kind_of(one: TransactionSet) -> str:
    """The set's name in the trade: 835, 837P, 837I, 277CA, 277, 999, …"""
    version = one.version or one.gs_version
    if one.id == "277":
        return "277CA" if "X214" in version or "X167" in version else "277"
    if one.id == "837":
        if "X223" in version or "X096" in version:
            return "837I"
        return "837D" if "X224" in version or "X097" in version else "837P"
    return one.id


def sniff(data: bytes) -> set[str]:
    """The kinds of what is in a file, salvaging what it can; empty when it is not X12 at all."""
    try:
        read = read_file(data, strict=False)
    except Unreadable:
        return set()
    kinds = {kind_of(one) for one in read.sets()}
    if any(s[0] == "TA1" for i in read.interchanges for s in i.loose):
        kinds.add("TA1")
    return kinds
