"""A list's cells as HTML, made here and not in a template, since a page has hundreds of them.

How the values of a column are painted is decided once a column. Text from the database passes `escape`; what does not
is made of digits and of words that stand in this program. End tags and quotes that HTML does not need are left out.
On a page of one row `components/cell.html` prints the same cells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from markupsafe import escape

from admin import values
from admin.beyond import Beyond
from admin.traits import Column, Kind
from admin.web import cells
from admin.web.cells import Cell

SPECIAL = re.compile("[&<>\"']")

Painter = Callable[[Any, str], str]
"""From a value, and the address of its row, to a cell."""


def painter(column: Column, *, is_key: bool = False) -> Painter:
    """What paints the values of a column."""
    named = is_key or column.references is not None
    special = (NAMED if named else PAINTERS).get(column.kind)
    paint = cells.painter(column, is_key=is_key)
    if special is None:
        return lambda value, url: html(paint(value), url)
    nothing = html(paint(None), "")
    made = special(column)
    return lambda value, url: nothing if value is None else made(value, url)


def safe(text: str) -> str:
    """The text with what HTML reads as its own escaped. Most texts have nothing of it, and seeing that is quicker."""
    return str(escape(text)) if SPECIAL.search(text) else text


def html(cell: Cell, row_url: str) -> str:
    """Any cell; `row_url` leads to all of a text that is too long for a list."""
    text = escape(cell.text)
    printed = PRINTED.get(cell.kind)
    return printed(cell, text, row_url) if printed else f"<td class={cell.kind}>{text}"


def _parent(cell: Cell, text: str, _: str) -> str:
    named = f'<a href="{escape(cell.url)}">{text}</a>' if cell.url else text
    return f"<td><s>{named}</s> (deleted)" if cell.deleted else f"<td>{named}"


def _long(cell: Cell, text: str, row_url: str) -> str:
    rest = f' <a href="{escape(row_url)}">Read all</a>' if cell.cut else ""
    return f"<td class=long><details><summary>{text}</summary> {escape(cell.more)}{rest}</details>"


PRINTED: dict[str, Callable[[Cell, str, str], str]] = {
    "text": lambda _, text, __: f"<td>{text}",
    "time": lambda cell, text, _: f'<td><time datetime="{escape(cell.more)}">{text}</time>',
    "badge": lambda cell, text, _: f'<td><span class="badge {escape(cell.more)}">{text}</span>',
    "parent": _parent,
    "long": _long,
    "empty": lambda cell, text, _: f'<td class="null{" num" if cell.more else ""}" title="empty">{text}',
}
"""Kinds of cells that are more than their text under a class of that name."""


def _prose(column: Column) -> Painter:
    paint = cells.painter(column)
    return lambda value, url: f"<td>{safe(value)}" if len(value) <= cells.SHOWN else html(paint(value), url)


def _timestamp(_: Column) -> Painter:
    def paint(value: dt.datetime | Beyond, url: str) -> str:
        if isinstance(value, Beyond):
            return html(cells.moment(value), url)
        exact, shown = cells.instant(value)
        return f'<td><time datetime="{exact}">{shown}</time>'

    return paint


def _integer(_: Column) -> Painter:
    return lambda value, _: f"<td class=num>{value:d}"


def _decimal(_: Column) -> Painter:
    return lambda value, _: f"<td class=num>{value:,f}"


def _boolean(_: Column) -> Painter:
    return lambda value, _: "<td class=yes>Yes" if value else "<td class=no>No"


def _enum(column: Column) -> Painter:
    paint = cells.painter(column)
    made = {choice: html(cells.badge(choice), "") for choice in column.choices}
    return lambda value, url: made.get(values.show(column, value)) or html(paint(value), url)


PAINTERS: dict[Kind, Callable[[Column], Painter]] = {
    "text": _prose,
    "timestamp": _timestamp,
    "integer": _integer,
    "numeric": _decimal,
    "boolean": _boolean,
    "enum": _enum,
}
"""Kinds that most cells are of; the others are painted by way of `Cell`, and these look the same."""

NAMED: dict[Kind, Callable[[Column], Painter]] = {"integer": lambda _: lambda value, __: f"<td class=key>{value:d}"}
"""The same for keys, also of other tables."""
