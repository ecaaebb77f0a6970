"""One import as the SQL builders see it: which staged cell is read as what, and where it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from psycopg.sql import Composable, Identifier
from sqlalchemy.ext.asyncio import AsyncSession

from admin.errors import Conflict
from admin.resource import Resource
from admin.traits import Column, Traits, UniqueKey
from admin.writes.csv_import import catalog, mapping
from admin.writes.csv_import import statements as st
from admin.writes.csv_import.catalog import ColumnInfo, TableInfo
from admin.writes.csv_import.options import Options

GONE = (
    "The table of {table} has no column {column} any more. Match the column of the file to another one, or ignore it."
)


@dataclass(frozen=True)
class Parent:
    """A parent that the file names by a unique column of its own."""

    traits: Traits
    info: TableInfo
    via: Column
    referenced: Column
    create: bool

    @property
    def table(self) -> Identifier:
        return st.table_name(self.traits.table)

    def live(self, alias: str) -> Composable:
        return live(self.traits, alias)


@dataclass(frozen=True)
class Mapped:
    """A column that the file gives. `v` is the cell as a value, `e` the rule it breaks, `r` the parent's key."""

    cell: int
    column: Column
    info: ColumnInfo
    parent: Parent | None
    source: Composable
    """The staged cell, in a statement over the staged rows as s: an empty one filled as it was chosen."""

    @property
    def read_as(self) -> tuple[Column, ColumnInfo]:
        """The column whose values the cells are: the parent's, when the file names a parent."""
        if self.parent is None:
            return self.column, self.info
        return self.parent.via, self.parent.info.columns[self.parent.via.sa.name]

    @property
    def v(self) -> Identifier:
        return st.name("c", f"v{self.cell}")

    @property
    def e(self) -> Identifier:
        return st.name("c", f"e{self.cell}")

    @property
    def value(self) -> Composable:
        """The value for the table's own column, in a statement over `_cell` as c and `_match` as m."""
        return self.v if self.parent is None else st.name("m", f"r{self.cell}")

    @property
    def here(self) -> Identifier:
        """The column in the table itself, as t."""
        return st.name("t", self.column.sa.name)


@dataclass(frozen=True)
class Plan:
    """Everything the steps after staging need. `headers` are the file's."""

    import_id: int
    resource: Resource
    options: Options
    headers: tuple[str, ...]
    info: TableInfo
    mapped: tuple[Mapped, ...]

    @property
    def traits(self) -> Traits:
        return self.resource.traits

    @property
    def table(self) -> Identifier:
        return st.table_name(self.traits.table)

    @property
    def key(self) -> UniqueKey | None:
        """The key by which rows are found; None when rows are only added."""
        if self.options.mode == "add":
            return None
        return next((key for key in self.traits.unique_keys if key.name == self.options.key), None)

    @property
    def restores(self) -> bool:
        """Whether rows that are found in the trash come back."""
        return self.key is not None and self.traits.soft_deletes and self.options.trash == "restore"

    def staging(self, part: str = "") -> Identifier:
        return st.staging(self.import_id, part)

    def of(self, column: str) -> Mapped | None:
        return next((mapped for mapped in self.mapped if mapped.column.name == column), None)

    def first_of(self, names: Iterable[str]) -> Mapped | None:
        """The first column of the file that goes into one of these columns of the database, directly or because a
        generated one is computed from it."""
        used = {name for one in names for name in (one, *self.info.columns[one].uses)}
        return next((mapped for mapped in self.mapped if mapped.info.name in used), None)

    def db(self, column: str) -> str:
        """The name of a mapped attribute's column in the database."""
        return self.traits.columns[column].sa.name

    def info_of(self, column: str) -> ColumnInfo:
        return self.info.columns[self.db(column)]

    @property
    def written(self) -> tuple[Mapped, ...]:
        """Columns that an update may change: neither the key that found the row nor the primary key."""
        found_by = self.key.columns if self.key else ()
        return tuple(m for m in self.mapped if m.column.name not in (*found_by, *self.traits.key))

    def live(self, alias: str) -> Composable:
        return live(self.traits, alias)


def live(traits: Traits, alias: str) -> Composable:
    """The condition that a row is not in the trash."""
    if traits.deleted_at is None:
        return st.of("true")
    return st.of("{c} is null", c=st.name(alias, traits.columns[traits.deleted_at].sa.name))


async def make(
    session: AsyncSession, import_id: int, resource: Resource, options: Options, headers: tuple[str, ...]
) -> Plan:
    """Resolve the choices against the database's catalog. Raises `BadRequest` when they do not fit together, `Conflict`
    when the table lacks a column that they name."""
    mapping.validate(resource, options)
    info = await catalog.look_up(session, resource.traits.table)
    mapped = []
    for match in options.matches:
        # Choices may be old: what a form may change can have been taken away since.
        mapping.chosen(resource, match.heading(headers), match.cell, match.target)
        column = resource.traits.columns[match.column]
        if column.sa.name not in info.columns:
            raise Conflict(GONE.format(table=resource.name_plural, column=resource.label(match.column)))
        parent = await _parent(session, column, match.via, options) if match.via else None
        one = Mapped(match.cell, column, info.columns[column.sa.name], parent, st.name("s", f"c{match.cell}"))
        mapped.append(replace(one, source=_source(one, match.fill, len(headers), resource, options)))
    return Plan(import_id, resource, options, headers, info, tuple(mapped))


def _source(mapped: Mapped, fill: str | None, width: int, resource: Resource, options: Options) -> Composable:
    """What the file says for a column, or what was chosen where it says nothing."""
    if fill is not None:
        # It was typed as into a form; the cells beside it are read as the file writes them.
        comma = options.decimal == "comma" and mapped.read_as[0].kind in ("numeric", "float")
        said = st.of("{fill}::text", fill=st.lit(fill.replace(".", ",") if comma else fill))
        return said if mapped.cell > width else st.of("coalesce(nullif({c}, ''), {said})", c=mapped.source, said=said)
    if _takes_empty_text(resource, options, mapped.column):
        return st.of("coalesce({c}, '')", c=mapped.source)
    return mapped.source


def _takes_empty_text(resource: Resource, options: Options, column: Column) -> bool:
    """Whether an empty cell is the empty text: in texts that neither name a row nor refer to one."""
    named = {*resource.traits.key, *(name for key in resource.traits.unique_keys for name in key.columns)}
    return options.empty == "text" and column.kind == "text" and column.references is None and column.name not in named


async def _parent(session: AsyncSession, column: Column, via: str, options: Options) -> Parent:
    traits = mapping.parent_of(column)
    assert column.references is not None  # noqa: S101 parent_of has raised otherwise
    return Parent(
        traits,
        await catalog.look_up(session, traits.table),
        traits.columns[via],
        traits.columns[column.references.column],
        column.name in options.create and mapping.creatable(column, via),
    )
