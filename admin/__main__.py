"""`python -m admin COMMAND`, or `larder COMMAND`. Each command is a file in `admin/commands/`."""

from __future__ import annotations

import click

from admin.commands.check import check
from admin.commands.export import export
from admin.commands.faults import Commands
from admin.commands.import_ import import_
from admin.commands.migrate import migrate
from admin.commands.psql import psql
from admin.commands.seed import seed
from admin.commands.serve import serve
from admin.commands.sweep import sweep
from admin.commands.undo import undo
from admin.commands.user import user
from admin.commands.worker import worker


@click.group(cls=Commands, invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Larder: an admin console over Postgres tables. Without a command, it serves the console."""
    if context.invoked_subcommand is None:
        context.invoke(serve)


for command in (serve, worker, migrate, seed, import_, undo, export, user, check, sweep, psql):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="larder")
