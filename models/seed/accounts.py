"""Users, their API keys and the documents they own."""

from __future__ import annotations

USER = """
INSERT INTO "user" (email, name, role, active, created_at, updated_at, deleted_at)
SELECT pg_temp.email_of(name, n), name,
       (CASE WHEN pg_temp.chance(n, 3, 25) = 0 THEN 'admin' WHEN pg_temp.chance(n, 3, 25) < 7 THEN 'editor'
             ELSE 'viewer' END)::user_role,
       pg_temp.chance(n, 4, 10) > 0, made, made,
       CASE WHEN pg_temp.chance(n, 5, 25) = 0 THEN pg_temp.gone('user', n) END
FROM generate_series(cast(:first AS bigint), :last) AS n,
     LATERAL pg_temp.name_of(n, 101) AS name,
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
ON CONFLICT DO NOTHING
"""

# A UUIDv7 made of the row's own time and number, so that it is the same in every run.
API_KEY = """
INSERT INTO api_key (id, user_id, label, last_used_at, created_at, updated_at)
SELECT encode(substring(int8send((extract(epoch FROM made) * 1000)::bigint) FROM 3) || '\\x700080'::bytea
              || substring(decode(md5(n::text), 'hex') FROM 1 FOR 7), 'hex')::uuid,
       owner.id, pg_temp.one_of(pg_temp.key_labels(), n, 1),
       CASE WHEN pg_temp.chance(n, 2, 5) > 0 THEN made + interval '1 hour' * pg_temp.chance(n, 3, 500) END, made, made
FROM generate_series(cast(:first AS bigint), :last) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM "user") AS owner
  ON nth = 1 + pg_temp.chance(n, 4, (SELECT greatest(count(*), 1) FROM "user")),
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
ON CONFLICT DO NOTHING
"""

DOCUMENT = """
INSERT INTO document (owner_id, title, body, status, tags, created_at, updated_at, deleted_at)
SELECT CASE WHEN pg_temp.chance(n, 1, 10) > 0 THEN owner.id END,
       pg_temp.one_of(pg_temp.document_kinds(), n, 2) || ': ' || pg_temp.one_of(pg_temp.topics(), n, 3) || ', ' || city,
       replace(replace(concat_ws(E'\\n\\n',
         concat_ws(' ', pg_temp.one_of(sentences, n, 11), pg_temp.one_of(sentences, n, 12),
                   CASE WHEN pg_temp.chance(n, 21, 10) = 0 THEN (pg_temp.common())[1] END),
         concat_ws(' ', pg_temp.one_of(sentences, n, 13), pg_temp.one_of(sentences, n, 14),
                   pg_temp.one_of(sentences, n, 15)),
         CASE WHEN pg_temp.chance(n, 22, 3) > 0 THEN
           concat_ws(' ', pg_temp.one_of(sentences, n, 16), pg_temp.one_of(sentences, n, 17),
                     CASE WHEN n % 1000 = 42 THEN (pg_temp.rare())[1] END) END,
         concat_ws(' ', pg_temp.one_of(sentences, n, 18),
                   CASE WHEN n % 100 = 7 THEN (pg_temp.seldom())[1] END)
       ), '{city}', city), '{name}', pg_temp.name_of(n, 401)),
       (CASE WHEN pg_temp.chance(n, 6, 20) < 4 THEN 'draft' WHEN pg_temp.chance(n, 6, 20) < 17 THEN 'published'
             ELSE 'archived' END)::document_status,
       (pg_temp.tags())[1 + pg_temp.chance(n, 23, 7) : pg_temp.chance(n, 23, 7) + pg_temp.chance(n, 24, 4)],
       made, made + interval '1 hour' * pg_temp.chance(n, 7, 300),
       CASE WHEN pg_temp.chance(n, 8, 30) = 0 THEN pg_temp.gone('document', n) END
FROM generate_series(cast(:first AS bigint), :last) AS n
LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM "user") AS owner
  ON nth = 1 + pg_temp.chance(n, 9, (SELECT greatest(count(*), 1) FROM "user")),
     LATERAL (SELECT pg_temp.one_of(pg_temp.cities(), n, 10) AS city,
                     pg_temp.document_sentences() AS sentences) AS word,
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
"""
