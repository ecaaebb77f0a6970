"""Keys with which programs log in as a user. The id is a UUIDv7: it tells no count and still sorts by time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.recipes.indexes import keyset, trigram
from models.recipes.keys import UuidKey
from models.recipes.timestamps import Timestamps
from models.user import User


class ApiKey(UuidKey, Timestamps, Base):
    __tablename__ = "api_key"

    # CASCADE: a key without its user would open a door for nobody.
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    label: Mapped[str]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="api_keys")

    def __str__(self) -> str:
        return self.label


# The list, newest first: ORDER BY created_at DESC, id DESC
keyset("api_key_created_at", ApiKey.created_at, ApiKey.id)
# The keys that were used last, or never: ORDER BY last_used_at DESC, id DESC
keyset("api_key_last_used_at", ApiKey.last_used_at, ApiKey.id)
# The keys of a user, and the cascade when the user is deleted: user_id = 7 ORDER BY id
keyset("api_key_user_id", ApiKey.user_id, ApiKey.id)
# The search box: label ILIKE '%kiosk%'
trigram("api_key_label_part", ApiKey.label)
