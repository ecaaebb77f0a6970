"""What Postgres refused, as a sentence a person can act on: which field, which rule, which row is in the way.

Decided by SQLSTATE and by the names in the error's diagnostics, never by its text: that is in any language, and holds
SQL and values. One text is shown as it is: that of RAISE EXCEPTION in a trigger (P0001), because whoever wrote it
wrote it for the people who use the table.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import Busy, Conflict, FieldError, Invalid, LarderError, NotAllowed
from admin.reads import obstacles
from admin.resource import Resource

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

NOTHING_CHANGED = "Nothing was changed."

AGAIN = f"This met another change of the same rows. {NOTHING_CHANGED} Try again."
TELL = "Tell whoever runs the console."

WHOLE: dict[str, tuple[type[LarderError], str]] = {
    "57014": (Busy, f"This took longer than allowed and was stopped. {NOTHING_CHANGED}"),
    "55P03": (Busy, f"Somebody else is changing the same rows right now. {NOTHING_CHANGED} Try again in a moment."),
    "40001": (Busy, AGAIN),
    "40P01": (Busy, AGAIN),
    "25006": (Busy, f"The database takes no changes at the moment. {NOTHING_CHANGED}"),
    "53100": (Busy, f"The database has no space left on its disk. {NOTHING_CHANGED} {TELL}"),
    "42501": (NotAllowed, f"The console's own database role may not do this. {NOTHING_CHANGED}"),
    "42P01": (Conflict, f"The table is not there any more. {NOTHING_CHANGED} {TELL}"),
    "42703": (Conflict, f"A column is not there any more. {NOTHING_CHANGED} {TELL}"),
}
"""Errors that are about the statement as a whole."""

ROW = {
    "22001": "A text is too long for its column.",
    "22003": "A number is out of the range of its column.",
    "22007": "A date or time is not one.",
    "22008": "A date or time is out of range.",
    "22021": "A text holds a character that the database cannot store.",
    "22P02": "A value is not of its column's type.",
    "22P05": "A text holds a character that the database cannot store.",
    "23502": "A value is missing.",
    "23503": "Another row is missing, or still refers to this one.",
    "23505": "Another row already has this value.",
    "23514": "A rule of this table does not allow these values.",
    "23P01": "This overlaps with another row.",
    "428C9": "A column that the database computes cannot be given a value.",
}
"""Errors that are about the values of a row, when nothing nearer is known."""

LOST = "The connection to the database was lost: nothing is known to be saved. Try again; nothing is saved twice."
UNREACHABLE = f"The database cannot take more work at the moment. {NOTHING_CHANGED} Try again in a moment."
LONGEST_RAISED = 300


def explain(error: SQLAlchemyError, resource: Resource | None = None) -> LarderError:
    """The error as one that pages can show, from what the error itself says (no look-up, so no row in the way)."""
    state = sqlstate(error) if isinstance(error, DBAPIError) else "none"
    if isinstance(error, PoolTimeout) or (state and state[:2] == "53" and state not in WHOLE):
        return Busy(UNREACHABLE)
    if state in WHOLE:
        kind, sentence = WHOLE[state]
        return kind(sentence)
    if state is None or state[:2] in ("08", "57", "58"):
        return Busy(LOST)
    if isinstance(error, DBAPIError) and is_about_rows(error):
        return Invalid([_field_error(error, resource, state)])
    return LarderError(f"The database could not do this. {NOTHING_CHANGED}")


def sqlstate(error: DBAPIError) -> str | None:
    """The five characters by which Postgres tells what went wrong; None when the connection broke."""
    return getattr(error.orig, "sqlstate", None)


def is_about_rows(error: DBAPIError) -> bool:
    """Whether some row was refused by a rule, so that other rows may still pass."""
    state = sqlstate(error) or ""
    return state[:2] in ("22", "23") or state == "P0001"


@asynccontextmanager
async def explained(
    session: AsyncSession, resource: Resource, row: Mapping[str, Any] | None = None
) -> AsyncIterator[None]:
    """Run what is inside in a savepoint; what Postgres refuses there becomes a `LarderError` that names the obstacle.

    `row` holds the values by column that the row is to have: with them the row in the way can be looked up.
    """
    try:
        async with session.begin_nested():
            yield
    except DBAPIError as error:
        if not is_about_rows(error):
            raise explain(error, resource) from error
        raise Invalid([await _nearest(session, error, resource, row)]) from error


async def _nearest(
    session: AsyncSession, error: DBAPIError, resource: Resource, row: Mapping[str, Any] | None
) -> FieldError:
    """What can be said with the help of the database: the row in the way, the missing parent, the rule's comment."""
    diagnostics = getattr(error.orig, "diag", None)
    name, table = getattr(diagnostics, "constraint_name", None), getattr(diagnostics, "table_name", None)
    known = explain(error, resource)
    plain = known.errors[0] if isinstance(known, Invalid) else FieldError(None, str(known))
    if name is None or sqlstate(error) not in ("23503", "23505", "23514", "23P01"):
        return plain
    schema = getattr(diagnostics, "schema_name", None) or "public"
    found = await obstacles.of(session, resource, (f"{schema}.{table}", name), row or {})
    return found or plain


def _field_error(error: DBAPIError, resource: Resource | None, state: str) -> FieldError:
    diagnostics = getattr(error.orig, "diag", None)
    if state == "P0001":
        raised = str(getattr(diagnostics, "message_primary", None) or "").strip()
        return FieldError(None, raised[:LONGEST_RAISED] or "A rule of the database does not allow this.")
    column = getattr(diagnostics, "column_name", None)
    names = {c.sa.name: name for name, c in resource.traits.columns.items()} if resource else {}
    if resource and column in names:
        return FieldError(names[column], f"{resource.label(names[column])} is required.")
    return FieldError(None, ROW.get(state, "The database does not accept these values."))
