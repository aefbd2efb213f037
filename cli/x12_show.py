"""`x12 show`: a file as a person reads it, or one JSON object per thing and line."""

import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import typer
from rich.text import Text

from cli.output import dollars, err, fail, out, printable
from cli.x12_files import UNREADABLE, held, name_of, opened, why_unreadable
from shared.x12 import Unreadable, open_file, read_file
from shared.x12.showing import Fact, Paging, Shown, Veil
from shared.x12.showing_file import show_file, show_stream

_CENTS = "_cents"
_INDENT = "  "
_BOLD = frozenset(
    {"interchange", "group", "set", "payment", "claim", "totals", "subscriber", "billing provider"}
)
_OF_TITLE = (("control",), ("number", "control"))
_ONLY_WHEN_THERE = ("not_shown", "segments_not_shown", "off_by_cents", "provider_adjustments_cents")
_BREAKS = {
    "claim": frozenset(
        {"charge_cents", "payer", "subscriber", "patient", "billing_npi", "payer_control"}
    ),
    "payment": frozenset({"payer", "payee"}),
    "totals": frozenset({"charge_cents", "adjustments", "errors"}),
}
"""At which facts a new line starts."""
_COLOURS = {"envelope": "red", "envelope of the set": "red", "segment": "dim"}


def show_one(path: Path, *, as_json: bool, phi: bool, first: int, limit: int) -> None:
    """Show a file and say what was left out; exits with 3 when it cannot be read on."""
    paging = Paging(first, limit)
    try:
        for shown in _shown(path, Veil(phi), paging):
            if as_json:
                sys.stdout.write(json.dumps(_as_json(shown)) + "\n")
            else:
                _print(shown, shown.depth)
    except Unreadable as no:
        fail(f"{name_of(path)}: cannot be read on: {why_unreadable(no)}", UNREADABLE)
    except BrokenPipeError:
        raise typer.Exit(0) from None
    if paging.left_out:
        _left_out(paging)


def _shown(path: Path, veil: Veil, paging: Paging) -> Iterator[Shown]:
    with opened(path) as file:
        start, rest = held(file)
        if rest is not None:
            yield from show_stream(open_file(chain(start, rest)), veil, paging)
            return
    try:
        read = read_file(b"".join(start), strict=False)
    except Unreadable:
        yield from show_stream(open_file(start), veil, paging)
        return
    yield from show_file(read, veil, paging)


def _left_out(paging: Paging) -> None:
    last = paging.first + paging.shown - 1
    words = f"shown: {paging.shown:,} of {paging.count:,}"
    if last < paging.count:
        words += f"; the next ones with --from {last + 1}, all with --limit 0"
    elif paging.first > 1:
        words += "; from the first one with --from 1"
    err.print(Text(words, "bold"), soft_wrap=True)


def _as_json(shown: Shown) -> dict[str, object]:
    made: dict[str, object] = {"what": shown.what, **_plain(shown.facts)}
    if shown.inside:
        made["inside"] = [_as_json(one) for one in shown.inside]
    return made


def _plain(facts: object) -> dict[str, Fact]:
    assert isinstance(facts, dict)
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def _print(shown: Shown, depth: int) -> None:
    text = Text(_INDENT * depth)
    style = _COLOURS.get(shown.what) or ("bold" if shown.what in _BOLD else "")
    facts = _plain(shown.facts)
    for name in _OF_TITLE[shown.what != "set"]:
        if name in facts:
            text.append(printable(f"{shown.what} {facts.pop(name)}"), style)
            break
    else:
        text.append("" if shown.what == "segment" else shown.what, style)
    if shown.what == "set":
        text.append(printable(f"  {facts.pop('kind', '')} {facts.pop('name', '')}"), style)
    for name in _ONLY_WHEN_THERE:
        if facts.get(name) == 0:
            del facts[name]
    breaks = _BREAKS.get(shown.what, frozenset())
    before = "  "
    for name, value in facts.items():
        if name in breaks:
            before = "\n" + _INDENT * (depth + 1)
        text.append(before)
        if shown.what != "segment":
            text.append(f"{name.removesuffix(_CENTS).replace('_', ' ')} ", "dim")
        text.append(printable(_value(name, value)), "dim" if shown.what == "segment" else "")
        before = " · "
    out.print(text, soft_wrap=True)
    for one in shown.inside:
        _print(one, depth + 1)


def _value(name: str, value: Fact) -> str:
    if name.endswith(_CENTS) and isinstance(value, int):
        return dollars(value)
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:,}" if isinstance(value, int) else value or ""
