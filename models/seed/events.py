"""Events, by the million, and the settings."""

from __future__ import annotations

EVENT = """
INSERT INTO event (kind, payload, created_at)
SELECT pg_temp.one_of(pg_temp.event_kinds(), n, 1),
       jsonb_build_object('user', 1 + pg_temp.chance(n, 2, 5000), 'ms', pg_temp.chance(n, 3, 900),
                          'ip', '192.0.2.' || pg_temp.chance(n, 4, 256)),
       pg_temp.moment(n, :origin, :final)
FROM generate_series(cast(:first AS bigint), :last) AS n
ORDER BY n
"""

SETTING = """
INSERT INTO setting (key, value)
SELECT key, value FROM jsonb_each('{
  "site.name": "Harbour Books", "site.language": "en", "site.time_zone": "Europe/Lisbon", "site.maintenance": false,
  "site.languages": ["en", "pt", "fr", "de"], "mail.from": "shop@example.org", "mail.reply_to": null,
  "mail.retries": 3, "mail.footer": "Harbour Books, Rua do Cais 7, Lisbon", "search.minimum_letters": 3,
  "search.synonyms": {"novel": ["book", "story"], "lamp": ["light"]}, "orders.cancel_hours": 24,
  "orders.free_shipping_from": 39.90, "orders.couriers": ["bicycle", "post", "van"],
  "invoices.due_days": 30, "invoices.prefix": "INV", "invoices.reminders": [7, 14, 28],
  "stock.low_below": 10, "stock.notify": ["warehouse@example.org"], "theme.colour": "#2f6f6b",
  "theme.logo": {"src": "logo.svg", "width": 120, "height": 32}, "backup.keep": {"daily": 7, "weekly": 4},
  "backup.hour": 3, "features.reviews": true
}'::jsonb) WITH ORDINALITY AS entry (key, value, n)
WHERE n BETWEEN :first AND :last AND :origin <= :final
ON CONFLICT DO NOTHING
"""
