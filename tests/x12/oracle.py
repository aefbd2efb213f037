"""What must hold for any bytes at all: no crash, findings that say where, one answer whatever way it is read, true sums."""

from dataclasses import replace
from decimal import Decimal

from shared.x12 import (
    Finding,
    TransactionSet,
    Unreadable,
    X12File,
    kind_of,
    open_file,
    read_file,
    sniff,
)
from shared.x12.ack_999 import read_999
from shared.x12.ack_ta1 import read_ta1
from shared.x12.answering import answer_file
from shared.x12.remittance_835 import read_835
from shared.x12.sets import room_of
from tests.x12.everything import read_everything
from tests.x12.made import HEADER

CHUNKS = (997, 16_384)


def survives(data: bytes) -> list[Finding]:
    """Everything that is found in these bytes; AssertionError when one of the promises is broken."""
    sniff(data)
    try:
        read = read_file(data, strict=False)
    except Unreadable as broken:
        assert broken.findings
        _say_where(broken.findings, data)
        _refused(data)
        return broken.findings
    found = list(read.findings)
    for one in read.sets():
        judged = read_everything(one)
        if kind_of(one) == "835" and not [f for f in judged if f.severity == "error"]:
            _sums_are_true(one)
        found += judged
    _say_where(found, data)
    if read.errors:
        _refused(data)
        assert all(f.code for f in read.errors)
    _is_the_same_as_a_stream(read, data)
    _can_be_answered(read)
    return found


def _refused(data: bytes) -> None:
    try:
        read_file(data)
    except Unreadable as broken:
        assert broken.findings
    else:
        raise AssertionError("a file with errors was taken")


def _say_where(found: list[Finding], data: bytes) -> None:
    for f in found:
        assert 0 <= f.offset <= len(data)
        assert f.sentence
        assert f.segment >= 0


def _is_the_same_as_a_stream(read: X12File, data: bytes) -> None:
    """A stream in small chunks says what the file read in one piece says."""
    size = CHUNKS[len(data) % len(CHUNKS)]
    stream = open_file([data[at : at + size] for at in range(0, len(data), size)])
    texts = [[text for _, batch in one.batches() for text in batch] for one in stream]
    assert texts == [one.raw for one in read.sets()]
    assert [f.sentence for f in stream.findings] == [f.sentence for f in read.findings]
    assert [f.offset for f in stream.findings] == [f.offset for f in read.findings]
    for one in open_file(data):
        room = room_of(one)
        if room is not None:
            for _ in room.streamed(one):
                pass


def _can_be_answered(read: X12File) -> None:
    """What we answer can be written, is built as it must be, and says when it is read what was meant."""
    answers = answer_file(read)
    back = [read_file(data) for data in answers.write(HEADER)]
    assert [ta1 for file in back for ta1 in read_ta1(file)] == [
        replace(ta1, on=ta1.on or HEADER.on) for ta1 in answers.ta1
    ]
    sets = [one for file in back for one in file.sets()]
    assert [f for one in sets for f in read_everything(one) if f.severity == "error"] == []
    acks = [read_999(one)[0] for one in sets]
    assert [replace(ack, control="") for ack in acks] == answers.acks


def _sums_are_true(one: TransactionSet) -> None:
    """What an 835 without errors says in money, reckoned in another way."""
    remit, _ = read_835(one)
    marks = one.delimiters
    segments = [text.split(marks.element) for text in one.raw]

    def amounts(tag: str, position: int) -> int:
        texts = [s[position] for s in segments if s[0] == tag and len(s) > position and s[position]]
        return int(sum((Decimal(text) for text in texts), Decimal()) * 100)

    assert remit.amount_cents == amounts("BPR", 2)
    assert sum(c.charge_cents for c in remit.claims) == amounts("CLP", 3)
    assert sum(c.paid_cents for c in remit.claims) == amounts("CLP", 4)
    assert sum(p.cents for p in remit.plb) == sum(amounts("PLB", at) for at in range(4, 15, 2))
