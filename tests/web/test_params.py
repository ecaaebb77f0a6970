"""The query string of a list: what it means, what is refused and how, and that it survives being written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.errors import BadRequest
from admin.reads import filters, keyset, ordering
from admin.reads.query import ListQuery
from admin.settings import PAGE_SIZES
from admin.web import params
from models import Book, Document, Event
from tests.strangers import Odd, resource_of

BOOK, DOCUMENT, EVENT, ODD = (resource_of(model) for model in (Book, Document, Event, Odd))


def parse(text: str, resource=BOOK, beside=()):
    return params.parse(resource, parse_qsl(text, keep_blank_values=True), beside)


def test_nothing_asked_is_the_default_list():
    assert parse("") == ListQuery(size=BOOK.page_size)
    assert params.query_string(BOOK, parse("")) == ""


def test_everything_at_once():
    query = parse("search=sea&price__gte=3.50&author_id=7&sortBy=title&sort=desc&page=3&pageSize=25&mode=scroll")
    assert (query.search, query.sort, query.descending) == ("sea", "title", True)
    assert (query.page, query.size, query.mode) == (3, 25, "scroll")
    assert [(one.column, one.operator, one.value) for one in query.filters] == [
        ("price", "gte", Decimal("3.50")),
        ("author_id", "exact", 7),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense=1", ["“nonsense”", "no such column"]),
        ("search__contains=x", ["“search__contains”", "no such column"]),  # the tsvector is in no list
        ("title__like=x", ["“title__like”", "no operator “like”"]),
        ("title__regex=(a%2B)%2B", ["“title__regex”", "no operator"]),
        ("price__contains=1", ["“price__contains”", "cannot be compared in this way"]),
        ("price__gte=abc", ["“price__gte”", "“abc” is not a number"]),
        ("price__gte=", ["“price__gte”", "is not a number"]),
        ("price=1e5", ["“price”", "is not a number"]),
        ("id=99999999999999999999", ["“id”", "out of range"]),
        ("id=%D9%A3", ["“id”", "not a whole number"]),
        ("published__range=2020-01-01", ["“published__range”", "is not a range"]),
        ("published__range=,", ["“published__range”", "is not a range"]),
        ("published__gte=2020-02-30", ["“published__gte”", "not a day of the calendar"]),
        ("created_at__date=9999-12-31", ["“created_at__date”", "not a day"]),
        ("created_at__gte=yesterday", ["“created_at__gte”", "not a date and time"]),
        ("price__isnull=maybe", ["“price__isnull”", "neither yes nor no"]),
        ("title__icontains=", ["“title__icontains”", "no text to look for"]),
        ("page=0", ["page", "“0”"]),
        ("page=-1", ["page"]),
        ("page=1.5", ["page"]),
        ("page=%EF%BC%91", ["page"]),
        ("page=9999999999999999999999", ["page"]),
        ("page=1&page=2", ["page", "twice"]),
        ("pageSize=7", ["pageSize", "10, 25, 50, 100, 200"]),
        ("mode=both", ["mode", "pages, scroll"]),
        ("sortBy=search", ["sortBy", "“search”"]),
        ("sortBy=nope", ["sortBy", "“nope”"]),
        ("sortBy=title&sort=down", ["sort", "“down”", "asc, desc"]),
        ("deleted=only", ["deleted", "no trash"]),
        ("after=x&before=y", ["after and before"]),
        ("after=x", ["after"]),
        ("search=" + "x" * 201, ["search", "201", "200"]),
        ("search=a%00b", ["“search”", "NUL"]),
        ("title=a%00b", ["“title”", "NUL"]),
        ("a%00b=1", ["NUL"]),
        ("&".join(["id__gt=1"] * 31), ["31 filters"]),
        ("count=exact", ["“count”"]),
    ],
)
def test_nonsense_is_refused_with_its_name_and_reason(text: str, words: list[str]):
    with pytest.raises(BadRequest) as refused:
        parse(text)
    for word in words:
        assert word in str(refused.value)
    assert str(refused.value).endswith(".")


def test_parameters_of_other_features_pass_by_when_they_are_named():
    assert parse("count=exact&title=x", beside=("count",)).filters[0].column == "title"


def test_an_empty_parameter_of_the_list_itself_counts_as_not_given():
    assert parse("search=&sortBy=&deleted=&page=") == ListQuery(size=BOOK.page_size)


def test_trash_is_a_choice_where_there_is_one():
    assert parse("deleted=only", DOCUMENT).deleted == "only"
    with pytest.raises(BadRequest, match="none of hide, with, only"):
        parse("deleted=yes", DOCUMENT)


def test_columns_that_are_named_like_parameters_are_filtered_by_their_long_form():
    query = parse("page__exact=5&sort__exact=x&page=2&a__gte=1&a__gte__exact=3", ODD)
    assert query.page == 2
    assert [(one.column, one.operator, one.text) for one in query.filters] == [
        ("page", "exact", "5"),
        ("sort", "exact", "x"),
        ("a", "gte", "1"),
        ("a__gte", "exact", "3"),
    ]
    assert parse(params.query_string(ODD, query), ODD) == query


def test_a_list_of_values_keeps_commas_and_backslashes():
    (condition,) = parse(r"title__in=a\,b,c\\,").filters
    assert condition.value == ["a,b", "c\\", ""]


def test_a_day_compared_with_a_timestamp_stays_a_day():
    (condition,) = parse("created_at__lte=2026-11-01").filters
    assert condition.value == dt.date(2026, 11, 1)
    assert type(condition.value) is dt.date


def test_a_cursor_belongs_to_its_list():
    query = ListQuery(sort="title")
    cursor = keyset.cursor(BOOK, ordering.order_of(BOOK, query), ["The Sea", 5])
    assert parse(f"sortBy=title&after={cursor}").after == cursor
    for foreign in (f"sortBy=title&sort=desc&after={cursor}", f"after={cursor}", f"sortBy=title&after={cursor[:-1]}"):
        with pytest.raises(BadRequest, match="does not belong to this list"):
            parse(foreign)
    with pytest.raises(BadRequest, match="does not belong to this list"):
        parse(f"sortBy=title&after={cursor}", DOCUMENT)


texts = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]), min_size=1, max_size=20)
numbers = st.decimals(-9_999_999, 9_999_999, places=2).map(str)
conditions = st.one_of(
    st.tuples(st.sampled_from(["title", "title__ne", "title__icontains", "title__startswith", "isbn__gt"]), texts),
    st.tuples(st.sampled_from(["price", "price__gte", "price__ne"]), numbers),
    st.tuples(st.just("price__range"), st.tuples(numbers, numbers | st.just("")).map(",".join)),
    st.tuples(st.just("title__in"), st.lists(texts, min_size=1, max_size=4).map(filters.join)),
    st.tuples(st.just("published__isnull"), st.sampled_from(["true", "no", "1"])),
    st.tuples(st.just("created_at__date"), st.dates(max_value=dt.date(9999, 12, 30)).map(str)),
    st.tuples(st.just("created_at__lt"), st.datetimes().map(lambda at: at.isoformat(" ", "microseconds") + "Z")),
)


sorts = st.sampled_from(sorted(ordering.sortable(BOOK)))
own = st.fixed_dictionaries(
    {"search": texts, "page": st.integers(1, 10**12 - 1).map(str)},
    optional={
        "pageSize": st.sampled_from(PAGE_SIZES).map(str),
        "mode": st.sampled_from(["pages", "scroll"]),
        "sortBy": sorts,
        "sort": st.sampled_from(["asc", "desc"]),
    },
)


@given(st.lists(conditions, max_size=5), own)
def test_what_is_written_reads_back_the_same(found, given_parameters):
    query = params.parse(BOOK, [*found, *given_parameters.items()])
    written = params.query_string(BOOK, query)
    assert params.parse(BOOK, parse_qsl(written, keep_blank_values=True)) == query
    assert params.query_string(BOOK, parse(written)) == written


names = st.sampled_from([*params.SINGLE, "id", "title__in", "x"]) | st.text()


@given(st.lists(st.tuples(names, st.text()), max_size=4))
def test_whatever_is_sent_it_is_a_list_or_a_sentence(items):
    try:
        assert isinstance(params.parse(DOCUMENT, items), ListQuery)
    except BadRequest as refused:
        assert str(refused).endswith(".")  # noqa: PT017 both outcomes are right
