"""The `claimlog` command: every command is one function of one module, registered here."""

import typer

from cli import lifecycle

app = typer.Typer(
    name="claimlog",
    help="The revenue cycle of a medical billing company as one claim event log.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for command in (lifecycle.up, lifecycle.down, lifecycle.status, lifecycle.topics):
    app.command()(command)


if __name__ == "__main__":
    app()
