"""Every error of a command is a sentence and an exit code; light, for commands that need nothing to run."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import typer

from cli.output import BROKEN_OFF, FAILED, fail

P = ParamSpec("P")
R = TypeVar("R")
Sentence = Callable[[Exception], tuple[str, int] | None]
"""What an error means to a person, and its exit code; None where it means nothing."""


def nothing_known(_: Exception) -> None:
    """No error is expected."""


def plain(known: Sentence = nothing_known) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Turn every error of a command into a sentence and an exit code: a person never meets a traceback."""

    def around(command: Callable[P, R]) -> Callable[P, R]:
        @wraps(command)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return command(*args, **kwargs)
            except KeyboardInterrupt:
                raise typer.Exit(BROKEN_OFF) from None
            except BrokenPipeError:
                # Whoever read our output went away; Python would complain once more when it flushes.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise typer.Exit(FAILED) from None
            except (typer.Exit, typer.Abort, typer.BadParameter):
                raise
            except Exception as failure:
                if (told := known(failure)) is not None:
                    fail(*told)
                from shared.settings import settings  # Only now: it is not light.

                if settings().traceback:
                    raise
                fail(
                    f"it failed ({type(failure).__name__}) and this is a defect; "
                    "CLAIMLOG_TRACEBACK=1 shows where"
                )

        return run

    return around


def no_such_file(failure: Exception) -> tuple[str, int] | None:
    """What the system says of a file: where and why, without a path that only the program knows."""
    if isinstance(failure, OSError) and failure.strerror:
        where = f"{failure.filename}: " if failure.filename else ""
        return f"{where}{failure.strerror.lower()}", FAILED
    if isinstance(failure, MemoryError):
        return "there is not enough memory for this file", FAILED
    return None
