"""Logging in and out.

Whoever tries gets the same answer in the same time whether the name exists or not. Tries are counted before the
password is looked at, and a login always makes a new session.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import structlog
from anyio import CapacityLimiter
from starlette.responses import Response

from admin.errors import Invalid, NotAllowed, TooMany
from admin.reads import people as readers
from admin.reads.people import Credentials
from admin.web import cookies, resume, urls
from admin.web.body_limit import limited
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import login_throttle, passwords, people, sessions

BODY = 16 * 1024
"""Bytes of a login: a name, a password and a path."""
BODY_WITH_FORM = BODY + 2 * resume.MOST
"""Bytes of one that brings along a form whose session had ended, with a name for each of its values."""
LONGEST_NEXT = 2000
PATH = re.compile(re.escape(urls.home()) + r"[\w.~%!$&'()*+,;=:@/-]*(\?[!$-\[\]-~]*)?", re.ASCII)
"""A path of this console as browsers write it, and a query string without quotes, backslashes and `#`."""
COUNTED_AT_ONCE = CapacityLimiter(4)
"""Tries from one address wait for each other in the database; they must not take every connection for it."""
WRONG = "The name or the password is not right."

log = structlog.get_logger("larder.web")


async def show(visit: Visit) -> Response:
    """`GET /login`: the form, or on to the console for those who are in already."""
    next_path = safe_next(visit.request.query_params.get("next", ""))
    if visit.maybe_actor is not None:
        return visit.redirect(next_path)
    lost = "lost" in visit.request.query_params
    return resume.ask(visit, 200, next_path, [], error=_warning(visit), lost=lost)


async def log_in(visit: Visit) -> Response:
    """`POST /login` with `username`, `password` and `next`, and what is to be carried along (`web/resume`)."""
    warning = _warning(visit)
    if warning:
        raise NotAllowed(warning)
    request = visit.request if resume.is_announced(visit.request) else limited(visit.request, BODY)
    form = await request.form(max_files=0, max_part_size=BODY_WITH_FORM)
    name, password = _text(form.get("username")), _text(form.get("password"))
    next_path, kept = safe_next(_text(form.get("next"))), resume.sent(form)
    ip = visit.request.client.host if visit.request.client else None
    try:
        known, right = await _check(visit, name, password, ip)
    except Invalid as error:
        return resume.ask(visit, 400, next_path, kept, name=name, error=str(error))
    token = await _open(visit, known, name, password, ip) if known is not None and right else None
    if token is None:
        log.warning("login refused", person=known and known.person_id, ip=ip)
        return resume.ask(visit, 400, next_path, kept, name=name, error=WRONG)
    response = visit.redirect(next_path)
    if known is not None and kept and next_path != urls.home():
        response = resume.lead_on(visit, next_path, kept, known.person_id)
    cookies.give(response, visit.request.scope, token)
    return response


async def log_out(visit: Visit) -> Response:
    """`POST /logout`: the session ends here and in the browser, and so does what the browser kept of the pages."""
    digest = visit.request.scope.get("larder.session")
    if digest is not None:
        async with visit.transaction() as session:
            await sessions.close_session(session, digest)
        log.info("logged out", person=visit.actor.id)
    response = visit.redirect(urls.login())
    response.headers["clear-site-data"] = '"cache"'
    cookies.take_back(response, visit.request.scope)
    return response


async def _check(visit: Visit, name: str, password: str, ip: str | None) -> tuple[Credentials | None, bool]:
    """Count the try, look the person up, and compare. Raises `TooMany` before the password is looked at."""
    async with COUNTED_AT_ONCE, visit.transaction() as session:
        known = await readers.credentials(session, name)
        # Last, since it locks: everybody at this address waits until it is committed.
        wait = await login_throttle.count_try(session, name, ip)
    if wait:
        log.warning("login throttled", ip=ip, wait=wait)
        minutes = -(-wait // 60)
        raise TooMany(f"Try again in {'a minute' if minutes == 1 else f'{minutes} minutes'}.", wait)
    return known, await passwords.matches(known.password_hash if known else None, password)


async def _open(visit: Visit, known: Credentials, name: str, password: str, ip: str | None) -> str | None:
    before = visit.request.scope.get("larder.session")
    agent = visit.request.headers.get("user-agent")
    async with visit.transaction() as session:
        token = await sessions.open_session(session, known, ip=ip, agent=agent, instead_of=before)
        await login_throttle.forgive(session, name, ip)
        if passwords.is_outdated(known.password_hash):
            await people.renew_hash(session, known.person_id, known.password_hash, password)
    if token is not None:
        log.info("logged in", person=known.person_id, ip=ip)
    return token


def safe_next(path: str) -> str:
    """Where a login leads: the path asked for when it is one of this console, else home.

    A path is taken only in the one form that every browser reads alike: no host, no scheme, no backslash, no control
    character, no way up. Anything else is not repaired but dropped.
    """
    if len(path) > LONGEST_NEXT or not PATH.fullmatch(path):
        return urls.home()
    segments = [unquote(segment) for segment in path.partition("?")[0].split("/")[1:]]
    if any(segment in ("", ".", "..") for segment in segments[:-1]) or segments[-1] in (".", ".."):
        return urls.home()
    if any("\\" in segment or not segment.isprintable() for segment in segments):
        return urls.home()
    return urls.home() if segments[1:] in (["login"], ["logout"]) else path


def _warning(visit: Visit) -> str:
    if cookies.name_for(visit.request.scope) is not None:
        return ""
    return (
        "Passwords are taken only over https, or on this very machine under http://localhost. Open the console there."
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


DOORS = [
    Door("GET", "/login", Permission.PUBLIC, show),
    Door("POST", "/login", Permission.PUBLIC, log_in, body=BODY_WITH_FORM),
    Door("POST", "/logout", Permission.PUBLIC, log_out),
]
