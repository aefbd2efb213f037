"""Interchanges, groups and sets as their control segments open and close them, and what is wrong with these."""

from collections import deque
from collections.abc import Callable

from shared.x12 import limits
from shared.x12.envelope import Group, Interchange, Noted, TransactionSet, X12File, shown_tag
from shared.x12.envelope_elements import Doubt, doubts_of_gs
from shared.x12.fields import padded
from shared.x12.findings import Finding, Severity, Unreadable
from shared.x12.segments import EMPTY, Block, Odd


class Control:
    """Where a file has been read to: the interchange, group and set that are open, and all findings so far."""

    def __init__(self, *, whole: bool) -> None:
        self.file = X12File()
        self.ordinal = 0
        self.had_ta1 = False
        self._whole = whole
        self._interchange: Interchange | None = None
        self._group: Group | None = None
        self._set: TransactionSet | None = None
        self._ready: deque[TransactionSet] = deque()
        self._count = self._groups = self._sets = self._segments = 0
        self._controls: dict[str, set[tuple[str, ...]]] = {"ISA": set(), "GS": set(), "ST": set()}
        self._listed = {"error": 0, "warning": 0, "note": 0}

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with the envelope, as far as it was read."""
        return self.file.findings

    def _more_of_set(self) -> bool:
        raise NotImplementedError

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

    def _refuse_above(self, most: int, count: int, what: str) -> None:
        """A file that is kept whole must fit into memory."""
        if self._whole and count > most:
            sentence = f"more than {most} {what}; read it as a stream"
            self._note(sentence, 0, "024", rule="file.too_much")
            raise Unreadable(self.findings)

    # -- segments ------------------------------------------------------------------------------------

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
            sentence = f"{tag} stands outside any transaction set"
            self._note(sentence, block.start(place), "022", rule="segment.outside")
            self._keep_loose(text.split(self._marks))

    def _keep_loose(self, segment: list[str]) -> bool:
        assert self._interchange is not None
        kept = len(self._interchange.loose) < limits.LOOSE
        if kept:
            self._interchange.loose.append(segment)
        return kept

    def _say_odd(self, block: Block, odd: deque[Odd], first: int, place: int) -> None:
        """What is odd about the segments up to this place of a block, as a finding of the set that is open."""
        while odd and odd[0].place <= place:
            one = odd.popleft()
            at = min(one.place, block.count - 1)
            # An empty segment has no id, and the one behind it is not at fault.
            told = at >= 0 and one.rule != EMPTY
            tag = block.texts[at].partition(self._marks)[0] if told else ""
            self.ordinal = first + at + 1
            self._note(
                one.sentence,
                block.start(at) if at >= 0 else block.offset,
                one.code,
                "error" if one.code else "warning",
                element=shown_tag(tag) if told else "",
                level="" if self._set is not None else "interchange",
                rule=one.rule,
            )

    # -- control segments ------------------------------------------------------------------------------

    def _ta1(self, e: list[str], at: int) -> None:
        self.had_ta1 = True
        if not self._keep_loose(e):
            sentence = f"more than {limits.LOOSE} segments outside any set; this TA1 is not kept"
            self._note(sentence, at, "022", rule="ta1.too_many")
        if self._set is not None or self._group is not None:
            self._note("TA1 stands inside a group", at, "022", rule="ta1.place")

    def _gs(self, e: list[str], at: int) -> None:
        if self._set is not None:
            self._unclosed_set(at)
        if self._group is not None:
            self._note("a group starts before the last one ended", at, "022", rule="group.unclosed")
        group = self._open_group(e)
        self._controls["ST"].clear()
        named = group.id + group.control
        if not (group.id and group.control and named.isascii() and named.isalnum()):
            sentence = "a GS has no kind or no control number"
            self._note(sentence, at, "024", element="GS06", rule="group.incomplete")
        for doubt in doubts_of_gs(group.gs):
            self._doubt(doubt, at, "group", "gs")
        if self._repeated("GS", (group.sender, group.receiver, group.control)):
            sentence = "a GS06 stands twice in one interchange"
            self._note(sentence, at, "19", element="GS06", level="group", rule="group.repeated")

    def _open_group(self, e: list[str]) -> Group:
        interchange = self._interchange
        assert interchange is not None
        self._groups += 1
        self._refuse_above(limits.SETS, self._groups, "groups")
        group = self._group = Group(gs=e)
        if not self._whole:
            interchange.groups.clear()
        interchange.groups.append(group)
        interchange.count += 1
        return group

    def _ge(self, e: list[str], at: int) -> None:
        if self._set is not None:
            self._unclosed_set(at)
        group = self._group
        if group is None:
            self._note("GE without GS", at, "022", rule="group.unopened")
            return
        e = padded(e, 3)
        if e[1].isascii() and e[1].isdigit() and len(e[1]) <= 6:
            group.stated = int(e[1])
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
            self._open_group([])
            self._controls["ST"].clear()
        assert self._group is not None
        self._sets += 1
        self._refuse_above(limits.SETS, self._sets, "transaction sets")
        one = TransactionSet(e, interchange, self._group, self.ordinal, at)
        self._group.count += 1
        if self._whole:
            self._group.sets.append(one)
        else:
            one.more = self._more_of_set
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
        if one.id not in _sets_of(one.group.id, one.id):
            sentence = "ST01 is not of the kind that GS01 names"
            self._note(sentence, at, "6", element="ST01", level="set", rule="set.kind")
        version = padded(one.st, 4)[3]
        if version and one.gs_version and version != one.gs_version:
            sentence = "ST03 is not the guide that GS08 names"
            self._note(sentence, at, "", "warning", element="ST03", level="set", rule="set.version")

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
        one.se_offset = at
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
        if not _is_number(e[1], interchange.count):
            sentence = "IEA01 does not count the groups"
            self._note(sentence, at, "021", element="IEA01", rule="interchange.count")
        if e[2] != interchange.control:
            sentence = "IEA02 is not the control number of ISA13"
            self._note(sentence, at, "001", element="IEA02", rule="interchange.control")
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

    # -- findings --------------------------------------------------------------------------------------

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
        """A finding at the segment that is read; it belongs to the set, group or interchange of its level."""
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
        self._tell(found, {"set": one, "": one, "group": group}.get(level, interchange))

    def _doubt(self, doubt: Doubt, at: int, level: str, of: str) -> None:
        """What an ISA or a GS says of itself and may not."""
        rule = f"{of}.element"
        self._note(doubt.sentence, at, doubt.code, "warning", doubt.element, level, rule)

    def _tell(self, found: Finding, owner: Noted | None) -> None:
        if owner is not None:
            owner.note(found)
        self._listed[found.severity] += 1
        if self._listed[found.severity] <= limits.FINDINGS:
            self.findings.append(found)

    def _say_what_is_not_listed(self) -> None:
        """One finding for all that are not listed, as bad as the worst of them."""
        more = {what: n - limits.FINDINGS for what, n in self._listed.items()}
        unlisted = sum(n for n in more.values() if n > 0)
        if unlisted:
            severity: Severity = "error" if more["error"] > 0 else "warning"
            sentence = f"{unlisted} more findings are not listed"
            self.findings.append(Finding(sentence, severity, code="024", rule="file.findings"))


ENVELOPE: dict[str, Callable[[Control, list[str], int], None]] = {
    "TA1": Control._ta1,
    "GS": Control._gs,
    "GE": Control._ge,
    "ST": Control._st,
    "SE": Control._se,
    "IEA": Control._iea,
}


SETS_OF = {
    **{"HC": ("837",), "HP": ("835",), "FA": ("999", "997"), "HN": ("277",), "HR": ("276",)},
    **{"HS": ("270",), "HB": ("271",), "HI": ("278",), "BE": ("834",), "RA": ("820",)},
}


_LISTED = frozenset(one for kinds in SETS_OF.values() for one in kinds)


def _sets_of(group: str, st01: str) -> tuple[str, ...]:
    """The sets that may stand in such a group; of a kind that is not known here any that none of ours has."""
    return SETS_OF.get(group, () if st01 in _LISTED else (st01,)) if group else (st01,)


def _is_number(text: str, expected: int) -> bool:
    return text.lstrip("0") == (str(expected) if expected else "") and text != ""
