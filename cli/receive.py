"""`receive FILE…`: a TA1, 999, 277CA, 271 or 835 handed to the services that take it."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli import remittances
from cli.context import FAILED, Json, complain, counted, err, out, plainly, print_json, url_of
from cli.handing_in import hand_in
from cli.x12_answer import NotAnswered, answer_bytes
from shared.x12 import Unreadable, read_file, sniff

TAKEN_BY = {
    "TA1": "submission",
    "999": "submission",
    "277CA": "adjudication_tracking",
    "835": "adjudication_tracking",
    "271": "eligibility",
}

CLAIMS = {"837P"}


@plainly
def receive(
    files: Annotated[list[Path], typer.Argument(help="X12 files.", exists=True, dir_okay=False)],
    json: Json = False,
    answers: Annotated[
        Path | None,
        typer.Option(
            help="Write the TA1 and 999 that each new file is answered with into this folder.",
            metavar="DIR",
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Take in files from a clearinghouse or payer; again is harmless, and a broken one changes nothing.

    A broken one is kept for `claimlog refused`; a file that names no kind that is taken is refused here and not kept.
    Of each payment of an 835 it is said whether it was released or refused, where that is known within seconds.
    """
    read = [_read(path) for path in files]
    # Every service that is needed must be there before the first file is handed in.
    urls = {
        service: url_of(service) for service in sorted({s for one in read for s in one.services})
    }
    results, watched = [], []
    for one in read:
        tracking = urls[remittances.SERVICE] if remittances.SERVICE in one.services else ""
        watch = remittances.Watch(tracking, remittances.payments(one.data))
        result = _hand_in(one, urls)
        if answers is not None:
            _answer(one, answers, result)
        results.append(result)
        watched.append(watch)
    _follow(results, watched)
    if json:
        print_json(results)
    else:
        for result in results:
            _show(result)
    if any(
        result["refused"] or result["not_answered"] or _not_posted(result) for result in results
    ):
        raise typer.Exit(FAILED)


@dataclass(frozen=True, slots=True)
class Read:
    """A file, who takes it, and why it is refused before anybody is asked."""

    path: Path
    data: bytes
    services: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def _read(path: Path) -> Read:
    data = path.read_bytes()
    kinds = sniff(data)
    try:
        read_file(data)
    except Unreadable as no:
        kinds = kinds | _begun(data)
        if not any(kind in TAKEN_BY for kind in kinds):
            return Read(path, data, refused=tuple(f"{path.name}: {f}" for f in no.findings[:5]))
    services = {TAKEN_BY[kind] for kind in kinds if kind in TAKEN_BY}
    if services:
        return Read(path, data, tuple(sorted(services)))
    what = ", ".join(sorted(kinds)) or "nothing"
    instead = (
        "; use `claimlog import` for claims"
        if kinds & CLAIMS
        else f"; it takes {', '.join(TAKEN_BY)}"
    )
    return Read(path, data, refused=(f"{path.name}: holds {what}{instead}",))


def _begun(data: bytes) -> set[str]:
    """Kinds of sets that begin in what cannot be read to its end: its service refuses the file and keeps it."""
    head = data.find(b"ISA")
    separator = data[head + 3 : head + 4] if head >= 0 else b""
    if not separator:
        return set()
    begins = {kind: b"ST" + separator + kind[:3].encode() for kind in TAKEN_BY if kind != "TA1"}
    found = {kind for kind, mark in begins.items() if mark in data}
    return found | ({"TA1"} if b"TA1" + separator in data else set())


def _hand_in(one: Read, urls: dict[str, str]) -> dict[str, Any]:
    refused, taken = list(one.refused), []
    for service in one.services:
        sentence, answer = hand_in(urls[service], one.path.name, one.data)
        if sentence:
            refused.append(f"{one.path.name}: {sentence}")
        else:
            taken.append({"service": service, **answer})
    return {
        "file": str(one.path),
        "sha256": hashlib.sha256(one.data).hexdigest(),
        "refused": refused,
        "taken": taken,
        "remittances": [],
        "answered": [],
        "not_answered": "",
    }


def _follow(results: list[dict[str, Any]], watched: list[remittances.Watch]) -> None:
    """What became of every payment that was taken in; all of them share the time."""
    until = time.monotonic() + remittances.WAIT_SECONDS
    with err.status("waiting for what becomes of the payments"):
        for result, watch in zip(results, watched, strict=True):
            for taken in result["taken"]:
                if taken["service"] == remittances.SERVICE:
                    result["remittances"] = watch.became(bool(taken.get("again")), until)


def _not_posted(result: dict[str, Any]) -> bool:
    return any(one["state"] in remittances.NOT_POSTED for one in result["remittances"])


def _answer(one: Read, folder: Path, result: dict[str, Any]) -> None:
    """What its sender must hear, once: a file that was here before was answered then, one for nobody here never is."""
    if not one.services or any(taken.get("again") for taken in result["taken"]):
        return
    try:
        _, files = answer_bytes(one.data, one.path, folder)
        result["answered"] = [str(to) for to in files]
    except NotAnswered as no:
        result["not_answered"] = str(no)
    except OSError as no:
        # It was handed in all the same, and others come after it.
        result["not_answered"] = (
            f"{one.path.name} cannot be answered: {no.strerror or type(no).__name__}"
        )


def _fits_nothing(taken: dict[str, Any]) -> Iterator[str]:
    """Answers to what was never sent from here: kept, and of no effect."""
    for one in taken.get("unknown", []):
        of_set = f", set {one['st02']}" if one["st02"] else ""
        yield f"{one['level']} of {one['control'] or 'no number'}{of_set} changes nothing: {one['reason']}"
    if count := taken.get("unmatched", 0):
        yield f"answers that fit no question of ours and change nothing: {count}"


def _show(result: dict[str, Any]) -> None:
    for taken in result["taken"]:
        again = " (it was here before: nothing changed)" if taken.get("again") else ""
        out.print(escape(f"{result['file']}: taken by {taken['service']}{again}"), highlight=False)
        for held in taken.get("sets", []):
            if isinstance(held, dict):
                told = (
                    f"  {held.get('kind')} {held.get('st02', '')}: {counted(held.get('claims', 0), 'claim')}, "
                    f"{held.get('outcome', '')} {held.get('sentence', '')}"
                )
                out.print(escape(told), highlight=False)
        for sentence in _fits_nothing(taken):
            out.print(escape(f"  {sentence}"), highlight=False, soft_wrap=True)
    for row in result["remittances"]:
        one = remittances.Became(**row)
        next_step = f". Next: {one.next_step}" if one.next_step else ""
        if one.state in remittances.NOT_POSTED:
            complain("refused", f"{result['file']}: {one.sentence()}{next_step}")
        else:
            out.print(escape(f"  {one.sentence()}{next_step}"), highlight=False, soft_wrap=True)
    for sentence in result["refused"]:
        complain("refused", sentence)
    for to in result["answered"]:
        out.print(escape(f"{result['file']}: answered with {to}"), highlight=False)
    if result["not_answered"]:
        complain("not answered", result["not_answered"])
