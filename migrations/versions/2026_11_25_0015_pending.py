"""What GIN indexes gather of an import is sorted in when the import is done, not while it waits.

Such an index writes new entries to a list first and sorts that in whenever it is full. An import may let the list grow;
then nobody should have to read it for long. Only the owner may have it sorted in.

`larder.merge_pending` does that for every GIN index of a table and its partitions.

Revision: pending
Follows: prefixes
"""

from __future__ import annotations

from alembic import op

revision = "pending"
down_revision = "prefixes"
branch_labels = None
depends_on = None

MERGE = """
CREATE FUNCTION larder.merge_pending(relation regclass) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(gin_clean_pending_list(indexrelid)), 0)
  FROM (SELECT relation AS relid UNION SELECT relid FROM pg_partition_tree(relation)) AS part
  JOIN pg_index ON indrelid = relid
  JOIN pg_class ON pg_class.oid = indexrelid AND relkind = 'i'
  JOIN pg_am ON pg_am.oid = relam AND amname = 'gin'
$$
"""


def upgrade() -> None:
    op.execute(MERGE)


def downgrade() -> None:
    op.execute("DROP FUNCTION larder.merge_pending(regclass)")
