"""Where a line stands in its order: see `models/positions.py`.

The lines that are there stand in the order they were made in. Nobody changed them: their history and their updated_at
stay as they are.

Revision: positions
Follows: operation_kinds
"""

from __future__ import annotations

from alembic import op

revision = "positions"
down_revision = "operation_kinds"
branch_labels = None
depends_on = None

# The triggers that would take this for a change: the one that keeps history, updated_at, and stock, which would add up
# every line to find that nothing moved.
QUIET = ("larder_keep_updated", "touch_updated_at", "move_stock_on")

FILL = """
UPDATE line_item AS l SET position = n.position
FROM (SELECT id, row_number() OVER (PARTITION BY order_id ORDER BY id) AS position FROM line_item) AS n
WHERE n.id = l.id
"""

LAST = """
CREATE FUNCTION stand_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT least(coalesce(max(position), 0), 9223372036854775806) + 1 INTO NEW.position
  FROM line_item WHERE order_id = NEW.order_id;
  RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.execute("ALTER TABLE line_item ADD COLUMN position bigint")
    switch("DISABLE")
    op.execute(FILL)
    switch("ENABLE")
    op.execute("ALTER TABLE line_item ALTER COLUMN position SET NOT NULL, ADD CHECK (position > 0)")
    op.execute("COMMENT ON CONSTRAINT line_item_position_check ON line_item IS 'position is 1 or more'")
    op.execute("DROP INDEX line_item_order_id")
    op.execute("CREATE INDEX line_item_order_id ON line_item (order_id, position, id)")
    op.execute(LAST)
    op.execute(
        "CREATE TRIGGER stand_last BEFORE INSERT ON line_item"
        " FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION stand_last()"
    )


def switch(to: str) -> None:
    op.execute(f"ALTER TABLE line_item {', '.join(f'{to} TRIGGER {trigger}' for trigger in QUIET)}")


def downgrade() -> None:
    op.execute("DROP FUNCTION stand_last() CASCADE")
    op.execute("ALTER TABLE line_item DROP COLUMN position")
    op.execute("CREATE INDEX line_item_order_id ON line_item (order_id, id)")
