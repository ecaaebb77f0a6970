"""Statistics that are true when a million rows are to be joined.

Autovacuum looks at a table when it likes. What it saw when all rows of an import had just been taken away is that there
are none, and where a table of many pages is believed to hold one row, every index looks as good as the right one: an
undo then read a whole index for each of its rows and never came to an end. Only the owner may ANALYZE.

`larder.refresh_statistics` reads a few hundred pages and looks again where the planner is far from what they hold.

Revision: statistics
Follows: positions
"""

from __future__ import annotations

from alembic import op

revision = "statistics"
down_revision = "positions"
branch_labels = None
depends_on = None

# Believed is what the planner makes of the last ANALYZE and the pages there are now; a table that nobody has analyzed
# is judged by its size, which is good enough. Whoever analyzes it at this moment does what we want, so nobody waits.
REFRESH = """
CREATE FUNCTION larder.refresh_statistics(relation regclass) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  pages bigint := pg_relation_size(relation) / current_setting('block_size')::integer;
  believed double precision;
  share double precision := least(100, 100 * 300 / greatest(pages, 1)::double precision);
  found double precision;
BEGIN
  SELECT reltuples / relpages * pages INTO believed
  FROM pg_class WHERE oid = relation AND relkind = 'r' AND relpages > 0 AND reltuples >= 0;
  IF believed IS NULL THEN
    RETURN false;
  END IF;
  EXECUTE 'SELECT count(*) FROM ' || relation || ' TABLESAMPLE SYSTEM (' || share || ')' INTO found;
  found := found * 100 / share;
  IF greatest(found, believed) < 1000 OR found BETWEEN believed / 3 AND believed * 3 THEN
    RETURN false;
  END IF;
  EXECUTE 'ANALYZE (SKIP_LOCKED) ' || relation;
  RETURN true;
END
$$
"""


def upgrade() -> None:
    op.execute(REFRESH)


def downgrade() -> None:
    op.execute("DROP FUNCTION larder.refresh_statistics(regclass)")
