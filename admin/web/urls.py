"""The only place that spells URLs: paths without a host, so that no Host header can point a link elsewhere.

Pages of one row carry the query string of the list they came from; saving or deleting leads back to that very list.
"""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote, unquote, urlencode

BASE = "/admin"
DOTS = re.compile(r"~*\.\.?")
ROW = re.compile(BASE + r"/([^/]+)/(?:edit|details)/([^/]*)")


def _path(*parts: str, query: str = "") -> str:
    path = "/".join((BASE, *(quote(part, safe="") for part in parts)))
    return f"{path}?{query}" if query else path


def of_key(key: str) -> str:
    """The key of a row as the last part of a path.

    Browsers fold the parts `.` and `..` away, escaped ones too, so these two keys stand behind a tilde; and so that
    every address means one key, those that look like it (`~.`) get one more.
    """
    if key.isalnum() and key.isascii():
        return key
    return quote(f"~{key}" if DOTS.fullmatch(key) else key, safe="")


def key_in(part: str) -> str:
    """The key that `of_key` has written, once the server has unquoted the path."""
    return part[1:] if part.startswith("~") and DOTS.fullmatch(part) else part


def row_in(path: str) -> tuple[str, str] | None:
    """The identity and key of a path that `edit` or `details` has written; None for any other path."""
    found = ROW.fullmatch(path.partition("?")[0])
    return (unquote(found[1]), key_in(unquote(found[2]))) if found else None


def _row(identity: str, page: str, key: str, query: str) -> str:
    path = f"{_path(identity, page)}/{of_key(key)}"
    return f"{path}?{query}" if query else path


def with_pair(query: str, name: str, value: str) -> str:
    """A query string with one more parameter."""
    return "&".join(part for part in (query, f"{name}={quote(value, safe='')}") if part)


def without(query: str, name: str) -> str:
    """A query string as it is, but for one parameter."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] != name)


def home() -> str:
    return f"{BASE}/"


WITH_FORM = "form"
"""Parameter of a login that brings along a form whose session had ended."""


def login(next_path: str = "", *, lost: bool = False, form: bool = False) -> str:
    """The login page; `next_path` is a path on this console that the login leads to. `lost` says there that what was
    sent was not saved, `form` that the login brings it along."""
    if form:
        return _path("login", query=f"{WITH_FORM}=1")
    path = _path("login", query=f"next={quote(next_path, safe='')}" if next_path else "")
    return f"{path}&lost=1" if lost else path


def logout() -> str:
    return _path("logout")


def account() -> str:
    return _path("account")


def people() -> str:
    return _path("people")


def person(person_id: int) -> str:
    return _path("people", str(person_id))


def shortcuts() -> str:
    return _path("shortcuts")


def go(query: str = "") -> str:
    """Finds tables, rows and actions by a text (`?q=`)."""
    return _path("go", query=query)


def listing(identity: str, query: str = "") -> str:
    return _path(identity, "list", query=query)


def mode(identity: str, query: str = "") -> str:
    """Remembers whether the list turns pages or scrolls."""
    return _path(identity, "mode", query=query)


def columns(identity: str, query: str = "") -> str:
    """Remembers which columns the list shows."""
    return _path(identity, "columns", query=query)


def views(identity: str, query: str = "") -> str:
    return _path(identity, "views", query=query)


def view(identity: str, view_id: int, act: str = "", query: str = "") -> str:
    """Changes a saved view; `act` is delete or default."""
    return _path(identity, "views", str(view_id), *([act] if act else []), query=query)


def create(identity: str, query: str = "") -> str:
    return _path(identity, "create", query=query)


EDIT_BESIDE, DETAILS_BESIDE = "edit/", "details/"
"""Where `edit` and `details` begin as seen from their table's list: it has a hundred such links, and relative ones are
short."""


def edit(identity: str, key: str, query: str = "") -> str:
    return _row(identity, "edit", key, query)


def field(identity: str, column: str, key: str, query: str = "") -> str:
    """One field of a row, for the cell of a list that is edited in its place."""
    path = f"{_path(identity, 'field', column)}/{of_key(key)}"
    return f"{path}?{query}" if query else path


def details(identity: str, key: str, query: str = "") -> str:
    return _row(identity, "details", key, query)


def as_it_was(identity: str, key: str, moment: dt.datetime, query: str = "") -> str:
    """A row as it was at a moment."""
    said = urlencode({"as-of": moment.isoformat()})
    return _row(identity, "details", key, "&".join(filter(None, (query, said))))


def revert(identity: str, key: str, query: str = "") -> str:
    return _row(identity, "revert", key, query)


def delete(identity: str, query: str = "") -> str:
    return _path(identity, "delete", query=query)


def restore(identity: str, query: str = "") -> str:
    return _path(identity, "restore", query=query)


def restoring(identity: str, key: str, query: str = "") -> str:
    """What stands in the way of a row in the trash, and what can be done."""
    return _row(identity, "restore", key, query)


def purge(identity: str, query: str = "") -> str:
    return _path(identity, "purge", query=query)


def bulk_edit(identity: str, query: str = "") -> str:
    return _path(identity, "bulk-edit", query=query)


def count(identity: str, query: str = "") -> str:
    return _path(identity, "count", query=query)


def choices(identity: str, column: str) -> str:
    """Answers a search-as-you-type picker for a foreign-key column (`?term=`)."""
    return _path(identity, "choices", column)


def facet(identity: str, column: str) -> str:
    """Answers the filter form with a column's values and how many rows of the list each has (`?` the list's query)."""
    return _path(identity, "facets", column)


def export(identity: str, kind: str, query: str = "") -> str:
    return _path(identity, "export", kind, query=query)


def import_upload(identity: str, query: str = "") -> str:
    return _path(identity, "import", query=query)


def import_example(identity: str) -> str:
    return _path(identity, "import", "example.csv")


def imports(query: str = "") -> str:
    return _path("imports", query=query)


def import_page(import_id: int, step: str = "", query: str = "") -> str:
    return _path("imports", str(import_id), *([step] if step else []), query=query)


def import_line(import_id: int, line: int) -> str:
    """One line of an import with all its cells."""
    return _path("imports", str(import_id), "lines", str(line))


def operations(query: str = "") -> str:
    return _path("operations", query=query)


def operation(operation_id: int) -> str:
    return _path("operations", str(operation_id))


def trash_count(identity: str, query: str = "") -> str:
    """How many rows of a list lie in the trash."""
    return _path(identity, "trash", query=query)


def trash(query: str = "") -> str:
    """Every deletion whose rows may still lie in the trash."""
    return _path("trash", query=query)


def last_action() -> str:
    """The last thing the visitor did, and its undo."""
    return _path("operations", "last")


def undo(operation_id: int, query: str = "") -> str:
    return _path("operations", str(operation_id), "undo", query=query)
