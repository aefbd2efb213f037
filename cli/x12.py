"""`x12`: look inside X12 files and take them apart, without anything running."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import Json
from cli.plain import no_such_file, plain
from cli.x12_answer import answer_one
from cli.x12_check import Checking
from cli.x12_cut import join_files, split_file
from cli.x12_files import HELD_BYTES, refuse_missing
from cli.x12_redact import redact_file
from cli.x12_show import show_one

app = typer.Typer(no_args_is_help=True, add_completion=False)

MOST_WORKERS = 64
"""Processes of one check; each holds some sets, and one that reads cannot feed more."""

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


Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]
Control = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=999_999_999,
        help="First ISA13 and GS06 of what is written; else they count up from the file's own.",
    ),
]
Out = Annotated[Path, typer.Option("--out", help="The file to write.", metavar="FILE")]


@app.callback()
def x12() -> None:
    """Look inside X12 files, check, split, join and redact them; nothing needs to run."""


@app.command()
@plain(no_such_file)
def show(
    file: Source,
    json: Json = False,
    phi: Phi = False,
    limit: Annotated[
        int, typer.Option(min=0, help="How many claims (answers, questions) to show; 0 is all.")
    ] = 20,
    first: Annotated[
        int, typer.Option("--from", min=1, help="The number of the first claim to show.")
    ] = 1,
) -> None:
    """What a file says, as a person reads it: envelope, payment, claims, lines, adjustments, money.

    People are masked: initials for names, A and 9 for the letters and digits of numbers, years for days.
    A file of any size is read at constant memory. With --json one object per thing and line.

    Example: claimlog x12 show era.835 --limit 5
    """
    refuse_missing([file])
    show_one(file, as_json=json, phi=phi, first=first, limit=limit)


@app.command()
@plain(no_such_file)
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
    every: Annotated[
        bool, typer.Option("--all", help="Show findings of one kind in a set beyond the fifth too.")
    ] = False,
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            max=MOST_WORKERS,
            help=f"Processes that judge the sets of a file of more than {HELD_BYTES // 2**20} MB.",
        ),
    ] = 1,
) -> None:
    """Everything that is wrong with these files, and a verdict for each set.

    Exit code 0: no errors; 1: errors; 2: wrong words; 3: a file that is no X12 or cannot be read on.
    With --json one object per finding and line, and the summary on standard error.

    Example: claimlog x12 check inbound/*.835
    """
    refuse_missing(files)
    checking = Checking(as_json=json, strict=strict, phi=phi, every=every, workers=workers)
    for path in files:
        checking.file(path)
    if code := checking.summary():
        raise typer.Exit(code)


@app.command()
@plain(no_such_file)
def answer(
    file: Source,
    folder: Annotated[
        Path, typer.Option("--out", help="The folder for the TA1 and the 999.", metavar="DIR")
    ],
    control: Annotated[
        int | None,
        typer.Option(
            min=1, max=999_999_999, help="ISA13 of the first answer; else this installation counts."
        ),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """The TA1 and the 999 with which a received file is answered; nothing is sent.

    Exit code 0: all is accepted; 1: something is rejected, or not answered; 3: it is no X12.

    Example: claimlog x12 answer inbound/era.835 --out outbound
    """
    refuse_missing([file])
    if code := answer_one(file, folder, control, force=force, as_json=json):
        raise typer.Exit(code)


@app.command()
@plain(no_such_file)
def split(
    file: Source,
    folder: Annotated[
        Path,
        typer.Option("--out", help="The folder for the parts; made if need be.", metavar="DIR"),
    ],
    claims: Annotated[
        int | None,
        typer.Option(min=1, help="Claims of an 837 per part; without it a part is a set or check."),
    ] = None,
    control: Control = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Take a file apart: each set, each check of an 835, or so many claims of an 837, as a whole interchange.

    Counts and control numbers are right in every part; bodies stay as they are. All parts appear, or none.

    Example: claimlog x12 split batch.837 --claims 500 --out parts
    """
    refuse_missing([file])
    split_file(file, folder, claims, control, force=force, as_json=json)


@app.command()
@plain(no_such_file)
def join(
    files: Sources,
    to: Out,
    control: Control = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Put files of one kind, sender and receiver into one interchange, its sets numbered anew.

    Example: claimlog x12 join parts/*.837p --out whole.837
    """
    refuse_missing(files)
    join_files(files, to, control, force=force, as_json=json)


@app.command()
@plain(no_such_file)
def redact(
    file: Source,
    to: Out,
    seed: Annotated[
        str | None,
        typer.Option(help="Replace as this secret says, so that files stay alike; else by chance."),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """A copy in which everything that identifies is replaced, that balances and is judged as the file itself.

    The same name or number becomes the same one throughout the file; all its days move by one number of days.
    Amounts, codes, states and the shape of what is replaced stay: look at the copy before you hand it on.

    Example: claimlog x12 redact era.835 --out example.835
    """
    refuse_missing([file])
    redact_file(file, to, seed, force=force, as_json=json)
