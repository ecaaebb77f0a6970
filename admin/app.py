"""The composition root: builds every part of the console and wires them; the only place where parts meet."""

from __future__ import annotations

import importlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from admin import schema, site
from admin.database import make_engine, make_session_maker
from admin.settings import Settings
from admin.web import health, logging, login, urls
from admin.web.assets import Assets
from admin.web.console import Console
from admin.web.cross_origin import CrossOrigin
from admin.web.error_pages import Caught, ErrorPages
from admin.web.headers import SecurityHeaders
from admin.web.hosts import KnownHosts
from admin.web.logging import RequestLog
from admin.web.metrics import Measured, Metrics
from admin.web.routes import Door
from admin.web.sessions import Sessions

LATER = ("dashboard", "list_page", "choices", "deletion", "operations", "csv_export", "csv_import", "record_pages")

STREAMED = ("text/csv", "application/json", "application/x-ndjson")
"""Written row by row as they are read; packing would hold rows back, and an export goes to a file anyway."""


def _doors() -> list[Door]:
    doors = list(login.DOORS)
    for name in LATER:
        if find_spec(f"admin.web.{name}") is None:
            continue
        try:
            doors += importlib.import_module(f"admin.web.{name}").DOORS
        except (ImportError, AttributeError, SyntaxError) as error:
            print("NOT WIRED YET:", name, repr(error), file=sys.stderr)
    return doors


def create_app(settings: Settings) -> Starlette:
    """The console on the database of the settings. Nothing is connected before the first request.

    `app.state.console` is the console, for tests and commands that want to know what is registered.
    """
    logging.configure(settings.log)
    engine = make_engine(settings)
    session_maker = make_session_maker(engine)
    # sqladmin mounts itself on the application it is given; what is served is put together below.
    console = Console(Starlette(), session_maker, settings, _doors())
    site.register(console)
    metrics = Metrics(engine)
    pages = ErrorPages(console)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    app = Starlette(
        routes=[
            Route("/", _lead_home),
            Route(urls.BASE, _lead_home),
            *health.routes(engine, schema.is_current),
            metrics.route(settings.metrics_token),
            Mount(f"{urls.BASE}/static", app=Assets()),
            Mount(urls.BASE, app=console.admin.router),
        ],
        # Each one sees the answers of those below it, so what has to be on every answer stands on top.
        middleware=[
            Middleware(RequestLog),
            Middleware(Measured, metrics=metrics),
            Middleware(SecurityHeaders),
            Middleware(Caught, pages=pages),
            Middleware(KnownHosts, allowed=settings.allowed_hosts, bound=settings.host),
            Middleware(
                GZipMiddleware,
                minimum_size=1024,
                compresslevel=5,
                exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, *STREAMED),
            ),
            Middleware(CrossOrigin),
            Middleware(Sessions, session_maker=session_maker),
            # Once more: an error page shows waiting messages, and only what passes the session marks them as shown.
            Middleware(Caught, pages=pages),
        ],
        exception_handlers={HTTPException: pages.handle},
        lifespan=lifespan,
    )
    for router in (app.router, console.admin.router):
        # Starlette would lead to an absolute URL made from the Host header.
        router.redirect_slashes = False
    app.state.console = console
    return app


async def _lead_home(_request: Request) -> Response:
    return RedirectResponse(urls.home(), status_code=303)
