"""What is measured: the same question to each console, and the SQL that answers it at the least."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

MIDDLE = "select created_at, id from event where id = (select max(id) / 2 from event)"
LIST = "select * from {table} where {where} order by created_at desc, id desc limit 51"


@dataclass(frozen=True)
class Case:
    """One question. `paths` by console; `sql` is the bare database's part of it."""

    name: str
    sql: str
    paths: dict[str, str] = field(default_factory=dict)


HARDEST = {
    "two words": ("supplier budget", "deleted_at is null", ""),
    "two words, in the trash": ("supplier budget", "deleted_at is not null", "&deleted=only"),
    "one in thirty, by title": ("harbour", "deleted_at is null", "&sortBy=title"),
    "one in thirty, drafts": ("harbour", "deleted_at is null and status = 'draft'", "&status=draft"),
    "no such phrase": ('"offers compared"', "deleted_at is null", ""),
}
"""Searches that neither an order nor an index makes easy: the words, the rows, and the rest of the address. The words
are those of the seed; those of the phrase stand together in every fifth document, never side by side."""

SMALL_FIRST, LARGE_FIRST, LARGE_DEEP = "customers, first page", "events, first page", "events, scrolled half-way down"
"""The pages whose times are compared with each other."""


def pages(rows: dict[str, int], words: dict[str, str], middle: str) -> list[Case]:
    """The list pages; `rows` are the tables' sizes, `words` the search terms by how often they occur, `middle` the
    cursor of the event in the middle."""
    deep = rows["event"] // 2 // 50
    return [
        Case(
            SMALL_FIRST,
            LIST.format(table="customer", where="deleted_at is null"),
            _paths("customer", "mode=pages", "", ""),
        ),
        Case(
            "documents, first page",
            LIST.format(table="document", where="deleted_at is null"),
            _paths("document", "mode=pages", "", ""),
        ),
        Case(
            "documents, status = draft",
            LIST.format(table="document", where="deleted_at is null and status = 'draft'"),
            _paths("document", "mode=pages&status=draft", "", "status__exact=draft") | {"sqladmin": ""},
        ),
        *(
            Case(
                f"documents, search: {kind}",
                "select id from document where deleted_at is null and "
                f"search @@ websearch_to_tsquery('english', '{word}') limit 51",
                _paths("document", f"search={word}", f"search={word}", f"q={word}"),
            )
            for kind, word in words.items()
        ),
        *(
            Case(
                f"documents, search: {kind}",
                f"select id from document where {where} and "
                f"search @@ websearch_to_tsquery('english', '{text}') limit 51",
                {"Larder": f"/admin/document/list?pageSize=50&search={quote(text)}{rest}"},
            )
            for kind, (text, where, rest) in HARDEST.items()
        ),
        Case(
            LARGE_FIRST,
            LIST.format(table="event", where="true"),
            _paths("event", "mode=scroll", "", ""),
        ),
        Case(
            LARGE_DEEP,
            LIST.format(table="event", where=f"(created_at, id) < ({MIDDLE})"),
            {"Larder": f"/admin/event/list?pageSize=50&mode=scroll&after={middle}"},
        ),
        Case(
            f"events, page {deep:,}",
            f"select * from event order by created_at desc, id desc limit 51 offset {rows['event'] // 2}",
            _paths("event", f"mode=pages&page={deep}", f"page={deep}", f"p={deep}"),
        ),
    ]


def _paths(identity: str, larder: str, sqladmin: str, django: str) -> dict[str, str]:
    return {
        "Larder": f"/admin/{identity}/list?pageSize=50&{larder}",
        "sqladmin": f"/admin/{identity}/list?pageSize=50&{sqladmin}",
        "Django": f"/admin/auth/{identity}/?{django}",
    }


EXPORTS = {"Larder": "/admin/document/export/csv", "sqladmin": "/admin/document/export/csv"}
"""Django's admin has no export of its own."""

COPY = (
    "copy (select id, owner_id, title, body, status, tags, created_at, updated_at, deleted_at from document "
    "where deleted_at is null order by created_at desc, id desc) to stdout (format csv)"
)
"""What no export can beat."""
