"""What the people of the demo data deleted lately, so that the trash can be looked through for weeks.

Seeding writes each deletion down as the console does: one operation with the moment that its rows bear, and the rows as
they were before. So all of it can be undone, and leaves the trash when its time has come. Moments count back from the
start of the transaction; which rows are meant follows from their number, as everything here does.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

HOUR, DAY = 60, 1440

LATELY = {
    "document": {38: "Ann", 2 * DAY + 95: "Mia", 6 * DAY + 410: "Ben", 13 * DAY + 250: "Ann", 23 * DAY + 30: "Ben"},
    "order": {3 * HOUR + 20: "Ben", 4 * DAY + 75: "Ann", 10 * DAY + 190: "Mia", 26 * DAY + 45: "Ann"},
    "customer": {9 * HOUR + 12: "Mia", 3 * DAY + 340: "Ben", 8 * DAY + 115: "Ann", 19 * DAY + 260: "Mia"},
    "invoice": {DAY + 130: "Ann", 5 * DAY + 220: "Mia", 15 * DAY + 70: "Ben"},
    "user": {DAY + 300: "Ben", 11 * DAY + 20: "Ann"},
}
"""Who deleted rows of which table, by how many minutes ago that was. No two of them at the same moment."""

ALONG = {"order": "line_item"}

ONE_OF = """
CREATE OR REPLACE FUNCTION pg_temp.gone(name text, n bigint) RETURNS timestamptz STABLE LANGUAGE sql AS
$$ SELECT now() - interval '1 minute' * ages[1 + pg_temp.chance(n, 90, cardinality(ages))]
   FROM (SELECT CASE name {cases} END AS ages) AS deletions $$
"""

# The triggers write every value like this.
PLAIN_TEXT = """
SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
       set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true)
"""

# Rows of one moment that are not written down yet: a second run in the same transaction has the same moments.
ROWS = """
FROM "{table}" AS larder_row
WHERE deleted_at = now() - interval '1 minute' * %(ago)s
  AND NOT EXISTS (SELECT FROM larder.before_image AS kept
                  WHERE kept.table_name = 'public.{table}' AND kept.key = to_jsonb({key}) AND kept.at = deleted_at)
"""

OPERATION = """
INSERT INTO larder.operation (at, person_name, kind, identity, rows, sentence, source, detail)
VALUES (now() - interval '1 minute' * %(ago)s, %(who)s, 'delete', %(identity)s, %(rows)s, %(sentence)s, 'demo data',
        %(detail)s)
RETURNING id
"""

IMAGES = """
INSERT INTO larder.before_image (at, operation_id, table_name, kind, key, before)
SELECT deleted_at, %(operation)s, 'public.{table}', 'U', to_jsonb({key}), {image} || '{{"deleted_at": null}}'
"""

# What a deleted line had taken is back in stock, or its order could not be restored.
GIVE_BACK = """
UPDATE inventory_item SET quantity = quantity + given
FROM (SELECT sku, sum(qty) AS given {rows} GROUP BY sku) AS lines WHERE inventory_item.sku = lines.sku
"""


def moments() -> str:
    """The function that says when row `n` of a table was deleted, for the session of a connection."""
    cases = " ".join(f"WHEN '{table}' THEN ARRAY[{', '.join(map(str, ages))}]" for table, ages in LATELY.items())
    return ONE_OF.format(cases=cases)


def write_down(connection: Connection) -> None:
    """Give every deletion that was seeded in this transaction its operation, the oldest first."""
    connection.exec_driver_sql(PLAIN_TEXT)
    deletions = [(ago, table, who) for table, ages in LATELY.items() for ago, who in ages.items()]
    for ago, table, who in sorted(deletions, reverse=True):
        rows = _count(connection, table, ago)
        if rows:
            _write(connection, table, ago, (who, rows))


def _write(connection: Connection, table: str, ago: int, done: tuple[str, int]) -> None:
    who, rows = done
    child = ALONG.get(table)
    along = _count(connection, child, ago) if child else 0
    said = " and ".join(_said(name, number) for name, number in ((table, rows), (child, along)) if name and number)
    values = {
        "ago": ago, "who": who, "identity": table, "rows": rows + along, "sentence": f"{said} deleted.",
        "detail": json.dumps({"rows": rows, "along": {f"public.{child}": along} if along else {}}),
    }  # fmt: skip
    operation = connection.exec_driver_sql(OPERATION, values).scalar_one()
    if along:
        _give_back(connection, ago)
    for name in (table, child) if along else (table,):
        image = _expression(connection, "image_sql", str(name))
        statement = IMAGES.format(table=name, key=_key(connection, str(name)), image=image)
        connection.exec_driver_sql(statement + _rows(connection, str(name)), {"ago": ago, "operation": operation})


def _give_back(connection: Connection, ago: int) -> None:
    """Without a history of its own: the stock follows its lines, here as anywhere."""
    connection.exec_driver_sql("ALTER TABLE inventory_item DISABLE TRIGGER USER")
    connection.exec_driver_sql(GIVE_BACK.format(rows=_rows(connection, "line_item")), {"ago": ago})
    connection.exec_driver_sql("ALTER TABLE inventory_item ENABLE TRIGGER USER")


def _count(connection: Connection, table: str, ago: int) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) {_rows(connection, table)}", {"ago": ago}).scalar_one())


def _rows(connection: Connection, table: str) -> str:
    return ROWS.format(table=table, key=_key(connection, table))


def _key(connection: Connection, table: str) -> str:
    return _expression(connection, "key_sql", table)


def _expression(connection: Connection, function: str, table: str) -> str:
    """SQL of a row's key or image, as the triggers write it."""
    statement = f"SELECT larder.{function}(cast(:table AS regclass), 'larder_row')"
    return str(connection.scalar(text(statement), {"table": f'"{table}"'}))


def _said(table: str, rows: int) -> str:
    return f"{rows:,} {table.replace('_', ' ')}{'' if rows == 1 else 's'}"
