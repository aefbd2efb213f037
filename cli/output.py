"""How every command speaks: to people or machines, and with which exit code."""

import json
import sys
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

OK, FAILED, USAGE, NOT_RUNNING, BROKEN_OFF = 0, 1, 2, 3, 130
"""Exit codes: done; it said no or a check failed; wrong words; nothing to talk to; Ctrl-C."""

out = Console() if sys.stdout.isatty() else Console(width=168)
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Machine-readable JSON on standard output.")]


def fail(sentence: str, code: int = FAILED) -> NoReturn:
    """Say why on standard error and exit."""
    complain("claimlog:", sentence)
    raise typer.Exit(code)


def complain(what: str, sentence: str) -> None:
    """One line on standard error, however long; what stands in it is not markup."""
    err.print(f"[red]{what}[/red] {escape(sentence)}", highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """JSON on standard output; dates as text."""
    json.dump(value, sys.stdout, indent=2, default=str)
    sys.stdout.write("\n")


def dollars(cents: int | None) -> str:
    """Cents as people write them: 1,234.56."""
    if cents is None:
        return "-"
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def counted(n: int, one: str, many: str = "") -> str:
    """`1 claim`, `2,000 claims`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def printable(text: str) -> str:
    """Text of a file as a terminal may have it: signs that would steer it are question marks."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)
