"""Secrets and undo: no image holds one, so none is ever put back. What only that could bring back stays, and is told.

An old password that comes to life again would be a hole, and a record that holds it a worse one.
"""

# ruff: noqa: S608 -- every identifier in this SQL comes quoted from the catalogue, every value is a parameter

from __future__ import annotations

from sqlalchemy import text

from admin.reads import wording
from admin.reads.catalog import CatalogColumn
from admin.reads.history import REDACTED
from admin.writes.undo.work import OPEN, Step

NEEDED = text("""
    select attname from pg_attribute
    where attrelid = cast(:relation as regclass) and attnotnull and not atthasdef and attidentity = ''
      and attname = any(:names)
""")


async def keep(step: Step) -> None:
    """Of changed rows: those in which a secret alone was changed stay; in others it is marked that one was."""
    table = step.table
    if not table.secrets:
        return
    names, what = [one.name for one in table.secrets], _called(table.secrets)
    changed = (
        f"{OPEN} and exists (select from jsonb_each_text(w.before) as one where key = any(:names) and value = :mark)"
    )
    await step.run(f"update larder_undo as w set way = 'secret' where {changed}", names=names, mark=REDACTED)
    await step.run(f"""
        update larder_undo as w set reason = 'secret', what = :what from {table.sql} as t
        where {OPEN} and w.way = 'secret' and {table.has_key("t", "w.key")}
          and {table.image_of("t")} @> (w.put - cast(:names as text[]) - 'updated_at')
    """, names=names, what=what)  # fmt: skip


async def require_none(step: Step) -> None:
    """Of removed rows: none can come back to a table that asks for a secret."""
    secrets = step.table.secrets
    if not secrets:
        return
    known = {"relation": step.table.sql.replace("\\:", ":"), "names": [one.name for one in secrets]}
    needed = set(await step.session.scalars(NEEDED, known))
    if needed:
        what = _called(tuple(one for one in secrets if one.name in needed))
        await step.run(f"update larder_undo as w set reason = 'secret', what = :what where {OPEN}", what=what)


def _called(columns: tuple[CatalogColumn, ...]) -> str:
    return wording.listed([one.name.replace("_", " ") for one in columns])
