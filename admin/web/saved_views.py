"""Saved views over HTTP: kept from a list, and on a page of their own renamed, shared, made the default, deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.errors import BadRequest, Conflict, NotFound
from admin.reads import saved_views as reads
from admin.reads.saved_views import VIEW
from admin.reads.wording import inside
from admin.web import flash, list_controls, params, urls, view_menu
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import preferences, saved_views

Act = Callable[[AsyncSession], Awaitable[str]]
"""Does something and returns the sentence about it."""


async def index(visit: Visit) -> Response:
    """All views of a table; its query string is that of the list one came from."""
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    async with visit.transaction() as session:
        kept = await reads.kept(session, visit.actor, visit.lists, visit.resource.identity)
    here = params.query_string(visit.resource, query.restarted(mode=None))
    entries = [view_menu.entry(visit.resource, view, kept, here) for view in kept.views]
    back = list_controls.list_url(visit.resource, query)
    plural = inside(visit.resource.name_plural)
    return visit.page("saved_views/index.html", resource=visit.resource, plural=plural, entries=entries, back_url=back)


async def save(visit: Visit) -> Response:
    """`POST /{identity}/views` with `name`, `query`, and `shared` and `default` where ticked; back to that list."""
    data, identity = await visit.form(), visit.resource.identity
    query = view_menu.read(visit.resource, _text(data, "query"))
    kept = params.query_string(visit.resource, query)

    async def act(session: AsyncSession) -> str:
        view = (_text(data, "name"), kept)
        made = await saved_views.save(session, visit.actor, identity, view, shared="shared" in data)
        if "default" in data:
            await preferences.remember(session, visit.actor, identity, VIEW, made)
        return "View saved."

    await _told(visit, act)
    return visit.redirect(list_controls.list_url(visit.resource, query))


async def change(visit: Visit) -> Response:
    """`POST /{identity}/views/{view_id}` with `name`, and `shared` where ticked."""
    data, view_id = await visit.form(), _view_id(visit)

    async def act(session: AsyncSession) -> str:
        name, shared = _text(data, "name"), "shared" in data
        await saved_views.change(session, visit.actor, visit.resource.identity, view_id, name=name, shared=shared)
        return "View changed."

    return await _and_back(visit, act)


async def remove(visit: Visit) -> Response:
    """`POST /{identity}/views/{view_id}/delete`."""

    async def act(session: AsyncSession) -> str:
        name = await saved_views.remove(session, visit.actor, visit.resource.identity, _view_id(visit))
        return f"View {name} deleted."

    return await _and_back(visit, act)


async def make_default(visit: Visit) -> Response:
    """`POST /{identity}/views/{view_id}/default`: open the table with it from now on; with `off`, no longer."""
    data, identity, view_id = await visit.form(), visit.resource.identity, _view_id(visit)

    async def act(session: AsyncSession) -> str:
        kept = await reads.kept(session, visit.actor, visit.lists, identity)
        view = next((view for view in kept.views if view.id == view_id), None)
        if view is None:
            raise NotFound("There is no such view any more.")
        await preferences.remember(session, visit.actor, identity, VIEW, 0 if "off" in data else view_id)
        if "off" in data:
            return f"{visit.resource.name_plural} open with the plain list."
        return f"{visit.resource.name_plural} open with {view.name} from now on."

    return await _and_back(visit, act)


async def _and_back(visit: Visit, act: Act) -> Response:
    here = params.parse(visit.resource, visit.request.query_params.multi_items())
    await _told(visit, act)
    return visit.redirect(urls.views(visit.resource.identity, params.query_string(visit.resource, here)))


async def _told(visit: Visit, act: Act) -> None:
    """Do it, and leave the sentence about it for the next page: also the one that says why a name cannot be."""
    try:
        async with visit.transaction() as session:
            await flash.add(session, visit, Flash("success", await act(session)))
    except (BadRequest, Conflict) as error:
        async with visit.transaction() as session:
            await flash.add(session, visit, Flash("error", str(error)))


def _view_id(visit: Visit) -> int:
    number = int(visit.request.path_params["view_id"])
    if number >= 2**63:
        raise NotFound("There is no such view.")
    return number


def _text(data: FormData, name: str) -> str:
    value = str(data.get(name, ""))
    if "\x00" in value:
        raise BadRequest(f"The field {name} contains a NUL character, which no text can hold.")
    return value


DOORS = [
    Door("GET", "/{identity}/views", Permission.VIEW, index),
    Door("POST", "/{identity}/views", Permission.VIEW, save),
    Door("POST", "/{identity}/views/{view_id:int}", Permission.VIEW, change),
    Door("POST", "/{identity}/views/{view_id:int}/delete", Permission.VIEW, remove),
    Door("POST", "/{identity}/views/{view_id:int}/default", Permission.VIEW, make_default),
]
