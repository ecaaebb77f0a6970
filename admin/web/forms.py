"""The form of one row: its fields with the texts they show.

A form carries what it showed (`was-NAME` beside NAME), so that its answer writes only what a person changed (`answers`)
and so that another person's change in the meantime is noticed (`writes/records`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from admin import values
from admin.errors import FieldError
from admin.resource import Resource
from admin.traits import Column
from admin.values import BadValue
from admin.web import field_text, fields, urls
from admin.web.fields import Field, Options, Problem
from admin.web.model_admin import ModelAdmin


@dataclass(frozen=True)
class Form:
    """A form as it is shown; `nonce` names this one form, so that it is carried out once however often it is sent."""

    fields: tuple[Field, ...]
    nonce: str
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        return not self.problems and not any(field.errors for field in self.fields)

    def column(self, name: str) -> Column:
        return next(field.column for field in self.fields if field.name == name)

    def with_errors(self, errors: Iterable[FieldError]) -> Form:
        """The form with each error beside its field; what belongs to no field of the form stands above it."""
        form = self
        names = {field.name for field in self.fields}
        for error in errors:
            url = urls.edit(*error.link) if error.link else None
            if error.column in names:
                filled = (
                    field.with_error(error.message, url) if field.name == error.column else field
                    for field in form.fields
                )
                form = replace(form, fields=tuple(filled))
            else:
                form = replace(form, problems=(*form.problems, Problem(error.message, url)))
        return form


def for_new(resource: Resource, view: ModelAdmin, given: Mapping[str, str]) -> Form:
    """An empty form; `given` texts (such as the order whose lines were listed) stand in their fields."""
    made = (
        fields.fresh(resource.column(name), options(resource, view, name), given.get(name, ""))
        for name in resource.form_columns
    )
    return _form(resource, made)


def for_copy(resource: Resource, view: ModelAdmin, row: Any) -> tuple[Form, list[str]]:
    """The form of a new row that starts as another one, and the labels of what could not be taken over: what no two
    rows may share, and what no form can carry."""
    made, left_out = [], []
    for name in resource.form_columns:
        column, value = resource.column(name), getattr(row, name)
        field = fields.fresh(column, options(resource, view, name))
        text, readable = (
            ("", False) if column.secret or name in _alone(resource) else field_text.readable(column, value)
        )
        if value is not None and not readable:
            left_out.append(field.label)
            # Its default is no value of the copied row either, but what a new row begins with.
            made.append(field)
        else:
            made.append(field.holding(text, field.was))
    return _form(resource, made), left_out


def _alone(resource: Resource) -> set[str]:
    """Columns that are unique by themselves, and what tells rows apart besides their parents."""
    keys = [key.columns for key in resource.traits.unique_keys]
    return {name for names in keys for name in names if len(names) == 1 or not resource.column(name).references}


def for_row(resource: Resource, view: ModelAdmin, row: Any) -> Form:
    """The form of a stored row. Its key cannot be changed: it is the name under which its history is kept."""
    made = (
        fields.stored(resource.column(name), getattr(row, name), options(resource, view, name))
        for name in resource.form_columns
    )
    return _form(resource, (_locked(field) if field.name in resource.traits.key else field for field in made))


def _locked(field: Field) -> Field:
    return replace(field, readonly=True, required=False, help="The key of a row stays as it is.")


def options(resource: Resource, view: ModelAdmin, name: str) -> Options:
    """What `form_args` and `form_widget_args` of a registration say of a column."""
    args, widget = view.form_args.get(name, {}), view.form_widget_args.get(name, {})
    return Options(
        label=str(args.get("label") or resource.label(name)),
        help=str(args.get("description") or resource.column(name).comment or ""),
        default=args.get("default"),
        readonly=bool(widget.get("readonly") or widget.get("disabled")),
        rows=widget.get("rows"),
        placeholder=str(widget.get("placeholder", "")),
    )


def given(resource: Resource, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What a list's filters (`COLUMN=TEXT`, `COLUMN__exact=TEXT`) say of the columns of a form, where it can be so."""
    found = {name.removesuffix("__exact"): text for name, text in pairs}
    return {name: text for name, text in found.items() if name in resource.form_columns and _fits(resource, name, text)}


def _fits(resource: Resource, name: str, text: str) -> bool:
    try:
        values.parse(resource.column(name), text)
    except BadValue:
        return False
    return True


def _form(resource: Resource, made: Iterable[Field]) -> Form:
    ready = (
        replace(field, choices_url=urls.choices(resource.identity, field.name)) if field.widget == "picker" else field
        for field in made
    )
    return Form(tuple(ready), secrets.token_urlsafe(16))
