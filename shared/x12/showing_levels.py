"""Sets that go level by level (270, 271, 276, 277, 277CA, 278), as they stand: who, what is asked, what is said to it."""

from collections import Counter
from collections.abc import Iterator

from shared.x12.claim_ack_277ca.model import ACCEPTED, REJECTED
from shared.x12.envelope import TransactionSet, kind_of
from shared.x12.fields import padded
from shared.x12.showing import Paging, Shown, Veil
from shared.x12.showing_said import SAID, Saying

LEVELS = {
    "19": "provider",
    "20": "payer",
    "21": "receiver",
    "22": "subscriber",
    "23": "dependent",
    "PT": "patient",
    "EV": "patient event",
    "SS": "service",
}
PERSONS = frozenset({"22", "23", "PT", "EV", "SS"})
SEGMENTS = 2_000
"""Of one level; what is beyond is counted and not shown."""


class _Level:
    """The segments of one HL as they come."""

    def __init__(self, hl: list[str]) -> None:
        self.hl = padded(hl, 5)
        self.segments: list[list[str]] = []
        self.beyond = 0

    def add(self, segment: list[str]) -> None:
        if len(self.segments) < SEGMENTS:
            self.segments.append(segment)
        else:
            self.beyond += 1


def show_levels(one: TransactionSet, veil: Veil, paging: Paging) -> Iterator[Shown]:
    """Each level with what it says; `paging` counts the levels of people, those above are always shown."""
    saying = Saying(veil, one.delimiters, kind_of(one))
    totals: Counter[str] = Counter()
    level: _Level | None = None
    before = paging.left_out
    for _, segment in one.walk():
        if segment[0] == "HL":
            if level is not None:
                yield from _level(level, saying, paging, totals)
            level = _Level(segment)
        elif level is not None:
            level.add(segment)
        else:
            yield saying.shown(segment)
    if level is not None:
        yield from _level(level, saying, paging, totals)
    yield Shown("totals", {**totals, "not_shown": paging.left_out - before})


def _level(level: _Level, saying: Saying, paging: Paging, totals: Counter[str]) -> Iterator[Shown]:
    code = level.hl[3]
    saying.level = code
    _count(level, saying, totals)
    number: dict[str, str | int] = {}
    if code in PERSONS:
        if not paging.takes():
            return
        number = {"number": paging.count}
    what = LEVELS.get(code, f"level {code}")
    inside = [saying.shown(segment) for segment in level.segments]
    if level.beyond:
        inside.append(Shown("more", {"segments_not_shown": level.beyond}))
    under = {"under": level.hl[2]} if level.hl[2] else {}
    yield Shown(what, {**number, "level": level.hl[1], **under}, inside)


def _count(level: _Level, saying: Saying, totals: Counter[str]) -> None:
    """What a person wants to know of the whole: how many people, benefits and refusals; how many claims were taken."""
    what = _many(LEVELS.get(level.hl[3], "other level"))
    totals[what] += 1
    answered = False
    for s in level.segments:
        if s[0] in SAID:
            if s[0] == "EB":
                totals["benefits"] += 1
            elif s[0] == "AAA":
                totals["refusals"] += 1
            elif s[0] == "EQ":
                totals["questions"] += 1
            elif s[0] == "TRN":
                answered = False
            elif s[0] == "STC" and saying.kind == "277CA" and not answered:
                answered = True
                category = padded(s, 2)[1].split(saying.marks.component)[0]
                if level.hl[3] in PERSONS:
                    taken = category in ACCEPTED
                    totals["claims_accepted" if taken else "claims_rejected"] += 1
                elif category in REJECTED:
                    totals[f"{what}_refused_whole"] += 1


def _many(what: str) -> str:
    return f"{what}s".replace(" ", "_")
