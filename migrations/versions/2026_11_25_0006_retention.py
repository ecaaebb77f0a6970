"""How long what was overwritten is kept, and what never is: secrets.

Images leave secrets out: a column whose name looks like one (the same pattern as `admin.traits.SECRET`) is told as
changed and never with its value, so nobody finds an old password in the record. The key of a row is always kept.

`larder.forget()` drops the months of the record that are older than `larder.undo_days()`. The application may call it,
and ask it to keep more, but not less: the number is in the body of a function that only the owner can replace, which
`larder migrate` does with LARDER_UNDO_DAYS.

Revision: retention
Follows: saved_views
"""

from __future__ import annotations

from alembic import op

revision = "retention"
down_revision = "saved_views"
branch_labels = None
depends_on = None

NAMES = r"""
CREATE FUNCTION larder.is_secret(name text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT name ~* 'password|passwd|secret|token|_hash$|^hash$|api_?key$|private_?key'
$$;

CREATE FUNCTION larder.secrets(relation oid) RETURNS SETOF name
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT attname FROM pg_attribute
  WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND larder.is_secret(attname)
    AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = relation AND indisprimary AND attnum = ANY (indkey::int2[]))
$$
"""

IMAGE_SQL = """
CREATE OR REPLACE FUNCTION larder.image_sql(relation oid, row_sql text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('jsonb_object(ARRAY[%s], ARRAY[%s])',
                string_agg(quote_literal(attname), ', ' ORDER BY attnum),
                string_agg(format('%s.%I::text', row_sql, attname), ', ' ORDER BY attnum))
  FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attgenerated = '' {without}
$$
"""
WITHOUT_SECRETS = "AND attname NOT IN (SELECT larder.secrets(relation))"

# What the image of an update adds: the secrets that the update changed, each as a mark in place of its value.
CHANGED_SECRETS = """
CREATE FUNCTION larder.changed_secrets_sql(relation oid, was text, is_now text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(string_agg(
    format(' || CASE WHEN %1$s.%3$I::text IS DISTINCT FROM %2$s.%3$I::text THEN %4$L::jsonb ELSE %5$L END',
           was, is_now, secret, jsonb_build_object(secret, '•••'), '{}'), ''), '')
  FROM larder.secrets(relation) AS secret
$$
"""

KEEP_UPDATED = """
CREATE OR REPLACE FUNCTION larder.keep_updated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
SET extra_float_digits = 1 SET bytea_output = 'hex' AS $$
BEGIN
  -- A cascade runs one statement for each parent, and most of them change nothing.
  IF EXISTS (SELECT FROM rows_before) THEN
    EXECUTE format($sql$
      INSERT INTO larder.before_image (operation_id, table_name, kind, key, new_key, before)
      SELECT %1$L::bigint, %2$L, 'U', to_jsonb(%3$s), to_jsonb(nullif(%4$s, %3$s)), {image}
      FROM (SELECT row_number() OVER () AS place, larder_row AS was FROM rows_before AS larder_row) AS o
      JOIN (SELECT row_number() OVER () AS place, larder_row AS is_now FROM rows_now AS larder_row) AS n USING (place)
      WHERE was *<> is_now $sql$,
                   nullif(current_setting('larder.operation', true), ''), TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME,
                   larder.key_sql(TG_RELID, '(was)'), larder.key_sql(TG_RELID, '(is_now)'),
                   larder.image_sql(TG_RELID, '(was)'){secrets});
  END IF;
  RETURN NULL;
END
$$
"""

# What earlier images hold of secrets goes, too.
SCRUB = """
UPDATE larder.before_image SET before = before - ARRAY(SELECT name FROM jsonb_object_keys(before) AS name
                                                       WHERE larder.is_secret(name))
WHERE EXISTS (SELECT FROM jsonb_object_keys(before) AS name WHERE larder.is_secret(name))
"""

UNDO_DAYS = """
CREATE FUNCTION larder.undo_days() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 30 $$
"""

FORGET = """
CREATE FUNCTION larder.forget(days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
SET lock_timeout = '2s' AS $$
DECLARE
  oldest timestamptz := now() - make_interval(days => least(greatest(days, larder.undo_days()), 36500));
  part record;
  dropped integer := 0;
BEGIN
  FOR part IN
    SELECT c.relname AS name FROM pg_class AS c
    WHERE c.relnamespace = 'larder_log'::regnamespace AND c.relkind = 'r'
      AND c.relname ~ '^(before_image|inserted_keys)_[0-9]{4}_[0-9]{2}$'
      AND to_date(right(c.relname, 7), 'YYYY_MM')::timestamp + interval '1 month' <= oldest
    ORDER BY c.relname
  LOOP
    BEGIN
      EXECUTE format('DROP TABLE larder_log.%I', part.name);
      dropped := dropped + 1;
    EXCEPTION WHEN lock_not_available THEN
      -- Somebody is reading it: the next run will find it free.
      NULL;
    END;
  END LOOP;
  DELETE FROM larder_log.before_image_default WHERE at < oldest;
  DELETE FROM larder_log.inserted_keys_default WHERE at < oldest;
  RETURN dropped;
END
$$
"""


def upgrade() -> None:
    for statement in (NAMES, CHANGED_SECRETS, UNDO_DAYS, FORGET):
        op.execute(statement)
    op.execute(IMAGE_SQL.replace("{without}", WITHOUT_SECRETS))
    image = "%5$s %6$s"
    op.execute(
        KEEP_UPDATED.replace("{image}", image).replace(
            "{secrets}", ",\n                   larder.changed_secrets_sql(TG_RELID, '(was)', '(is_now)')"
        )
    )
    op.execute(SCRUB)


def downgrade() -> None:
    op.execute(IMAGE_SQL.replace("{without}", ""))
    op.execute(KEEP_UPDATED.replace("{image}", "%5$s").replace("{secrets}", ""))
    for function in (
        "forget(integer)", "undo_days()", "changed_secrets_sql(oid, text, text)", "secrets(oid)", "is_secret(text)",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION larder.{function}")
