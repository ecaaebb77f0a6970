"""What is taken over from sqladmin: the vocabulary of options, the metaclass, the menu. One test for each override."""

from __future__ import annotations

import pytest

from admin.web.model_admin import ModelAdmin, OptionError
from models import Book, Customer, Document, Setting


def test_without_options_everything_follows_from_the_model():
    class Plain(ModelAdmin, model=Customer):
        pass

    resource = Plain.build_resource()
    assert resource.identity == "customer"
    assert resource.list_columns == ("id", "name", "email", "city", "balance", "born", "active")
    assert resource.form_columns == ("email", "name", "city", "balance", "born", "active")
    assert resource.search_columns == ("name",)
    assert resource.default_sort == (("created_at", True),)
    assert resource.acts == {"create", "edit", "delete", "import", "export"}


def test_a_relationship_in_a_list_means_its_foreign_key_column():
    class Named(ModelAdmin, model=Book):
        column_list = [Book.title, Book.author, "isbn"]
        column_labels = {Book.author: "Written by"}

    resource = Named.build_resource()
    assert resource.list_columns == ("title", "author_id", "isbn")
    assert resource.label("author_id") == "Written by"
    assert resource.label("published") == "Published"


def test_a_key_that_people_choose_is_in_the_form_and_one_that_the_database_hands_out_is_not():
    class Settings(ModelAdmin, model=Setting):
        pass

    class Books(ModelAdmin, model=Book):
        pass

    assert "key" in Settings.build_resource().form_columns
    assert "id" not in Books.build_resource().form_columns


def test_the_search_column_is_shown_nowhere_and_sorts_nothing():
    class Documents(ModelAdmin, model=Document):
        column_details_list = "__all__"

    resource = Documents.build_resource()
    assert "search" not in resource.visible
    assert "search" not in resource.export_columns


def test_default_sort_is_read_in_every_form_sqladmin_knows():
    def sort(option):
        view = type(ModelAdmin)("View", (ModelAdmin,), {"column_default_sort": option}, model=Book)
        return view.build_resource().default_sort

    assert sort("title") == (("title", False),)
    assert sort((Book.title, True)) == (("title", True),)
    assert sort([(Book.published, True), ("title", False)]) == (("published", True), ("title", False))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"column_list": ["titel"]}, "View.column_list names 'titel', which Book does not have."),
        ({"form_columns": ["search"]}, "View.form_columns names 'search', which only the database writes."),
        ({"form_args": {"titel": {"label": "Title"}}}, "View.form_args names 'titel', which Book does not have."),
        ({"form_rules": ["title"]}, "View.form_rules has no effect: fields follow from their columns."),
        ({"page_size": 7}, "View.page_size is 7; choose one of (10, 25, 50, 100, 200)."),
    ],
)
def test_an_option_that_makes_no_sense_stops_the_start_with_a_sentence(options, sentence):
    view = type(ModelAdmin)("View", (ModelAdmin,), options, model=Book)
    with pytest.raises(OptionError) as error:
        view.build_resource()
    assert str(error.value) == sentence
