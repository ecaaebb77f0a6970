"""The values that the filter form offers for a column, with their counts: asked for when the form is opened."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from admin.errors import NotFound
from admin.reads import facets
from admin.reads.counts import AtLeast
from admin.reads.facets import Value
from admin.web import params
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit


@dataclass(frozen=True)
class Option:
    """A value to choose; `amount` is how many rows have it (“1,204”, “10,000+”), empty where nobody counted."""

    value: str
    label: str
    amount: str = ""


async def offer(visit: Visit) -> Response:
    """The inputs for a column's values as HTML for the form; 204 where its values are typed or searched instead."""
    name = visit.request.path_params["column"]
    if name not in visit.resource.visible:
        raise NotFound(f"{visit.resource.name_plural} have no such column to filter by.")
    query = params.parse(visit.resource, visit.request.query_params.multi_items())
    async with visit.transaction() as session:
        found = await facets.of(session, visit.resource, query, visit.resource.column(name))
    if found is None:
        return Response(status_code=204)
    return visit.page("list/_facet.html", name=name, options=[_option(value) for value in found])


def _option(value: Value) -> Option:
    if value.count is None:
        return Option(value.text, value.label)
    return Option(value.text, value.label, f"{value.count.n:,}{'+' if isinstance(value.count, AtLeast) else ''}")


DOORS = [Door("GET", "/{identity}/facets/{column}", Permission.VIEW, offer)]
