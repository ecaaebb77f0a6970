"""After a row was saved: what is said of it, and where one is led."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.datastructures import FormData

from admin.web import urls
from admin.web.gate import Permission
from admin.web.operations import ROW
from admin.web.page import Flash
from admin.web.visit import Visit

THEN = "form-then"
"""Which of the three buttons saved: empty, `continue` or `another`."""


def told(visit: Visit, key: str, operation_id: int | None, otherwise: str, *, staying: bool = False) -> Flash:
    """That the row was saved, with an Undo that leads back to the page it is shown on; `otherwise` when nothing had to
    be written."""
    name = f"{visit.resource.name} {key}"
    if operation_id is None:
        return Flash("info", f"{name} {otherwise}.")
    query = "&".join(part for part in (visit.query_string, urlencode({ROW: key}) if staying else "") if part)
    return Flash("success", f"{name} saved.", urls.undo(operation_id, query))


def leads_to(visit: Visit, data: FormData, key: str) -> str:
    """Where the button that was pressed leads: the list by default."""
    identity, query = visit.resource.identity, visit.query_string
    match data.get(THEN):
        case "continue":
            return urls.edit(identity, key, query)
        case "another" if visit.may(Permission.CREATE):
            return urls.create(identity, query)
        case _:
            return urls.listing(identity, query)
