"""Turns the faults that are to be expected into one sentence and an exit code: 2 for bad use, 1 for the rest."""

from __future__ import annotations

from typing import Any

import click
import psycopg
import sqlalchemy as sa

from admin.embedded import EmbeddedPostgresError
from admin.errors import LarderError
from admin.schema import SchemaError
from admin.settings import SettingsError
from admin.web.model_admin import OptionError

INSUFFICIENT_PRIVILEGE = "42501"


class Commands(click.Group):
    """The group of all commands."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise click.UsageError(str(error)) from error
        except (EmbeddedPostgresError, SchemaError, OptionError, LarderError) as error:
            raise click.ClickException(str(error)) from error
        except (sa.exc.OperationalError, psycopg.OperationalError) as error:
            raise click.ClickException(_about_connection(error)) from error
        except sa.exc.ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != INSUFFICIENT_PRIVILEGE:
                raise
            raise click.ClickException(
                "The role has no right to this. Set LARDER_OWNER_URL to the role that owns the tables, run "
                "`larder migrate`, and try again."
            ) from error


def _about_connection(error: Exception) -> str:
    """Which of the usual reasons it is. A connection that was refused carries no SQLSTATE, only the server's words."""
    said = str(error)
    if "password authentication failed" in said:
        return "The database refuses the role's name or password. Check DATABASE_URL and LARDER_OWNER_URL."
    if "does not exist" in said:
        return "The server has no such database or role. Make it, or check DATABASE_URL and LARDER_OWNER_URL."
    return "The database cannot be reached. Check that it runs, and DATABASE_URL and LARDER_OWNER_URL."
