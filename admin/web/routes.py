"""Every route of the console, each with the permission it needs.

One table instead of sqladmin's fifteen routes (of which the two file routes and every GET that changes data are gone
for good): what is not listed here does not exist, and what is listed has a permission or the start fails.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.convertors import PathConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.actor import Actor
from admin.errors import NotAllowed, NotFound
from admin.resource import Resource
from admin.web import error_pages, gate, resume, urls
from admin.web.body_limit import limited
from admin.web.gate import Permission
from admin.web.visit import Visit

if TYPE_CHECKING:
    from admin.web.console import Console

Endpoint = Callable[[Visit], Awaitable[Response]]


class AnyPath(PathConvertor):
    """The rest of an address, line breaks included: a key may be any text. Starlette's own stops at one."""

    regex = r"[\s\S]*"


register_url_convertor("path", AnyPath())

FORM_BODY = 2 * 2**20
"""A form may carry a long text or JSON value; 2 MiB is more than any field's limit."""


@dataclass(frozen=True)
class Door:
    """One path and method, the permission it needs, and what answers.

    `body` is the most bytes it reads; None: a file, as large as the settings allow.
    """

    method: str
    path: str
    permission: Permission
    endpoint: Endpoint
    body: int | None = FORM_BODY

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def routes(doors: list[Door], console: Console) -> list[Route]:
    """One Starlette route for each path, so that a wrong method is told all the right ones; each behind the gate."""
    paths: dict[str, dict[str, Door]] = {}
    for door in doors:
        if door.method in paths.setdefault(door.path, {}):
            raise ValueError(f"two doors are called {door.name}")
        paths[door.path][door.method] = door
    return [
        Route(path, _guarded(by_method, console), methods=[*by_method], name=path) for path, by_method in paths.items()
    ]


def _guarded(doors: dict[str, Door], console: Console) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        door = doors["GET" if request.method == "HEAD" else request.method]
        actor: Actor | None = request.scope.get("larder.actor")
        if door.permission is Permission.PUBLIC:
            return await door.endpoint(Visit(limited(request, _most(door, console)), console, actor, None))
        if actor is None:
            return await _to_login(request, doors, console)
        # The role first: whoever may not do this at all does not learn which tables there are.
        gate.require(actor, door.permission)
        resource = _resource(request, console)
        gate.require(actor, door.permission, resource)
        return await door.endpoint(Visit(limited(request, _most(door, console)), console, actor, resource))

    return run


def _resource(request: Request, console: Console) -> Resource | None:
    identity = request.path_params.get("identity")
    if identity is None:
        return None
    resource = console.resources.get(identity)
    if resource is None:
        raise NotFound("There is no table of this name.")
    return resource


def _most(door: Door, console: Console) -> int:
    # A file comes wrapped in a form: what stands around it is not the file's.
    return console.settings.max_upload_mb * 2**20 + 2**16 if door.body is None else door.body


async def _to_login(request: Request, methods: Iterable[str], console: Console) -> Response:
    """A person is led to the login and from there back to the page they were on, and a script nowhere.

    A form is carried along, so that what was typed is not lost.
    """
    if error_pages.wants_json(request):
        raise NotAllowed("You are not logged in any more. Log in again in another tab, then go on here.")
    # As it was sent: once decoded, a key with a slash or a question mark in it would lead elsewhere.
    path, query = request.scope["raw_path"].decode("latin-1"), request.scope["query_string"].decode("latin-1")
    here = f"{path}?{query}" if query else path
    if request.method in ("GET", "HEAD"):
        return RedirectResponse(urls.login(here), status_code=303)
    if kept := await resume.fields(request, console.resources.get(request.path_params.get("identity", ""))):
        return resume.ask(Visit(request, console, None, None), NotAllowed.status, here, kept)
    if "GET" not in methods:
        # A button, not a form: it stands in the list, or on the page one step up.
        identity = request.path_params.get("identity")
        here = urls.listing(identity, query) if identity else path.rpartition("/")[0]
    return RedirectResponse(urls.login(here, lost=True), status_code=303)
