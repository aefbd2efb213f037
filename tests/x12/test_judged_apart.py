"""Several processes find in a large file what one finds, in the same order, whatever is broken."""

import multiprocessing
from collections.abc import Iterator

import pytest

from shared.x12 import Unreadable, judging_apart, limits, open_file
from shared.x12.judging_apart import ProcessEnded, _Judge, _serve, _Work, judge_apart
from shared.x12.showing_findings import Said, fingerprint, judge_stream
from tests.x12.everything import WRITTEN

ALL = b"\n".join(WRITTEN[kind].replace(b"~", b"~\r\n") for kind in sorted(WRITTEN))
BROKEN = (
    ALL.replace(b"CLM*", b"CLM* ", 2)
    .replace(b"~\r\nSE*", b"~\r\n~\r\nZZZ*1~\r\nSE*")
    .replace(b"*99213", b"*\xc39213", 1)
    .replace(b"NM1*85*2", b"NM1*85*7", 1)
)


def told(said: Iterator[Said]) -> list[str]:
    """Every finding with the verdict it counts for, and how the reading ended.

    Without bytes and values: a set that is held shows the segment itself where a stream has let go of it.
    """
    seen: list[str] = []
    try:
        for verdict, finding in said:
            of = (verdict.st_ordinal, verdict.kind, verdict.partly) if verdict else (0, "", False)
            seen.append(f"{of} {finding and fingerprint(finding)}")
    except Unreadable as no:
        seen.append(f"ended: {no.findings[-1]}")
    return seen


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(ALL, id="sound"),
        pytest.param(BROKEN, id="broken"),
        pytest.param(BROKEN[: len(BROKEN) // 2], id="cut"),
        pytest.param(BROKEN + b"ISA*00", id="strange-end"),
    ],
)
def test_processes_find_what_one_finds(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging_apart, "AT_ONCE", 40)
    apart = told(judge_apart(open_file(data), 2))
    assert len(apart) >= len(WRITTEN) // 2
    assert apart == told(judge_stream(open_file(data)))


def test_a_set_too_large_to_be_held_is_judged_where_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.x12.limits.CLAIM_SEGMENTS", 12)
    apart = told(judge_apart(open_file(ALL), 1))
    assert any("True" in one for one in apart)
    assert apart == told(judge_stream(open_file(ALL)))


def test_what_was_judged_is_told_before_a_file_that_cannot_be_read_on() -> None:
    data = WRITTEN["835"] + b"ISA*" + b"x" * (limits.SEGMENT_BYTES * 2)
    apart = told(judge_apart(open_file(data), 1))
    assert apart == told(judge_stream(open_file(data)))
    assert "'835'" in apart[0]


def test_a_process_that_ends_by_itself_is_told_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judging_apart, "AT_ONCE", 1)
    said = judge_apart(open_file(ALL), 2)
    next(said)
    for child in multiprocessing.active_children():
        child.kill()
    with pytest.raises(ProcessEnded):
        list(said)
    assert multiprocessing.active_children() == []


def test_what_fails_in_another_process_fails_here() -> None:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs,), daemon=True
    )
    process.start()
    theirs.close()
    judge = _Judge(process, ours)
    judge.send(_Work([None]))  # type: ignore[list-item]
    with pytest.raises(AttributeError):
        list(judge.arrived())
    ours.close()
    process.join(20)
    assert process.exitcode == 0
