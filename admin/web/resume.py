"""A session that ended while somebody filled a form in: what was typed survives the login that becomes necessary.

The form's fields go along with the login, in hidden fields of a page and never in an address, and are shown in the form
again once the same person is back. Nothing is saved on the way: that is for the person to do. What looks like a secret
is left out, and so is all of it when it is more than `MOST`.
"""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from admin.errors import LarderError
from admin.resource import Resource
from admin.web import cookies, urls
from admin.web.body_limit import limited
from admin.web.visit import Visit

MOST = 2**20
"""Bytes of a form that are carried along: whoever is not logged in may not fill the memory."""

PERSON = "form-person"
"""Field of a form that says who was shown it, by their id."""
NONCE = "form-nonce"
RESUMED = "form-resumed"
"""Sent with a form that was carried through a login: it is to be shown, not saved."""
KEPT = "kept-"
"""Prefix of the fields on their way, so that none is taken for the name or the password."""

Pairs = list[tuple[str, str]]


async def fields(request: Request, resource: Resource | None) -> Pairs:
    """The fields of a form that was sent by somebody who is not logged in; none when they cannot be carried along."""
    if resource is None or cookies.name_for(request.scope) is None:
        return []
    try:
        data = await limited(request, MOST).form(max_files=0, max_part_size=MOST)
    except (LarderError, HTTPException):
        return []
    secret = {name for name in resource.form_columns if resource.column(name).secret}
    pairs = [(name, text) for name, text in data.multi_items() if isinstance(text, str) and name not in secret]
    return pairs if NONCE in data and PERSON in data else []


def is_announced(request: Request) -> bool:
    """Whether a login says, before its body is read, that it brings a form along."""
    return urls.WITH_FORM in request.query_params


def sent(data: FormData) -> Pairs:
    """The fields that a login has brought along."""
    found = [(name, text) for name, text in data.multi_items() if name.startswith(KEPT) and isinstance(text, str)]
    return [(name.removeprefix(KEPT), text) for name, text in found]


def ask(visit: Visit, status: int, next_path: str, kept: Pairs, **shown: str | bool) -> HTMLResponse:
    """The login page with what is to be carried along; `shown` is what else it says (`name`, `error`, `lost`)."""
    said: dict[str, Any] = {"name": "", "error": "", "lost": False, **shown}
    return visit.page("login.html", status, next=next_path, kept=kept, login_url=urls.login(form=bool(kept)), **said)


def lead_on(visit: Visit, next_path: str, kept: Pairs, person_id: int) -> HTMLResponse:
    """The page after the login: on to the form with what was typed, for the person who typed it."""
    same_person = dict(kept).get(PERSON) == str(person_id)
    return visit.page("resume.html", action=next_path, kept=kept if same_person else [], resumed=RESUMED)
