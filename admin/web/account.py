"""“Your account”: one's own password, and the browsers in which one is logged in.

The old password is asked for, and wrong ones are counted as at a login: a browser left open is not enough to take an
account over. A new password ends every session, this one too, which gets a new token.
"""

from __future__ import annotations

import dataclasses

import structlog
from starlette.responses import Response

from admin.errors import BadRequest, Invalid, LarderError, TooMany
from admin.reads import accounts
from admin.reads import people as readers
from admin.web import account_entries, cookies, flash, urls
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import login_throttle, passwords, rights, sessions

BODY = 16 * 1024

log = structlog.get_logger("larder.web")


async def show(visit: Visit) -> Response:
    """`GET /account`."""
    return await _page(visit)


async def change_password(visit: Visit) -> Response:
    """`POST /account/password` with `old`, `password` and `again`."""
    form = await visit.form()
    old, new, again = (str(form.get(one, "")) for one in ("old", "password", "again"))
    try:
        await _require_old(visit, old)
        if new != again:
            raise BadRequest("The new password was not typed the same way twice.")
        token = await _changed(visit, new)
    except (BadRequest, Invalid) as error:
        return await _page(visit, error)
    log.info("password changed", person=visit.actor.id)
    response = visit.redirect(urls.account())
    if token is not None:
        cookies.give(response, visit.request.scope, token)
    return response


async def end_sessions(visit: Visit) -> Response:
    """`POST /account/sessions`: one other session by its `session`, or all others."""
    short = str((await visit.form()).get("session", "")) or None
    here = visit.request.scope.get("larder.session")
    async with visit.transaction() as session:
        ended = await sessions.close_sessions(session, visit.actor.id or 0, short=short, but=here)
        said = "1 session ended." if ended == 1 else f"{ended} sessions ended." if ended else "It had ended already."
        await flash.add(session, visit, Flash("success", said))
    log.info("sessions ended", person=visit.actor.id, ended=ended)
    return visit.redirect(urls.account())


async def _require_old(visit: Visit, old: str) -> None:
    ip = visit.request.client.host if visit.request.client else None
    async with visit.transaction() as session:
        known = await readers.credentials(session, visit.actor.name)
        wait = await login_throttle.count_try(session, visit.actor.name, ip)
    if wait:
        raise TooMany("Too many wrong passwords. Try again in a few minutes.", wait)
    if not await passwords.matches(known.password_hash if known else None, old):
        log.warning("old password wrong", person=visit.actor.id, ip=ip)
        raise BadRequest("The old password is not right.")
    async with visit.transaction() as session:
        await login_throttle.forgive(session, visit.actor.name, ip)


async def _changed(visit: Visit, new: str) -> str | None:
    ip = visit.request.client.host if visit.request.client else None
    async with visit.transaction() as session:
        known = await rights.change_own_password(session, visit.actor, new)
        await session.flush()
        token = await sessions.open_session(session, known, ip=ip, agent=visit.request.headers.get("user-agent"))
        if token is not None:
            said = Flash("success", "Your password is changed. Every other session has ended.")
            await sessions.leave_flash(session, sessions.token_hash(token), dataclasses.asdict(said))
    return token


async def _page(visit: Visit, error: LarderError | None = None) -> Response:
    async with visit.transaction() as session:
        here = visit.request.scope.get("larder.session")
        opened = await accounts.sessions_of(session, visit.actor.id or 0, here)
    return visit.page(
        "account/index.html", error.status if error else 200,
        sessions=[account_entries.session(one) for one in opened], error=str(error or ""), url=urls.account(),
        people_url=urls.people() if visit.may(Permission.PEOPLE) else "", shortest=passwords.SHORTEST,
    )  # fmt: skip


DOORS = [
    Door("GET", "/account", Permission.VIEW, show),
    Door("POST", "/account/password", Permission.VIEW, change_password, body=BODY),
    Door("POST", "/account/sessions", Permission.VIEW, end_sessions, body=BODY),
]
