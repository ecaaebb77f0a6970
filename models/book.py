"""Books: found by the words of their title, belonging to one author, taking their reviews along when they go."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.author import Author
from models.base import Base
from models.recipes.full_text import searchable, words
from models.recipes.indexes import keyset
from models.recipes.keys import BigintKey
from models.recipes.timestamps import Timestamps

if TYPE_CHECKING:
    from models.review import Review


class Book(BigintKey, Timestamps, Base):
    __tablename__ = "book"

    # RESTRICT: losing an author by mistake must not lose a shelf of books.
    author_id: Mapped[int] = mapped_column(ForeignKey(Author.id, ondelete="RESTRICT"))
    title: Mapped[str]
    isbn: Mapped[str | None] = mapped_column(unique=True)
    published: Mapped[date | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    # 'simple', because a title is a name: "It" is a book, and titles come in many languages.
    search: Mapped[str] = searchable(
        "setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', coalesce(isbn, '')), 'B')"
    )

    author: Mapped[Author] = relationship(back_populates="books")
    reviews: Mapped[list[Review]] = relationship(back_populates="book", cascade="all", passive_deletes=True)

    def __str__(self) -> str:
        return self.title


# The list, newest first: ORDER BY created_at DESC, id DESC
keyset("book_created_at", Book.created_at, Book.id)
# The list by title, and titles that start with ...: ORDER BY title, id
keyset("book_title", Book.title, Book.id)
# The list by date of publication, and its range filter: published >= '2001-01-01' ORDER BY published, id
keyset("book_published", Book.published, Book.id)
# The books of an author, and the check when an author is deleted: author_id = 7 ORDER BY id
keyset("book_author_id", Book.author_id, Book.id)
# The search box: search @@ websearch_to_tsquery('simple', 'sea')
words("book_search", Book.search)
