"""Headers to columns: what is offered, and what is not a target at all."""

from __future__ import annotations

import pytest

from admin.errors import BadRequest
from admin.writes.csv_import import guess, mapping
from admin.writes.csv_import.options import Match, Options
from admin.writes.csv_import.sniff import Format
from tests.writes.csv_import.conftest import RESOURCES


def guessed(identity: str, *headers: str) -> dict[str, str]:
    return {headers[match.cell - 1]: match.target for match in guess.sure(RESOURCES[identity], headers)}


def test_names_are_matched_however_they_are_written():
    assert guessed("book", "ID", "Title ", "PUBLISHED", "Isbn", "price", "stars") == {
        "ID": "id", "Title ": "title", "PUBLISHED": "published", "Isbn": "isbn", "price": "price",
    }  # fmt: skip
    assert guessed("api-key", "Last-Used at", "lást_used_at", "user id") == {
        "Last-Used at": "last_used_at", "user id": "user_id",
    }  # fmt: skip


def test_a_parent_is_found_by_its_name():
    for header in ("author", "Authors", "AUTHOR", "author.name", "author name"):
        assert guessed("book", header) == {header: "author_id.name"}
    assert guessed("book", "author_id") == {"author_id": "author_id"}
    assert guessed("invoice", "customer") == {"customer": "customer_id"}
    assert guessed("invoice", "customer.email") == {"customer.email": "customer_id.email"}


def test_a_column_is_given_once_to_the_header_that_names_it_best():
    assert guessed("book", "authors", "author_id") == {"author_id": "author_id"}
    assert guessed("book", "TITLE", "title") == {"TITLE": "title"}


def test_what_only_the_database_writes_is_no_target():
    assert guessed("document", "created_at", "updated_at", "deleted_at", "search", "title") == {"title": "title"}
    for column in ("created_at", "deleted_at", "search"):
        with pytest.raises(BadRequest, match="only the database writes it"):
            mapping.chosen(RESOURCES["document"], "x", 1, column)
    with pytest.raises(BadRequest, match="no such column"):
        mapping.chosen(RESOURCES["document"], "x", 1, "nothing")


@pytest.mark.parametrize(
    ("identity", "headers", "mode", "key"),
    [
        ("customer", ["id", "email"], "upsert", "customer_pkey"),
        ("customer", ["email", "name"], "upsert", "customer_live_email"),
        ("customer", ["name"], "add", None),
        ("author", ["name"], "upsert", "author_name_key"),
        ("setting", ["key", "value"], "upsert", "setting_pkey"),
        ("review", ["book_id", "rating"], "add", None),
    ],
)
def test_what_is_offered_for_a_file(identity: str, headers: list[str], mode: str, key: str | None):
    options = guess.offer(RESOURCES[identity], headers)
    assert (options.mode, options.key) == (mode, key)
    assert (options.skip_bad, options.create, options.empty) == (False, (), "keep")


def test_choices_survive_being_stored():
    options = guess.offer(RESOURCES["book"], ["author", "title", "isbn"])
    assert Options.of_json(options.as_json()) == options


def test_choices_that_were_stored_before_there_were_more_of_them_are_still_read():
    before = {
        "matches": [{"cell": 1, "column": "email", "via": None}], "mode": "upsert", "key": "customer_live_email",
        "empty": "clear", "skip_bad": True, "create": [], "trash": "add", "unescape": False,
    }  # fmt: skip
    options = Options.of_json(before)
    assert (options.matches, options.decimal, options.dates, options.remembered) == (
        (Match(1, "email"),), "point", "iso", False
    )  # fmt: skip
    assert (options.empty, options.trash, options.skip_bad) == ("clear", "add", True)
    assert Format(encoding="cp1252", delimiter=";", header=False).sheet is None
