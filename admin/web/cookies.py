"""The session cookie: its name, who may send it, and how it is set and taken back.

On https it is `__Host-larder`, which no sibling domain can plant. Browsers refuse such a cookie on plain http, so there
it is called `larder`, and it is used only where the host is this machine itself: nobody is in between to read it.
On plain http under any other name nobody can log in.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from admin.web import hosts
from admin.writes.sessions import TOKEN

SECURE_NAME = "__Host-larder"
LOOPBACK_NAME = "larder"


def name_for(scope: Scope) -> str | None:
    """The name of the session cookie on this connection; None where a session would not be safe."""
    if scope["scheme"] == "https":
        return SECURE_NAME
    return LOOPBACK_NAME if hosts.is_loopback(hosts.host_name(scope)) else None


def is_sent(scope: Scope) -> bool:
    """Whether a request carries a session cookie, be it a good one or not."""
    return token(scope) is not None


def token(scope: Scope) -> str | None:
    """The token a request carries, if it can be one at all."""
    name = name_for(scope)
    value = HTTPConnection(scope).cookies.get(name, "") if name else ""
    return value if TOKEN.fullmatch(value) else None


def give(response: Response, scope: Scope, token: str) -> None:
    """Hand a new session to the browser; the cookie goes when the browser is closed."""
    _set(response, scope, token, None)


def take_back(response: Response, scope: Scope) -> None:
    """Tell the browser to forget its session."""
    _set(response, scope, "", 0)


def _set(response: Response, scope: Scope, value: str, max_age: int | None) -> None:
    name = name_for(scope)
    if name is not None:
        response.set_cookie(name, value, max_age, path="/", secure=name == SECURE_NAME, httponly=True, samesite="lax")
