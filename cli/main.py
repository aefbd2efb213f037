"""The `claimlog` command: every command is one function of one module, registered here."""

import typer

from cli import lifecycle, parked
from cli.audit import audit
from cli.demo import demo
from cli.import_claims import import_claims
from cli.lists import listed
from cli.rebuild import rebuild
from cli.receive import receive
from cli.story import story
from cli.summary import summary

app = typer.Typer(
    name="claimlog",
    help="The revenue cycle of a medical billing company as one claim event log.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command()(lifecycle.up)
app.command()(lifecycle.down)
app.command()(lifecycle.status)
app.command()(lifecycle.topics)
app.command()(demo)
app.command()(receive)
app.command()(rebuild)
app.command()(audit)
app.command()(summary)
app.command()(story)
app.command("list")(listed)
app.command("import")(import_claims)
app.add_typer(parked.app, name="parked")


if __name__ == "__main__":
    app()
