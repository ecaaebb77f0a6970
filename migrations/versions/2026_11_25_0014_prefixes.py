"""Which operation made this row: from two entries of an index for a hundred rows, where there was one for each.

An index of every key was a sixth of what an insert cost. Rows that are made together have keys that begin alike, so a
batch is found by what its keys begin with, and then asked for the very key. Batches of any size have it now, so that
nobody has to look for the old ones by their moment.

Revision: prefixes
Follows: batches
"""

from __future__ import annotations

from alembic import op

revision = "prefixes"
down_revision = "batches"
branch_labels = None
depends_on = None

# Batches are numbered in the order of their rows: an undo follows them, and walks along the table then.
# A number without its last two digits; of a UUID the part that version 7 makes of the time.
KEY_PREFIX = """
CREATE FUNCTION larder.key_prefix(key text[]) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN left(array_to_string(key, ','), CASE length(array_to_string(key, ',')) WHEN 36 THEN 13 ELSE -2 END)
"""

KEEP_INSERTED = """
CREATE OR REPLACE FUNCTION larder.keep_inserted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET extra_float_digits = 1 SET bytea_output = 'hex' AS $$
BEGIN
  -- A cascade runs one statement for each parent, and most of them change nothing.
  IF EXISTS (SELECT FROM rows_now) THEN
    EXECUTE format($sql$ {body} $sql$,
                   nullif(current_setting('larder.operation', true), ''), TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME,
                   larder.key_sql(TG_RELID, 'larder_row'));
  END IF;
  RETURN NULL;
END
$$
"""

WITH_PREFIXES = """
      INSERT INTO larder.inserted_keys (operation_id, table_name, keys, prefixes)
      SELECT %L::bigint, %L, to_jsonb(array_agg(key)), array_agg(prefix) FILTER (WHERE differs)
      FROM (SELECT key, prefix, place / 100 AS batch,
                   mod(place, 100) = 0 OR prefix <> lag(prefix) OVER (ORDER BY place) AS differs
            FROM (SELECT key, larder.key_prefix(key) AS prefix, row_number() OVER () - 1 AS place
                  FROM (SELECT %s AS key FROM rows_now AS larder_row) AS made) AS numbered) AS inserted
      GROUP BY batch ORDER BY batch"""

KEYS_ALONE = """
      INSERT INTO larder.inserted_keys (operation_id, table_name, keys)
      SELECT %L::bigint, %L, to_jsonb(array_agg(key))
      FROM (SELECT %s AS key, (row_number() OVER () - 1) / 100 AS batch FROM rows_now AS larder_row) AS inserted
      GROUP BY batch"""

FILL = """
UPDATE larder.inserted_keys SET prefixes = array(
  SELECT DISTINCT larder.key_prefix(array(SELECT jsonb_array_elements_text(key)))
  FROM jsonb_array_elements(keys) AS key)
"""

INDEX = """
CREATE INDEX inserted_keys_prefixes_idx ON larder.inserted_keys USING gin (prefixes) WITH (fastupdate = off)
"""

BEFORE = """
CREATE INDEX inserted_keys_few_idx ON larder.inserted_keys USING gin (keys jsonb_path_ops) WITH (fastupdate = off)
  WHERE jsonb_array_length(keys) <= 100;
CREATE INDEX inserted_keys_many_idx ON larder.inserted_keys (operation_id) WHERE jsonb_array_length(keys) > 100;
CREATE INDEX inserted_keys_table_name_at_idx ON larder.inserted_keys (table_name, at)
  WHERE jsonb_array_length(keys) > 100
"""


def upgrade() -> None:
    op.execute(KEY_PREFIX)
    op.execute("ALTER TABLE larder.inserted_keys ADD COLUMN prefixes text[] NOT NULL DEFAULT '{}'")
    op.execute(FILL)
    op.execute(KEEP_INSERTED.format(body=WITH_PREFIXES))
    op.execute(INDEX)
    op.execute(
        "DROP INDEX larder.inserted_keys_few_idx, larder.inserted_keys_many_idx, larder.inserted_keys_table_name_at_idx"
    )


def downgrade() -> None:
    op.execute(KEEP_INSERTED.format(body=KEYS_ALONE))
    op.execute("ALTER TABLE larder.inserted_keys DROP COLUMN prefixes")
    op.execute("DROP FUNCTION larder.key_prefix(text[])")
    op.execute(BEFORE)
