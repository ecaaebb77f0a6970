"""A row in the trash, looked for by everybody through every page there is: it shows only where somebody asks for it.

What sqladmin itself would read is walked in `test_sqladmin_queries.py`.
"""

from __future__ import annotations

import pytest
from httpx2 import AsyncClient

from admin.web.console import Console
from tests.postgres import Database
from tests.web.conftest import Browse

pytestmark = pytest.mark.anyio

MARK, FOUND_BY = "quetzalgone", "Zzyzx"
BY_KEY = ("details", "edit", "restore")
"""Pages of one row, which show it as deleted to whoever has its address."""

LISTS = ("", "search={found_by}", "search=Zzyzk", "search=1", "name__startswith={found_by}", "id=1", "mode=scroll",
         "page=last", "count=exact", "explain=1")  # fmt: skip
QUERIES = {
    "/customer/list": LISTS,
    "/customer/count": LISTS[:2],
    "/customer/export": LISTS[:2],
    "/choices/": ("", "term={found_by}", "term=1"),
    "/go": ("q={found_by}", "q=customer 1"),
}
"""What to ask each page for; the others are opened as they are."""


@pytest.fixture
def gone(database: Database) -> None:
    """One customer in the trash beside one that lives."""
    database.sql(f"""
        insert into customer (id, email, name, city) values (1, '{MARK}@example.org', '{FOUND_BY} {MARK}', '{MARK}');
        insert into customer (id, email, name) values (2, 'live@example.org', 'Living One');
        update customer set deleted_at = now() where id = 1
    """)


def addresses(console: Console) -> list[str]:
    """Every page that a GET reaches, but those of one row."""
    paths = [door.path for door in console.doors if door.method == "GET"]
    found = [path for path in paths if not any(f"/{page}/" in path for page in BY_KEY)]
    made = []
    for path in found:
        if "{column}" in path:
            made += [path.replace("{identity}", one).replace("{column}", "customer_id") for one in ("order", "invoice")]
        elif "{" not in path.replace("{identity}", ""):
            made += [path.replace("{identity}", one) for one in ("customer", "order")]
    return [f"/admin{path}" for path in dict.fromkeys(made)]


async def leaks(client: AsyncClient, console: Console) -> list[str]:
    found = []
    for path in addresses(console):
        for query in next((queries for part, queries in QUERIES.items() if part in path), ("",)):
            url = f"{path}?{query.format(found_by=FOUND_BY)}"
            answer = await client.get(url)
            # A page repeats what was typed: only what else it says of the row counts.
            suggested = "Zzyzk" in url and FOUND_BY in answer.text
            if MARK in answer.text or suggested:
                found.append(url)
    return found


async def test_no_page_shows_a_deleted_row_unasked(browse: Browse, console: Console, gone: None):
    assert await leaks(await browse("admin"), console) == []


async def test_the_walk_would_find_it(browse: Browse, console: Console, database: Database, gone: None):
    database.sql("update customer set deleted_at = null")
    found = await leaks(await browse("admin"), console)
    for path in ("customer/list?", "customer/export/csv?", "customer/export/json?", "order/choices/customer_id?"):
        assert any(path in url for url in found), path
    assert any("/go?" in url for url in found)


async def test_it_shows_where_it_is_asked_for(browse: Browse, gone: None):
    client = await browse("admin")
    for url in ("customer/list?deleted=with", "customer/list?deleted=only", "customer/details/1", "customer/edit/1",
                "customer/export/csv?deleted=only"):  # fmt: skip
        assert MARK in (await client.get(f"/admin/{url}")).text, url
