"""What we answer to a file that was sent to us: TA1s for its interchanges, a 999 for each group of one that is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared.x12.ack_999 import Ack999, answer_999, write_999
from shared.x12.ack_ta1 import Ta1, answer_ta1, write_ta1
from shared.x12.envelope import Group, Interchange, TransactionSet, X12File
from shared.x12.findings import Finding
from shared.x12.sets import ROOMS, room_of
from shared.x12.writing import Header

ACKNOWLEDGEMENTS = "FA"
"""The functional id of 999 and 997, which are never answered."""
_NOT_TAKEN, _GUIDE_NOT_TAKEN = "1", "I6"
"""IK502 of what nobody here judges: the whole kind of set (834), or one guide of a kind that others are of (837D)."""
_TAKEN = frozenset(kind[:3] for kind in ROOMS)


@dataclass(slots=True)
class Answers:
    """The answers to one file; empty when it holds nothing that is answered."""

    ta1: list[Ta1] = field(default_factory=list)
    acks: list[Ack999] = field(default_factory=list)

    def write(self, header: Header) -> list[bytes]:
        """The files that go back: the TA1s in one, the 999s in another of the next control number."""
        files: list[bytes] = []
        if self.ta1:
            files.append(write_ta1(header, self.ta1))
        if self.acks:
            number = header.isa13 + len(files)
            files.append(write_999(replace(header, isa13=number), self.acks))
        return files


def answer_file(file: X12File, more: Sequence[Finding] = ()) -> Answers:
    """Judge every set of a file that was read with `strict=False`, and say what its sender must hear.

    A TA1 goes out when ISA14 asks for one or the interchange is rejected; a rejected interchange is not answered group
    by group. `more` are findings beyond those of the sets' own checks, such as that a set came before.
    """
    answers = Answers()
    for interchange in file.interchanges:
        ta1 = answer_ta1(file, interchange)
        if interchange.isa[14].strip() == "1" or not ta1.accepted:
            answers.ta1.append(ta1)
        if ta1.accepted:
            groups = [group for group in interchange.groups if _is_answered(group)]
            answers.acks += [_ack(file, interchange, group, more) for group in groups]
    return answers


def _is_answered(group: Group) -> bool:
    return bool(group.gs) and group.id != ACKNOWLEDGEMENTS


def _ack(file: X12File, interchange: Interchange, group: Group, more: Sequence[Finding]) -> Ack999:
    ours = [f for f in more if f.isa_ordinal in (0, interchange.ordinal)]
    found = [*ours, *(f for one in group.sets for f in _judged(one))]
    return answer_999(file, group, {"": [f for f in found if f.st_ordinal]})


def _judged(one: TransactionSet) -> list[Finding]:
    room = room_of(one)
    if room is not None:
        return room.judged(one)[1]
    if one.id in _TAKEN:
        sentence = "a guide of this kind of transaction set that is not taken here"
        return [one.finding(-1, sentence, element="ST03", level="set", code=_GUIDE_NOT_TAKEN)]
    sentence = "a kind of transaction set that is not taken here"
    return [one.finding(-1, sentence, element="ST01", level="set", code=_NOT_TAKEN)]
