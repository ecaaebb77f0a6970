"""Numbers for Prometheus: requests by route and status, how long they took, and the database pool.

Routes are counted by their template (`/admin/{identity}/list`), so that the numbers name no table and no row and stay
few. They are for whoever runs the console: `/metrics` answers to this machine alone, asked directly and not through a
proxy, or to whoever knows `LARDER_METRICS_TOKEN`; to everybody else it does not exist. Each worker process counts for
itself and says which one it is.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import time

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.pool import WatchedPool

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Metrics:
    """The counters of one application."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "larder_requests", "Requests answered.", ["worker", "method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "larder_request_seconds", "Time until the answer was complete.", ["worker", "method", "route"],
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        in_use = Gauge("larder_pool_in_use", "Connections in use.", ["worker"], registry=self.registry)
        pool = engine.pool
        in_use.labels(_worker()).set_function(lambda: pool.checkedout() if isinstance(pool, WatchedPool) else 0)
        waits = Gauge("larder_pool_waits", "Requests that waited for a connection.", ["worker"], registry=self.registry)
        waits.labels(_worker()).set_function(lambda: pool.waits.total if isinstance(pool, WatchedPool) else 0)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = _template(scope)
        self.requests.labels(_worker(), method, route, status).inc()
        self.seconds.labels(_worker(), method, route).observe(seconds)

    def route(self, token: str | None) -> Route:
        """`GET /metrics`, for those who may read it."""

        async def metrics(request: Request) -> Response:
            if not _may_read(request, token):
                raise HTTPException(404)
            return Response(generate_latest(self.registry), headers={"content-type": CONTENT_TYPE_LATEST})

        return Route("/metrics", metrics)


class Measured:
    """Counts every request that passes."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, started = 499, time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self.metrics.count(scope, status, time.perf_counter() - started)


def _worker() -> str:
    return str(os.getpid())


def _template(scope: Scope) -> str:
    route = scope.get("route")
    return scope.get("root_path", "") + route.path if isinstance(route, Route) else "other"


def _may_read(request: Request, token: str | None) -> bool:
    if token is not None:
        given = request.headers.get("authorization", "").encode()
        if hmac.compare_digest(given, f"Bearer {token}".encode()):
            return True
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
