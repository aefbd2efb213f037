"""`x12 check`: every finding of every file, in its place, with a verdict for each set."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from rich.text import Text

from cli.output import FAILED, dollars, err, fail, out, printable
from cli.x12_files import UNREADABLE, held, name_of, opened, why_unreadable
from shared.x12 import Finding, Unreadable, open_file, read_file
from shared.x12.judging_apart import ProcessEnded, judge_apart
from shared.x12.showing_findings import Said, Verdict, judge_file, judge_stream

ALIKE = 5
"""Findings of one kind that are shown of a set; the others are counted."""
_COLOURS = {"error": "red", "warning": "yellow", "note": "dim"}
_WORDS = {
    "clean": "clean",
    "warnings": "may be used, with a look at the warnings",
    "errors": "not fit to be sent, posted or taken",
    "not judged": "a kind of set that is not known here: only its envelope was judged",
}


class Checking:
    """What was found so far, over all files."""

    def __init__(
        self, *, as_json: bool, strict: bool, phi: bool, every: bool, workers: int = 1
    ) -> None:
        self.as_json, self.strict, self.phi, self.every = as_json, strict, phi, every
        self.workers = workers
        self.alike: Counter[tuple[str, str, str]] = Counter()
        self.sets: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.files = 0
        self.unreadable = 0

    def file(self, path: Path) -> None:
        """Check one file and show what is found."""
        self.files += 1
        name = name_of(path)
        self._line(Text(name, "bold"))
        shown: Verdict | None = None
        envelope = False
        before = self.found.total()
        try:
            for verdict, finding in self._said(path):
                if verdict is not shown:
                    self._end(shown)
                    shown = verdict
                if finding is not None:
                    if verdict is not None and not verdict.counted.total() - 1:
                        self._line(_head(verdict))
                    if verdict is None and not envelope:
                        self._line(Text("  envelope"))
                        envelope = True
                    self._finding(name, verdict, finding)
            self._end(shown)
            if self.found.total() == before and not shown:
                self._line(Text("  no transaction set; the envelope is clean"))
        except ProcessEnded:
            fail(
                f"{name}: one of the processes that judged its sets ended by itself; was there enough "
                "memory? fewer --workers need less"
            )
        except Unreadable as no:
            self._end(shown)
            self.unreadable += 1
            err.print(
                Text(f"{name}: cannot be read on: {why_unreadable(no)}", "red"), soft_wrap=True
            )

    def _said(self, path: Path) -> Iterator[Said]:
        with opened(path) as file:
            first, rest = held(file)
            if rest is not None:
                err.print(
                    f"{name_of(path)}: large, so read as a stream"
                    + (
                        f", its sets judged by {self.workers} processes"
                        if self.workers > 1
                        else " (--workers judges its sets by several processes)"
                    )
                    + "; of a set too large to be held, unless of claims or payments, only how it is "
                    "built is judged",
                    soft_wrap=True,
                    highlight=False,
                    markup=False,
                )
                stream = open_file(chain(first, rest))
                if self.workers == 1:
                    yield from judge_stream(stream)
                else:
                    yield from judge_apart(stream, self.workers)
                return
        try:
            read = read_file(b"".join(first), strict=False)
        except Unreadable:
            yield from judge_stream(open_file(first))
            return
        if self.strict and read.errors:
            yield from ((None, finding) for finding in read.findings)
            self._line(Text("  --strict: its envelope is wrong, so its sets were not judged"))
            return
        yield from judge_file(read)

    def _finding(self, name: str, verdict: Verdict | None, finding: Finding) -> None:
        self.found[finding.severity] += 1
        if self.as_json:
            sys.stdout.write(json.dumps(_as_json(name, verdict, finding, self.phi)) + "\n")
            return
        kind = (finding.severity, finding.element, finding.sentence)
        self.alike[kind] += 1
        if self.every or self.alike[kind] <= ALIKE:
            self._line(_sentence(finding, self.phi))

    def _more(self) -> None:
        """Say how many findings of each kind were not shown."""
        for (severity, element, sentence), count in self.alike.items():
            if count > ALIKE and not self.every:
                words = f"{count - ALIKE:,} more of these: {sentence} (--all shows them)"
                self._line(_line_of(severity, element, words))
        self.alike.clear()

    def _end(self, verdict: Verdict | None) -> None:
        self._more()
        if verdict is None:
            return
        self.sets[verdict.result] += 1
        counted = ", ".join(
            f"{n} {what}{'' if n == 1 else 's'}"
            for what in _COLOURS
            if (n := verdict.counted[what])
        )
        words = _WORDS[verdict.result] + (" (as far as a stream shows)" if verdict.partly else "")
        if not counted:
            self._line(Text.assemble(_head(verdict), f": {words}"))
        else:
            self._line(Text(f"    verdict  {counted}: {words}"))

    def _line(self, text: Text) -> None:
        if not self.as_json:
            out.print(text, soft_wrap=True)

    def summary(self) -> int:
        """Say how it went, on standard error in JSON, and give the exit code."""
        sets = ", ".join(f"{self.sets[k]} {w}" for k, w in _SUMMED.items() if self.sets[k])
        text = (
            f"{_many(self.files, 'file')}, {_many(self.sets.total(), 'set')}"
            f"{': ' + sets if sets else ''}; {_many(self.found['error'], 'error')}, "
            f"{_many(self.found['warning'], 'warning')}, {_many(self.found['note'], 'note')}"
        )
        if self.unreadable:
            text += f"; {_many(self.unreadable, 'file')} could not be read"
        (err if self.as_json else out).print(Text(text, "bold"), soft_wrap=True)
        if self.unreadable:
            return UNREADABLE
        return FAILED if self.found["error"] else 0


_SUMMED = {
    "clean": "clean",
    "warnings": "with warnings only",
    "errors": "with errors",
    "not judged": "not judged",
}


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _head(v: Verdict) -> Text:
    kind = Text(printable(f"{v.kind} {v.name}".strip()), "bold")
    where = printable(f"  interchange {v.interchange}, group {v.group}, set {v.set}: ")
    return Text.assemble(where, kind)


def _sentence(f: Finding, phi: bool) -> Text:
    """One finding on one line."""
    where = f"segment {f.segment}, byte {f.offset}" + (f", loop {f.loop}" if f.loop else "")
    more = ""
    if f.value:
        more += f"; value like {f.value}"
    if f.difference_cents:
        more += f"; off by {dollars(f.difference_cents)}"
    if f.code:
        more += f"; code {f.code}"
    if phi and f.claim:
        more += f"; claim {printable(f.claim)}"
    return _line_of(f.severity, f.element, f"{f.sentence} ({where}{more})")


def _line_of(severity: str, element: str, words: str) -> Text:
    return Text.assemble(
        "    ",
        (f"{severity:<8}", _COLOURS[severity]),
        (f" {element or '-':<6} ", "bold"),
        words,
    )


def _as_json(name: str, verdict: Verdict | None, f: Finding, phi: bool) -> dict[str, object]:
    facts = {"kind": verdict.kind if verdict else "", **asdict(f), "file": name}
    if not phi:
        del facts["claim"]
    return facts
