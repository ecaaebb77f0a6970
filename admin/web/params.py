"""The query string of a list, read and written: the only place that knows how a list's state is spelled in a URL.

What makes no sense is refused here and nowhere else, with a sentence that names the parameter and says why. A link
that somebody shares, a form and a script all come through the same door.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from typing import Any, cast, get_args
from urllib.parse import urlencode

from admin.errors import BadRequest
from admin.reads import filters, keyset, listing, ordering
from admin.reads.query import LAST, OPERATORS, Deleted, Filter, ListQuery, Mode
from admin.resource import Resource
from admin.settings import PAGE_SIZES
from admin.values import BadValue

MAX_SEARCH = 200
MAX_FILTERS = 30
MAX_PAGE_DIGITS = 12
MAX_ID_DIGITS = 19
BIGGEST = 2**63 - 1

SINGLE = ("page", "pageSize", "mode", "after", "before", "search", "sortBy", "sort", "deleted", "operation")
"""Parameters with a meaning of their own. A column of the same name is filtered by `NAME__exact`."""


def parse(resource: Resource, items: Iterable[tuple[str, str]], beside: Collection[str] = ()) -> ListQuery:
    """The list that a query string's pairs ask for.

    `beside` names parameters of the page that are not the list's (such as `count`); they are passed over. Raises
    `BadRequest` with a sentence that names the parameter and says why. Of the list's own parameters an empty one counts
    as not given; an empty filter is a value, and where it cannot be one it is refused, since to ignore it would show
    (or delete) more rows than were meant.
    """
    given: dict[str, str] = {}
    found: list[Filter] = []
    for name, text in items:
        if "\x00" in name or "\x00" in text:
            raise BadRequest(f"The parameter {_quoted(name)} contains a NUL character, which no text can hold.")
        if name in SINGLE:
            if name in given:
                raise BadRequest(f"The parameter {name} is given twice; only one can hold.")
            given[name] = text
        elif name not in beside:
            found.append(_filter(resource, name, text))
    if len(found) > MAX_FILTERS:
        raise BadRequest(f"There are {len(found)} filters; at most {MAX_FILTERS} can be combined.")
    query = _query(resource, {name: text for name, text in given.items() if text}, tuple(found))
    keyset.check(resource, listing.cursor_order(resource, query), query)
    return query


@functools.lru_cache(maxsize=2_000)
def query_string(resource: Resource, query: ListQuery) -> str:
    """The query string of a list, without what is the default; `parse` reads it back to the same query."""
    return urlencode(pairs(resource, query))


def pairs(resource: Resource, query: ListQuery) -> list[tuple[str, str]]:
    """The same as (name, value) pairs, for forms that carry the list in hidden fields."""
    own: list[tuple[str, Any, bool]] = [
        ("search", query.search, bool(query.search)),
        ("operation", query.operation, query.operation is not None),
        ("deleted", query.deleted, query.deleted != "hide"),
        ("sortBy", query.sort, query.sort is not None),
        ("sort", "desc", query.sort is not None and query.descending),
        ("mode", query.mode, query.mode is not None),
        ("pageSize", query.size, query.size != resource.page_size),
        ("page", "last" if query.page == LAST else query.page, query.page != 1),
        ("after", query.after, query.after is not None),
        ("before", query.before, query.before is not None),
    ]
    conditions = [(_name(condition), condition.text) for condition in query.filters]
    return conditions + [(name, str(value)) for name, value, differs in own if differs]


def _query(resource: Resource, given: dict[str, str], found: tuple[Filter, ...]) -> ListQuery:
    if "after" in given and "before" in given:
        raise BadRequest("The parameters after and before contradict each other; give one of them.")
    sort = given.get("sortBy")
    direction = _one_of(given, "sort", ("asc", "desc"))
    return ListQuery(
        search=_search(given.get("search", "")),
        filters=found,
        operation=_operation(given["operation"]) if "operation" in given else None,
        sort=_sort(resource, sort) if sort else None,
        descending=bool(sort) and direction == "desc",
        deleted=cast("Deleted", _deleted(resource, given)),
        page=_page(given.get("page", "1")),
        size=_size(resource, given),
        mode=cast("Mode", _one_of(given, "mode", get_args(Mode))) if "mode" in given else None,
        after=given.get("after"),
        before=given.get("before"),
    )


def _filter(resource: Resource, name: str, text: str) -> Filter:
    column, _, operator = name.rpartition("__")
    if column not in resource.visible or operator not in OPERATORS:
        column, operator = name, "exact"
    if column not in resource.visible:
        raise BadRequest(_unknown(resource, name))
    try:
        return filters.read(resource.column(column), operator, text)
    except BadValue as reason:
        raise BadRequest(f"The parameter {_quoted(name)} makes no sense: “{text[:80]}” {reason}.") from None


def _unknown(resource: Resource, name: str) -> str:
    column, _, operator = name.rpartition("__")
    if column in resource.visible:
        return f"The parameter {_quoted(name)} makes no sense: there is no operator “{operator[:80]}”."
    return f"The parameter {_quoted(name)} is unknown: {resource.name_plural} have no such column to filter by."


def _name(condition: Filter) -> str:
    """The short form where it can mean nothing else."""
    plain = condition.operator == "exact" and "__" not in condition.column and condition.column not in SINGLE
    return condition.column if plain else f"{condition.column}__{condition.operator}"


def _search(text: str) -> str:
    if len(text) > MAX_SEARCH:
        raise BadRequest(f"The parameter search has {len(text):,} characters; at most {MAX_SEARCH} are looked for.")
    return text.strip()


def _sort(resource: Resource, name: str) -> str:
    if name not in ordering.sortable(resource):
        raise BadRequest(
            f"The parameter sortBy makes no sense: {resource.name_plural} cannot be sorted by {_quoted(name)}."
        )
    return name


def _deleted(resource: Resource, given: dict[str, str]) -> str:
    choice = _one_of(given, "deleted", get_args(Deleted))
    if choice != "hide" and not resource.traits.soft_deletes:
        raise BadRequest(f"The parameter deleted makes no sense: {resource.name_plural} have no trash.")
    return choice


def _page(text: str) -> int:
    if text == "last":
        return LAST
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_PAGE_DIGITS else 0
    if number < 1:
        raise BadRequest(f"The parameter page makes no sense: {_quoted(text)} is not the number of a page.")
    return number


def _operation(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_ID_DIGITS else 0
    if not 0 < number <= BIGGEST:
        raise BadRequest(f"The parameter operation makes no sense: {_quoted(text)} is not the number of an operation.")
    return number


def _size(resource: Resource, given: dict[str, str]) -> int:
    sizes = [str(size) for size in PAGE_SIZES]
    return int(_one_of({"pageSize": str(resource.page_size)} | given, "pageSize", sizes))


def _one_of(given: dict[str, str], name: str, choices: Collection[str]) -> str:
    """The given choice, or the first when none is given."""
    text = given.get(name, next(iter(choices)))
    if text not in choices:
        raise BadRequest(f"The parameter {name} makes no sense: {_quoted(text)} is none of {', '.join(choices)}.")
    return text


def _quoted(text: str) -> str:
    """What was sent, shortened, and without what could break a line of a log."""
    return "“" + "".join(character if character.isprintable() else "�" for character in text[:80]) + "”"
