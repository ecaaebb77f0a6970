"""One line in the log for every request, with the reference that error pages show; and nothing secret in any line.

Left out on purpose: query strings (people search for names), bodies, cookies. Messages of exceptions are left out
unless their type speaks about code and never about data; what Postgres says about a row stays out with them. Control
characters are escaped, so that nobody can write a line of their own into the log.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
import traceback
from typing import Any, Literal

import structlog
from jinja2 import TemplateError
from psycopg import OperationalError
from sqlalchemy.exc import SQLAlchemyError, StatementError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

QUIET = ("/healthz", "/readyz", "/metrics")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ABOUT_CODE = (AttributeError, ImportError, NameError, RuntimeError, TypeError, TemplateError, SQLAlchemyError)
"""Exceptions whose message names parts of the program. What quotes a value (ValueError, KeyError) is not among them,
and of SQLAlchemy's not those about a statement."""
CLIENT_GONE = 499
"""The status that proxies log for a client that did not wait for its answer."""

log = structlog.get_logger("larder.web")


class RequestLog:
    """Gives every request a reference, sends it along as `X-Request-ID`, and logs the request once it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["larder.reference"] = reference = secrets.token_hex(4)
        status, started = CLIENT_GONE, time.perf_counter()

        async def send_with_reference(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = reference
            await send(message)

        with bound_contextvars(request=reference):
            try:
                await self.app(scope, receive, send_with_reference)
            finally:
                if scope["path"] not in QUIET:
                    _log_request(scope, status, time.perf_counter() - started)


def _log_request(scope: Scope, status: int, seconds: float) -> None:
    actor = scope.get("larder.actor")
    log.info(
        "request",
        method=scope["method"],
        path=scope["path"],
        status=status,
        ms=round(seconds * 1000, 1),
        actor=actor.name if actor else None,
    )


class StandardError(logging.Handler):
    """Writes to whatever is standard error at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record) + "\n")


def configure(style: Literal["console", "json"]) -> None:
    """Send everything that is logged, ours and the libraries', to standard error in one form."""
    structlog.configure(
        processors=[*FACTS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*FACTS, structlog.stdlib.PositionalArgumentsFormatter()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, escape_control, _renderer(style)],
        )
    )
    root = logging.getLogger()
    root.handlers = [*(other for other in root.handlers if not isinstance(other, StandardError)), handler]
    root.setLevel(logging.INFO)
    # The line of RequestLog says more than uvicorn's, and nothing that must not be said.
    logging.getLogger("uvicorn.access").disabled = True
    # A pool of our own logs under our own name, and not under SQLAlchemy's, which keeps silent.
    for name in ("alembic", "procrastinate", "admin.pool"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderer(style: Literal["console", "json"]) -> Any:
    if style == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def escape_control(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Write line breaks and other control characters as `\\n` and the like; a traceback keeps its lines."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            event[key] = _escaped(value)
    return event


def describe(exc_info: Any) -> str:
    """A traceback without the values that exceptions carry, causes first."""
    error: BaseException | None = exc_info[1]
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append("".join([*traceback.format_tb(error.__traceback__), _what(error)]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nled to\n\n".join(reversed(parts))


def _what(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, OperationalError) and error.sqlstate is None:
        # No connection: libpq names host, port and role, and there is no statement whose values it could quote.
        return f"{kind}: {_escaped(str(error))}"
    diagnosis = getattr(error, "diag", None)
    if diagnosis is not None:
        names = f"table {diagnosis.table_name}, constraint {diagnosis.constraint_name}"
        return f"{kind}: SQLSTATE {diagnosis.sqlstate}, {names}"
    if isinstance(error, ABOUT_CODE) and not isinstance(error, StatementError):
        return f"{kind}: {_escaped(str(error))}"
    return kind


def _escaped(text: str) -> str:
    return CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


FACTS: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(describe),
)
"""What every line holds beside its event."""
