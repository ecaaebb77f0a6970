"""What a model can do, learned by looking at its mapped class: pure inspection, no database, no options.

The engine knows nothing about the tables it serves but what stands here: the key, the label, the columns and their
kinds, which rows are in the trash, what is unique, what is indexed. A model composed with the soft-delete recipe gets
the trash, one with a tsvector column gets full-text search, without a flag that could be forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Column as SAColumn
from sqlalchemy import Index, Table, UniqueConstraint, inspect, types
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapper, RelationshipProperty
from sqlalchemy.orm.interfaces import MANYTOONE

Kind = Literal[
    "integer", "numeric", "float", "text", "boolean", "date", "timestamp", "time", "interval", "uuid", "enum", "json",
    "array", "tsvector", "bytes", "other",
]  # fmt: skip

SECRET = re.compile(r"password|passwd|secret|token|_hash$|^hash$|api_?key$|private_?key", re.IGNORECASE)
"""Columns that look like secrets are in no list, form, filter or export unless an option names them."""

LABELS = ("name", "title", "label", "number", "email", "sku", "key", "kind")
"""Column names that usually tell a row from its neighbours, best first."""

KINDS: tuple[tuple[type[types.TypeEngine[Any]], Kind], ...] = (
    (types.Enum, "enum"),
    (types.Boolean, "boolean"),
    (types.Float, "float"),
    (types.Integer, "integer"),
    (types.Numeric, "numeric"),
    (types.DateTime, "timestamp"),
    (types.Date, "date"),
    (types.Time, "time"),
    (types.Interval, "interval"),
    (postgresql.INTERVAL, "interval"),
    (types.Uuid, "uuid"),
    (types.ARRAY, "array"),
    (types.JSON, "json"),
    (types.LargeBinary, "bytes"),
    (postgresql.TSVECTOR, "tsvector"),
    (postgresql.CITEXT, "text"),
    (types.String, "text"),
)

INTEGER_LIMITS = {2: 2**15 - 1, 4: 2**31 - 1, 8: 2**63 - 1}
"""Largest value of an integer by its bytes."""


@dataclass(frozen=True)
class Reference:
    """The parent a foreign-key column points to, by its single referenced column."""

    model: type[Any]
    column: str
    relationship: str | None
    """Name of the many-to-one relationship over this column, when the model has one."""


@dataclass(frozen=True)
class Column:
    """One column of a model, with what a form, a filter or an import must know of it."""

    name: str
    label: str
    kind: Kind
    sa: SAColumn[Any]
    nullable: bool
    has_default: bool
    """The database or the model fills it in when nothing is given."""
    read_only: bool
    """Computed, identity-always, or kept by the database (created_at, updated_at, deleted_at, the tsvector)."""
    secret: bool
    choices: tuple[str, ...] = ()
    references: Reference | None = None

    @property
    def required(self) -> bool:
        return not self.nullable and not self.has_default and not self.read_only

    @property
    def limit(self) -> int | None:
        """Largest absolute value of an integer column; characters of a varchar(n); None when unlimited."""
        if self.kind == "integer":
            return INTEGER_LIMITS[_width(self.sa.type)]
        return getattr(self.sa.type, "length", None)

    @property
    def comment(self) -> str | None:
        return self.sa.comment


@dataclass(frozen=True)
class UniqueKey:
    """Columns whose values name at most one row; `live_only` when rows in the trash do not count."""

    name: str
    columns: tuple[str, ...]
    live_only: bool = False


@dataclass(frozen=True)
class Traits:
    """Everything the engine knows about one model."""

    model: type[Any]
    table: Table
    columns: dict[str, Column]
    key: tuple[str, ...]
    label: str
    """The column that names a row for people; the first key column when nothing better is there."""
    deleted_at: str | None
    search_vector: str | None
    unique_keys: tuple[UniqueKey, ...]
    """The primary key first, then the others; only what can be written as plain columns."""
    index_leads: frozenset[str]
    """Columns that some index starts with: sorting and filtering by them stays fast."""

    @property
    def soft_deletes(self) -> bool:
        return self.deleted_at is not None

    @property
    def parents(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns.values() if column.references)

    def attribute(self, name: str) -> Any:
        """The mapped attribute of a column, for ORM statements."""
        return getattr(self.model, name)


_KNOWN: dict[type[Any], Traits] = {}


def traits_of(model: type[Any]) -> Traits:
    """Inspect a mapped class. The answer is made once: mappings do not change while the process runs."""
    if model not in _KNOWN:
        _KNOWN[model] = _inspected(model)
    return _KNOWN[model]


def _inspected(model: type[Any]) -> Traits:
    mapper: Mapper[Any] = inspect(model)
    table = mapper.local_table
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not mapped to a table")
    columns = {
        prop.key: _column(mapper, prop.key, prop.columns[0])
        for prop in mapper.column_attrs
        if isinstance(prop.columns[0], SAColumn)
    }
    names = {column.sa: name for name, column in columns.items()}
    key = tuple(names[column] for column in table.primary_key.columns)
    deleted_at = next(
        (n for n, c in columns.items() if n == "deleted_at" and c.kind == "timestamp" and c.nullable), None
    )
    return Traits(
        model=model,
        table=table,
        columns=columns,
        key=key,
        label=_label(columns, key),
        deleted_at=deleted_at,
        search_vector=next((name for name, column in columns.items() if column.kind == "tsvector"), None),
        unique_keys=_unique_keys(table, names, key, deleted_at),
        index_leads=_index_leads(table, names, key),
    )


def _column(mapper: Mapper[Any], name: str, column: SAColumn[Any]) -> Column:
    kind = kind_of(column.type)
    generated = column.computed is not None or (column.identity is not None and bool(column.identity.always))
    kept = kind == "timestamp" and name in ("created_at", "updated_at", "deleted_at")
    return Column(
        name=name,
        label=_words(name.removesuffix("_id") if column.foreign_keys else name),
        kind=kind,
        sa=column,
        nullable=bool(column.nullable),
        has_default=any((column.server_default is not None, column.default is not None, column.identity is not None,
                         column.primary_key and column.autoincrement is True)),
        read_only=generated or kept or kind == "tsvector",
        secret=bool(SECRET.search(name)),
        choices=tuple(column.type.enums) if isinstance(column.type, types.Enum) else (),
        references=_reference(mapper, column),
    )  # fmt: skip


def kind_of(type_: types.TypeEngine[Any]) -> Kind:
    """The kind of a column type; domains and decorated types count as what they are made of."""
    if isinstance(type_, postgresql.DOMAIN):
        return kind_of(type_.data_type)
    # Asked before unwrapping: SQLAlchemy's own Interval is a decorator over a date-time.
    if found := next((kind for base, kind in KINDS if isinstance(type_, base)), None):
        return found
    return kind_of(type_.impl_instance) if isinstance(type_, types.TypeDecorator) else "other"


def _width(type_: types.TypeEngine[Any]) -> int:
    return 2 if isinstance(type_, types.SmallInteger) else 8 if isinstance(type_, types.BigInteger) else 4


def _reference(mapper: Mapper[Any], column: SAColumn[Any]) -> Reference | None:
    """The parent of a single-column foreign key whose table is mapped; composite ones are shown as plain values."""
    for foreign_key in column.foreign_keys:
        constraint = foreign_key.constraint
        if constraint is None or len(constraint.elements) != 1:
            continue
        target = foreign_key.column
        for other in mapper.registry.mappers:
            if other.local_table is target.table:
                return Reference(other.class_, other.get_property_by_column(target).key, _relationship(mapper, column))
    return None


def _relationship(mapper: Mapper[Any], column: SAColumn[Any]) -> str | None:
    for relationship in mapper.relationships:
        if relationship.direction is MANYTOONE and _only_over(relationship, column):
            return relationship.key
    return None


def _only_over(relationship: RelationshipProperty[Any], column: SAColumn[Any]) -> bool:
    return set(relationship.local_columns) == {column} and not relationship.viewonly


def _label(columns: dict[str, Column], key: tuple[str, ...]) -> str:
    for name in LABELS:
        if name in columns and columns[name].kind in ("text", "enum") and not columns[name].secret:
            return name
    return key[0]


def _unique_keys(
    table: Table, names: dict[SAColumn[Any], str], key: tuple[str, ...], deleted_at: str | None
) -> tuple[UniqueKey, ...]:
    found = [UniqueKey(str(table.primary_key.name or f"{table.name}_pkey"), key)]
    constraints = [constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)]
    found += [
        UniqueKey(_name(table, constraint), tuple(names[column] for column in constraint.columns))
        for constraint in sorted(constraints, key=lambda c: _name(table, c))
    ]
    for index in sorted(table.indexes, key=lambda i: str(i.name)):
        columns = _plain_columns(index, names)
        live_only = holds_side(index, deleted_at, "IS NULL")
        if index.unique and columns and (live_only or index.dialect_options["postgresql"]["where"] is None):
            found.append(UniqueKey(str(index.name), columns, live_only))
    return tuple(found)


def _name(table: Table, constraint: UniqueConstraint) -> str:
    """Its name, or the one that Postgres gives it where the model has none: two keys must not be mixed up."""
    return str(constraint.name or "_".join([table.name, *(column.name for column in constraint.columns), "key"]))


def _plain_columns(index: Index, names: dict[SAColumn[Any], str]) -> tuple[str, ...]:
    """The column names of an index, or nothing when an expression is part of it."""
    if all(isinstance(expression, SAColumn) for expression in index.expressions):
        return tuple(names[expression] for expression in index.expressions if isinstance(expression, SAColumn))
    return ()


def holds_side(index: Index, deleted_at: str | None, side: str) -> bool:
    """Whether an index holds live rows alone (`IS NULL`), or the trash (`IS NOT NULL`)."""
    where = index.dialect_options["postgresql"]["where"]
    if where is None or deleted_at is None:
        return False
    # A model may write the condition as an expression or as text; both compile to these words.
    return re.fullmatch(rf'(?:"?\w+"?\.)?"?{deleted_at}"? {side}', str(where), re.IGNORECASE) is not None


def _index_leads(table: Table, names: dict[SAColumn[Any], str], key: tuple[str, ...]) -> frozenset[str]:
    leads = {key[0]}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            leads.add(names[next(iter(constraint.columns))])
    for index in table.indexes:
        first = next(iter(index.expressions), None)
        lead = next((c for c in _columns_in(first) if c in names), None)
        if lead is not None and index.dialect_options["postgresql"]["using"] in (False, None, "", "btree"):
            leads.add(names[lead])
    return frozenset(leads)


def _columns_in(expression: Any) -> list[SAColumn[Any]]:
    """A plain column, or the column under DESC / NULLS LAST; other expressions do not serve a plain sort."""
    while hasattr(expression, "element") and getattr(expression, "modifier", None) is not None:
        expression = expression.element
    return [expression] if isinstance(expression, SAColumn) else []


def _words(name: str) -> str:
    text = name.replace("_", " ").strip()
    return "ID" if text == "id" else text[:1].upper() + text[1:]
