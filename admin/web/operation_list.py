"""The list of everything done, newest first: by person, table, kind and time, each a chip that can go again.

Its whole state is its address; what makes no sense there is refused by name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from admin.errors import BadRequest
from admin.reads import operations
from admin.reads.operations import KINDS, NOBODY, Wanted
from admin.web import operation_entries as shown
from admin.web import urls
from admin.web.gate import Permission
from admin.web.list_controls import Chip
from admin.web.routes import Door
from admin.web.visit import Visit

BIGGEST = 2**63 - 1

NAMES = ("person", "table", "kind", "since", "until")
"""What narrows the list, in the order of its chips."""


@dataclass(frozen=True)
class Narrowed:
    """What the address says. `given` is that again, to make other addresses of."""

    wanted: Wanted
    given: Mapping[str, str]

    def url(self, **changes: str | None) -> str:
        pairs = {**self.given, **changes}
        return urls.operations(urlencode({name: value for name, value in pairs.items() if value}))


async def index(visit: Visit) -> Response:
    """`GET /operations`."""
    narrowed = _narrowed(visit)
    async with visit.transaction() as session:
        found = await operations.listed(session, narrowed.wanted)
        people = await operations.people(session)
    mine = {visit.actor.id: "Me"} if visit.actor.id in people else {}
    people = {**mine, **{key: name for key, name in people.items() if key not in mine}, NOBODY: "Larder itself"}
    return visit.page(
        "operations/index.html",
        entries=[shown.entry(visit, one) for one in found.entries],
        given=narrowed.given,
        people=[(str(number), name) for number, name in people.items()],
        tables=[(resource.identity, resource.name_plural) for resource in visit.console.resources.values()],
        kinds=[(kind, shown.WORDS[kind]) for kind in KINDS],
        chips=_chips(visit, narrowed, people),
        clear_url=urls.operations(),
        newest_url=narrowed.url() if narrowed.wanted.before is not None else None,
        older_url=narrowed.url(before=str(found.before)) if found.before is not None else None,
    )


def number(visit: Visit, name: str) -> int | None:
    """A parameter that is a number. Raises `BadRequest` for anything else."""
    text = visit.request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= BIGGEST):
        raise BadRequest(f"The parameter {name} makes no sense: “{text[:80]}” is no number of it.")
    return int(text)


def _narrowed(visit: Visit) -> Narrowed:
    given = {name: value for name in NAMES if (value := visit.request.query_params.get(name))}
    table, kind = given.get("table"), given.get("kind")
    if table is not None and table not in visit.console.resources:
        raise BadRequest(f"The parameter table makes no sense: there is no table “{table[:80]}”.")
    if kind is not None and kind not in KINDS:
        raise BadRequest(f"The parameter kind makes no sense: “{kind[:80]}” is none of {', '.join(KINDS)}.")
    since, until = _day(given, "since"), _day(given, "until")
    if since and until and until < since:
        raise BadRequest("The parameters since and until contradict each other: the end lies before the start.")
    end = until + dt.timedelta(days=1) if until else None
    wanted = Wanted(number(visit, "person"), table, kind, since, end, before=number(visit, "before"))
    return Narrowed(wanted, given)


def _day(given: Mapping[str, str], name: str) -> dt.datetime | None:
    """The start of a day, in UTC."""
    text = given.get(name)
    if text is None:
        return None
    try:
        day = dt.date.fromisoformat(text) if len(text) == 10 else dt.date.max
    except ValueError:
        day = dt.date.max
    if day == dt.date.max:
        raise BadRequest(f"The parameter {name} makes no sense: “{text[:80]}” is no day (expected like 2026-11-23).")
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _chips(visit: Visit, narrowed: Narrowed, people: Mapping[int, str]) -> list[Chip]:
    wanted, given = narrowed.wanted, narrowed.given
    table = visit.console.resources.get(wanted.identity or "")
    words = {
        "person": f"By {people.get(wanted.person_id or NOBODY, 'somebody else')}".replace("By Me", "By me"),
        "table": table.name_plural if table else "",
        "kind": shown.WORDS.get(wanted.kind or "", ""),
        "since": f"Since {given.get('since')}",
        "until": f"Until {given.get('until')}",
    }
    return [Chip(words[name], narrowed.url(**{name: None})) for name in NAMES if name in given]


DOORS = [Door("GET", "/operations", Permission.VIEW, index)]
