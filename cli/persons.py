"""Who does it: the name that a command gives to what a person decides."""

import getpass
from typing import Annotated
from uuid import uuid4

import typer

MOST_LETTERS = 48
"""Of a name, as an event holds it."""


By = Annotated[
    str,
    typer.Option(
        help="Who says so; without it, the login name.", metavar="NAME", show_default=False
    ),
]


def named(by: str, does: str) -> str:
    """The name that was given, else the login name; wrong words where an event cannot hold it, or there is none."""
    if not by:
        try:
            by = getpass.getuser()
        except (OSError, KeyError):
            raise typer.BadParameter(f"say who {does}", param_hint="--by") from None
    if not (by.isascii() and by.isprintable()):
        raise typer.BadParameter("an event names people in plain letters", param_hint="--by")
    if len(by) > MOST_LETTERS:
        told = f"an event names people in at most {MOST_LETTERS} letters"
        raise typer.BadParameter(told, param_hint="--by")
    return by


def signed(who: str) -> dict[str, str]:
    """The headers of what somebody asks of a door, once."""
    return {"X-Actor": who, "Idempotency-Key": uuid4().hex}
