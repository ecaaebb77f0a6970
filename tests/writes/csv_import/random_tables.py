"""Tables, rows and dialects made up by hypothesis: any types, any of them NULL or unique, any way to write a file."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as some
from sqlalchemy import BigInteger, Boolean, Date, Double, Identity, Integer, Numeric, String, Text, Time, Uuid
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.schema import CreateTable

from admin.resource import Resource
from admin.traits import traits_of

TEXT = some.text(some.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
TRICKY = some.text(alphabet="a'\"=+-@\t\r\n,;|＝5. \\\x1a\ufeff", max_size=6)
MOMENTS = some.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=some.timezones())
JSON = some.recursive(some.none() | some.booleans() | some.text('ab"\\é', max_size=3) | some.integers(), some.lists)

KINDS: dict[str, tuple[Callable[[], Any], some.SearchStrategy[Any]]] = {
    "text": (Text, TEXT | TRICKY),
    "varchar": (lambda: String(6), TRICKY),
    "integer": (Integer, some.integers(-(2**31), 2**31 - 1)),
    "bigint": (BigInteger, some.integers(-(2**63), 2**63 - 1)),
    "numeric": (lambda: Numeric(9, 3), some.decimals(-999_999, 999_999, places=3)),
    "double": (Double, some.floats()),
    "boolean": (Boolean, some.booleans()),
    "date": (Date, some.dates()),
    "time": (Time, some.times()),
    "moment": (lambda: postgresql.TIMESTAMP(timezone=True), MOMENTS),
    "uuid": (Uuid, some.uuids()),
    "json": (postgresql.JSONB, JSON.map(json.dumps)),
    "list": (lambda: postgresql.ARRAY(Text), some.lists(some.none() | TRICKY, max_size=3)),
    "bytes": (postgresql.BYTEA, some.binary(max_size=4)),
}
COMPARED = ("text", "varchar", "integer", "bigint", "numeric", "boolean", "date", "time", "uuid")
"""Kinds whose values hypothesis and Postgres call equal alike."""


@dataclass(frozen=True)
class Made:
    """A column: its kind, whether it may be NULL, whether its values are unique."""

    kind: str
    nullable: bool
    unique: bool


@dataclass(frozen=True)
class Dialect:
    """A way to write a CSV file."""

    delimiter: str
    end: str
    encoding: str
    quoted: bool
    """Whether every cell that is not NULL stands in quotes."""

    def write(self, export: str) -> bytes:
        """An export of ours in this dialect: the same cells, NULL bare and everything else as it is."""
        lines = [self.delimiter.join(map(self._cell, record)) for record in cells(export)]
        mark = "\ufeff" if self.encoding == "utf-16-be" else ""
        return (mark + "".join(line + self.end for line in lines)).encode(self.encoding)

    def _cell(self, text: str | None) -> str:
        if text is None:
            return ""
        if self.quoted or not text or set(text) & {self.delimiter, '"', "\r", "\n", "\x1a"}:
            return '"' + text.replace('"', '""') + '"'
        return text


DIALECTS = some.builds(
    Dialect, some.sampled_from(",;\t|"), some.sampled_from(["\n", "\r\n", "\r"]),
    some.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]), some.booleans(),
)  # fmt: skip


def cells(export: str) -> list[list[str | None]]:
    """The cells of an export, None where one is bare and empty."""
    found: list[list[str | None]] = [[]]
    for cell in re.finditer(r'("(?:[^"]|"")*"|[^,\n"]*)([,\n])', export):
        text = cell[1][1:-1].replace('""', '"') if cell[1].startswith('"') else cell[1] or None
        found[-1].append(text)
        if cell[2] == "\n":
            found.append([])
    return found[:-1]


@some.composite
def tables(draw: some.DrawFn) -> tuple[list[Made], list[list[Any]]]:
    """Columns, and rows for them."""
    columns = [
        Made(kind, draw(some.booleans()), kind in COMPARED and draw(some.booleans()))
        for kind in draw(some.lists(some.sampled_from(sorted(KINDS)), min_size=1, max_size=5))
    ]
    values = [some.none() | KINDS[one.kind][1] if one.nullable else KINDS[one.kind][1] for one in columns]
    apart = [lambda row, n=n: object() if row[n] is None else row[n] for n, one in enumerate(columns) if one.unique]
    rows = draw(some.lists(some.tuples(*values), min_size=1, max_size=12, unique_by=tuple(apart) or None))
    return columns, [list(row) for row in rows]


def insert(columns: list[Made]) -> str:
    """The statement that adds a row."""
    types = [KINDS[one.kind][0] for one in columns]
    marks = [f"%s::{t().compile(postgresql.dialect())}" for t in types]
    return f"insert into random ({', '.join(f'c{n}' for n in range(len(columns)))}) values ({', '.join(marks)})"


def resource(columns: list[Made]) -> tuple[Resource, str]:
    """A registration of such a table, and the SQL that makes it."""

    class Base(DeclarativeBase):
        pass

    fields: dict[str, Any] = {
        f"c{n}": mapped_column(KINDS[one.kind][0](), nullable=one.nullable, unique=one.unique)
        for n, one in enumerate(columns)
    }
    model = type("Random", (Base,), {
        "__tablename__": "random", "id": mapped_column(BigInteger, Identity(), primary_key=True), **fields,
    })  # fmt: skip
    traits = traits_of(model)
    names = tuple(traits.columns)
    made = Resource(
        identity="random", name="Random", name_plural="Random", traits=traits, list_columns=names,
        details_columns=names, form_columns=tuple(fields), export_columns=names, search_columns=(), default_sort=(),
        page_size=50, acts=frozenset({"create", "edit", "delete", "import", "export"}),
    )  # fmt: skip
    create = CreateTable(model.__table__).compile(dialect=postgresql.dialect())  # type: ignore[attr-defined]
    return (
        made,
        f"""
        drop table if exists random; {create};
        alter table random owner to larder_owner; grant select, insert, update, delete on random to larder_app;
        grant usage, update on random_id_seq to larder_app; select larder.track('random');
    """,
    )
