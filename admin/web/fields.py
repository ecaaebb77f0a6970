"""One field of a form: the text of a value, the control it is entered with, and what is wrong with it.

Plain data instead of WTForms: its fields turn text into values and back on their way, while ours keep the text and
compare it with the text that was shown. sqladmin's vocabulary stays: `form_columns` says which fields there are,
`form_args` (label, description, default) and `form_widget_args` (readonly, rows, placeholder) what is special in one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from admin.traits import Column
from admin.web import field_entry, field_text
from admin.web.field_entry import Items, Moment

Widget = Literal["line", "area", "select", "check", "date", "time", "picker", "password"]

LONG_TEXT = re.compile(
    r"(^|_)(body|text|content|description|notes?|comments?|summary|bio|message|markdown|html)$", re.IGNORECASE
)
"""Columns of unlimited text that usually hold more than a line."""

LONG_LINE = 100
"""Characters of a line in a text area; what is longer is easier to read wrapped."""

INPUT_MODES = {"integer": "numeric", "numeric": "decimal", "float": "decimal"}

KEPT = "Not shown. Leave it empty to keep it."
UNREADABLE = "Read-only: it cannot be changed here without losing a part of it."
FILLED_IN = "Left empty, it is filled in by itself."


@dataclass(frozen=True)
class Problem:
    """One reason why a field, or the form, cannot be saved; `url` leads to the row in the way."""

    message: str
    url: str | None = None


@dataclass(frozen=True)
class Options:
    """What a registration says of one field."""

    label: str
    help: str = ""
    default: Any = None
    readonly: bool = False
    rows: int | None = None
    placeholder: str = ""


@dataclass(frozen=True)
class Field:
    """One control. `text` is what stands in it, `was` what stood there when the form was made.

    `required` marks a field that may not be left empty; `offers_null` a stored '' where NULL could stand as well;
    `meaning`, `meaning_url` and `choices_url` belong to a picker: the chosen parent, and where to look for others.
    """

    column: Column
    label: str
    widget: Widget
    text: str
    was: str
    help: str = ""
    required: bool = False
    readonly: bool = False
    offers_null: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    rows: int = 3
    placeholder: str = ""
    meaning: str = ""
    meaning_url: str | None = None
    choices_url: str | None = None
    errors: tuple[Problem, ...] = ()
    prefix: str = ""
    """Where the field stands in a form that has several of its name: `line-item.3.`"""

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def input_name(self) -> str:
        return f"{self.prefix}{self.column.name}"

    @property
    def changed(self) -> bool:
        return not self.readonly and not field_text.same(self.column, self.text, self.was)

    @property
    def items(self) -> Items:
        return field_entry.items(self.column)

    @property
    def moment(self) -> Moment:
        return field_entry.moment(self.column)

    @property
    def input_mode(self) -> str | None:
        return INPUT_MODES.get(self.column.kind)

    def with_error(self, message: str, url: str | None = None) -> Field:
        return replace(self, errors=(*self.errors, Problem(message, url)))

    def holding(self, text: str, was: str) -> Field:
        """The same field with another text in it, in a control that can show it."""
        widget = _line(self.column, text) if self.widget in ("line", "date", "time") else self.widget
        meaning = self.meaning if text == self.text else ""
        return replace(self, text=text, was=was, widget=widget, meaning=meaning, rows=max(self.rows, _rows(text)))


def stored(column: Column, value: Any, options: Options) -> Field:
    """The field of a column that holds `value`, for a form that changes a row."""
    if column.secret:
        return _secret(column, replace(options, help=options.help or KEPT))
    text, readable = field_text.readable(column, value)
    field = _field(column, text, options if readable else replace(options, help=options.help or UNREADABLE))
    return replace(
        field,
        # A list without items is a value, and chips write it.
        required=not (may_be_emptied(column) or text == "" or field.widget in ("check", "select") or field.items),
        readonly=options.readonly or not readable,
        offers_null=column.kind == "text" and column.nullable and value == "",
    )


def fresh(column: Column, options: Options, given: str = "") -> Field:
    """The field of a column in a form for a new row: with the text given, or its default, or empty."""
    if column.secret:
        return replace(_secret(column, options), required=column.required)
    text = given or _default(column, options)
    left_to_database = column.has_default and not column.nullable and not text
    field = _field(column, text, replace(options, help=options.help or FILLED_IN) if left_to_database else options)
    # Text over several lines may well be empty; an empty line is a field that was forgotten.
    return replace(
        field, required=column.required and not (column.kind == "text" and field.widget == "area"), was=field.text
    )


def may_be_emptied(column: Column) -> bool:
    """Whether an emptied field means a value of its column: NULL, or the empty text."""
    return column.nullable or (column.kind == "text" and column.references is None)


def _default(column: Column, options: Options) -> str:
    if options.default is not None and not callable(options.default):
        return field_text.show(column, options.default)
    return field_text.default(column)


def _field(column: Column, text: str, options: Options) -> Field:
    return Field(
        column=column,
        label=options.label,
        widget=_widget(column, text, options),
        text=text,
        was=text,
        help=options.help or field_entry.help_of(column),
        readonly=options.readonly,
        choices=_choices(column, text),
        rows=options.rows or _rows(text),
        placeholder=options.placeholder,
    )


def _secret(column: Column, options: Options) -> Field:
    """A secret is never shown, not even to be compared: an empty field leaves it as it is."""
    return Field(column, options.label, "password", "", "", help=options.help, readonly=options.readonly)


def _widget(column: Column, text: str, options: Options) -> Widget:
    if column.references:
        return "picker"
    if column.kind == "boolean" and not column.nullable:
        return "check"
    if column.kind in ("boolean", "enum"):
        return "select"
    long_text = column.kind == "text" and column.limit is None and LONG_TEXT.search(column.name)
    if column.kind in ("json", "bytes") or options.rows or long_text or len(text) > LONG_LINE:
        return "area"
    return _line(column, text)


def _line(column: Column, text: str) -> Widget:
    """The browser's own date or time control only for what it can show: it drops everything else."""
    if column.kind == "date" and re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})?", text):
        return "date"
    if column.kind == "time" and re.fullmatch(r"([0-9]{2}:[0-9]{2}(:[0-9]{2})?)?", text):
        return "time"
    return "area" if "\n" in field_text.normal(text) else "line"


def _choices(column: Column, text: str) -> tuple[tuple[str, str], ...]:
    if column.kind == "boolean" and column.nullable:
        return (("", "Not set"), ("true", "Yes"), ("false", "No"))
    if column.kind != "enum":
        return ()
    known = tuple((choice, choice) for choice in column.choices)
    if column.nullable:
        return (("", "Not set"), *known)
    return known if text else (("", "Choose…"), *known)


def _rows(text: str) -> int:
    lines = sum(1 + len(line) // LONG_LINE for line in field_text.normal(text).split("\n"))
    return min(max(lines + 1, 3), 24)
