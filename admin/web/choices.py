"""Parents of a row, chosen in its form: what a picker offers while one types, and what the text in a field means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse, Response

from admin import values
from admin.errors import BadRequest, NotFound
from admin.reads import choices, chosen, parents
from admin.reads.parents import Parent, Parents
from admin.traits import Column, Reference, traits_of
from admin.values import BadValue
from admin.web import urls
from admin.web.answers import Answer
from admin.web.fields import Field
from admin.web.forms import Form
from admin.web.gate import Permission
from admin.web.routes import Door
from admin.web.visit import Visit

LONGEST_TERM = 200
FEW = 20
"""Rows of a parent that one looks through faster than one types."""


async def offer(visit: Visit) -> Response:
    """`{"results": [{"key": ..., "label": ...}]}`: a few live parents that fit `term`, best first."""
    _, reference = _column(visit)
    term = visit.request.query_params.get("term", "")
    if len(term) > LONGEST_TERM:
        raise BadRequest(f"The parameter term has {len(term):,} characters; at most {LONGEST_TERM} are looked for.")
    async with visit.transaction() as session:
        found = await choices.search(session, traits_of(reference.model), term, by=reference.column)
    return JSONResponse({"results": [{"key": choice.key, "label": choice.label} for choice in found]})


async def resolve(session: AsyncSession, visit: Visit, answer: Answer) -> Answer:
    """The answer with the parents that its texts mean among its values, or an error beside the field.

    Only a row that is not in the trash can be chosen.
    """
    found: dict[str, Any] = dict(answer.values)
    filled = []
    for field in answer.form.fields:
        named = field
        if field.name in answer.parents and field.column.references:
            try:
                value, parent = await _chosen(session, field, answer.parents[field.name])
                found[field.name] = value
                named = _naming(visit, replace(field, text=values.show(field.column, value)), parent)
            except BadValue as error:
                named = field.with_error(f"{field.label}: {error}.")
        filled.append(named)
    return replace(answer, form=replace(answer.form, fields=tuple(filled)), values=found, parents={})


async def simplified(session: AsyncSession, form: Form) -> Form:
    """The form with a plain list in place of a search where a parent's table has at most `FEW` rows.

    A chosen parent that is in the trash stays in the list, marked, so that nothing changes by itself.
    """
    made = []
    for field in form.fields:
        reference = field.column.references
        offered = None
        if field.widget == "picker" and reference and not field.readonly:
            offered = await choices.few(session, traits_of(reference.model), reference.column, FEW)
        made.append(field if offered is None else _listing(field, offered))
    return replace(form, fields=tuple(made))


def _listing(field: Field, offered: list[choices.Choice]) -> Field:
    options = [(one.key, one.label if one.label == one.key else f"{one.label} ({one.key})") for one in offered]
    if field.text and field.text not in {key for key, _ in options}:
        options.append((field.text, field.meaning or field.text))
    if field.column.nullable or not field.text:
        options.insert(0, ("", "Not set" if field.column.nullable else "Choose…"))
    return replace(field, widget="select", choices=tuple(options))


async def name_given(session: AsyncSession, visit: Visit, form: Form) -> Form:
    """The form for a new row with the names of the parents that stand in it already."""
    filled = []
    for field in form.fields:
        value = _value(field) if field.column.references and field.text else None
        parent = (await parents.named(session, field.column, [value])).get(value) if value is not None else None
        filled.append(_naming(visit, field, parent) if parent else field)
    return replace(form, fields=tuple(filled))


def with_names(visit: Visit, form: Form, row: Any, known: Parents) -> Form:
    """The form of a stored row with the names of the parents that its foreign keys point to."""
    filled = []
    for field in form.fields:
        named = known.get(field.name)
        parent = named.get(getattr(row, field.name)) if named else None
        filled.append(_naming(visit, field, parent) if parent else field)
    return replace(form, fields=tuple(filled))


async def _chosen(session: AsyncSession, field: Field, text: str) -> chosen.Chosen:
    assert field.column.references  # noqa: S101 only foreign keys are looked up
    value, parent = await chosen.by_text(session, field.column, field.column.references, text)
    if parent.deleted:
        raise BadValue(f"{parent.label} (#{parent.key}) is in the trash; choose another, or restore it first")
    return value, parent


def _naming(visit: Visit, field: Field, parent: Parent) -> Field:
    reference = field.column.references
    resource = visit.console.resource_of(reference.model) if reference else None
    url = urls.details(resource.identity, parent.key) if resource else None
    return replace(field, meaning=f"{parent.label} (deleted)" if parent.deleted else parent.label, meaning_url=url)


def _value(field: Field) -> Any:
    try:
        return values.parse(field.column, field.text)
    except BadValue:
        return None


def _column(visit: Visit) -> tuple[Column, Reference]:
    """A foreign key that this table's forms or filters show; anything else is no address."""
    name = visit.request.path_params["column"]
    if name in {*visit.resource.form_columns, *visit.resource.visible}:
        column = visit.resource.column(name)
        if column.references:
            return column, column.references
    raise NotFound(f"{visit.resource.name_plural} have no such column to choose for.")


DOORS = [Door("GET", "/{identity}/choices/{column}", Permission.VIEW, offer)]
