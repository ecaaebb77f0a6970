"""What a deletion would do to other tables, asked before it happens: one bounded question for each foreign key.

The database's catalogue is asked, not the models: it decides what a cascade takes along. What goes along is referred to
in turn, so the walk goes on below it, level by level. A row is told once, by whichever way it is met first, and so the
walk ends where tables refer to each other in a circle; a tree within one table is one question, however deep it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, FromClause, Select, column, func, or_, select, table, true, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import catalog, catalog_rules, wording
from admin.reads.catalog_rules import ForeignKey
from admin.reads.selection import Keys, key_columns, with_keys
from admin.resource import Resource

Effect = Literal["deleted", "emptied", "blocked"]

COUNTED_TO = 10_000

DEEPEST = 12
"""Levels of tables that are walked down. Only a circle of tables has so many, and its rows are told as far as that."""

EFFECTS: dict[str, Effect] = {
    "cascade": "deleted",
    "set null": "emptied",
    "set default": "emptied",
    "no action": "blocked",
    "restrict": "blocked",
}


@dataclass(frozen=True)
class Impact:
    """What happens to the rows of `table` (schema in front) that refer to rows to be deleted.

    deleted: they go along; emptied: their reference is taken away; blocked: as long as they refer, nothing can be
    deleted. `rows` is at most `COUNTED_TO` + 1, which means more than that. They refer to rows of the table `below`,
    which would go along themselves; where it is empty, to the very rows that were chosen.
    """

    table: str
    effect: Effect
    rows: int
    below: str = ""

    @property
    def said(self) -> str:
        """“1,204 line items”, “more than 10,000 events”."""
        words = wording.table_words(self.table)
        if self.rows > COUNTED_TO:
            return f"more than {COUNTED_TO:,} {wording.plural(words)}"
        return wording.counted(self.rows, words, wording.plural(words))

    @property
    def those(self) -> str:
        """“those orders”: what they refer to; empty for what was chosen."""
        return f"those {wording.plural(wording.table_words(self.below))}" if self.below else ""


@dataclass(frozen=True)
class Rows:
    """Rows of a table, by a condition on its columns `names` that can be put to any alias of it."""

    table: str
    names: tuple[str, ...]
    condition: Callable[[FromClause], ColumnElement[bool]]
    below: str = ""


@dataclass
class Walk:
    """What was found so far: which rows of which table would be gone, and what that does to others."""

    session: AsyncSession
    gone: dict[str, list[Rows]] = field(default_factory=dict)
    found: list[Impact] = field(default_factory=list)

    async def along(self, rows: Rows, keys: list[ForeignKey]) -> list[Rows]:
        """What goes along with these rows by one foreign key each, from now on among the gone."""
        more = []
        for key in keys:
            theirs = _tree(key, rows) if key.child == key.parent else _referring(key, rows)
            if await self.tell(key, rows, theirs):
                self.gone.setdefault(key.child, []).append(theirs)
                more.append(theirs)
        return more

    async def tell(self, key: ForeignKey, rows: Rows, theirs: Rows) -> bool:
        """Whether there are rows that refer to these and are not among the gone; then they are told."""
        gone = self.gone.get(key.child, [])
        names = {name for one in (theirs, *gone) for name in one.names}
        child = _source(key.child, names)
        asked = select(child.c[theirs.names[0]]).where(theirs.condition(child))
        if gone:
            asked = asked.where(or_(*(one.condition(child) for one in gone)).is_not(true()))
        bounded = asked.limit(COUNTED_TO + 1).subquery()
        number = int(await self.session.scalar(select(func.count()).select_from(bounded)) or 0)
        if number:
            self.found.append(Impact(key.child, EFFECTS[key.on_delete], number, rows.below))
        return number > 0


async def impact(session: AsyncSession, resource: Resource, keys: Keys) -> list[Impact]:
    """What deleting these rows for good would do, the nearest tables first; without those it does nothing to."""
    walk, level = Walk(session), [_chosen(resource, keys)]
    walk.gone[level[0].table] = list(level)
    others: list[tuple[Rows, ForeignKey]] = []
    for _ in range(DEEPEST):
        below: list[Rows] = []
        for rows in level:
            pointing = await catalog_rules.references_to(session, rows.table)
            below += await walk.along(rows, [key for key in pointing if EFFECTS[key.on_delete] == "deleted"])
            others += [(rows, key) for key in pointing if EFFECTS[key.on_delete] != "deleted"]
        level = below
    # Last, when all that goes along is known: what is gone itself neither blocks nor is emptied.
    for rows, key in others:
        await walk.tell(key, rows, _referring(key, rows))
    return walk.found


def _chosen(resource: Resource, keys: Keys) -> Rows:
    columns = key_columns(resource.traits)

    def condition(source: FromClause) -> ColumnElement[bool]:
        typed: list[Any] = [type_coerce(source.c[column.name], column.type) for column in columns]
        return with_keys(typed, keys)

    return Rows(catalog.name_of(resource.traits), tuple(column.name for column in columns), condition)


def _referring(key: ForeignKey, rows: Rows) -> Rows:
    """Rows that refer to these by a foreign key."""

    def condition(child: FromClause) -> ColumnElement[bool]:
        found: ColumnElement[bool] = _values(child, key.child_names).in_(_selected(rows, key.parent_names))
        return found

    return Rows(key.child, key.child_names, condition, below=key.child)


def _tree(key: ForeignKey, rows: Rows) -> Rows:
    """The same within one table, all the way down."""
    names = (*key.parent_names, *key.child_names)

    def condition(child: FromClause) -> ColumnElement[bool]:
        top = _source(key.child, names)
        first = select(*_columns(top, key.parent_names)).where(_referring(key, rows).condition(top))
        tree = first.cte(recursive=True)
        branch = _source(key.child, names)
        pairs = zip(_columns(branch, key.child_names), tree.c, strict=True)
        further = select(*_columns(branch, key.parent_names)).where(*(mine == above for mine, above in pairs))
        found: ColumnElement[bool] = _values(child, key.parent_names).in_(select(*tree.union(further).c))
        return found

    return Rows(key.child, names, condition, below=key.child)


def _selected(rows: Rows, names: tuple[str, ...]) -> Select[Any]:
    source = _source(rows.table, {*rows.names, *names})
    return select(*_columns(source, names)).where(rows.condition(source))


def _source(name: str, names: Any) -> FromClause:
    schema, _, plain = name.partition(".")
    return table(plain, *(column(one) for one in dict.fromkeys(names)), schema=schema).alias()


def _columns(source: FromClause, names: tuple[str, ...]) -> list[Any]:
    return [source.c[name] for name in names]


def _values(source: FromClause, names: tuple[str, ...]) -> Any:
    columns = _columns(source, names)
    return tuple_(*columns) if len(columns) > 1 else columns[0]
