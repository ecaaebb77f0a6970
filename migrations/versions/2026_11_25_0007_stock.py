"""What the lines of an order take out of stock: see `models/stock.py`.

What is in stock today is taken to be what remains: the lines that are there already took theirs.

Revision: stock
Follows: retention
"""

from __future__ import annotations

from alembic import op

revision = "stock"
down_revision = "retention"
branch_labels = None
depends_on = None

MOVE = """
CREATE FUNCTION move_stock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  acting text := coalesce(current_setting('larder.operation', true), '');
  skus text[];
  moves numeric[];
  short record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(sku), array_agg(moved) INTO skus, moves FROM (
      SELECT sku, -sum(qty) AS moved FROM lines_now WHERE deleted_at IS NULL GROUP BY sku) AS taken;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(sku), array_agg(moved) INTO skus, moves FROM (
      SELECT sku, sum(qty) AS moved FROM lines_before WHERE deleted_at IS NULL GROUP BY sku) AS given;
  ELSE
    -- A sku that is not there any more was renamed, and its lines came along: they gave nothing back.
    SELECT array_agg(sku), array_agg(moved) INTO skus, moves FROM (
      SELECT sku, sum(qty) AS moved FROM (
        SELECT coalesce(i.sku, n.sku) AS sku, b.qty FROM lines_before AS b JOIN lines_now AS n USING (id)
        LEFT JOIN inventory_item AS i ON i.sku = b.sku WHERE b.deleted_at IS NULL
        UNION ALL
        SELECT sku, -qty FROM lines_now WHERE deleted_at IS NULL) AS both_sides
      GROUP BY sku HAVING sum(qty) <> 0) AS moved;
  END IF;
  IF skus IS NULL THEN
    RETURN NULL;
  END IF;
  -- In one order, so that two people who take the same items never wait for each other.
  PERFORM FROM inventory_item WHERE sku = ANY (skus) ORDER BY sku FOR UPDATE;
  SELECT i.sku, i.quantity, -moved AS wanted INTO short
  FROM inventory_item AS i JOIN unnest(skus, moves) AS m (sku, moved) ON m.sku = i.sku AND i.quantity + moved < 0
  ORDER BY i.sku LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'Only % of % left in stock: % more cannot be taken.', short.quantity, short.sku, short.wanted;
  END IF;
  PERFORM set_config('larder.operation', '', true);
  UPDATE inventory_item AS i SET quantity = i.quantity + m.moved
  FROM unnest(skus, moves) AS m (sku, moved) WHERE m.sku = i.sku;
  PERFORM set_config('larder.operation', acting, true);
  RETURN NULL;
END
$$
"""

TRIGGERS = (
    "move_stock_in AFTER INSERT ON line_item REFERENCING NEW TABLE AS lines_now",
    "move_stock_on AFTER UPDATE ON line_item REFERENCING OLD TABLE AS lines_before NEW TABLE AS lines_now",
    "move_stock_out AFTER DELETE ON line_item REFERENCING OLD TABLE AS lines_before",
)


def upgrade() -> None:
    op.execute(MOVE)
    for trigger in TRIGGERS:
        op.execute(f"CREATE TRIGGER {trigger} FOR EACH STATEMENT EXECUTE FUNCTION move_stock()")


def downgrade() -> None:
    op.execute("DROP FUNCTION move_stock() CASCADE")
