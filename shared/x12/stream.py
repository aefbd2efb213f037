"""A file as it streams by. What cannot be read is a finding, and reading goes on behind it; only what is no X12 raises."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from shared.x12 import limits
from shared.x12.control import ENVELOPE, Control
from shared.x12.envelope import Interchange, TransactionSet, X12File
from shared.x12.envelope_elements import doubts_of_isa
from shared.x12.findings import Finding, Unreadable
from shared.x12.segments import Block
from shared.x12.source import Head, Source, Trouble


def _go(interchange: Interchange) -> None:
    """Nobody wants to know."""


class Stream(Control):
    """The transaction sets of a source, one after the other, in constant memory.

    A set is given at its ST; its segments come while `walk` is followed, and what is left of it is passed over when
    the next set is asked for. Whether it is sound is known when it is `closed`. Unreadable when there is no
    interchange in the file at all, or more of something than is held when it is read `whole`.
    """

    def __init__(self, chunks: Iterable[bytes], *, whole: bool = False) -> None:
        super().__init__(whole=whole)
        self._source = Source(chunks)
        self.leaves: Callable[[Interchange], None] = _go
        """Told of every interchange as the next one comes; the last one stays in `file`."""
        self._started = False
        self._ended = False

    @property
    def interchange(self) -> Interchange | None:
        """The interchange that is being read."""
        return self._interchange

    def __iter__(self) -> Iterator[TransactionSet]:
        while True:
            while self._ready:
                one = self._ready.popleft()
                yield one
                if not one.ended:
                    one.give_up()
                while not one.ended and self._advance():
                    pass
            if not self._advance():
                return

    def read_all(self, *, patient: bool = True) -> X12File:
        """Everything, kept; who is not patient stops where more is wrong than is listed."""
        while self._advance():
            self._ready.clear()
            if not patient and self._listed["error"] > limits.FINDINGS:
                stopped = Finding(
                    "too much is wrong: the rest was not read", code="024", rule="file.findings"
                )
                raise Unreadable([*self.file.errors, stopped])
        return self.file

    # -- one step ----------------------------------------------------------------------------------

    def _more_of_set(self) -> bool:
        """What a set asks for while it is walked; a claim that does not end is given up, and the set with it."""
        one = self._set
        if one is not None and one.is_full:
            place = max(one.pinned or 0, 0)
            self._tell(
                one.finding(place, "a claim without end", code="5", rule="claim.endless"), one
            )
            one.give_up()
            return False
        return self._advance()

    def _advance(self) -> bool:
        """Read one more block or ISA; False at the end of the file."""
        if self._ended:
            return False
        try:
            going_on = self._step()
        except Trouble as trouble:
            going_on = self._go_on_behind(trouble)
        if not going_on:
            self._ended = True
            self._say_what_is_not_listed()
        return going_on

    def _step(self) -> bool:
        source = self._source
        if not self._started:
            self._start()
        if self._interchange is None or self._interchange.closed:
            return self._next_interchange()
        block = source.block(self._interchange.delimiters, give_up=self._sets == 0)
        if block is None:
            self._close_all(source.offset)
            return source.skip_space()
        self._take(block)
        return True

    def _start(self) -> None:
        self._started = True
        source = self._source
        if source.first_is_bom():
            sentence = "the file starts with a byte order mark"
            self._note(sentence, 0, severity="warning", rule="file.bom")
        source.refuse_what_is_not_text()
        if not source.skip_space():
            raise Trouble(source.offset, "the file is empty", rule="file.empty")
        if not source.at_isa():
            raise Trouble(source.offset, "the file does not start with ISA", rule="file.no_isa")

    def _go_on_behind(self, trouble: Trouble) -> bool:
        """Name what cannot be read, and look for another interchange behind it."""
        if self._interchange is not None and self._interchange.closed:
            self._interchange = None
        self._note(
            trouble.sentence,
            trouble.offset,
            trouble.code,
            element=trouble.element,
            rule=trouble.rule,
        )
        if trouble.final or not self._source.skip_to_isa():
            if self._count == 0 or trouble.final:
                raise Unreadable(self.findings)
            return False
        return True

    def _next_interchange(self) -> bool:
        source = self._source
        if not source.skip_space():
            return False
        if not source.at_isa():
            offset = source.offset
            anything = source.skip_padding()
            if source.offset > offset:
                sentence = "control signs after the last IEA"
                self._note(sentence, offset, severity="warning", rule="file.padding")
            if not anything:
                return False
        if not source.at_isa():
            sentence = "something follows an IEA that is no ISA"
            self._note(sentence, source.offset, "022", rule="file.no_isa")
            return source.skip_to_isa()
        self._open(source.head())
        return True

    def _open(self, head: Head) -> None:
        self.ordinal += 1
        self._count += 1
        self._refuse_above(limits.SETS, self._count, "interchanges")
        made = Interchange(head.elements, head.delimiters, self.ordinal, head.offset)
        self._interchange = made
        self._group = self._set = None
        if not self._whole:
            for left in self.file.interchanges:
                self.leaves(left)
            self.file.interchanges.clear()
        self.file.interchanges.append(made)
        self._controls["GS"].clear()
        e = made.isa
        if self._repeated("ISA", (*(text.strip() for text in e[5:9]), made.control)):
            sentence = "an ISA13 stands twice in one file"
            self._note(sentence, head.offset, "025", element="ISA13", rule="interchange.repeated")
        for sentence in head.odd:
            self._note(sentence, head.offset, severity="warning", element="ISA", rule="isa.length")
        for doubt in doubts_of_isa(e, head.delimiters.repetition):
            self._doubt(doubt, head.offset, "interchange", "isa")

    def _take(self, block: Block) -> None:
        """Give every segment of a block to the set that is open, or read it as envelope."""
        done, first = 0, self.ordinal
        self._segments += block.count
        self._refuse_above(limits.SEGMENTS, self._segments, "segments")
        odd = deque(block.odd)
        for place in block.controls():
            elements = block.segment(place).split(self._marks)
            if elements[0] not in ENVELOPE:
                continue
            self.ordinal = first + done
            self._inside(block, done, place)
            self._say_odd(block, odd, first, place)
            self.ordinal = first + place + 1
            ENVELOPE[elements[0]](self, elements, block.start(place))
            done = place + 1
        self.ordinal = first + done
        self._inside(block, done, block.count)
        self._say_odd(block, odd, first, block.count)
        self.ordinal = first + block.count
        if block.cut_off:
            sentence = "the last segment has no terminator"
            at = block.start(block.count - 1) if block.count else block.offset
            self._note(sentence, at, "023", rule="segment.unended")
