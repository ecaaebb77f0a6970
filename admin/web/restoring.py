"""The page for a row in the trash that cannot simply come back: what stands in its way, and what can be done about it.

Restore it with another value, in place of the live row that has its value now, together with what it belongs to, or
leave it where it is. Each is one form, and one operation that can be undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from admin import values
from admin.errors import Conflict, FieldError, Invalid
from admin.reads import restorable
from admin.values import BadValue
from admin.web import flash, record_form, urls
from admin.web.fields import Problem
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import restoring
from admin.writes.restoring import Ways


@dataclass(frozen=True)
class Value:
    """A field for another value of a column whose own is taken."""

    name: str
    label: str
    text: str
    errors: tuple[Problem, ...] = ()


async def show(visit: Visit) -> Response:
    """`GET /{identity}/restore/{pk}`; for a row that lives, its page."""
    return await _page(visit, {}, [])


async def restore(visit: Visit) -> Response:
    """`POST /{identity}/restore/{pk}` with `way`: replace, owners, or values (`value-COLUMN`)."""
    data = await visit.form()
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
    parts = tuple(getattr(found.row, name) for name in visit.resource.traits.key)
    typed = (
        {name: str(data.get(f"value-{name}", "")) for name in _columns(visit)} if data.get("way") == "values" else {}
    )
    try:
        ways = _ways(visit, data, typed)
        async with visit.transaction() as session:
            done = await restoring.restore(session, visit.actor, visit.resource, parts, ways)
            undo = urls.undo(done.operation_id, visit.query_string) if done.operation_id else None
            await flash.add(session, visit, Flash("success", done.sentence, undo))
    except Invalid as error:
        return await _page(visit, typed, error.errors, error.status)
    except Conflict as error:
        return await _page(visit, typed, [FieldError(None, str(error))], error.status)
    return visit.redirect(urls.listing(visit.resource.identity, visit.query_string))


async def _page(visit: Visit, typed: dict[str, str], errors: list[FieldError], status: int = 200) -> Response:
    resource, query = visit.resource, visit.query_string
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
        key = values.key_text(resource.traits, found.row)
        if not found.deleted:
            return visit.redirect(urls.details(resource.identity, key, query))
        parts = tuple(getattr(found.row, name) for name in resource.traits.key)
        kept = await restorable.reasons(session, resource, [parts])
    taken = dict.fromkeys(name for one in kept for name in one.columns if name in resource.form_columns)
    return visit.page(
        "deletion/in_the_way.html",
        status,
        resource=resource,
        key=key,
        reasons=[(one.reason, urls.details(*one.link) if one.link else None) for one in kept],
        held=any(one.columns for one in kept),
        owned=any(not one.columns for one in kept),
        fields=[_value(visit, found.row, name, typed, errors) for name in taken],
        problems=[Problem(one.message) for one in errors if one.column not in taken],
        action=urls.restoring(resource.identity, key, query),
        list_url=urls.listing(resource.identity, query),
        details_url=urls.details(resource.identity, key, query),
    )


def _value(visit: Visit, row: Any, name: str, typed: dict[str, str], errors: list[FieldError]) -> Value:
    column = visit.resource.column(name)
    text = typed.get(name, values.show(column, getattr(row, name)))
    own = tuple(Problem(one.message) for one in errors if one.column == name)
    return Value(f"value-{name}", visit.resource.label(name), text, own)


def _columns(visit: Visit) -> list[str]:
    """Columns of unique values that a form may change."""
    unique = {name for one in visit.resource.traits.unique_keys if one.live_only for name in one.columns}
    return [name for name in visit.resource.form_columns if name in unique]


def _ways(visit: Visit, data: FormData, typed: dict[str, str]) -> Ways:
    errors, wanted = [], {}
    for name, text in typed.items():
        if f"value-{name}" not in data:
            continue
        try:
            column = visit.resource.column(name)
            wanted[name] = None if not text and column.nullable else values.parse(column, text)
        except BadValue as reason:
            errors.append(FieldError(name, f"“{text[:80]}” {reason}."))
    if errors:
        raise Invalid(errors)
    way = data.get("way")
    return Ways(replace=way == "replace", owners=way == "owners" or data.get("owners") == "1", values=wanted)


DOORS = [
    Door("GET", "/{identity}/restore/{pk:path}", Permission.RESTORE, show),
    Door("POST", "/{identity}/restore/{pk:path}", Permission.RESTORE, restore),
]
