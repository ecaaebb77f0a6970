from __future__ import annotations

from sqlalchemy import ForeignKey, Index, MetaData, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin.traits import traits_of
from models import ApiKey, Book, Customer, Document, Event, LineItem, Setting, User


class Base(DeclarativeBase):
    metadata = MetaData()


class Shelf(Base):
    """A stranger: composite key, reserved words, a secret, nothing the cookbook would do."""

    __tablename__ = "select"
    __table_args__ = (
        UniqueConstraint("row", "user", name="shelf_place"),
        Index("shelf_low", text("lower(label)"), unique=True),
    )

    room: Mapped[str] = mapped_column(String(3), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    order: Mapped[int] = mapped_column(name="user")
    label: Mapped[str | None]
    password_hash: Mapped[str]
    book_id: Mapped[int] = mapped_column(ForeignKey("thing.id"))
    book: Mapped[Thing] = relationship()


class Thing(Base):
    __tablename__ = "thing"

    id: Mapped[int] = mapped_column(primary_key=True)


def test_a_model_with_deleted_at_has_a_trash_and_one_without_has_none():
    assert traits_of(Customer).deleted_at == "deleted_at"
    assert not traits_of(Book).soft_deletes


def test_the_tsvector_is_found_and_nobody_may_write_it():
    assert traits_of(Document).search_vector == "search"
    assert traits_of(Document).columns["search"].read_only
    assert traits_of(Event).search_vector is None


def test_what_the_database_keeps_is_read_only():
    columns = traits_of(Customer).columns
    assert [name for name, column in columns.items() if column.read_only] == ["created_at", "updated_at", "deleted_at"]


def test_a_row_is_told_by_the_column_people_call_it_by():
    assert [traits_of(model).label for model in (Book, Customer, User, Setting, ApiKey)] == [
        "title", "name", "name", "key", "label",
    ]  # fmt: skip


def test_unique_among_live_rows_is_told_from_unique_for_good():
    keys = {key.name: key for key in traits_of(Customer).unique_keys}
    assert keys["customer_live_email"].columns == ("email",)
    assert keys["customer_live_email"].live_only
    assert not traits_of(Book).unique_keys[1].live_only
    assert {key.name for key in traits_of(User).unique_keys} == {"user_pkey", "user_live_email"}


def test_a_foreign_key_knows_its_parent_even_when_it_points_to_no_primary_key():
    reference = traits_of(LineItem).columns["sku"].references
    assert reference is not None
    assert (reference.model.__name__, reference.column, reference.relationship) == ("InventoryItem", "sku", "item")


def test_required_means_that_nothing_else_fills_it_in():
    columns = traits_of(Customer).columns
    assert [name for name, column in columns.items() if column.required] == ["email", "name"]


def test_a_model_unlike_ours_is_understood_too():
    traits = traits_of(Shelf)
    assert traits.key == ("room", "row")
    assert traits.columns["order"].sa.name == "user"
    assert traits.columns["room"].limit == 3
    assert traits.columns["row"].limit == 2**31 - 1
    assert traits.columns["password_hash"].secret
    assert [key.columns for key in traits.unique_keys] == [("room", "row"), ("row", "order")]
    assert traits.columns["book_id"].label == "Book"
