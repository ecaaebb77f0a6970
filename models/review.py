"""Reviews of books. The rating is checked by Postgres, so that no import can bring a sixth star."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.book import Book
from models.recipes.indexes import keyset, trigram
from models.recipes.keys import BigintKey
from models.recipes.timestamps import Timestamps


class Review(BigintKey, Timestamps, Base):
    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating", comment="rating is a whole number from 1 to 5"),
    )

    # CASCADE: a review says nothing without its book.
    book_id: Mapped[int] = mapped_column(ForeignKey(Book.id, ondelete="CASCADE"))
    reviewer: Mapped[str]
    rating: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str]

    book: Mapped[Book] = relationship(back_populates="reviews")

    def __str__(self) -> str:
        return f"{self.reviewer} ({self.rating}/5)"


# The list, newest first: ORDER BY created_at DESC, id DESC
keyset("review_created_at", Review.created_at, Review.id)
# The reviews of a book, and the cascade when it is deleted: book_id = 7 ORDER BY id
keyset("review_book_id", Review.book_id, Review.id)
# The search box: reviewer ILIKE '%lee%'
trigram("review_reviewer_part", Review.reviewer)
