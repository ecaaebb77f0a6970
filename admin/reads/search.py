"""The search box: one text, looked for in the way that the table's indexes answer fast.

First as what it may be exactly (a key, a uuid, a unique text), which always stands on top. Then as words, where the
model has a tsvector: `websearch_to_tsquery` with quotes, `or` and `-`, and the last word also as the beginning of a
word while it is being typed. Without a tsvector in the text columns of the registration: anywhere in a column that has
a trigram index, at the beginning of one that has only a plain index.

A number that is a key and a word as well (“1984”) finds both: whoever typed it knows which row was meant.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, false, func, literal, or_
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from admin import values
from admin.reads import like
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.values import BadValue

MIN_TRIGRAM = 3
"""A shorter text has no trigram inside a word, so no index finds it there: it is looked for where words begin."""

WORD = re.compile(r'"([^"]*)"?|(\S+)')


def searched(statement: Select[Any], resource: Resource, query: ListQuery) -> Select[Any]:
    """The step of a list that keeps the rows that the search box finds."""
    return statement.where(found(resource, query.search)) if query.search else statement


def found(resource: Resource, text: str) -> ColumnElement[bool]:
    """Whether a row is found: exactly, or by its words."""
    return or_(false(), *exact(resource, text), *_by_words(resource, text))


def relevance(resource: Resource, text: str) -> list[ColumnElement[Any]]:
    """What found rows are ordered by, all descending: exact first, then how well the words fit."""
    exactly = case((or_(false(), *exact(resource, text)), 1), else_=0)
    if resource.traits.search_vector:
        vector = resource.traits.attribute(resource.traits.search_vector)
        return [exactly, func.ts_rank_cd(vector, tsquery(resource, text))]
    label = resource.traits.attribute(resource.traits.label)
    if resource.column(resource.traits.label).kind != "text":
        return [exactly]
    return [exactly, case((label.ilike(like.starts_with(text)), 1), else_=0)]


def exact(resource: Resource, text: str) -> list[ColumnElement[bool]]:
    """Conditions under which the text names one row: as the primary key, or as a unique value that may be seen."""
    traits = resource.traits
    others = [unique.columns[0] for unique in traits.unique_keys[1:] if len(unique.columns) == 1]
    conditions = [_exact_key(resource, text), *(_exact_value(resource, name, text) for name in dict.fromkeys(others))]
    return [condition for condition in conditions if condition is not None]


def tsquery(resource: Resource, text: str) -> ColumnElement[Any]:
    """The text as a tsquery of the configuration that the tsvector was made with."""
    named = [[literal(name, REGCONFIG)] for name in configurations(resource)]
    queries: list[ColumnElement[Any]] = [
        func.websearch_to_tsquery(*name, literal(text, Text), type_=TSQUERY) for name in named or [[]]
    ]
    if ends_in_word(text):
        queries = [_with_prefix(query) for query in queries]
    return functools.reduce(lambda one, other: one.op("||")(other), queries)


def configurations(resource: Resource) -> list[str]:
    """The text search configurations in the expression of the generated tsvector; none: the database's default."""
    name = resource.traits.search_vector
    computed = resource.column(name).sa.computed if name else None
    return list(dict.fromkeys(re.findall(r"to_tsvector\(\s*'(\w+)'", str(computed.sqltext)))) if computed else []


def ends_in_word(text: str) -> bool:
    """Whether the last word may still be going on: a word character at the end, outside quotes, not excluded by -."""
    last = text.rsplit(None, 1)[-1]
    return text.count('"') % 2 == 0 and not last.startswith("-") and re.search(r"\w$", last) is not None


def _with_prefix(query: ColumnElement[Any]) -> ColumnElement[Any]:
    """The query with its last lexeme as a prefix. A query of stop words only has no lexeme: it stays as it is."""
    return func.coalesce(cast(func.nullif(cast(query, Text), "") + ":*", TSQUERY), query)


def _by_words(resource: Resource, text: str) -> list[ColumnElement[bool]]:
    if resource.traits.search_vector:
        vector = resource.traits.attribute(resource.traits.search_vector)
        return [vector.bool_op("@@")(tsquery(resource, text))]
    if not resource.search_columns:
        return []
    return [and_(*(or_(*(_holds(resource, name, word) for name in resource.search_columns)) for word in words(text)))]


def words(text: str) -> list[str]:
    """The words of a text; what stands in quotes is one."""
    return [quoted or plain for quoted, plain in WORD.findall(text) if (quoted or plain).strip()] or [text]


def _holds(resource: Resource, name: str, word: str) -> ColumnElement[bool]:
    """Whether a column holds a word, in the form that its index answers."""
    column = resource.traits.attribute(name)
    if not has_trigrams(resource, name) and name in resource.traits.index_leads:
        return column.like(like.starts_with(word))  # type: ignore[no-any-return]
    if len(word) < MIN_TRIGRAM:
        return or_(
            column.ilike(like.starts_with(word)), column.ilike(like.contains(f" {word}").removesuffix("%") + "%")
        )
    return column.ilike(like.contains(word))  # type: ignore[no-any-return]


def has_trigrams(resource: Resource, name: str) -> bool:
    """Whether a trigram index holds this column, so that any part of it is found fast."""
    column = resource.column(name).sa
    for index in resource.traits.table.indexes:
        ops = index.dialect_options["postgresql"]["ops"]
        if column in set(index.columns) and "gin_trgm_ops" in ops.values():
            return True
    return False


def _exact_key(resource: Resource, text: str) -> ColumnElement[bool] | None:
    traits = resource.traits
    try:
        key = values.parse_key(traits, text)
    except BadValue:
        return None
    return and_(*(traits.attribute(name) == value for name, value in zip(traits.key, key, strict=True)))


def _exact_value(resource: Resource, name: str, text: str) -> ColumnElement[bool] | None:
    column = resource.column(name)
    if name not in resource.visible or column.kind not in ("integer", "uuid", "text"):
        return None
    try:
        value = values.parse(column, text)
    except BadValue:
        return None
    return resource.traits.attribute(name) == value  # type: ignore[no-any-return]
