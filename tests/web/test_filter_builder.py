from __future__ import annotations

import pytest

from admin.errors import BadRequest
from admin.reads import filters
from admin.reads.query import OPERATORS
from admin.web import filter_builder, params
from models import Document
from tests.strangers import Odd, resource_of

DOCUMENT = resource_of(Document)


def test_every_operator_has_words():
    assert [operator for operator, _ in filter_builder.conditions()] == list(OPERATORS)


@pytest.mark.parametrize("model", [Document, Odd])
def test_each_column_offers_what_it_knows_and_starts_with_one_of_them(model: type):
    resource = resource_of(model)
    for one in filter_builder.filterable(resource):
        assert one.operators == filters.operators(resource.column(one.name))
        assert one.first in one.operators


def test_values_are_entered_by_the_kind_of_the_column():
    by_name = {one.name: one for one in filter_builder.filterable(DOCUMENT)}
    assert by_name["title"].input == "text"
    assert by_name["created_at"].input == "date"
    assert by_name["id"].input == "number"
    assert (by_name["status"].input, by_name["status"].choices) == ("status", ("draft", "published", "archived"))
    assert (by_name["owner_id"].input, by_name["owner_id"].choices_url) == (
        "owner_id",
        "/admin/document/choices/owner_id",
    )


def test_the_form_names_a_filter_as_the_address_does():
    sent = [("search", "sea"), ("filter-column", "status"), ("filter-condition", "exact"), ("filter-value", "draft")]
    assert filter_builder.sent(sent) == ("status__exact", "draft")
    assert params.parse(DOCUMENT, [("status__exact", "draft")]).filters[0].value == "draft"


def test_without_the_form_there_is_no_filter():
    assert filter_builder.sent([("search", "sea")]) is None


def test_a_form_without_condition_is_refused_in_words():
    with pytest.raises(BadRequest, match="which condition"):
        filter_builder.sent([("filter-column", "status")])
