"""${message}

What runs here holds its locks until the whole upgrade commits, so on a table in use:
 - add a column without a volatile default; fill it in batches later;
 - add a constraint NOT VALID and validate it in a later revision;
 - make an index CONCURRENTLY, in a revision of its own and in an autocommit block;
 - never import models: what they say tomorrow must not change what this did today.

Revision: ${up_revision}
Follows: ${down_revision | comma,n}
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
