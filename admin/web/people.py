"""The people of the console, for admins: who may log in and as what, and where they are logged in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin.errors import BadRequest, Conflict, Invalid, LarderError, NotFound
from admin.reads import accounts
from admin.tables import ROLES
from admin.web import account_entries, flash, urls
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import rights

Act = Callable[[AsyncSession], Awaitable[str]]
"""Does something and returns the sentence about it."""

BODY = 16 * 1024
"""Bytes of a form: a name, a role, a password."""

REFUSED = (BadRequest, Conflict, Invalid)

log = structlog.get_logger("larder.web")


async def index(visit: Visit) -> Response:
    """`GET /people`."""
    return await _index(visit)


async def add(visit: Visit) -> Response:
    """`POST /people` with `name`, `role` and `password`."""
    form = await visit.form()
    name, role, password = (str(form.get(one, "")) for one in ("name", "role", "password"))
    try:
        await _do(visit, lambda session: rights.add(session, visit.actor, name, role, password))
    except REFUSED as error:
        return await _index(visit, error, name=name, role=role)
    return visit.redirect(urls.people())


async def show(visit: Visit) -> Response:
    """`GET /people/{person_id}`."""
    return await _person(visit)


async def set_role(visit: Visit) -> Response:
    """`POST /people/{person_id}/role` with `role`."""
    role = str((await visit.form()).get("role", ""))
    return await _changed(visit, lambda session: rights.set_role(session, visit.actor, _id(visit), role))


async def set_active(visit: Visit) -> Response:
    """`POST /people/{person_id}/active`: with `active` the person may log in, without they are shut out."""
    active = "active" in await visit.form()
    return await _changed(visit, lambda session: rights.set_active(session, visit.actor, _id(visit), active=active))


async def set_password(visit: Visit) -> Response:
    """`POST /people/{person_id}/password` with `password`."""
    password = str((await visit.form()).get("password", ""))
    return await _changed(visit, lambda session: rights.give_password(session, visit.actor, _id(visit), password))


async def end_sessions(visit: Visit) -> Response:
    """`POST /people/{person_id}/sessions`: one by its `session`, or all."""
    short = str((await visit.form()).get("session", "")) or None
    return await _changed(visit, lambda session: rights.end_sessions(session, visit.actor, _id(visit), short))


async def _changed(visit: Visit, act: Act) -> Response:
    try:
        await _do(visit, act)
    except REFUSED as error:
        return await _person(visit, error)
    # Who changed their own rights has no session any more, or another role: home leads everybody on.
    return visit.redirect(urls.home() if _id(visit) == visit.actor.id else urls.person(_id(visit)))


async def _do(visit: Visit, act: Act) -> None:
    async with visit.transaction() as session:
        sentence = await act(session)
        await flash.add(session, visit, Flash("success", sentence))
    log.info("people changed", by=visit.actor.id, what=sentence)


async def _index(visit: Visit, error: LarderError | None = None, name: str = "", role: str = "editor") -> Response:
    async with visit.transaction() as session:
        found = await accounts.listed(session)
    return visit.page(
        "people/index.html", error.status if error else 200,
        people=[account_entries.person(one) for one in found],
        roles=ROLES, name=name, role=role, error=str(error or ""), url=urls.people(), most=accounts.MOST,
    )  # fmt: skip


async def _person(visit: Visit, error: LarderError | None = None) -> Response:
    async with visit.transaction() as session:
        found = await accounts.one(session, _id(visit))
        if found is None:
            raise NotFound("There is no such person.")
        opened = await accounts.sessions_of(session, found.id, visit.request.scope.get("larder.session"))
    return visit.page(
        "people/person.html", error.status if error else 200,
        person=account_entries.person(found), sessions=[account_entries.session(one) for one in opened],
        roles=ROLES, error=str(error or ""), own=found.id == visit.actor.id, people_url=urls.people(),
    )  # fmt: skip


def _id(visit: Visit) -> int:
    number = int(visit.request.path_params["person_id"])
    if number >= 2**63:
        raise NotFound("There is no such person.")
    return number


DOORS = [
    Door("GET", "/people", Permission.PEOPLE, index),
    Door("POST", "/people", Permission.PEOPLE, add, body=BODY),
    Door("GET", "/people/{person_id:int}", Permission.PEOPLE, show),
    Door("POST", "/people/{person_id:int}/role", Permission.PEOPLE, set_role, body=BODY),
    Door("POST", "/people/{person_id:int}/active", Permission.PEOPLE, set_active, body=BODY),
    Door("POST", "/people/{person_id:int}/password", Permission.PEOPLE, set_password, body=BODY),
    Door("POST", "/people/{person_id:int}/sessions", Permission.PEOPLE, end_sessions, body=BODY),
]
