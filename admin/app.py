"""The composition root: builds every part of the console and wires them; the only place where parts meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Lifespan

from admin import schema, site
from admin.database import make_engine, make_session_maker
from admin.jobs import inside
from admin.jobs.imports import Works
from admin.settings import Settings
from admin.web import (
    account,
    bulk_edit,
    choices,
    csv_export,
    csv_import,
    csv_import_corrections,
    csv_import_steps,
    dashboard,
    deletion,
    facets,
    health,
    last_action,
    list_columns,
    list_mode,
    list_page,
    logging,
    login,
    menu_counts,
    operation_list,
    operations,
    palette,
    people,
    record_cell,
    record_history,
    record_pages,
    restore_several,
    restoring,
    saved_views,
    shortcuts,
    trash,
    urls,
)
from admin.web.assets import Assets
from admin.web.console import Console
from admin.web.cross_origin import CrossOrigin
from admin.web.error_pages import Caught, ErrorPages
from admin.web.headers import SecurityHeaders
from admin.web.hosts import KnownHosts
from admin.web.logging import RequestLog
from admin.web.metrics import Measured, Metrics
from admin.web.sessions import Sessions

PAGES = (
    login,
    dashboard,
    menu_counts,
    list_page,
    list_mode,
    list_columns,
    saved_views,
    choices,
    facets,
    record_cell,
    record_pages,
    record_history,
    deletion,
    restore_several,
    restoring,
    operation_list,
    bulk_edit,
    operations,
    last_action,
    trash,
    csv_export,
    csv_import,
    csv_import_corrections,
    csv_import_steps,
    palette,
    shortcuts,
    people,
    account,
)
DOORS = [door for module in PAGES for door in module.DOORS]

NOT_PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "text/csv", "application/json", "application/x-ndjson")
"""Exports are written row by row as they are read; packing would hold rows back."""


def create_app(settings: Settings) -> Starlette:
    """The console on the database of the settings. Nothing is connected before the first request.

    `app.state.console` is the console, for tests and commands that want to know what is registered.
    """
    logging.configure(settings.log)
    engine = make_engine(settings)
    session_maker = make_session_maker(engine)
    # sqladmin mounts itself on the application it is given; what is served is put together below.
    console = Console(Starlette(), session_maker, settings, DOORS)
    site.register(console)
    metrics, pages = Metrics(engine), ErrorPages(console)
    app = Starlette(
        routes=_routes(console, engine, metrics),
        middleware=_middleware(console, metrics, pages),
        exception_handlers={HTTPException: pages.handle},
        lifespan=_lifespan(engine, Works(settings, session_maker, console.resources)),
    )
    for router in (app.router, console.admin.router):
        # Starlette would lead to an absolute URL made from the Host header.
        router.redirect_slashes = False
    app.state.console = console
    return app


def _routes(console: Console, engine: AsyncEngine, metrics: Metrics) -> list[BaseRoute]:
    return [
        Route("/", _lead_home),
        Route(urls.BASE, _lead_home),
        *health.routes(engine, schema.is_current),
        metrics.route(console.settings.metrics_token),
        Mount(f"{urls.BASE}/static", app=Assets()),
        Mount(urls.BASE, app=console.admin.router),
    ]


def _middleware(console: Console, metrics: Metrics, pages: ErrorPages) -> list[Middleware]:
    """Each one sees the answers of those below it, so what has to be on every answer stands on top."""
    settings = console.settings
    return [
        Middleware(RequestLog),
        Middleware(Measured, metrics=metrics),
        Middleware(SecurityHeaders),
        Middleware(Caught, pages=pages),
        Middleware(KnownHosts, allowed=settings.allowed_hosts, bound=settings.host),
        Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5, exclude_content_types=NOT_PACKED),
        Middleware(CrossOrigin),
        Middleware(Sessions, session_maker=console.sessions, glances=console.glances),
        # Once more: an error page shows waiting messages, and only what passes the session marks them as shown.
        Middleware(Caught, pages=pages),
    ]


def _lifespan(engine: AsyncEngine, works: Works) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with inside.working(works) if works.settings.worker else nullcontext():
            yield
        await engine.dispose()

    return lifespan


async def _lead_home(_request: Request) -> Response:
    return RedirectResponse(urls.home(), status_code=303)
