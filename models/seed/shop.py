"""Customers, what they owe, what is in stock and what was ordered."""

from __future__ import annotations

# Some customers in the trash have the email of the row before them: restoring those shows what a conflict is.
CUSTOMER = """
INSERT INTO customer (email, name, city, balance, born, active, created_at, updated_at, deleted_at)
SELECT CASE WHEN deleted AND n % 3 = 0 THEN pg_temp.email_of(pg_temp.name_of(n - 1, 201), n - 1)
            ELSE pg_temp.email_of(name, n) END, name,
       CASE WHEN pg_temp.chance(n, 3, 15) > 0 THEN pg_temp.one_of(pg_temp.cities(), n, 4) END,
       CASE WHEN pg_temp.chance(n, 5, 3) = 0 THEN 0 ELSE (pg_temp.chance(n, 6, 250000) - 20000) / 100.0 END,
       CASE WHEN pg_temp.chance(n, 7, 9) > 0 THEN date '1940-01-01' + pg_temp.chance(n, 8, 24500)::int END,
       pg_temp.chance(n, 9, 12) > 0, made, made + interval '1 hour' * pg_temp.chance(n, 10, 400),
       CASE WHEN deleted THEN pg_temp.gone('customer', n) END
FROM generate_series(cast(:first AS bigint), :last) AS n,
     LATERAL (SELECT pg_temp.name_of(n, 201) AS name, pg_temp.chance(n, 11, 33) = 0 AS deleted) AS person,
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
ON CONFLICT DO NOTHING
"""

INVOICE = """
INSERT INTO invoice (number, customer_id, amount, status, due, created_at, updated_at, deleted_at)
SELECT 'INV-' || to_char(made AT TIME ZONE 'UTC', 'YYYY') || '-' || lpad(n::text, greatest(5, length(n::text)), '0'),
       customer.id, (500 + pg_temp.chance(n, 1, 400000)) / 100.0,
       (ARRAY['draft', 'sent', 'sent', 'paid', 'paid', 'paid', 'paid', 'void']
       )[1 + pg_temp.chance(n, 2, 8)]::invoice_status,
       CASE WHEN pg_temp.chance(n, 3, 10) > 0 THEN (made AT TIME ZONE 'UTC')::date + 30 END, made, made,
       CASE WHEN pg_temp.chance(n, 4, 40) = 0 THEN pg_temp.gone('invoice', n) END
FROM generate_series(cast(:first AS bigint), :last) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM customer) AS customer
  ON nth = 1 + pg_temp.chance(n, 5, (SELECT greatest(count(*), 1) FROM customer)),
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
ON CONFLICT DO NOTHING
"""

INVENTORY_ITEM = """
INSERT INTO inventory_item (sku, name, quantity, created_at, updated_at)
SELECT upper(left(replace(item, ' ', ''), 3)) || '-' || lpad(n::text, greatest(5, length(n::text)), '0'),
       item || ', ' || pg_temp.one_of(pg_temp.finishes(), n, 2),
       CASE WHEN pg_temp.chance(n, 3, 12) = 0 THEN 0 ELSE pg_temp.chance(n, 4, 900) END, made, made
FROM generate_series(cast(:first AS bigint), :last) AS n,
     LATERAL pg_temp.one_of(pg_temp.items(), n, 1) AS item,
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
ON CONFLICT DO NOTHING
"""

ORDER = """
INSERT INTO "order" (customer_id, status, placed_at, created_at, updated_at, deleted_at)
SELECT customer.id,
       (ARRAY['placed', 'paid', 'shipped', 'delivered', 'delivered', 'delivered', 'delivered', 'cancelled']
       )[1 + pg_temp.chance(n, 1, 8)]::order_status,
       made, made, made + interval '1 hour' * pg_temp.chance(n, 2, 200),
       CASE WHEN pg_temp.chance(n, 3, 40) = 0 THEN pg_temp.gone('order', n) END
FROM generate_series(cast(:first AS bigint), :last) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM customer) AS customer
  ON nth = 1 + pg_temp.chance(n, 4, (SELECT greatest(count(*), 1) FROM customer)),
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
"""

# Every order gets one line before any gets a second; the lines of an order in the trash are in the trash with it. They
# stand in the order they are made, after those of the batches before.
LINE_ITEM = """
INSERT INTO line_item (order_id, sku, qty, unit_price, position, created_at, updated_at, deleted_at)
SELECT parent.id, item.sku, 1 + pg_temp.chance(n, 1, 5), (250 + pg_temp.chance(item.id, 2, 30000)) / 100.0,
       (SELECT coalesce(max(position), 0) FROM line_item WHERE order_id = parent.id)
       + row_number() OVER (PARTITION BY parent.id ORDER BY n),
       parent.created_at, parent.created_at, parent.deleted_at
FROM generate_series(cast(:first AS bigint), :last) AS n
CROSS JOIN (SELECT greatest(count(*), 1) AS orders FROM "order") AS size
CROSS JOIN LATERAL (SELECT CASE WHEN n <= orders THEN n ELSE 1 + pg_temp.chance(n, 3, orders) END AS place) AS choice
JOIN (SELECT id, created_at, deleted_at, row_number() OVER (ORDER BY id) AS nth FROM "order") AS parent
  ON parent.nth = place
JOIN (SELECT id, sku, row_number() OVER (ORDER BY id) AS nth FROM inventory_item) AS item
  ON item.nth = 1 + pg_temp.chance(n, 4, (SELECT greatest(count(*), 1) FROM inventory_item))
ORDER BY n
"""
