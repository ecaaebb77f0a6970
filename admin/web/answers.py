"""What somebody's answer to a form means: which values it changes, and nothing else.

A field whose text means what was shown is not written, so that microseconds, line ends and '' beside NULL survive a
form that was opened and saved. What was not sent is not changed; a tick box, which a browser leaves out when it is not
ticked, counts as sent when its `was-NAME` is there. Names that the form does not have are passed over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from admin import values
from admin.values import BadValue
from admin.web import field_text
from admin.web.fields import Field, may_be_emptied
from admin.web.forms import Form

# No column can be called so: names of attributes hold no hyphen.
NONCE = "form-nonce"
WAS = "was-"
NULL = "null-"
CHOICE = "choice-"

NONCE_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Answer:
    """The form as it was filled in, and the values by column that it changes.

    `parents` holds the texts of changed foreign keys (a key, or the label of a row), which are still to be found;
    `shown` the values that the form showed in the columns that are changed.
    """

    form: Form
    values: dict[str, Any]
    parents: dict[str, str]
    shown: dict[str, Any] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.values and not self.parents


class _Unset:
    """The mark of a field that is not written."""


UNSET = _Unset()


def creation(form: Form, data: FormData) -> Answer:
    """The values of a new row. A field left empty is left to the database, unless its default was taken out of it."""
    return _read(_answered(form, data), data, _new_value)


def changes(form: Form, data: FormData, row: Any) -> Answer:
    """What the answer changes in `row`: only fields whose text means something else than the text that was shown."""
    answer = _read(_answered(form, data), data, _changed_value)
    kept = {
        one.name: field_text.line_ends_like(answer.values[one.name], getattr(row, one.name))
        for one in answer.form.fields
        if one.column.kind == "text" and isinstance(answer.values.get(one.name), str)
    }
    changed = {*answer.values, *answer.parents}
    shown = {one.name: _shown(one, getattr(row, one.name)) for one in answer.form.fields if one.name in changed}
    return replace(answer, values={**answer.values, **kept}, shown=shown)


def shown(form: Form, row: Any) -> dict[str, Any]:
    """The values that a form showed, of every column that it lets be changed."""
    return {one.name: _shown(one, getattr(row, one.name)) for one in form.fields if not one.readonly}


def fingerprint(form: Form, data: FormData) -> str:
    """The form's nonce with what it holds: sent again unchanged it is the same, filled in anew after Back it is not,
    so that nothing that was typed is taken for a repetition."""
    held = "\0".join(f"{name}={text}" for name, text in data.multi_items() if not name.startswith("form-"))
    return f"{form.nonce}.{hashlib.sha256(held.encode(errors='replace')).hexdigest()[:16]}"


def _answered(form: Form, data: FormData) -> Form:
    """The form with every text that was sent, and with what was shown to those who sent it."""
    filled = []
    for one in form.fields:
        text, was = _sent(one, data), _text(data, WAS + one.name)
        untouched = one.readonly or text is None
        filled.append(one if untouched else one.holding(str(text), one.was if was is None else was))
    return replace(form, fields=tuple(filled), nonce=nonce(data) or form.nonce)


def _read(form: Form, data: FormData, value_of: Callable[[Field, FormData], Any]) -> Answer:
    found: dict[str, Any] = {}
    parents: dict[str, str] = {}
    filled = []
    for one in form.fields:
        checked = one
        try:
            value = UNSET if one.readonly or _sent(one, data) is None else value_of(one, data)
        except BadValue as error:
            value, checked = UNSET, one.with_error(f"{one.label} {error}.")
        if one.column.references and isinstance(value, str):
            parents[one.name] = value
        elif value is not UNSET:
            found[one.name] = value
        filled.append(checked)
    return Answer(replace(form, fields=tuple(filled)), found, parents)


def _new_value(one: Field, _: FormData) -> Any:
    if not _is_empty(one):
        return _parsed(one)
    if one.column.nullable:
        return None if one.was else UNSET
    if one.required:
        raise BadValue("cannot be empty")
    return "" if one.column.kind == "text" and not one.column.has_default else UNSET


def _changed_value(one: Field, data: FormData) -> Any:
    if one.offers_null and not one.text and NULL + one.name in data:
        return None
    if one.widget == "password" and not one.text:
        return UNSET
    if field_text.same(one.column, one.text, one.was):
        return UNSET
    return wanted(one)


def _shown(one: Field, stored: Any) -> Any:
    """The value that stood in a field when the form was made: the stored one, to the byte, if it reads the same."""
    if field_text.same(one.column, one.was, field_text.show(one.column, stored)):
        return stored
    try:
        return values.parse(one.column, field_text.normal(one.was)) if one.was else None
    except BadValue:
        return None


def wanted(one: Field) -> Any:
    """The value that the text of a field means, whatever was there before; of a foreign key its text. Raises `BadValue`
    for an empty field whose column cannot be so."""
    if not _is_empty(one):
        return _parsed(one)
    if not may_be_emptied(one.column):
        raise BadValue("cannot be empty")
    return None if one.column.nullable else ""


def nonce(data: FormData) -> str:
    """The nonce that was sent, if it looks like one of ours."""
    text = _text(data, NONCE) or ""
    return text if NONCE_SHAPE.fullmatch(text) else ""


def _is_empty(one: Field) -> bool:
    """Spaces are text in a text column, and nothing elsewhere."""
    is_text = one.column.kind == "text" and one.column.references is None
    return not (one.text if is_text else one.text.strip())


def _parsed(one: Field) -> Any:
    """The value of a text; that of a foreign key stays text until its parent is found."""
    if len(one.text.encode(errors="replace")) > field_text.EDITABLE_BYTES:
        raise BadValue(f"is too long for a form (at most {field_text.EDITABLE_BYTES:,} bytes)")
    if one.column.references:
        return one.text.strip()
    return values.parse(one.column, field_text.normal(one.text))


def _sent(one: Field, data: FormData) -> str | None:
    """The text sent for a field, or None. On the page of a conflict, “theirs” means: as it is stored."""
    if _text(data, CHOICE + one.name) == "theirs":
        return _text(data, WAS + one.name)
    text = _text(data, one.name)
    if text is None and one.widget == "check" and WAS + one.name in data:
        return "false"
    return text


def _text(data: FormData, name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None
