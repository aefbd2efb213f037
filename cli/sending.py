"""Handing in claims that are taken over, at one door after the other; a claim that a door refuses goes to no further one."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.progress import track

from cli.context import counted, err, url_of
from cli.taking_over_lines import Refuse

CHUNK = 200
BEFORE = (
    "it was imported before with other options or content; what that did stands, nothing changed"
)
TRIES = 120
"""A door that is busy is asked again so often, a second apart."""
BUSY = (429, 503)
Row = dict[str, Any]
"""The items of one claim, by door."""


class Known(Exception):
    """Numbers of claims that others have: sentences by the place of the claim. Nothing was handed in."""

    def __init__(self, sentences: dict[int, str]) -> None:
        super().__init__(counted(len(sentences), "claim"))
        self.sentences = sentences


@dataclass(slots=True)
class Sent:
    """Accounts that wait for a coder, and why claims were refused, by their place in the file."""

    held: list[str] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def send(rows: Sequence[Row], key: str, new: bool) -> Sent:
    """Hand everything in, in bounded requests under keys of the file.

    Refuse, before anything is handed in, when a claim's number is another claim's; and when a door takes nothing at all.
    """
    doors = [("registration", "/encounters", "encounters", "encounter")]
    doors.append(("coding", "/charges", "accounts", "charges"))
    if not new:
        doors.append(("submission", "/history", "claims", "history"))
    _must_be_free(rows)
    sent = Sent()
    for service, path, name, item in doors:
        left = [n for n in range(len(rows)) if n not in sent.refused]
        steps = range(0, len(left), CHUNK)
        for start in track(
            steps, service, console=err, transient=True, disable=not err.is_terminal
        ):
            chunk = left[start : start + CHUNK]
            body = {name: [rows[n][item] for n in chunk]}
            answers = _post(service, path, name, body, f"import/{key}/{item}/{_part(start, chunk)}")
            for n, answer in zip(chunk, answers, strict=True):
                if answer.get("status", 200) >= 400:
                    sent.refused[n] = _why(service, answer)
                elif answer.get("held"):
                    sent.held.append(answer["account"])
    return sent


def _must_be_free(rows: Sequence[Row]) -> None:
    known: dict[int, str] = {}
    for start in range(0, len(rows), CHUNK):
        body = {"encounters": [row["encounter"] for row in rows[start : start + CHUNK]]}
        for n, answer in enumerate(
            _post("registration", "/encounters/check", "encounters", body, ""), start
        ):
            if answer["status"] >= 400:
                known[n] = answer["sentence"]
    if known:
        raise Known(known)


def _part(start: int, chunk: Sequence[int]) -> str:
    """Which claims of the file go together: all of a stretch, or those of it that were not refused before."""
    if chunk[0] == start and chunk[-1] == start + len(chunk) - 1:
        return str(start)
    return hashlib.sha256(repr(chunk).encode()).hexdigest()[:16]


def _post(
    service: str, path: str, name: str, body: dict[str, Any], key: str
) -> list[dict[str, Any]]:
    for _ in range(TRIES):
        answers = _post_once(service, path, name, body, key)
        if not any(answer.get("status") in BUSY for answer in answers):
            return answers
        time.sleep(1.0)
    raise Refuse(f"{service}: it is too busy; what it took stands, run it again")


def _post_once(
    service: str, path: str, name: str, body: dict[str, Any], key: str
) -> list[dict[str, Any]]:
    answer = httpx.post(
        url_of(service) + path,
        json=body,
        headers={"Idempotency-Key": key, "X-Actor": "command line"},
        timeout=120,
    )
    try:
        said = answer.json()
    except ValueError:
        raise Refuse(f"{service}: it answered {answer.status_code} without a reason") from None
    if answer.status_code >= 400:
        raise Refuse(_why(service, said))
    listed: list[dict[str, Any]] = (
        said
        if isinstance(said, list)
        else said.get(name) or next(v for v in said.values() if isinstance(v, list))
    )
    return listed


def _why(service: str, said: dict[str, Any]) -> str:
    """Why a door said no. Refuse when it knows the whole file in another form."""
    sentence = str(said.get("sentence"))
    if "Idempotency-Key" in sentence:
        raise Refuse(BEFORE)
    fields = f" ({', '.join(said['fields'])})" if said.get("fields") else ""
    return f"{service}: {sentence}{fields}"
