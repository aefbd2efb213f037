"""Whether a set is built as its guide wants it: loops, order, what must be there, how often, and which codes."""

from shared.x12 import limits
from shared.x12.envelope import TransactionSet
from shared.x12.findings import Finding
from shared.x12.guides import Fault, Guide, Step, faults_of, missing


class Structure:
    """A set as it is held against its guide; `take` what comes, then `end`."""

    def __init__(self, guide: Guide, one: TransactionSet) -> None:
        self.guide = guide
        self.set = one
        self.findings: list[Finding] = []
        self._state = guide.start
        self._count = 0

    def take(self, first: int, texts: list[str], segments: list[list[str]]) -> None:
        """The next segments of the set, as texts and as elements; `first` is the place of the first of them."""
        at, state = self.guide.at, self._state
        empty = self.set.delimiters.element * 2
        for place, (text, s) in enumerate(zip(texts, segments, strict=True), first):
            tag = s[0]
            step = state.next.get(tag)
            if step is None:
                fork = state.forks.get(tag)
                if fork is not None and at[tag] < len(s):
                    step = fork.get(s[at[tag]])
                if step is None:
                    step = self.guide.step(state, s)
            state, shortest, longest, plain, needed, _, _, _ = step
            full = plain and shortest <= len(s) <= longest and s[-1]
            if full and (empty not in text or "" not in needed(s)):
                continue
            if not step.fits(s):
                self._judge(place, s, step)
        self._state = state
        self._count = first + len(texts)

    def _judge(self, place: int, s: list[str], step: Step) -> None:
        for fault in step.faults:
            self._note(place, fault)
        if step.seg is None:
            return
        for position, sentence, code in faults_of(step.seg, s):
            element = f"{step.seg.tag}{min(position, 99):02d}"
            self._note(place, Fault(sentence, element, code, "element", step.state.loop))

    def end(self) -> list[Finding]:
        """All findings, with what is missing in the loops that are still open."""
        for opened in reversed(self._state.open):
            for fault in missing(opened):
                self._note(self._count, fault)
        return self.findings

    def _note(self, place: int, fault: Fault) -> None:
        if len(self.findings) < limits.FINDINGS:
            self.findings.append(
                self.set.finding(
                    place,
                    fault.sentence,
                    element=fault.element,
                    code=fault.code,
                    rule=f"structure.{fault.rule}",
                    loop=fault.loop,
                    severity=fault.severity,
                )
            )


def check_structure(guide: Guide, one: TransactionSet) -> list[Finding]:
    """All findings of a set that is held whole."""
    structure = Structure(guide, one)
    structure.take(0, one.raw, one.segments)
    return structure.end()
