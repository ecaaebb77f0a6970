"""People of the demo application (not of the console). An email is free again once its user is in the trash."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, choice
from models.recipes.indexes import trigram
from models.recipes.keys import BigintKey
from models.recipes.soft_delete import SoftDelete, live, live_unique, trash
from models.recipes.timestamps import Timestamps

if TYPE_CHECKING:
    from models.api_key import ApiKey


class UserRole(enum.StrEnum):
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


class User(BigintKey, Timestamps, SoftDelete, Base):
    __tablename__ = "user"

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[UserRole] = mapped_column(choice(UserRole, "user_role"), server_default=UserRole.VIEWER)
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    api_keys: Mapped[list[ApiKey]] = relationship(back_populates="user", cascade="all", passive_deletes=True)

    def __str__(self) -> str:
        return self.name


# One live user an email, and the search box by exact email: email = 'ann@example.org' AND deleted_at IS NULL
live_unique("user_live_email", User.email)
# The list, newest first: deleted_at IS NULL ORDER BY created_at DESC, id DESC
live("user_live_created_at", User.created_at, User.id)
# The trash, newest first: deleted_at IS NOT NULL ORDER BY created_at DESC, id DESC
trash("user_trash", User.created_at, User.id)
# The search box and the picker of an owner: name ILIKE '%quill%' OR email ILIKE '%quill%'
trigram("user_name_part", User.name)
trigram("user_email_part", User.email)
