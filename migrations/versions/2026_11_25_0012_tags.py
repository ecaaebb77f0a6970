"""Tags of documents: an array. Nothing is rewritten; the documents that are there have none.

Revision: tags
Follows: statistics
"""

from __future__ import annotations

from alembic import op

revision = "tags"
down_revision = "statistics"
branch_labels = None
depends_on = None

# The condition names the columns one by one: a generated one is computed after the trigger.
BEFORE = "id, owner_id, title, body, status, created_at, updated_at, deleted_at"
NOW = "id, owner_id, title, body, status, tags, created_at, updated_at, deleted_at"


def upgrade() -> None:
    op.execute("ALTER TABLE document ADD COLUMN tags text[] NOT NULL DEFAULT '{}'")
    touch(NOW)


def downgrade() -> None:
    touch(BEFORE)
    op.execute("ALTER TABLE document DROP COLUMN tags")


def touch(columns: str) -> None:
    old, new = (", ".join(f"{row}.{name}" for name in columns.split(", ")) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON document FOR EACH ROW "
        f"WHEN (ROW({old}) IS DISTINCT FROM ROW({new})) EXECUTE FUNCTION touch_updated_at()"
    )
