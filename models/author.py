"""Who wrote the books. A name is unique, so that a CSV file of books can name its authors by it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.recipes.indexes import keyset, trigram
from models.recipes.keys import BigintKey
from models.recipes.timestamps import Timestamps

if TYPE_CHECKING:
    from models.book import Book


class Author(BigintKey, Timestamps, Base):
    __tablename__ = "author"

    name: Mapped[str] = mapped_column(unique=True)
    born: Mapped[date | None]
    country: Mapped[str | None]

    # passive_deletes: whether an author with books may go is for the foreign key to say.
    books: Mapped[list[Book]] = relationship(back_populates="author", passive_deletes="all")

    def __str__(self) -> str:
        return self.name


# The list, newest first: ORDER BY created_at DESC, id DESC
keyset("author_created_at", Author.created_at, Author.id)
# The search box and the picker of a book's author: name ILIKE '%guin%'
trigram("author_name_part", Author.name)
