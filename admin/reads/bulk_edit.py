"""What a bulk edit would change: how many rows, a few of them with what they hold now, and a mark of all of it.

The mark tells afterwards whether these rows still are, and hold in these columns, what somebody was shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from admin import values as texts
from admin.reads import parents
from admin.reads.selection import Keys, key_columns, with_keys
from admin.reads.visibility import INCLUDE
from admin.resource import Resource

SAMPLE = 10


@dataclass(frozen=True)
class Example:
    """One row that would change, and the texts of what it holds now, by column."""

    key: str
    label: str
    now: Mapping[str, str]


@dataclass(frozen=True)
class Preview:
    """`rows` are selected and live, `changing` of them hold something else; `mark` is of what they hold."""

    rows: int
    changing: int
    mark: str
    sample: tuple[Example, ...]

    @property
    def already(self) -> int:
        return self.rows - self.changing


async def preview(session: AsyncSession, resource: Resource, keys: Keys, wanted: Mapping[str, Any]) -> Preview:
    """Ask what would change in these rows if they got these values by column."""
    own = with_keys(key_columns(resource.traits), keys)
    differs = different(resource, wanted)
    changing, mark = (await session.execute(_marked(resource, own, differs, wanted))).one()
    statement = select(resource.model).where(own, differs).order_by(*key_columns(resource.traits)).limit(SAMPLE)
    rows = (await session.scalars(statement.execution_options(**INCLUDE))).all()
    sample = tuple(
        Example(
            texts.key_text(resource.traits, row),
            parents.label_of(resource.traits, row),
            {name: texts.show(resource.column(name), getattr(row, name)) for name in wanted},
        )
        for row in rows
    )
    return Preview(len(keys), changing, mark, sample)


def different(resource: Resource, wanted: Mapping[str, Any]) -> ColumnElement[bool]:
    """SQL condition: a row holds something else in one of these columns."""
    return or_(*(_comparable(resource, name).is_distinct_from(_value(resource, name, v)) for name, v in wanted.items()))


def _comparable(resource: Resource, name: str) -> Any:
    """The type json has no equality."""
    column = resource.column(name)
    return cast(cast(column.sa, Text), JSONB) if column.kind == "json" else column.sa


def _value(resource: Resource, name: str, value: Any) -> Any:
    column = resource.column(name)
    if value is None and not (column.kind == "json" and not column.nullable):
        return null()
    return literal(value, JSONB if column.kind == "json" else column.sa.type)


def _marked(
    resource: Resource, own: ColumnElement[bool], differs: ColumnElement[bool], wanted: Mapping[str, Any]
) -> Any:
    keys = key_columns(resource.traits)
    held = func.row(*keys, *(resource.column(name).sa for name in wanted))
    each = func.md5(cast(held, Text))
    mark = func.md5(func.coalesce(func.string_agg(each, aggregate_order_by(literal(""), *keys)), ""))
    return select(func.count(), mark).select_from(resource.traits.table).where(own, differs)
