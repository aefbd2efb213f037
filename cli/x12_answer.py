"""`x12 answer`: the TA1 and the 999 that the sender of a file must hear, with control numbers that never come twice."""

import fcntl
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from cli.output import FAILED, fail, out, print_json
from cli.x12_files import (
    UNREADABLE,
    held,
    name_of,
    opened,
    why_unreadable,
    written,
)
from shared.durably import write_durably
from shared.settings import settings
from shared.x12 import Unreadable, read_file
from shared.x12.answering import Answers, answer_file
from shared.x12.envelope import X12File
from shared.x12.writing import Header, NotWritable

_LAST = 999_999_999
_AT_MOST = 2
"""Files of one answer, each with a control number of its own: the TA1s, the 999s."""


class NotAnswered(Exception):
    """Why a file has no answer, and the exit code of that."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def answer_one(path: Path, folder: Path, control: int | None, *, force: bool, as_json: bool) -> int:
    """Write the answers to one file into a folder; the exit code is 1 when anything in it is rejected."""
    with opened(path) as source:
        first, rest = held(source)
    if rest is not None:
        fail(f"{name_of(path)} is too large to be answered: split it first")
    try:
        answers, files = answer_bytes(b"".join(first), path, folder, control, force=force)
    except NotAnswered as no:
        fail(str(no), no.code)
    _tell(path, answers, files, as_json=as_json)
    return 0 if all(one.accepted for one in answers.ta1) and _all_taken(answers) else FAILED


def answer_bytes(
    data: bytes, path: Path, folder: Path, control: int | None = None, *, force: bool = False
) -> tuple[Answers, list[Path]]:
    """The answers to what was read from a path, and the files they were written to; NotAnswered when there is none."""
    stands = folder if folder.exists() else folder.parent
    if not stands.is_dir():
        raise NotAnswered(f"{stands} is no folder")
    try:
        file = read_file(data, strict=False)
    except Unreadable as no:
        sentence = f"{name_of(path)} cannot be answered: {why_unreadable(no)}"
        raise NotAnswered(sentence, UNREADABLE) from no
    answers = answer_file(file)
    count = bool(answers.ta1) + bool(answers.acks)
    if not count:
        return answers, []
    header = _header(file, _control(count, control))
    try:
        made = answers.write(header)
    except NotWritable as no:
        raise NotAnswered(f"{name_of(path)} cannot be answered: {no}") from no
    kinds = [kind for kind, some in (("ta1", answers.ta1), ("999", answers.acks)) if some]
    files = [folder / f"{header.isa13 + n:09d}.{kind}" for n, kind in enumerate(kinds)]
    if there := next((to for to in files if not force and os.path.lexists(to)), None):
        raise NotAnswered(f"{there} exists; --force of `claimlog x12 answer` overwrites it")
    folder.mkdir(exist_ok=True)
    for to, written_bytes in zip(files, made, strict=True):
        with written(to, force, path) as answer:
            answer.write(written_bytes)
    return answers, files


def _header(file: X12File, control: int) -> Header:
    """Back to who sent it, from whom it was sent to; a file of several senders has no one to go back to.

    The group's own ids (GS02, GS03) are turned round, too, where all groups have the same.
    """
    ways = {
        tuple(part.strip() for part in (*one.isa[5:9], one.isa[15])) for one in file.interchanges
    }
    if len(ways) != 1:
        raise NotAnswered(
            "the interchanges are of several senders, receivers or usages: split the file first"
        )
    if control + _AT_MOST - 1 > _LAST:
        raise NotAnswered("the control numbers are used up; name --control")
    ((from_kind, sender, to_kind, receiver, usage),) = ways
    groups = {
        (g.gs[2].strip(), g.gs[3].strip())
        for i in file.interchanges
        for g in i.groups
        if len(g.gs) > 3
    }
    of_group = groups.pop() if len(groups) == 1 else ("", "")
    now = datetime.now().astimezone()
    return Header(
        *(receiver, sender, control, control, now.date(), f"{now:%H%M}"),
        sender_qualifier=to_kind,
        receiver_qualifier=from_kind,
        usage=usage,
        gs_sender=of_group[1],
        gs_receiver=of_group[0],
    )


def _control(count: int, named: int | None) -> int:
    """The first control number of an answer, counted on from the last of this installation unless it is named.

    It is kept before anything is written: a number may be left out, none comes twice.
    """
    root = Path(settings().home)
    root.mkdir(parents=True, exist_ok=True)
    kept = root / "answers.control"
    with (root / "answers.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        last = kept.read_text().strip() if kept.exists() else "0"
        if not (last.isascii() and last.isdigit()):
            raise NotAnswered(f"{kept} holds no number; mend it or remove it and name --control")
        first = int(last) + 1 if named is None else named
        write_durably(kept, f"{max(int(last), first + count - 1)}\n".encode())
    return first


def _all_taken(answers: Answers) -> bool:
    return all(ack.code == "A" for ack in answers.acks)


def _tell(path: Path, answers: Answers, files: list[Path], *, as_json: bool) -> None:
    """What is answered: codes, segments and elements, of nobody's data."""
    if as_json:
        facts: dict[str, Any] = {"file": name_of(path), "written": [str(to) for to in files]}
        facts["ta1"] = [{"isa13": t.isa13, "code": t.code, "note": t.note} for t in answers.ta1]
        facts["groups"] = [_group(asdict(ack)) for ack in answers.acks]
        print_json(facts)
        return
    lines = [f"TA1 {t.isa13}: {t.code} {t.note}" for t in answers.ta1]
    for ack in answers.acks:
        lines.append(f"999 group {ack.gs06} ({ack.functional_id}): {ack.code}")
        for one in ack.sets:
            lines.append(
                f"  set {one.st02} ({one.set_id}): {one.code} {' '.join(one.codes)}".rstrip()
            )
            lines += [
                f"    {f.segment}{f.element.zfill(2) if f.element else ''} at segment {f.ordinal} of the set: "
                f"code {f.element_code or f.code}"
                for f in one.faults
            ]
    lines += [f"{to} written" for to in files] or [f"{name_of(path)}: nothing in it is answered"]
    for line in lines:
        out.print(Text(line), soft_wrap=True)


def _group(ack: dict[str, Any]) -> dict[str, Any]:
    """A 999 without the numbers of claims."""
    for one in ack["sets"]:
        for fault in one["faults"]:
            fault.pop("claim", None)
    return ack
