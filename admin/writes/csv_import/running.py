"""What a run shows of itself while it runs, and whom it keeps out meanwhile.

A run is one transaction, of which nobody else sees a row before it is over. Two things are seen at once: that it holds
the import's advisory lock, and how far it has moved the import's sequence, once for each row written. Neither costs a
connection of its own or a batch, and both end with the transaction, also when its process is killed.
"""

from __future__ import annotations

from psycopg.sql import Composable
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads.csv_import import RUNNING
from admin.resource import Resource
from admin.writes.csv_import import statements as st

COUNTED = "done"
"""The part of a staging table's name that the sequence has."""

# Numbers are fetched a hundred at a time: a row then costs less than a tenth of a microsecond.
MAKE = "create sequence if not exists {done} cache 100"

# A server that is not told to look notices only at its next answer that the process which asked is gone.
MARK = text("""
select set_config('client_connection_check_interval', '1s', true), pg_try_advisory_xact_lock(:running, :import_id)
""")
ALONE = "hashtextextended('larder.import ' || :table, 0)"


async def mark(session: AsyncSession, import_id: int) -> bool:
    """Show until the transaction ends that it works on this import; False when another one still does."""
    _, marked = (await session.execute(MARK, {"running": RUNNING, "import_id": import_id})).one()
    return bool(marked)


async def alone(session: AsyncSession, resource: Resource, timeout_ms: int) -> None:
    """One import a table at a time: the next one waits here, however long, and then sees what this one did."""
    before = await session.scalar(text("select current_setting('lock_timeout')"))
    setting = text("select set_config('lock_timeout', :value, true)")
    await session.execute(setting, {"value": str(timeout_ms)})
    await session.execute(text(f"select pg_advisory_xact_lock({ALONE})"), {"table": _name(resource)})
    await session.execute(setting, {"value": before})


async def alone_now(session: AsyncSession, resource: Resource) -> bool:
    """The same without waiting: whether no other import into the table runs."""
    return bool(await session.scalar(text(f"select pg_try_advisory_xact_lock({ALONE})"), {"table": _name(resource)}))


async def make_counter(session: AsyncSession, import_id: int) -> None:
    """The sequence that counts written rows. It has to be there before the transaction that moves it."""
    await st.run(session, st.of(MAKE, done=st.staging(import_id, COUNTED)))


async def restart(session: AsyncSession, import_id: int) -> None:
    """Count from the beginning: an attempt has failed, or none was made yet."""
    await st.run(session, st.of("select setval({done}, 1, false)", done=_counter(import_id)))


def counted(import_id: int, value: Composable) -> Composable:
    """A value that counts each row for which it is asked.

    Being volatile it is computed behind a sort, so it counts rows as they are written and not as they are read.
    """
    return st.of("case when nextval({done}) > 0 then {v} end", done=_counter(import_id), v=value)


def counting(import_id: int, values: list[Composable]) -> list[Composable]:
    """The values of a row, of which the first one counts it."""
    return [counted(import_id, value) if n == 0 else value for n, value in enumerate(values)]


def _counter(import_id: int) -> Composable:
    return st.of("{n}::regclass", n=st.lit(st.staging(import_id, COUNTED).as_string(None)))


def _name(resource: Resource) -> str:
    return st.table_name(resource.traits.table).as_string(None)
