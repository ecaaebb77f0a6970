"""How a search was understood."""

from __future__ import annotations

import pytest

from admin.reads.search_words import understood
from models import Book, Customer, Document, Event
from tests.strangers import Plain, Shelf, resource_of

PROSE = {
    "sea": "“sea…”",
    "old sea": "“old” and “sea…”",
    '"old man" sea ': "“old man” and “sea…”",
    '"old man"': "“old man”",
    "sea -draft": "“sea”, without “draft”",
    '-"old man" sea': "“sea…”, without “old man”",
    "sea or lake": "“sea” or “lake…”",
    "sea OR -lake": "“sea” or without “lake”",
    "sea!": "“sea!”",
    "42": "ID is 42, or “42…”",
    "or": "nothing that can be found here",
}


@pytest.mark.parametrize("text", PROSE)
def test_prose(text: str):
    assert understood(resource_of(Document, column_labels={"id": "ID"}), text.strip()) == PROSE[text]


def test_other_tables_name_the_column_that_is_looked_into():
    assert understood(resource_of(Customer), "ann lee") == "Email is ann lee, or name contains “ann” and “lee”"
    assert understood(resource_of(Event), "order") == "kind starts with “order”"
    assert understood(resource_of(Book), "x-1") == "Isbn is x-1, or “x-1…”"
    assert understood(resource_of(Shelf), "1,a") == "Room and Code is 1,a"
    assert understood(resource_of(Plain, column_searchable_list=[]), "x") == "nothing that can be found here"
