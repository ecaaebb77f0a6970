"""An index for operations of one kind: the trash lists deletions, and they may be few among many.

Revision: operation_kinds
Follows: jobs
"""

from __future__ import annotations

from alembic import op

revision = "operation_kinds"
down_revision = "jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX operation_kind_id_idx ON larder.operation (kind, id)")


def downgrade() -> None:
    op.execute("DROP INDEX larder.operation_kind_id_idx")
