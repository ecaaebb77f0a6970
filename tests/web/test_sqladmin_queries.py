"""sqladmin's own reads: no address reaches them, and whoever calls them in code finds no deleted row either."""

from __future__ import annotations

import pytest
from sqladmin.ajax import QueryAjaxModelLoader
from sqladmin.forms import ModelConverter
from sqlalchemy import NullPool, create_engine, inspect
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Mount, Route

from admin.resource import Resource
from admin.web.console import Console
from models.seed import STATEMENTS, seed
from tests.postgres import Database

pytestmark = pytest.mark.anyio

MARK = "77777"
"""The key of the deleted row: it stands in every row, list and file that holds it."""


@pytest.fixture
def deleted(database: Database, console: Console) -> list[Resource]:
    """The tables that have a trash, with rows in them of which one is in it."""
    engine = create_engine(database.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        seed(connection, rows=dict.fromkeys(STATEMENTS, 12))
    found = [one for one in console.resources.values() if one.traits.soft_deletes]
    for one in found:
        table = one.traits.table.name
        database.sql(f'update "{table}" set deleted_at = null')
    for one in reversed(found):
        table, names = one.traits.table.name, [c.name for c in one.traits.table.columns if c.computed is None]
        values = {"id": MARK, "deleted_at": "now()", "email": f"'{MARK}'", "number": f"'{MARK}'"}
        columns, taken = ", ".join(names), ", ".join(values.get(name, name) for name in names)
        database.sql(f'insert into "{table}" ({columns}) select {taken} from "{table}" limit 1')
    return found


async def written(answer: StreamingResponse) -> str:
    return "".join([part if isinstance(part, str) else bytes(part).decode() async for part in answer.body_iterator])


async def found_by(console: Console, resource: Resource) -> set[str]:
    """Which of sqladmin's reads of a table come upon the deleted row."""
    view, model = console.view_of(resource), resource.model
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "path_params": {"pk": MARK}}
    request = Request({**scope, "query_string": b"pageSize=100"})
    searched = await view._run_query(view.search_query(view.list_query(request), ""))
    rows = {
        "list": (await view.list(request)).rows,
        "search": searched,
        "export": await view.get_model_objects(request),
        "details": [await view.get_object_for_details(request)],
        "edit": [await view.get_object_for_edit(request)],
        "delete": [await view.get_object_for_delete(MARK)],
    }
    found = {name for name, some in rows.items() if any(str(row.id) == MARK for row in some if row is not None)}
    assert len(rows["list"]) > 1, resource.identity
    live = len([row for row in rows["export"] if str(row.id) != MARK])
    counts = {"count": await view.count(request), "list's count": (await view.list(request)).count}
    found |= {name for name, number in counts.items() if number != live}
    for kind in ("csv", "json"):
        text = await written(await view.export_data(rows["export"], kind))
        found |= {kind} if MARK in text else set()
    picker = QueryAjaxModelLoader("picker", model, view, fields=["id"], limit=100)
    found |= {"ajax"} if any(str(row.id) == MARK for row in await picker.get_list(request, "")) else set()
    found |= {"ajax by key"} if await picker.format_by_pk(MARK) else set()
    for other in console.resources.values():
        for relation in inspect(other.model).relationships:
            if relation.mapper.class_ is model:
                options = await ModelConverter()._prepare_select_options(relation, view.session_maker)
                found |= {"picker"} if any(key == MARK for key, _ in options) else set()
    return found


async def test_no_read_of_sqladmin_finds_a_deleted_row(console: Console, deleted: list[Resource]):
    assert len(deleted) == 6
    assert {one.identity: await found_by(console, one) for one in deleted} == {one.identity: set() for one in deleted}


async def test_the_walk_would_find_it(console: Console, deleted: list[Resource], monkeypatch: pytest.MonkeyPatch):
    """On sessions of SQLAlchemy's own class, which hide nothing, every read finds the row."""
    plain = async_sessionmaker(console.sessions.kw["bind"], class_=AsyncSession)
    for one in deleted:
        monkeypatch.setattr(type(console.view_of(one)), "session_maker", plain)
    rows = {"list", "export", "details", "edit", "delete", "csv", "json", "ajax", "ajax by key"}
    for one in deleted:
        # Where there are columns to search, the search as well.
        assert await found_by(console, one) - {"picker", "search"} == {*rows, "count", "list's count"}, one.identity
    assert {"picker", "search"} <= await found_by(console, console.resources["customer"])


async def test_no_address_reaches_them(app: Starlette, console: Console):
    """Every route is a door of the console's own table, or one of the few beside it."""
    for route in console.admin.router.routes:
        assert isinstance(route, Route), route
        assert route.endpoint.__module__ == "admin.web.routes", route.path
    assert {route.path for route in console.admin.router.routes} == {door.path for door in console.doors}
    assert all(door.endpoint.__module__.startswith("admin.web.") for door in console.doors)
    beside = [route for route in app.routes if getattr(route, "app", None) is not console.admin.router]
    assert len(beside) == len(app.routes) - 1
    for route in beside:
        served = route.app if isinstance(route, Mount) else route.endpoint
        module = getattr(served, "__module__", type(served).__module__)
        assert module.startswith("admin."), route
