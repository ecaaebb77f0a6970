"""The order in which the lines of an order stand, as somebody arranged them: a number that the database hands out.

A line that comes without a position stands last in its order, however it comes: from a form, an import, psql. Positions
are not unique, on purpose. Two lines may be swapped in any order of statements, two people may add a line at the same
time, and a line may come back from the trash to where others stand by now: none of them has to wait or to fail for it.
Lines of the same position stand in the order of their keys, so the order is always the same.

    CREATE TRIGGER stand_last BEFORE INSERT ON line_item
    FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION stand_last()

Trap: `max(position) + 1` asks for each row, which an index that begins with the order answers in microseconds. Without
one, an import of a million lines reads the table a million times.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, event, text

from models.line_item import LineItem

# What stands in the trash counts as well: it may come back. After the largest number there is only the key.
LAST = """\
CREATE OR REPLACE FUNCTION stand_last() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT least(coalesce(max(position), 0), 9223372036854775806) + 1 INTO NEW.position
  FROM line_item WHERE order_id = NEW.order_id;
  RETURN NEW;
END
$$"""


@event.listens_for(LineItem.__table__, "after_create")
def keep_positions(_: Table, connection: Connection, **__: object) -> None:
    """Let create_all make the rule with the table."""
    connection.execute(text(LAST))
    connection.execute(
        text(
            "CREATE TRIGGER stand_last BEFORE INSERT ON line_item "
            "FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION stand_last()"
        )
    )
