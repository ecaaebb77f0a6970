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
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, Double, Select, Text, and_, case, cast, false, func, literal, or_
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from admin import values
from admin.reads import like
from admin.reads.query import ListQuery
from admin.resource import Resource
from admin.traits import Traits
from admin.values import BadValue

MIN_TRIGRAM = 3
"""A shorter text has no trigram inside a word, so no index finds it there: it is looked for where words begin."""

WORD = re.compile(r'"([^"]*)"?|(\S+)')


def searched(statement: Select[Any], resource: Resource, query: ListQuery) -> Select[Any]:
    """The step of a list that keeps the rows that the search box finds."""
    return statement.where(found(resource, query.search)) if query.search else statement


def found(resource: Resource, text: str) -> ColumnElement[bool]:
    """Whether a row is found: exactly, or by its words."""
    return or_(false(), *exact(resource, text), *by_words(resource, text))


def relevance(resource: Resource, text: str) -> list[ColumnElement[Any]]:
    """What found rows are ordered by, all descending: exact first, then how well the words fit."""
    exactly = case((or_(false(), *exact(resource, text)), 1), else_=0)
    return [exactly, rank(resource, text, rank_input(resource))]


def rank_input(resource: Resource) -> ColumnElement[Any]:
    """The column that `rank` looks at."""
    traits = resource.traits
    column: ColumnElement[Any] = traits.attribute(traits.search_vector or traits.label)
    return column


def rank(resource: Resource, text: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """How well the words fit, from 0: close together and in a heavy column, or at the beginning of the label.

    In double precision, which a cursor carries without loss; a real compared with it would be unequal to itself.
    """
    if resource.traits.search_vector:
        return cast(func.ts_rank_cd(column, tsquery(resource.traits, text)), Double)
    begins = column.ilike(like.starts_with(text)) if resource.column(resource.traits.label).kind == "text" else false()
    return cast(case((begins, 1), else_=0), Double)


def exact(resource: Resource, text: str) -> list[ColumnElement[bool]]:
    """Conditions under which the text names one row."""
    attribute = resource.traits.attribute
    return [and_(*(attribute(name) == value for name, value in one.items())) for one in readings(resource, text)]


def readings(resource: Resource, text: str) -> list[dict[str, Any]]:
    """What the text may be exactly, as columns and values: the primary key, or a unique value that may be seen."""
    traits = resource.traits
    single = [unique.columns[0] for unique in traits.unique_keys[1:] if len(unique.columns) == 1]
    found = []
    with suppress(BadValue):
        found.append(dict(zip(traits.key, values.parse_key(traits, text), strict=True)))
    for name in dict.fromkeys(single):
        if name in resource.visible and resource.column(name).kind in ("integer", "uuid", "text"):
            with suppress(BadValue):
                found.append({name: values.parse(resource.column(name), text)})
    return found


def tsquery(traits: Traits, text: str) -> ColumnElement[Any]:
    """The text as a tsquery of the configuration that the tsvector was made with."""
    queries: list[ColumnElement[Any]] = [
        func.websearch_to_tsquery(*configuration, literal(text, Text), type_=TSQUERY)
        for configuration in configurations(traits)
    ]
    if ends_in_word(text):
        queries = [_with_prefix(query) for query in queries]
    return functools.reduce(lambda one, other: one.op("||")(other), queries)


def configurations(traits: Traits) -> list[list[ColumnElement[Any]]]:
    """The text search configurations in the expression of the generated tsvector, as the first arguments of text search
    functions; an empty list of them stands for the database's default."""
    name = traits.search_vector
    computed = traits.columns[name].sa.computed if name else None
    names = re.findall(r"to_tsvector\(\s*'(\w+)'", str(computed.sqltext)) if computed else []
    return [[literal(name, REGCONFIG)] for name in dict.fromkeys(names)] or [[]]


def lexeme(text: str) -> ColumnElement[Any]:
    """The query for one lexeme as it stands in a tsvector."""
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return cast(literal(f"'{quoted}'", Text), TSQUERY)


def ends_in_word(text: str) -> bool:
    """Whether the last word may still be going on: a word character at the end, outside quotes, not excluded by -."""
    last = text.rsplit(None, 1)[-1]
    return text.count('"') % 2 == 0 and not last.startswith("-") and re.search(r"\w$", last) is not None


def _with_prefix(query: ColumnElement[Any]) -> ColumnElement[Any]:
    """The query with its last lexeme as a prefix. A query of stop words only has no lexeme: it stays as it is."""
    return func.coalesce(cast(func.nullif(cast(query, Text), "") + ":*", TSQUERY), query)


def by_words(resource: Resource, text: str) -> list[ColumnElement[bool]]:
    """The condition under which a row is found by its words; none where the table has nothing to look into."""
    if resource.traits.search_vector:
        vector = resource.traits.attribute(resource.traits.search_vector)
        return [vector.bool_op("@@")(tsquery(resource.traits, text))]
    if not resource.search_columns:
        return []
    columns = resource.search_columns
    return [and_(*(or_(*(holds(resource.traits, name, word) for name in columns)) for word in words(text)))]


def words(text: str) -> list[str]:
    """The words of a text; what stands in quotes is one."""
    return [quoted or plain for quoted, plain in WORD.findall(text) if (quoted or plain).strip()] or [text]


def holds(traits: Traits, name: str, word: str) -> ColumnElement[bool]:
    """Whether a column holds a word, in the form that its index answers."""
    column: ColumnElement[Any] = traits.attribute(name)
    if not finds_parts(traits, name):
        return column.like(like.starts_with(word))
    if len(word) < MIN_TRIGRAM and has_trigrams(traits, name):
        return or_(column.ilike(like.starts_with(word)), column.ilike(like.contains(f" {word}")))
    return column.ilike(like.contains(word))


def finds_parts(traits: Traits, name: str) -> bool:
    """Whether a column is looked into anywhere: unless it has an index that only knows how its values begin."""
    return has_trigrams(traits, name) or name not in traits.index_leads


def has_trigrams(traits: Traits, name: str) -> bool:
    """Whether a trigram index holds this column, so that any part of it is found fast."""
    column = traits.columns[name].sa
    for index in traits.table.indexes:
        ops = index.dialect_options["postgresql"]["ops"]
        if column in set(index.columns) and "gin_trgm_ops" in ops.values():
            return True
    return False
