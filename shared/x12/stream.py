"""The envelope of a file as it streams by: interchanges, groups, sets, and what is wrong with them.

Reading never judges content: what is wrong with the envelope is a finding, and only what cannot be X12 raises.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from shared.x12 import limits
from shared.x12.envelope import Group, Interchange, TransactionSet, X12File, shown_tag
from shared.x12.fields import padded
from shared.x12.findings import Finding, Severity, Unreadable
from shared.x12.segments import Block, Head, Source, Trouble

_FIRST_TWO = frozenset({"ST", "SE", "GS", "GE", "IE", "TA"})
_AFTER_THE_END = b"\x00\x1a \t\r\n"


class Stream:
    """The transaction sets of a source, one after the other, in constant memory.

    A set is given at its ST; its segments come while `walk` is followed, and what is left of it is passed over when
    the next set is asked for. Whether it is sound is known when it is `closed`.
    """

    def __init__(self, chunks: Iterable[bytes], *, whole: bool = False) -> None:
        self.file = X12File()
        self.ordinal = 0
        self._source = Source(chunks)
        self._whole = whole
        self._interchange: Interchange | None = None
        self._group: Group | None = None
        self._set: TransactionSet | None = None
        self._ready: deque[TransactionSet] = deque()
        self._sets = 0
        self._controls: dict[str, set[tuple[str, ...]]] = {"ISA": set(), "GS": set(), "ST": set()}
        self._started = False
        self.had_ta1 = False

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with the envelope, as far as it was read."""
        return self.file.findings

    @property
    def interchange(self) -> Interchange | None:
        """The interchange that is being read."""
        return self._interchange

    def __iter__(self) -> Iterator[TransactionSet]:
        while True:
            while self._ready:
                one = self._ready.popleft()
                yield one
                while not one.ended and one.pull():
                    pass
                one.raw.clear()
            if not self._advance():
                return

    def read_all(self) -> X12File:
        """Everything, kept."""
        while self._advance():
            self._ready.clear()
        return self.file

    # -- one step ----------------------------------------------------------------------------------

    def _advance(self) -> bool:
        """Read one more block or ISA; False at the end of the file."""
        try:
            return self._step()
        except Trouble as trouble:
            self._note(trouble.sentence, trouble.offset, trouble.code, element=trouble.element)
            raise Unreadable(self.findings) from None

    def _step(self) -> bool:
        source = self._source
        if not self._started:
            self._start()
        if self._interchange is None or self._interchange.closed:
            return self._next_interchange()
        block = source.block(self._interchange.delimiters)
        if block is None:
            self._close_all(source.offset)
            return source.skip_space()
        self._take(block)
        return True

    def _start(self) -> None:
        self._started = True
        if self._source.first_is_bom():
            self._note("the file starts with a byte order mark", 0, severity="warning")
        self._source.refuse_what_is_not_text()
        if not self._source.skip_space():
            raise Trouble(self._source.offset, "the file is empty")
        if not self._source.at_isa():
            raise Trouble(self._source.offset, "the file does not start with ISA")

    def _next_interchange(self) -> bool:
        source = self._source
        if not source.skip_space():
            return False
        if self._interchange is not None and not source.at_isa():
            if source.only(_AFTER_THE_END):
                self._note("control signs after the last IEA", source.offset, severity="warning")
            else:
                self._note("something follows an IEA that is no ISA", source.offset, "022")
            return False
        self._open(source.head())
        return True

    def _open(self, head: Head) -> None:
        self.ordinal += 1
        made = Interchange(head.elements, head.delimiters, self.ordinal, head.offset)
        self._interchange = made
        self._group = self._set = None
        if not self._whole:
            self.file.interchanges.clear()
        self.file.interchanges.append(made)
        self._controls["GS"].clear()
        e = made.isa
        if self._repeated("ISA", (*(text.strip() for text in e[5:9]), made.control)):
            sentence = "an ISA13 stands twice in one file"
            self._note(sentence, head.offset, "025", element="ISA13", rule="interchange.repeated")
        for sentence in head.odd:
            self._note(sentence, head.offset, severity="warning", element="ISA")

    def _take(self, block: Block) -> None:
        """Give every segment of a block to the set that is open, or read it as envelope."""
        for sentence in dict.fromkeys(block.odd):
            self._note(sentence, block.offset, severity="warning")
        texts, done, first = block.texts, 0, self.ordinal
        for place in [n for n, text in enumerate(texts) if text[:2] in _FIRST_TWO]:
            tag = texts[place].partition(self._marks)[0]
            if tag not in _ENVELOPE:
                continue
            self.ordinal = first + done
            self._inside(block, done, place)
            self.ordinal = first + place + 1
            _ENVELOPE[tag](self, texts[place].split(self._marks), block.start(place))
            done = place + 1
        self.ordinal = first + done
        self._inside(block, done, len(texts))
        self.ordinal = first + len(texts)
        if block.cut_off:
            self._note("the last segment has no terminator", block.start(len(texts) - 1), "023")

    @property
    def _marks(self) -> str:
        assert self._interchange is not None
        return self._interchange.delimiters.element

    def _repeated(self, tag: str, control: tuple[str, ...]) -> bool:
        """Whether this control number was there before, as far as they are remembered."""
        seen = self._controls[tag]
        if control in seen:
            return True
        if len(seen) < limits.CONTROLS:
            seen.add(control)
        return False

    def _inside(self, block: Block, first: int, last: int) -> None:
        if last <= first:
            return
        if self._set is not None:
            self._set.add(block, first, last)
            return
        assert self._interchange is not None
        for place in range(first, last):
            text = block.texts[place]
            self.ordinal += 1
            tag = shown_tag(text.partition(self._marks)[0])
            self._note(f"{tag} stands outside any transaction set", block.start(place), "022")
            self._interchange.loose.append(text.split(self._marks))

    # -- the envelope's segments -----------------------------------------------------------------------

    def _ta1(self, e: list[str], at: int) -> None:
        assert self._interchange is not None
        self.had_ta1 = True
        self._interchange.loose.append(e)
        if self._set is not None or self._group is not None:
            self._note("TA1 stands inside a group", at, "022", rule="ta1.place")

    def _gs(self, e: list[str], at: int) -> None:
        if self._set is not None:
            self._unclosed_set(at)
        if self._group is not None:
            self._note("a group starts before the last one ended", at, "022", rule="group.unclosed")
        assert self._interchange is not None
        group = self._group = Group(e)
        self._interchange.groups.append(group)
        self._controls["ST"].clear()
        if self._repeated("GS", (group.sender, group.receiver, group.control)):
            sentence = "a GS06 stands twice in one interchange"
            self._note(sentence, at, "19", element="GS06", level="group", rule="group.repeated")

    def _ge(self, e: list[str], at: int) -> None:
        if self._set is not None:
            self._unclosed_set(at)
        group = self._group
        if group is None:
            self._note("GE without GS", at, "022", rule="group.unopened")
            return
        e = padded(e, 3)
        if not _is_number(e[1], group.count):
            sentence = f"GE01 does not count the {group.count} sets of its group"
            self._note(sentence, at, "5", element="GE01", level="group", rule="group.count")
        if e[2] != group.control:
            sentence = "GE02 is not the control number of GS06"
            self._note(sentence, at, "4", element="GE02", level="group", rule="group.control")
        self._group = None

    def _st(self, e: list[str], at: int) -> None:
        if self._set is not None:
            self._unclosed_set(at)
        interchange = self._interchange
        assert interchange is not None
        if self._group is None:
            self._note("ST outside a group", at, "022", rule="set.place")
            self._group = Group()
            interchange.groups.append(self._group)
            self._controls["ST"].clear()
        self._sets += 1
        if self._whole and self._sets > limits.SETS:
            raise Trouble(at, f"more than {limits.SETS} transaction sets")
        one = TransactionSet(e, interchange, self._group, self.ordinal, at)
        self._group.count += 1
        if self._whole:
            self._group.sets.append(one)
        else:
            one.more = self._advance
        self._set = one
        self._ready.append(one)
        self._judge_st(one, at)

    def _judge_st(self, one: TransactionSet, at: int) -> None:
        """A set's number must be there and be the only one of its kind, and its id fit the group."""
        if not one.control:
            self._note("ST02 is missing", at, "7", element="ST02", level="set", rule="set.control")
        elif self._repeated("ST", (one.control,)):
            sentence = "an ST02 stands twice in one group"
            self._note(sentence, at, "23", element="ST02", level="set", rule="set.repeated")
        if one.id not in _SETS_OF.get(one.group.id, (one.id,)):
            sentence = "ST01 is not of the kind that GS01 names"
            self._note(sentence, at, "6", element="ST01", level="set", rule="set.kind")

    def _se(self, e: list[str], at: int) -> None:
        one = self._set
        if one is None:
            self._note("SE without ST", at, "022", rule="set.unopened")
            return
        e = padded(e, 3)
        if not _is_number(e[1], one.count + 2):
            sentence = f"SE01 does not count the {one.count + 2} segments of its set"
            self._note(sentence, at, "4", element="SE01", level="set", rule="set.count")
        if e[2] != one.control:
            sentence = "SE02 is not the control number of ST02"
            self._note(sentence, at, "3", element="SE02", level="set", rule="set.control")
        one.closed = one.ended = True
        self._set = None

    def _iea(self, e: list[str], at: int) -> None:
        interchange = self._interchange
        assert interchange is not None
        if self._set is not None:
            self._unclosed_set(at)
        if self._group is not None:
            self._note("the interchange ends inside a group", at, "022", rule="group.unclosed")
            self._group = None
        e = padded(e, 3)
        if not _is_number(e[1], len(interchange.groups)):
            self._note(
                "IEA01 does not count the groups",
                at,
                "021",
                element="IEA01",
                rule="interchange.count",
            )
        if e[2] != interchange.control:
            self._note(
                "IEA02 is not the control number of ISA13",
                at,
                "001",
                element="IEA02",
                rule="interchange.control",
            )
        interchange.closed = True

    def _unclosed_set(self, at: int) -> None:
        self._note("a transaction set has no SE", at, "2", level="set", rule="set.unclosed")
        if self._set is not None:
            self._set.ended = True
            self._set = None

    def _close_all(self, at: int) -> None:
        if self._set is not None:
            self._unclosed_set(at)
        if self._group is not None:
            self._note("a group has no GE", at, "022", rule="group.unclosed")
            self._group = None
        if self._interchange is not None and not self._interchange.closed:
            self._note("the interchange has no IEA", at, "023", rule="interchange.unclosed")
            self._interchange.closed = True

    def _note(
        self,
        sentence: str,
        offset: int,
        code: str = "",
        severity: Severity = "error",
        element: str = "",
        level: str = "interchange",
        rule: str = "",
    ) -> None:
        interchange, group, one = self._interchange, self._group, self._set
        found = Finding(
            sentence,
            severity,
            interchange.control if interchange else "",
            group.control if group else "",
            one.control if one else "",
            self.ordinal,
            offset,
            element=element,
            code=code,
            level=level,
            rule=rule,
            isa_ordinal=interchange.ordinal if interchange else 0,
            st_ordinal=one.st_ordinal if one else 0,
        )
        owner = {"set": one, "group": group}.get(level, interchange)
        if owner is not None:
            owner.note(found)
        if len(self.findings) >= limits.FINDINGS:
            raise Unreadable(self.findings)
        self.findings.append(found)


_ENVELOPE = {
    "TA1": Stream._ta1,
    "GS": Stream._gs,
    "GE": Stream._ge,
    "ST": Stream._st,
    "SE": Stream._se,
    "IEA": Stream._iea,
}


_SETS_OF = {
    **{"HC": ("837",), "HP": ("835",), "FA": ("999", "997"), "HN": ("277",), "HR": ("276",)},
    **{"HS": ("270",), "HB": ("271",), "HI": ("278",), "BE": ("834",), "RA": ("820",)},
}


def _is_number(text: str, expected: int) -> bool:
    return text.lstrip("0") == (str(expected) if expected else "") and text != ""
