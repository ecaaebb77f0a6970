"""The list of all imports, newest first, and what it can be narrowed to: a table, a person, a state."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from admin.errors import BadRequest
from admin.reads import csv_import as imports
from admin.reads.csv_import import PAGE, Narrowed
from admin.web import urls
from admin.web.csv_import_index import STATES, Entry, entry
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Index:
    """The list of imports; `given` is what it is narrowed to, `all_url` leads to the whole list from a narrowed one."""

    entries: tuple[Entry, ...]
    given: dict[str, str]
    people: Pairs
    tables: Pairs
    states: Pairs
    older_url: str | None
    all_url: str | None


async def index(visit: Visit) -> Response:
    """Imports, newest first: one's own, and for admins everybody's."""
    everybody = visit.actor.role == "admin"
    given = {name: value for name in ("table", "person", "state") if (value := visit.request.query_params.get(name))}
    wanted = _narrowed(visit, given, everybody=everybody)
    async with visit.transaction() as session:
        found = await imports.recent(session, wanted)
        people = await imports.people(session) if everybody else []
    older = {**given, "before": str(found[PAGE - 1].id)} if len(found) > PAGE else None
    shown = Index(
        entries=tuple(entry(visit, summary) for summary in found[:PAGE]),
        given=given,
        people=[(str(number), name) for number, name in people],
        tables=[(identity, one.name_plural) for identity, one in visit.console.resources.items()],
        states=[(state, text.capitalize()) for state, (text, _) in STATES.items()],
        older_url=urls.imports(urlencode(older)) if older else None,
        all_url=urls.imports() if given else None,
    )
    return visit.page("csv_import/index.html", index=shown)


def _narrowed(visit: Visit, given: dict[str, str], *, everybody: bool) -> Narrowed:
    """What is asked for. Raises `BadRequest`."""
    if (state := given.get("state")) is not None and state not in STATES:
        raise BadRequest(f"The parameter state makes no sense: it is one of {', '.join(STATES)}.")
    if (table := given.get("table")) is not None and table not in visit.console.resources:
        raise BadRequest("The parameter table makes no sense: there is no table of this name.")
    person = _number(given, "person") if everybody else visit.actor.id
    before = _number({"before": visit.request.query_params.get("before", "")}, "before")
    return Narrowed(person, table, state, before)


def _number(given: dict[str, str], name: str) -> int | None:
    text = given.get(name) or None
    if text is not None and not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(f"The parameter {name} makes no sense: it is a number.")
    return int(text) if text is not None else None


DOORS = [Door("GET", "/imports", Permission.IMPORT, index)]
