"""Which operation made this row, asked of each row of a list: the record of inserts in batches that an index holds.

A statement's keys were kept ten thousand at a time, and only batches of up to a hundred were indexed by them. Now every
batch is one of those. Nothing of what is indexed waits in a list of its own, which each look-up would have to read.
Batches that are there already stay as they are, and are found by their operation.

Revision: batches
Follows: tags
"""

from __future__ import annotations

from alembic import op

revision = "batches"
down_revision = "tags"
branch_labels = None
depends_on = None

RESIZE = """
DO $$ BEGIN
  EXECUTE replace(pg_get_functiondef('larder.keep_inserted()'::regprocedure),
                  '/ {size} AS batch', '/ {another} AS batch');
END $$
"""
FEW = """
CREATE INDEX inserted_keys_few_idx ON larder.inserted_keys USING gin (keys jsonb_path_ops) {options}
WHERE jsonb_array_length(keys) <= 100
"""
MANY = """
CREATE INDEX inserted_keys_many_idx ON larder.inserted_keys (operation_id) WHERE jsonb_array_length(keys) > 100
"""


BY_MOMENT = "CREATE INDEX inserted_keys_table_name_at_idx ON larder.inserted_keys (table_name, at) {only}"


def upgrade() -> None:
    op.execute(RESIZE.format(size=10_000, another=100))
    op.execute("DROP INDEX larder.inserted_keys_few_idx, larder.inserted_keys_table_name_at_idx")
    op.execute(BY_MOMENT.format(only="WHERE jsonb_array_length(keys) > 100"))
    op.execute(FEW.format(options="WITH (fastupdate = off)"))
    op.execute(MANY)


def downgrade() -> None:
    op.execute("DROP INDEX larder.inserted_keys_many_idx, larder.inserted_keys_few_idx")
    op.execute("DROP INDEX larder.inserted_keys_table_name_at_idx")
    op.execute(BY_MOMENT.format(only=""))
    op.execute(FEW.format(options=""))
    op.execute(RESIZE.format(size=100, another=10_000))
