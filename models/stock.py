"""What the lines of an order take out of stock, kept by the database, so that no way of changing a line can forget it.

A live line takes its quantity, and gives it back when it becomes smaller, goes into the trash or is deleted. The rule
sums up a whole statement: an order with a hundred lines, an import of a million or an undo costs one UPDATE. What is
not there cannot be taken, and the refusal is a sentence for whoever typed the line.

    CREATE TRIGGER move_stock_in AFTER INSERT ON line_item REFERENCING NEW TABLE AS lines_now
    FOR EACH STATEMENT EXECUTE FUNCTION move_stock()

Trap: what follows from a change must not be undone beside it, or it is undone twice. The stock moves under an empty
`larder.operation`: Undo puts the lines back, and the stock follows them, whatever others took in the meantime.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, event, text

from models.line_item import LineItem

MOVE = """\
CREATE OR REPLACE FUNCTION move_stock() RETURNS trigger LANGUAGE plpgsql AS $$
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
$$"""

TRIGGERS = {
    "move_stock_in": ("INSERT", "NEW TABLE AS lines_now"),
    "move_stock_on": ("UPDATE", "OLD TABLE AS lines_before NEW TABLE AS lines_now"),
    "move_stock_out": ("DELETE", "OLD TABLE AS lines_before"),
}


@event.listens_for(LineItem.__table__, "after_create")
def keep_stock(_: Table, connection: Connection, **__: object) -> None:
    """Let create_all make the rule with the table."""
    connection.execute(text(MOVE))
    for name, (change, rows) in TRIGGERS.items():
        connection.execute(
            text(
                f"CREATE TRIGGER {name} AFTER {change} ON line_item REFERENCING {rows} "
                "FOR EACH STATEMENT EXECUTE FUNCTION move_stock()"
            )
        )
