"""A file without the data of anybody: what identifies is replaced alike throughout, the money and the codes stay.

Replacements keep the length and the kind of every sign, so that the file balances and is judged as before.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import blake2b
from math import prod

from shared.x12.cutting_envelope import encoded
from shared.x12.dates import d6, d8, day_or_none
from shared.x12.envelope import Group, Interchange, TransactionSet, kind_of, shown_tag
from shared.x12.fields import el
from shared.x12.findings import Finding, Unreadable
from shared.x12.npi import is_npi, with_check_digit
from shared.x12.redacting_rules import (
    BOXES,
    DAY,
    KINDS,
    RULES,
    SHORT,
    STREET,
    TEXT,
    is_money,
    keeps,
    rules_of,
)
from shared.x12.segments import Delimiters
from shared.x12.source import Source, Trouble

WORD = "REDACTED"
_SOMETHING = "SOMETHING"
"""The tag of a segment whose own could be data."""
_BOM = b"\xef\xbb\xbf"
_ENDLESS = "99991231"
_TRIES, _STEPS = 20, 100_000
_DIGITS, _LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class NotRedacted(ValueError):
    """Why a file is not redacted; nothing of it is quoted."""


class Redactor:
    """Replaces values by a secret: the same value by the same one, two values never by one. `kept` and `replaced` count."""

    def __init__(self, secret: bytes) -> None:
        self._key = blake2b(secret).digest()
        self._made: dict[str, str] = {}
        self._taken: set[str] = set()
        self.kept = self.replaced = 0
        self._shift_days = -(30 + self._number("shift of days") % 700)

    def _number(self, text: str) -> int:
        return int.from_bytes(blake2b(text.encode(), key=self._key, digest_size=16).digest())

    def value(self, text: str) -> str:
        """Something else of the same shape; a valid NPI, an amount or a day stays one, and what is none stays none."""
        found = self._made.get(text)
        if found is None:
            found = self._made[text] = self._new(text)
            self._taken.add(found)
        return found

    def _new(self, text: str) -> str:
        if not any(c.isalnum() or not c.isascii() for c in text):
            return text
        make = self._npi if is_npi(text) else self._shaped
        made = text
        for attempt in range(_TRIES):
            made = make(text, attempt)
            if self._is_free(made, text):
                return made
        # Few of this shape are left: the next one that is free, at last the value itself.
        for _ in range(min(_STEPS, prod(map(len, _choices(text))))):
            made = _after(made, text)
            if self._is_free(made, text):
                return made
        return text

    def _is_free(self, made: str, text: str) -> bool:
        return made != text and made not in self._taken and _alike(made, text)

    def _shaped(self, text: str, attempt: int) -> str:
        rest, made = 0, []
        for place, signs in enumerate(_choices(text)):
            if place % 12 == 0:
                rest = self._number(f"{attempt}|{place}|{text}")
            rest, choice = divmod(rest, len(signs))
            made.append(signs[choice])
        return "".join(made)

    def _npi(self, text: str, attempt: int) -> str:
        return with_check_digit(text[0] + f"{self._number(f'{attempt}|{text}') % 10**8:08d}")

    def day(self, text: str) -> str:
        """Days shifted; times and forms kept; what is no day becomes another that is none."""
        return "-".join(self._one_day(part) for part in text.split("-"))

    def _one_day(self, text: str) -> str:
        found, rest = day_or_none(text[:8]), text[8:]
        if found is None:
            return text if keeps("time", text, [""]) else self.value(text)
        if rest and not keeps("time", rest, [""]):
            rest = self.value(rest)  # A reader takes the day in front of it all the same.
        return (text[:8] if text[:8] == _ENDLESS else d8(self._moved(found))) + rest

    def short_day(self, text: str) -> str:
        """YYMMDD shifted."""
        found = day_or_none("20" + text)
        return d6(self._moved(found)) if found is not None else self.value(text)

    def _moved(self, day: date) -> date:
        ordinal = day.toordinal() + self._shift_days
        return date.fromordinal(ordinal if ordinal > 0 else day.toordinal() - self._shift_days)

    def segment(self, text: str, marks: Delimiters) -> str:
        """A segment with everything replaced that is not known to be safe."""
        tag, *elements = text.split(marks.element)
        rules = rules_of(tag, elements)
        if shown_tag(tag) != tag:
            tag = _SOMETHING
        made = (
            self._element(element, rules.get(n, ()), marks) for n, element in enumerate(elements, 1)
        )
        return marks.element.join((tag, *made))

    def _element(self, text: str, tokens: tuple[str, ...], marks: Delimiters) -> str:
        if not text:
            return text
        if marks.repetition and marks.repetition in text:
            parts = text.split(marks.repetition)
            return marks.repetition.join(self._element(part, tokens, marks) for part in parts)
        beside = text.split(marks.component)
        made = []
        for n, part in enumerate(beside):
            token = tokens[n] if n < len(tokens) else tokens[0] if len(tokens) == 1 else ""
            made.append(self._atom(part, token, beside))
        return marks.component.join(made)

    def _atom(self, text: str, token: str, beside: list[str]) -> str:
        if not text:
            return text
        if keeps(token, text, beside):
            self.kept += 1
            return text
        self.replaced += 1
        special = _SPECIAL.get(token)
        return special(self, text) if special is not None else self.value(text)

    def street(self, text: str) -> str:
        """An address line; a box stays a box, since that is something to complain of."""
        box = next((start for start in BOXES if text.upper().startswith(start)), "")
        return text[: len(box)] + self.value(text[len(box) :]) if text[len(box) :] else text

    def isa(self, elements: list[str], marks: Delimiters) -> str:
        """An ISA, its elements as wide as they were."""
        made = ["ISA"]
        for n, element in enumerate(elements[1:], 1):
            text = element.strip(" ")
            new = self._atom(text, RULES["ISA"].get(n, ("",))[0], [""]) if n < 16 else element
            made.append(new.ljust(len(element)))
        return marks.element.join(made)


_SPECIAL: dict[str, Callable[[Redactor, str], str]] = {
    TEXT: lambda _, __: WORD,
    DAY: Redactor.day,
    SHORT: Redactor.short_day,
    STREET: Redactor.street,
}


def _alike(made: str, text: str) -> bool:
    """Whether a reader takes both for the same kind of thing."""
    return (
        is_npi(made) == is_npi(text)
        and is_money(made) == is_money(text)
        and (day_or_none(made) is None) == (day_or_none(text) is None)
    )


def _choices(text: str) -> list[str]:
    """For each sign those that may take its place. A number keeps its number of digits: where it starts, so does zero."""
    made = []
    for place, sign in enumerate(text):
        starts = place == 0 or text[place - 1] not in _DIGITS + "."
        if sign in _DIGITS:
            made.append((sign if sign == "0" else _DIGITS[1:]) if starts else _DIGITS)
        elif sign.isascii() and not sign.isalpha():
            made.append(sign)
        else:
            made.append(_LETTERS.lower() if sign.islower() else _LETTERS)
    return made


def _after(made: str, text: str) -> str:
    """The value after this one, counted up from its last sign, in the shape of the text."""
    signs = list(made)
    for place, choices in reversed(list(enumerate(_choices(text)))):
        at = choices.index(signs[place]) + 1
        signs[place] = choices[at % len(choices)]
        if at < len(choices):
            break
    return "".join(signs)


def redact(chunks: Iterable[bytes], redactor: Redactor) -> Iterator[bytes]:
    """The file redacted, segment by segment, at any size.

    NotRedacted where it holds what is not known, Unreadable where it is no X12.
    """
    source = Source(chunks)
    try:
        if source.first_is_bom():
            yield _BOM
        source.refuse_what_is_not_text()
        if not source.skip_space() or not source.at_isa():
            raise Trouble(source.offset, "the file does not start with ISA")
        while source.skip_space():
            if not source.at_isa():
                raise NotRedacted("something follows an interchange that is no ISA")
            yield from _interchange(source, redactor)
    except Trouble as trouble:
        raise Unreadable([Finding(trouble.sentence, offset=trouble.offset)]) from None


def _interchange(source: Source, redactor: Redactor) -> Iterator[bytes]:
    head = source.head()
    marks = head.delimiters
    yield encoded([redactor.isa(head.elements, marks)], marks)
    gs: list[str] = []
    closed = False
    while not closed and (block := source.block(marks)) is not None:
        made = []
        for text in block.texts:
            tag = text[:3]
            if tag == "GS" + marks.element:
                gs = text.split(marks.element)
            elif tag == "ST" + marks.element:
                _refuse_unknown(text.split(marks.element), gs, head.elements, marks)
            closed = text.startswith("IEA" + marks.element)
            made.append(redactor.segment(text, marks))
        data = encoded(made, marks)
        yield data.removesuffix(marks.segment.encode("latin-1")) if block.cut_off else data


def _refuse_unknown(st: list[str], gs: list[str], isa: list[str], marks: Delimiters) -> None:
    """A set of a kind whose segments are not known here may hold anything anywhere."""
    one = TransactionSet(st, Interchange(isa, marks, 0, 0), Group(gs))
    kind = kind_of(one)
    if kind not in KINDS:
        shown = kind if el(st, 1).isdigit() and len(kind) <= 5 else "of an unknown kind"
        raise NotRedacted(f"a set is {shown}, whose elements are not known to be safe")
