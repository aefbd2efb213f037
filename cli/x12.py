"""`x12`: look inside X12 files and take them apart, without anything running."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import Json
from cli.x12_check import Checking

app = typer.Typer(no_args_is_help=True, add_completion=False)

Source = Annotated[
    Path,
    typer.Argument(help="An X12 file, or - for standard input.", metavar="FILE"),
]
Sources = Annotated[
    list[Path],
    typer.Argument(help="X12 files; - is standard input.", metavar="FILE…"),
]
Phi = Annotated[
    bool, typer.Option("--phi", help="Show names, ids, account numbers and days of people.")
]


@app.callback()
def x12() -> None:
    """Look inside X12 files, check, split, join and redact them; nothing needs to run."""


@app.command()
def check(
    files: Sources,
    json: Json = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="A wrong envelope refuses the file; its sets are not judged."
        ),
    ] = False,
    phi: Phi = False,
) -> None:
    """Everything that is wrong with these files, and a verdict for each set.

    Exit code 0: no errors; 1: errors; 2: wrong words; 3: a file that is no X12 or cannot be read on.
    With --json one object per finding and line, and the summary on standard error.

    Example: claimlog x12 check inbound/*.835
    """
    checking = Checking(as_json=json, strict=strict, phi=phi)
    for path in files:
        checking.file(path)
    if code := checking.summary():
        raise typer.Exit(code)
