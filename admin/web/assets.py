"""Our CSS, scripts and icons, served under one hash of all of them and cached for ever.

The hash stands in the path, not in a query string, so that ES modules which import each other by relative paths stay
inside the same version.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from admin.web import urls

STATIC = Path(__file__).parents[1] / "static"

STYLES = (
    "tokens",
    "base",
    "shell",
    "controls",
    "table",
    "feedback",
    "content",
    "lines",
    "list",
    "scroll",
    "dashboard",
    "mending",
)
"""The files of css/ in the order of the cascade; `admin.css` is all of them, one request instead of ten."""


@functools.cache
def version() -> str:
    """The first 8 hex digits of the hash over every asset's path and bytes."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


def asset(name: str) -> str:
    """The URL of an asset, for example `asset("admin.css")`."""
    return f"{urls.BASE}/static/{version()}/{name}"


@functools.cache
def stylesheet() -> bytes:
    """What `admin.css` answers."""
    return b"\n".join((STATIC / "css" / f"{name}.css").read_bytes() for name in STYLES)


class Assets(StaticFiles):
    """Serves the assets of this version as immutable; an unknown version is 404, never stale bytes under a new name."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        given, _, name = path.partition("/")
        if given != version():
            return Response(status_code=404)
        if name == "admin.css":
            response = Response(stylesheet(), media_type="text/css")
        else:
            response = await super().get_response(name, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response
