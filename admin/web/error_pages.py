"""The one place that turns what went wrong into an answer: title, sentence, remedy, reference.

Nothing of an exception's own text is shown unless the exception is one of ours, whose message is written to be read.
The reference stands in the log beside what really happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.errors import BadRequest, Invalid, LarderError, NotAllowed, NotFound, TooLarge, TooMany
from admin.web import urls
from admin.web.visit import Visit
from admin.writes import constraints

if TYPE_CHECKING:
    from admin.web.console import Console

log = structlog.get_logger("larder.web")

RETRY_AFTER = 5
"""Seconds after which a busy database is worth another try."""


class WrongMethod(LarderError):
    """The page is there, but not for this way of asking."""

    status = 405
    title = "This cannot be done here"


class Stalled(LarderError):
    """What was announced did not arrive."""

    status = 408
    title = "Nothing more arrived"


class Unreadable(LarderError):
    """A body in a form the console does not read."""

    status = 415
    title = "Not readable"


FROM_STARLETTE: dict[int, LarderError] = {
    400: BadRequest("What was sent could not be read."),
    403: NotAllowed("This is not allowed."),
    404: NotFound("There is no page at this address."),
    405: WrongMethod("This address does not answer to this kind of request. Use the buttons of the console."),
    408: Stalled("The rest of what was sent did not arrive in time. Nothing was changed."),
    413: TooLarge("More was sent than this page takes."),
    415: Unreadable("The console reads plain UTF-8. Send the same without compression or another encoding."),
}

REMEDIES = {
    400: "Go back, correct what the sentence names, and try again.",
    403: "Open the page from the console itself. If you need more rights, ask an admin.",
    404: "It may have been deleted for good, or there is a mistake in the link.",
    409: "Load the page again to see what is stored now.",
    413: "Send less at once, or split the file.",
    429: "Wait as long as the sentence says, then try again.",
    503: "Wait a moment, then load the page or send the form again.",
}
UNKNOWN = "Something in the console did not work, and nothing was changed."
ASK = "Try again. If it happens again, give the reference below to whoever runs the console: it leads to the reason."


@dataclass(frozen=True)
class ErrorPage:
    """What the page says."""

    status: int
    title: str
    sentence: str
    remedy: str
    reference: str
    import_url: str = ""
    """Where the import is that could not go on as was asked."""


class ErrorPages:
    """Makes the answers; the session, where there is one, gives a page its menu."""

    def __init__(self, console: Console) -> None:
        self.console = console

    async def handle(self, request: Request, error: Exception) -> Response:
        """For exceptions of Starlette's own, which it would otherwise answer in its own words."""
        return self.answer(request, error)

    def answer(self, request: Request, error: Exception) -> Response:
        """The answer to an exception: a page, or JSON where that was asked for."""
        identity = request.scope.get("path_params", {}).get("identity", "")
        explained = explain(error, self.console.resources.get(identity))
        _log(error, explained)
        page = ErrorPage(
            status=explained.status,
            title=explained.title,
            sentence=str(explained) or UNKNOWN,
            remedy=REMEDIES.get(explained.status, ASK),
            reference=request.scope.get("larder.reference", ""),
            import_url=_import_url(request) if explained.status == 409 else "",
        )
        response = _json(page, explained) if wants_json(request) else self._page(request, page)
        response.headers.update(_headers(error, explained))
        return response

    def _page(self, request: Request, page: ErrorPage) -> Response:
        visit = Visit(request, self.console, request.scope.get("larder.actor"), None)
        try:
            return visit.page("error.html", page.status, error=page)
        except Exception:
            log.exception("the error page could not be shown")
            sentence = f"{UNKNOWN} Reference {page.reference}"
            return HTMLResponse(f"<!doctype html><title>Larder</title><p>{sentence}</p>", status_code=page.status)


class Caught:
    """Answers whatever ends in an exception below it, so that Starlette's own last resort is never reached."""

    def __init__(self, app: ASGIApp, pages: ErrorPages) -> None:
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            log.info("the client left before it was answered")
        except Exception as error:
            # Half an answer is out: cut the connection, so that nobody takes it for a whole one.
            if started or scope["type"] != "http":
                raise
            await self.pages.answer(Request(scope), error)(scope, receive, send)


def explain(error: Exception, resource: Any) -> LarderError:
    """What an exception means in words. Any exception that is not foreseen becomes a plain 500."""
    match error:
        case LarderError():
            return error
        case HTTPException():
            return FROM_STARLETTE.get(error.status_code) or LarderError(UNKNOWN)
        case DBAPIError() | PoolTimeoutError():
            return constraints.explain(error, resource)
        case psycopg.Error():
            return constraints.explain(DBAPIError(None, None, error), resource)
        case _:
            return LarderError(UNKNOWN)


def _import_url(request: Request) -> str:
    """The page of the import; on that page itself, the step on which it can be changed."""
    found = request.scope.get("path_params", {}).get("import_id")
    if found is None:
        return ""
    url = urls.import_page(found)
    return urls.import_page(found, "match") if url == request.url.path else url


def _log(error: Exception, explained: LarderError) -> None:
    if explained.status == 500:
        log.error("failed", status=500, exc_info=error)
    elif explained.status == 503 or not isinstance(error, LarderError | HTTPException):
        log.warning("refused by the database", status=explained.status, exc_info=error)


def _headers(error: Exception, explained: LarderError) -> dict[str, str]:
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if isinstance(explained, TooMany):
        headers["Retry-After"] = str(explained.retry_after)
    elif explained.status == 503:
        headers["Retry-After"] = str(RETRY_AFTER)
    return headers


def wants_json(request: Request) -> bool:
    """Whether a script asks: it says that it reads JSON, and not that it shows pages."""
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def _json(page: ErrorPage, explained: LarderError) -> JSONResponse:
    content: dict[str, Any] = {"title": page.title, "message": page.sentence, "remedy": page.remedy}
    if isinstance(explained, Invalid):
        content["errors"] = [{"column": error.column, "message": error.message} for error in explained.errors]
    return JSONResponse({"error": {**content, "reference": page.reference}}, status_code=page.status)
