"""Rows in plain words: “Document 12 deleted.”, “37 orders and 1,204 line items deleted.”

Pure text from names and numbers; what is known of a table here is its registered name, or else its name in Postgres.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from admin.resource import Resource

ACRONYMS = frozenset(
    {"api", "csv", "html", "http", "id", "ip", "iso", "json", "pdf", "sku", "sql", "url", "uuid", "vat"}
)
"""Words that are written in capitals wherever they stand; names in Postgres have none."""


def one(resource: Resource, key: str, done: str, along: Mapping[str, int] | None = None) -> str:
    """A sentence about one row: “Document 12 deleted.”, “Order 7 and 3 line items deleted.”"""
    return f"{listed([f'{resource.name} {key}', *_counted_tables(along)])} {done}."


def many(resource: Resource, rows: int, done: str, along: Mapping[str, int] | None = None) -> str:
    """A sentence about several rows and those that went along, by table name in Postgres."""
    return f"{listed([rows_of(resource, rows), *_counted_tables(along)])} {done}."


def edited(resource: Resource, key: str, columns: Iterable[str], along: Iterable[str] = ()) -> str:
    """“Document 12: title and status changed.”, “Order 7: status changed, 2 line items added.”"""
    own = listed([inside(resource.label(name)) for name in columns]) if columns else ""
    return f"{resource.name} {key}: {', '.join([*([f'{own} changed'] if own else []), *along])}."


def rows_of(resource: Resource, number: int) -> str:
    """“1 order”, “1,204 orders”."""
    return counted(number, inside(resource.name), inside(resource.name_plural))


def counted(number: int, singular: str, plural: str) -> str:
    """“1 row”, “1,204 rows”."""
    return f"{number:,} {singular if number == 1 else plural}"


def listed(parts: list[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def absent(resource: Resource, key: str) -> str:
    """“There is no book 12.”, of a key that may be anything that somebody typed."""
    return f"There is no {' '.join([inside(resource.name), key[:80]]).rstrip()}."


def table_words(table: str) -> str:
    """“public.line_item” is “line item”, “public.api_key” is “API key”."""
    words = table.rpartition(".")[2].split("_")
    return " ".join(word.upper() if word in ACRONYMS else word for word in words)


def moment(at: dt.datetime) -> str:
    """“on 23 November 2026 at 10:42 UTC”: a day and time that are true wherever they are read."""
    at = at.astimezone(dt.UTC)
    return f"on {at.day} {at:%B %Y} at {at:%H:%M} UTC"


def _counted_tables(along: Mapping[str, int] | None) -> list[str]:
    return [counted(rows, table_words(table), plural(table_words(table))) for table, rows in (along or {}).items()]


def plural(word: str) -> str:
    """The plural of a table's name: order items, branches, categories."""
    if re.search(r"(s|x|z|ch|sh)$", word):
        return f"{word}es"
    return re.sub(r"(?<![aeiou])y$", "ie", word) + "s"


def inside(name: str) -> str:
    """A name within a sentence: “order”, but still “API key”."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
