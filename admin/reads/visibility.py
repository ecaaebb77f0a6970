"""The trash is hidden here and nowhere else: one listener on the console's own session class.

A WHERE that somebody has to remember is forgotten one day, in a count, a picker or an export. So every ORM SELECT
that the console sends leaves out rows whose `deleted_at` is set, whatever it selects: entities, columns, counts,
subqueries, aliases. A statement that needs them says so: `execution_options(include_deleted=True)`.

Relationships differ by direction. A deleted parent is still loaded for its live child, which would otherwise seem to
have none; a collection shows live children only, when it is loaded lazily or by selectinload (joinedload is part of
its statement and filters neither way). Core statements on a `Table` are not touched: they are how `writes/`
reaches a row whatever its state.
"""

from __future__ import annotations

import functools
from typing import Any, cast

from sqlalchemy import Select, Table, event
from sqlalchemy.orm import LoaderCriteriaOption, Mapper, ORMExecuteState, RelationshipProperty, with_loader_criteria
from sqlalchemy.orm.interfaces import MANYTOONE
from sqlalchemy.sql import visitors

from admin.database import ConsoleSession
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.traits import traits_of

INCLUDE = {"include_deleted": True}

PLAIN = {**INCLUDE, "plain": True}
"""For a statement that selects columns, no instances, and says itself which rows it means: `plans.rows` sends it past
the session, whose listener would only look for what to hide, and takes as long for that as Postgres for a page."""


def visible(statement: Select[Any], resource: Resource, query: ListQuery) -> Select[Any]:
    """The step of a list that says which side of the trash it is on.

    Spelled out, so that the statement means the same when it is sent by other ways than the session (COPY, EXPLAIN),
    and then exempt from the listener, since the same condition twice makes the planner expect too few rows.
    """
    statement = statement.execution_options(**INCLUDE)
    deleted_at = resource.traits.deleted_at
    if deleted_at is None or query.deleted == "with":
        return statement
    column = resource.traits.attribute(deleted_at)
    return statement.where(column.is_(None) if query.deleted == "hide" else column.is_not(None))


@event.listens_for(ConsoleSession, "do_orm_execute")
def _hide_deleted(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or state.execution_options.get("include_deleted"):
        return
    if state.is_relationship_load:
        state.statement = _without_criteria(state.statement)
    options = [live for mapper in _mappers(state) if (live := _live_only(mapper))]
    if options:
        state.statement = cast("Select[Any]", state.statement).options(*options)


def _without_criteria(statement: Any) -> Any:
    """An eager loader takes along what the listener put on the statement it belongs to, and that would hide parents."""
    copy = statement._generate()  # noqa: SLF001 there is no public way to take an option back
    copy._with_options = tuple(  # noqa: SLF001
        option
        for option in statement._with_options  # noqa: SLF001
        if not isinstance(option, LoaderCriteriaOption)
    )
    return copy


def _mappers(state: ORMExecuteState) -> list[Mapper[Any]]:
    """Whose deleted rows to hide: the children of a collection, nobody for a parent, otherwise every model beside the
    one selected from, since a statement may reach any of them in a subquery."""
    if state.is_relationship_load:
        path = state.loader_strategy_path.path if state.loader_strategy_path else ()
        relationship = next((part for part in reversed(path) if isinstance(part, RelationshipProperty)), None)
        return [relationship.mapper] if relationship and relationship.direction is not MANYTOONE else []
    mapper = state.bind_mapper or _inner_mapper(state.statement)
    return list(mapper.registry.mappers) if mapper else []


def _inner_mapper(statement: Any) -> Mapper[Any] | None:
    """Some mapper of a statement that has models only inside: a UNION, or SELECT 1 WHERE EXISTS (…)."""
    for element in visitors.iterate(statement):
        # SQLAlchemy marks what stands for a model by an annotation; there is no public way to read it.
        mapper = getattr(element, "_annotations", {}).get("parentmapper")
        if mapper is not None:
            return cast("Mapper[Any]", mapper)
    return None


@functools.cache
def _live_only(mapper: Mapper[Any]) -> LoaderCriteriaOption | None:
    """A plain expression, not a lambda: SQLAlchemy caches a lambda by its code and would reuse the first model's."""
    traits = traits_of(mapper.class_) if isinstance(mapper.local_table, Table) else None
    if traits is None or traits.deleted_at is None:
        return None
    condition = traits.attribute(traits.deleted_at).is_(None)
    return with_loader_criteria(mapper.class_, condition, include_aliases=True, propagate_to_loaders=False)
