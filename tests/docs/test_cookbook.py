"""The cookbook says the truth: its Python sends its SQL, its SQL runs, and its indexes are the ones that are used."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool

from models import Base
from models.base import NAMES
from tests.docs import blocks, traffic
from tests.docs.conftest import require_trigrams
from tests.postgres import Database

PAIRS = blocks.pairs()
ROOT = blocks.PAGE.parents[1]
RECIPES = (
    "Timestamps", "UUID or bigint keys", "Offset pagination", "Keyset pagination", "N+1 and eager loading",
    "Exists and fast counts", "Upsert", "Soft delete", "Transactions", "Bulk insert", "Full-text search",
    "Connection pool", "Indexes that get used",
)  # fmt: skip


def named(pairs: list[blocks.Pair]) -> Any:
    return [pytest.param(pair, id=pair.name) for pair in pairs]


def names() -> dict[str, Any]:
    """What the examples can use: the imports of the page, and a base that nothing else is declared on."""

    class Fresh(DeclarativeBase):
        metadata = sa.MetaData(naming_convention=NAMES)
        type_annotation_map = Base.type_annotation_map

    namespace: dict[str, Any] = {"Base": Fresh}
    run(blocks.prelude(), namespace)
    return namespace


def run(python: str, namespace: dict[str, Any]) -> None:
    # By itself: not under this file's `from __future__ import annotations`.
    exec(compile(python, blocks.PAGE.name, "exec", dont_inherit=True), namespace)


@pytest.mark.parametrize("pair", named([pair for pair in PAIRS if pair.declares]))
def test_the_tables_declared_are_the_tables_shown(pair: blocks.Pair) -> None:
    namespace, made = names(), []
    run(pair.python or "", namespace)
    engine = sa.create_mock_engine(
        "postgresql+psycopg://", lambda ddl, *_: made.append(blocks.plain(str(ddl.compile(dialect=engine.dialect))))
    )
    engine.dialect.server_version_info = (18,)
    namespace["Base"].metadata.create_all(engine, checkfirst=False)
    assert sorted(set(made)) == sorted(pair.statements)


@pytest.mark.anyio
@pytest.mark.parametrize("pair", named([pair for pair in PAIRS if pair.python and not pair.declares]))
async def test_the_python_sends_the_sql_above_it(pair: blocks.Pair, large: Database) -> None:
    namespace, python = names(), pair.python or ""
    run(f"async def example(session, url):\n{textwrap.indent(python, '    ')}", namespace)
    engine = create_async_engine(large.app_url, poolclass=NullPool)
    # The first connection of an engine asks the server about itself.
    async with engine.connect():
        pass
    with traffic.recorded() as sent:
        async with AsyncSession(engine) as session:
            await namespace["example"](session, large.app_url)
    await engine.dispose()
    if pair.statements[0] != "BEGIN":
        sent = [one for one in sent if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
    # What the driver is given directly passes SQLAlchemy by, and stands in the block itself.
    past = [one for one in pair.statements if one.startswith("COPY") and one in python]
    assert past + [one for one in sent if not one.startswith("select pg_catalog.version()")] == pair.statements


@pytest.mark.parametrize("pair", named(PAIRS))
def test_the_sql_runs_as_it_stands(pair: blocks.Pair, large: Database) -> None:
    require_trigrams(large, needed="gin_trgm_ops" in pair.sql)
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "ROLLBACK", "COPY")
    with psycopg.connect(large.owner_url.replace("+psycopg", "")) as connection:
        for statement in pair.statements:
            if not statement.startswith(control) and "'INV-1', 0," not in statement:
                connection.execute(statement.encode())
        connection.rollback()


@pytest.mark.parametrize("pair", named([pair for pair in PAIRS if pair.index]))
def test_the_index_named_is_the_index_used(pair: blocks.Pair, large: Database) -> None:
    require_trigrams(large, needed="ILIKE" in pair.sql)
    (statement,) = pair.statements
    plan = "\n".join(line for (line,) in large.sql(f"EXPLAIN {statement}"))
    assert re.search(rf"\b{pair.index}\b", plan), plan


def test_every_recipe_is_there_with_all_its_parts() -> None:
    sections = re.split(r"^## ", blocks.PAGE.read_text(), flags=re.MULTILINE)[1:]
    assert [re.sub(r"^\d+\. ", "", section.splitlines()[0]) for section in sections] == list(RECIPES)
    for section in sections:
        for part in ("**When.**", "```sql", "```python", "**Trap.**", "**In Larder.**"):
            assert part in section, (section.splitlines()[0], part)


def test_the_files_it_points_to_are_there() -> None:
    pointers = set(re.findall(r"`((?:admin|models|migrations|tests)/[\w/.]*)`", blocks.PAGE.read_text()))
    assert len(pointers) > 15
    assert [pointer for pointer in sorted(pointers) if not Path(ROOT / pointer).exists()] == []
