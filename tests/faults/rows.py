"""A row: one kind of fault, what it would catch, and the play that makes it happen. Scenario modules fill the list."""

import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.chance import Chance
from tests.faults.processes import LabStack

if TYPE_CHECKING:
    from tests.faults.lab import Lab

Play = Callable[["Lab", Chance], Awaitable[str]]
"""Does the fault under load and says what was seen; an AssertionError is a broken promise."""
MakeStack = Callable[[Path], LabStack]


@dataclass(frozen=True, slots=True)
class Row:
    """`make_stack` makes a stack of another kind than most rows play on.

    With `replay` False the end check does not compare every table with a replay, because another of the same stack
    does. `settles` False leaves draining and end checks to the row.
    """

    number: int
    name: str
    catches: str
    play: Play
    make_stack: MakeStack | None = None
    replay: bool = True
    settles: bool = True


class CannotPlay(Exception):
    """This machine, or this user on it, cannot make the fault; the text says why."""


ROWS: dict[str, Row] = {}
"""By name, such as `kill`; several may have the same number."""


def row(
    number: int,
    name: str,
    catches: str,
    *,
    make_stack: MakeStack | None = None,
    settles: bool = True,
) -> Callable[[Play], Play]:
    """Put a play on the list."""

    def put(play: Play) -> Play:
        assert name not in ROWS, f"there are two rows called {name}"
        ROWS[name] = Row(number, name, catches, play, make_stack, settles=settles)
        return play

    return put


def all_rows() -> list[Row]:
    """Every row of every module in `scenarios`, by number."""
    from tests.faults import scenarios

    for found in pkgutil.iter_modules(scenarios.__path__):
        import_module(f"{scenarios.__name__}.{found.name}")
    return sorted(ROWS.values(), key=lambda r: (r.number, r.name))


def chosen(words: str) -> list[Row]:
    """Rows by number or name, `1,2,rolling`; all of them for "". ValueError for one that is not there."""
    rows = all_rows()
    if not words:
        return rows
    wanted = [word.strip() for word in words.split(",")]
    unknown = [w for w in wanted if not any(w in (str(r.number), r.name) for r in rows)]
    if unknown:
        raise ValueError(f"there is no row {', '.join(unknown)}")
    return [r for r in rows if str(r.number) in wanted or r.name in wanted]
