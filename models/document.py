"""Documents: long prose that is searched by its words, deleted into the trash, and outlives its owner."""

from __future__ import annotations

import enum

from sqlalchemy import ARRAY, ForeignKey, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, choice
from models.recipes.full_text import searchable, words
from models.recipes.indexes import keyset
from models.recipes.keys import BigintKey
from models.recipes.soft_delete import SoftDelete, live, trash
from models.recipes.timestamps import Timestamps
from models.user import User


class DocumentStatus(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Document(BigintKey, Timestamps, SoftDelete, Base):
    __tablename__ = "document"

    # SET NULL: what someone wrote stays when they leave.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    title: Mapped[str]
    body: Mapped[str]
    status: Mapped[DocumentStatus] = mapped_column(
        choice(DocumentStatus, "document_status"), server_default=DocumentStatus.DRAFT
    )
    # A list that is short, belongs to the row and is read with it: an array, not a table of its own.
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    # 'english', because this is prose: whoever looks for "budget" wants "budgets" as well.
    search: Mapped[str] = searchable(
        "setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', left(body, 250000)), 'B')"
    )

    owner: Mapped[User | None] = relationship()

    def __str__(self) -> str:
        return self.title


# The list, newest first, of one status too, since each is common: deleted_at IS NULL ORDER BY created_at DESC, id DESC
live("document_live_created_at", Document.created_at, Document.id)
# The list by title: deleted_at IS NULL ORDER BY title, id
live("document_live_title", Document.title, Document.id)
# The trash, newest first: deleted_at IS NOT NULL ORDER BY created_at DESC, id DESC
trash("document_trash", Document.created_at, Document.id)
# The documents of a user, and SET NULL when the user is deleted: owner_id = 7 ORDER BY id
keyset("document_owner_id", Document.owner_id, Document.id)
# The search box: search @@ websearch_to_tsquery('english', 'lighthouse')
words("document_search", Document.search)
