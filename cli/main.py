"""The `claimlog` command: every command is one function (or group) of one module, loaded when it is asked for.

Only what is typed is imported: looking into a file needs no broker, no database and none of their libraries.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "up": "cli.lifecycle:up",
    "down": "cli.lifecycle:down",
    "status": "cli.status:status",
    "topics": "cli.lifecycle:topics",
    "demo": "cli.demo:demo",
    "receive": "cli.receive:receive",
    "eob": "cli.eob:eob",
    "rebuild": "cli.rebuild:rebuild",
    "audit": "cli.audit:audit",
    "summary": "cli.summary:summary",
    "kpis": "cli.kpis:kpis",
    "events": "cli.events:events",
    "export": "cli.export:export",
    "money": "cli.money:money",
    "what-if": "cli.what_if:what_if",
    "story": "cli.story:story",
    "list": "cli.lists:listed",
    "fees": "cli.fees:app",
    "legal-hold": "cli.legal_hold:app",
    "erase": "cli.erase:app",
    "prompt-pay": "cli.prompt_pay:app",
    "statements": "cli.statements:app",
    "plans": "cli.patients:plans",
    "agency": "cli.patients:agency",
    "overpayments": "cli.overpayments:app",
    "charges": "cli.charges:app",
    "edits": "cli.edits:app",
    "import": "cli.import_claims:import_claims",
    "parked": "cli.parked:app",
    "refused": "cli.refused:app",
    "held": "cli.held:app",
    "x12": "cli.x12:app",
}


class Commands(TyperGroup):
    """All commands by name; the module of one is imported when it is run or when help lists it."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name = cmd_name
            return group
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    name="claimlog",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def claimlog() -> None:
    """The revenue cycle of a medical billing company as one claim event log."""


if __name__ == "__main__":
    app()
