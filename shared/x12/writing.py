"""Writing interchanges: control numbers from the caller, counts from the list, no delimiter inside data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.x12.dates import d6, d8

ELEMENT, COMPONENT, SEGMENT, REPETITION = "*", ":", "~", "^"
_FORBIDDEN = frozenset(ELEMENT + COMPONENT + SEGMENT + REPETITION + "\r\n")


class NotWritable(ValueError):
    """Data that a writer refuses, such as one that holds a delimiter. The data is not quoted."""


@dataclass(frozen=True, slots=True)
class Header:
    """What ISA and GS need. `on` and `hhmm` are the file's own date and time, never the clock's."""

    sender: str
    receiver: str
    isa13: int
    gs06: int
    on: date
    hhmm: str = "0800"
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    usage: str = "T"
    gs_sender: str = ""
    gs_receiver: str = ""


def clean(text: str) -> str:
    """Upper case and trimmed; NotWritable when it holds a delimiter or a sign beyond the extended set."""
    text = text.strip().upper()
    if not _FORBIDDEN.isdisjoint(text) or not text.isprintable():
        raise NotWritable("data holds a delimiter or a control sign")
    return text


def _joined(parts: tuple[str, ...], by: str, others: tuple[str, str, str]) -> str:
    """Clean parts joined; judged in one piece, since a part that holds the separator makes one too many."""
    text = by.join(parts).upper()
    one, two, three = others
    held = one in text or two in text or three in text or text.count(by) != len(parts) - 1
    if held or not text.isprintable():
        raise NotWritable("data holds a delimiter or a control sign")
    if " " in text and (" " + by in text or by + " " in text or text != text.strip()):
        return by.join(part.strip() for part in parts).upper()
    return text


class Composite(str):
    """Components or repetitions joined: the one kind of element that may hold their separators."""

    __slots__ = ()


_BESIDE_ELEMENTS = (COMPONENT, SEGMENT, REPETITION)
_BESIDE_COMPONENTS = (ELEMENT, SEGMENT, REPETITION)


def composite(*parts: str) -> Composite:
    """Components joined, without empty ones at the end."""
    if not parts:
        return Composite()
    return Composite(_joined(parts, COMPONENT, _BESIDE_COMPONENTS).rstrip(COMPONENT))


def repeated(*parts: str) -> Composite:
    """Repetitions of an element."""
    if not parts:
        return Composite()
    return Composite(_joined(parts, REPETITION, (ELEMENT, SEGMENT, COMPONENT)))


class Segments:
    """The segments of one transaction set as they are written."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, tag: str, *elements: str) -> None:
        """One segment of plain elements; empty ones at the end are left out."""
        text = _joined(elements, ELEMENT, _BESIDE_ELEMENTS)
        self.lines.append(f"{tag}*{text}".rstrip(ELEMENT))

    def raw(self, tag: str, *elements: str) -> None:
        """One segment whose elements may be made by `composite` or `repeated`; others are plain."""
        text = ELEMENT.join(elements)
        if text.count(ELEMENT) != len(elements) - 1 or SEGMENT in text or not text.isprintable():
            raise NotWritable("data holds a delimiter or a control sign")
        if COMPONENT in text or REPETITION in text:
            for element in elements:
                if type(element) is not Composite:
                    clean(element)
        self.lines.append(f"{tag}*{text}".rstrip(ELEMENT))

    def __len__(self) -> int:
        return len(self.lines)


def transaction(set_id: str, control: str, version: str, body: Segments) -> str:
    """ST, the body, SE with its count."""
    control = clean(control)
    head = ELEMENT.join(("ST", set_id, control, version)).rstrip(ELEMENT)
    tail = ELEMENT.join(("SE", str(len(body) + 2), control))
    return SEGMENT.join((head, *body.lines, tail)) + SEGMENT


def interchange(
    header: Header, functional_id: str, version: str, sets: Sequence[str], loose: Sequence[str] = ()
) -> bytes:
    """One ISA with one GS around the sets (no GS when there are none), as bytes of the extended set."""
    out = [_isa(header)]
    out += [line + SEGMENT for line in loose]
    if sets:
        sender = clean(header.gs_sender or header.sender)
        receiver = clean(header.gs_receiver or header.receiver)
        gs = (
            "GS",
            functional_id,
            sender,
            receiver,
            d8(header.on),
            header.hhmm,
            str(header.gs06),
            "X",
        )
        out.append(ELEMENT.join((*gs, version)) + SEGMENT)
        out += sets
        out.append(ELEMENT.join(("GE", str(len(sets)), str(header.gs06))) + SEGMENT)
    out.append(ELEMENT.join(("IEA", "1" if sets else "0", f"{header.isa13:09d}")) + SEGMENT)
    return "".join(out).encode("utf-8")


def _isa(h: Header) -> str:
    sender, receiver = clean(h.sender), clean(h.receiver)
    if len(sender) > 15 or len(receiver) > 15 or not 0 < h.isa13 < 10**9:
        raise NotWritable("an interchange id is longer than 15 or its control number longer than 9")
    elements = (
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(h.sender_qualifier, sender.ljust(15), h.receiver_qualifier, receiver.ljust(15)),
        *(d6(h.on), h.hhmm, REPETITION, "00501", f"{h.isa13:09d}", "0", h.usage, COMPONENT),
    )
    text = ELEMENT.join(elements) + SEGMENT
    if len(text) != 106 or text.count(ELEMENT) != 16 or not text.isprintable():
        raise NotWritable("an element of the ISA has not the length that it must have")
    return text
