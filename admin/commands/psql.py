"""`psql`: PostgreSQL's own shell on Larder's database, as the role that owns it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import click
from psycopg import pq

from admin import schema
from admin.commands import database
from admin.embedded.binaries import find
from admin.embedded.errors import EmbeddedPostgresError


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Run psql on the database as its owner; arguments are passed on: psql -Atc 'select 1'."""
    program = _program()
    with database.opened() as settings:
        environment = {**os.environ, **_connection(str(settings.owner_url))}
        # Ctrl-C belongs to psql: it cancels a query there, and must not end us.
        signal.signal(signal.SIGINT, lambda *_: None)
        code = subprocess.run([program, *arguments], env=environment, check=False).returncode
    sys.exit(code)


def _program() -> str:
    """The psql beside the embedded server, which is never older than it, else the system's."""
    try:
        beside = find().directory / "psql"
    except EmbeddedPostgresError:
        beside = None
    found = str(beside) if beside is not None and beside.exists() else shutil.which("psql")
    if found is None:
        raise click.ClickException("There is no psql on this machine.")
    return found


def _connection(url: str) -> dict[str, str]:
    """The connection in libpq's environment variables; as arguments, everybody on the machine could read it."""
    options = pq.Conninfo.parse(schema.libpq_url(url).encode())
    return {option.envvar.decode(): option.val.decode() for option in options if option.envvar and option.val}
