from __future__ import annotations

import datetime as dt

import pytest

from admin.errors import BadRequest
from admin.reads import filters
from admin.reads.query import OPERATORS
from admin.web import filter_builder, params
from admin.web.filter_builder import Wanted
from models import Document
from tests.strangers import Odd, resource_of

DOCUMENT = resource_of(Document)


def test_every_operator_has_words():
    offered = {condition for condition, _ in filter_builder.conditions()}
    assert set(OPERATORS) - {"isnull"} < offered
    assert {"empty", "filled"} < offered


@pytest.mark.parametrize("model", [Document, Odd])
def test_each_column_offers_what_it_knows_and_starts_with_one_of_them(model: type):
    resource = resource_of(model)
    for one in filter_builder.filterable(resource):
        column = resource.column(one.name)
        operators = {Wanted(one.name, condition, "").always()[0].rpartition("__")[2] for condition in one.conditions}
        assert operators - set(filter_builder.PERIODS) <= set(filters.operators(column))
        assert set(filters.operators(column)) - operators <= (set() if column.nullable else {"isnull"})
        assert one.first in one.conditions
        assert set(one.conditions) <= dict(filter_builder.conditions()).keys()


def test_values_are_entered_by_the_kind_of_the_column():
    by_name = {one.name: one for one in filter_builder.filterable(DOCUMENT)}
    assert by_name["title"].input == "text"
    assert by_name["created_at"].input == "date"
    assert by_name["id"].input == "number"
    status = by_name["status"]
    assert (status.input, status.facet_url) == ("status", "/admin/document/facets/status")
    assert [option.value for option in status.options] == ["draft", "published", "archived"]
    assert (by_name["owner_id"].input, by_name["owner_id"].choices_url) == (
        "owner_id",
        "/admin/document/choices/owner_id",
    )


def form(condition: str, *more: tuple[str, str], column: str = "status") -> Wanted:
    wanted = filter_builder.sent([("search", "sea"), ("filter-column", column), ("filter-condition", condition), *more])
    assert wanted is not None
    return wanted


def test_the_form_names_a_filter_as_the_address_does():
    assert form("exact", ("filter-value", "draft")).always() == ("status__exact", "draft")
    assert params.parse(DOCUMENT, [("status__exact", "draft")]).filters[0].value == "draft"


def test_several_ticked_values_are_one_filter_and_one_is_a_plain_one():
    ticked = [("filter-choice", "a,b"), ("filter-choice", "c")]
    assert form("in", *ticked).always() == ("status__in", "a\\,b,c")
    assert form("in", ticked[0]).always() == ("status__exact", "a,b")
    with pytest.raises(BadRequest, match="tick at least one"):
        form("in")


def test_a_range_has_two_ends_or_one():
    assert form("range", ("filter-from", "1"), ("filter-to", "5")).always() == ("status__range", "1,5")
    assert form("range", ("filter-from", ""), ("filter-to", "5")).always() == ("status__range", ",5")
    assert form("range", ("filter-value", "1,5")).always() == ("status__range", "1,5")


def test_empty_and_not_empty_are_two_conditions():
    assert form("empty").always() == ("status__isnull", "true")
    assert form("filled").always() == ("status__isnull", "false")


@pytest.mark.parametrize(
    ("condition", "day", "expected"),
    [
        ("today", "2026-11-23", ("due__exact", "2026-11-23")),
        ("last-7-days", "2026-11-03", ("due__range", "2026-10-28,2026-11-03")),
        ("last-30-days", "2026-01-01", ("due__range", "2025-12-03,2026-01-01")),
        ("this-month", "2028-02-29", ("due__range", "2028-02-01,2028-02-29")),
        ("this-month", "2026-12-31", ("due__range", "2026-12-01,2026-12-31")),
    ],
)
def test_a_period_is_written_as_its_days(condition: str, day: str, expected: tuple[str, str]):
    wanted = form(condition, column="due")
    assert wanted.period is not None
    assert wanted.on(dt.date.fromisoformat(day)) == expected


def test_without_the_form_there_is_no_filter():
    assert filter_builder.sent([("search", "sea")]) is None


@pytest.mark.parametrize("condition", [[], [("filter-condition", "nonsense")]])
def test_a_form_without_condition_is_refused_in_words(condition: list[tuple[str, str]]):
    with pytest.raises(BadRequest, match="which condition"):
        filter_builder.sent([("filter-column", "status"), *condition])
