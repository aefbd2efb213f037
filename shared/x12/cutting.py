"""Taking files apart by set, check or claims, and putting sets of one kind together: no segment of a body is lost or changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from shared.x12 import limits
from shared.x12.cutting_claims import parts_of_claims
from shared.x12.cutting_envelope import NotCut, Wrapping, encoded, identity, opening, se
from shared.x12.envelope import TransactionSet, kind_of
from shared.x12.fields import el
from shared.x12.stream import Stream

_CLAIM_SETS = frozenset({"837P", "837I"})
_BEFORE_CLAIMS = frozenset({"N1", "LX", "CLP", "PLB"})


class Piece(NamedTuple):
    """Bytes to be appended to one part; `label` names the part beside its number, and is safe in a file name."""

    part: int
    label: str
    data: bytes


@dataclass(slots=True)
class _Part:
    """One interchange that is being written."""

    number: int
    label: str
    wrapping: Wrapping
    used: set[str] = field(default_factory=set)

    def st02(self, wanted: str) -> str:
        """The set's own number, or the next one that its new group has not."""
        number, control = 1, wanted
        while control in self.used:
            control, number = f"{number:04d}", number + 1
        self.used.add(control)
        return control


def split_sets(stream: Stream, control: int | None = None) -> Iterator[Piece]:
    """Every set as an interchange of its own; the 835s of one check stay together.

    Control numbers count up from `control`, else from the file's own. Raises NotCut, also after the last piece: only
    then is it known whether the envelope is sound.
    """
    parts: dict[object, _Part] = {}
    for one in stream:
        held = _up_to_trn(one) if one.id == "835" else []
        trn = _trn(one, held)
        key = _key(one, trn)
        part = parts.get(key)
        if part is None:
            _no_more_than(len(parts))
            part = parts[key] = _Part(
                len(parts), _safe(el(trn, 2)), Wrapping.of(one, control, len(parts))
            )
            yield Piece(part.number, part.label, encoded(part.wrapping.head(), one.delimiters))
        for data in _whole(one, part.st02(one.control), held):
            yield Piece(part.number, part.label, data)
    _sound(stream)
    for part in parts.values():
        tail = part.wrapping.tail(len(part.used))
        yield Piece(part.number, part.label, encoded(tail, part.wrapping.marks))


def split_claims(stream: Stream, most: int, control: int | None = None) -> Iterator[Piece]:
    """The claims of every 837 in interchanges of at most `most`, each with the levels that its claims hang under."""
    number = 0
    for one in stream:
        if (kind := kind_of(one)) not in _CLAIM_SETS:
            raise NotCut(f"only claims (837P, 837I) can be split by number, and here is a {kind}")
        for texts in parts_of_claims(one, most):
            _no_more_than(number)
            wrapping = Wrapping.of(one, control, number)
            body = [*wrapping.head(), opening(one, one.control), *texts]
            body += [se(one, len(texts), one.control), *wrapping.tail(1)]
            yield Piece(number, "", encoded(body, one.delimiters))
            number += 1
    _sound(stream)


def join(files: Iterable[tuple[str, Stream]], control: int | None = None) -> Iterator[bytes]:
    """All sets of these files (name, stream) in one interchange and group, numbered 0001 and on.

    Raises NotCut when they are not of one kind, guide, sender and receiver, or a set comes twice.
    """
    wrapping: Wrapping | None = None
    seen: dict[bytes, str] = {}
    count = 0
    for name, stream in files:
        for one in stream:
            if wrapping is None:
                wrapping = Wrapping.of(one, control, 0)
                yield encoded(wrapping.head(), wrapping.marks)
            wrapping.refuse_other(one, name)
            count += 1
            known = sha256("|".join((one.isa13, one.gs06, one.control)).encode())
            st02 = f"{count:04d}"
            yield encoded([wrapping.opening(one, st02)], wrapping.marks)
            for _, texts in one.batches():
                moved = wrapping.in_our_marks(one, texts, name)
                known.update("\n".join(moved).encode())
                yield encoded(moved, wrapping.marks)
            end = wrapping.marks.element.join(("SE", str(one.count + 2), st02))
            yield encoded([end], wrapping.marks)
            digest = known.digest()
            if digest in seen:
                raise NotCut(f"set {one.control} of {name} is in {seen[digest]} already")
            seen[digest] = name
        _sound(stream, name)
    if wrapping is None:
        raise NotCut("these files hold no transaction set")
    yield encoded(wrapping.tail(count), wrapping.marks)


def _no_more_than(number: int) -> None:
    if number >= limits.SETS:
        raise NotCut(f"more than {limits.SETS} parts")


def _sound(stream: Stream, name: str = "the file") -> None:
    """Refuse what has a wrong envelope, or a TA1, which belongs to no set."""
    errors = [finding for finding in stream.findings if finding.severity == "error"]
    if errors:
        raise NotCut(f"the envelope of {name} is wrong: {errors[0]}")
    if stream.had_ta1:
        raise NotCut(f"{name} holds a TA1, which belongs to no set")


def _whole(one: TransactionSet, st02: str, held: list[str]) -> Iterator[bytes]:
    """A set with its first segments, which were read ahead."""
    yield encoded([opening(one, st02), *held], one.delimiters)
    for first, texts in one.batches():
        left = texts[max(len(held) - first, 0) :]
        if left:
            yield encoded(left, one.delimiters)
    yield encoded([se(one, one.count, st02)], one.delimiters)


def _up_to_trn(one: TransactionSet) -> list[str]:
    """The first segments of an 835, up to its TRN."""
    element = one.delimiters.element
    held: list[str] = []
    for _, texts in one.batches():
        for text in texts:
            held.append(text)
            tag = text.partition(element)[0]
            if tag == "TRN" or tag in _BEFORE_CLAIMS:
                return held
    return held


def _trn(one: TransactionSet, held: list[str]) -> list[str]:
    last = held[-1].split(one.delimiters.element) if held else []
    return last if last[:1] == ["TRN"] else []


def _key(one: TransactionSet, trn: list[str]) -> tuple[object, ...]:
    """What sets must have in common to stay together: the check, between the same two."""
    if not el(trn, 2):
        return (one.st_ordinal,)
    return (*identity(one), one.delimiters, el(trn, 2), el(trn, 3))


def _safe(text: str) -> str:
    """A check number as a file name may have it."""
    return "".join(c for c in text if c.isascii() and c.isalnum())[:30]
