"""Files broken at random, but the same ones for the same seed: what transmissions, editors and attackers do to them."""

import gzip
import random
from collections.abc import Callable

Change = Callable[[bytes, random.Random], bytes]
NUMBERS = (
    *(b"1E3", b"NaN", b"inf", b"1_000", b"+5", b"-", b".", b"", b" 5", b"0x1", b"9" * 30),
    *("٣".encode(), b"1.234", b"-0", b"1,000", b"--1", b"1.", b".5", b"99999999999.99"),
)
STRANGE = (
    *(b"\x00", b"\xff\xfe", b"\x1a", b"\r\n", b"\n", b"   ", b"\t", b"~~", b"**", b"::", b"^"),
    *(b"ISA", b"ISA*", b"~ISA*00*", b"IEA*1*000000017~", b"~GS*", b"SE*", b"\xc3", "é".encode()),
)


def _segments(data: bytes) -> list[bytes]:
    return data.split(b"~")


def byte(data: bytes, chance: random.Random) -> bytes:
    """Another byte somewhere."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def strange(data: bytes, chance: random.Random) -> bytes:
    """Something that does not belong there."""
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(STRANGE) + data[at + chance.choice((0, 0, 1, 5)) :]


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end is missing."""
    return data[: chance.randrange(len(data))]


def hole(data: bytes, chance: random.Random) -> bytes:
    """A piece is missing."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 200) :]


def element(data: bytes, chance: random.Random) -> bytes:
    """Another element, often a number that is none."""
    parts = data.split(b"*")
    parts[chance.randrange(len(parts))] = chance.choice((*NUMBERS, chance.choice(parts)))
    return b"*".join(parts)


def dropped(data: bytes, chance: random.Random) -> bytes:
    """A segment is missing."""
    parts = _segments(data)
    del parts[chance.randrange(len(parts))]
    return b"~".join(parts)


def repeated(data: bytes, chance: random.Random) -> bytes:
    """A segment stands several times."""
    parts = _segments(data)
    at = chance.randrange(len(parts))
    return b"~".join(parts[:at] + parts[at : at + 1] * chance.choice((2, 3, 30)) + parts[at + 1 :])


def swapped(data: bytes, chance: random.Random) -> bytes:
    """Two segments have changed places."""
    parts = _segments(data)
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return b"~".join(parts)


def separators(data: bytes, chance: random.Random) -> bytes:
    """Other separators, in all of the file or only in the ISA."""
    old = chance.choice((b"*", b":", b"~", b"^"))
    new = bytes([chance.choice(b"*:~^|>\n\r\x1c\x1d\x1e\x1f\xa7A0 'I+")])
    return data.replace(old, new, chance.choice((-1, 17, 1)))


def layout(data: bytes, chance: random.Random) -> bytes:
    """Line ends, indents, byte order marks, other encodings."""
    ends = (b"~\n", b"~\r\n", b"~\n\n   ", b"~ ", b"\n", b"~\t")
    made = data.replace(b"~", chance.choice(ends))
    return chance.choice((b"", b"", b"\xef\xbb\xbf", b"\r\n", b"\x00", b"junk\n")) + made


def doubled(data: bytes, chance: random.Random) -> bytes:
    """Several files in one, perhaps with something between them."""
    between = chance.choice((b"", b"\r\n", b"\x00" * 300, b"junk", b"~", b"\x1a"))
    start = chance.randrange(len(data)) if chance.random() < 0.3 else 0
    return data + between + data[start:]


def encoded(data: bytes, chance: random.Random) -> bytes:
    """Not X12 at all any more."""
    if chance.random() < 0.5:
        return gzip.compress(data, mtime=0)
    return data.decode("latin-1").encode(chance.choice(("utf-16", "utf-8-sig", "utf-32")))


USUAL: tuple[Change, ...] = (
    *(byte, byte, strange, strange, cut, hole, element, element, element, dropped, repeated),
    *(swapped, separators, layout, doubled),
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to five changes."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        if len(data) < 2 or len(data) > 50_000:
            break
        data = chance.choice(USUAL)(data, chance)
    return encoded(data, chance) if chance.random() < 0.005 else data
