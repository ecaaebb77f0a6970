"""Authors, books and reviews."""

from __future__ import annotations

AUTHOR = """
INSERT INTO author (name, born, country, created_at, updated_at)
SELECT pg_temp.own_name(n),
       CASE WHEN pg_temp.chance(n, 1, 8) > 0 THEN date '1885-01-01' + pg_temp.chance(n, 2, 40000)::int END,
       CASE WHEN pg_temp.chance(n, 3, 12) > 0 THEN pg_temp.one_of(pg_temp.countries(), n, 4) END,
       made, made
FROM generate_series(cast(:first AS bigint), :last) AS n,
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
ON CONFLICT DO NOTHING
"""

# The ISBN has a right check digit, and 99999989 is a prime, so that no two rows get the same number.
BOOK = """
INSERT INTO book (author_id, title, isbn, published, price, created_at, updated_at)
SELECT author.id,
       CASE pg_temp.chance(n, 1, 6)
         WHEN 0 THEN 'The ' || adjective || ' ' || noun
         WHEN 1 THEN 'The ' || noun || ' of ' || city
         WHEN 2 THEN noun || ' and ' || other
         WHEN 3 THEN 'A ' || noun || ' in ' || city
         WHEN 4 THEN adjective || ' ' || noun
         ELSE 'The ' || noun || '''s ' || other END,
       CASE WHEN pg_temp.chance(n, 2, 20) > 0 THEN digits || (10 - checksum % 10) % 10 END,
       CASE WHEN pg_temp.chance(n, 3, 25) > 0 THEN date '1950-01-01' + pg_temp.chance(n, 4, 27900)::int END,
       CASE WHEN pg_temp.chance(n, 5, 15) > 0 THEN 4.99 + pg_temp.chance(n, 6, 45) END,
       made, made
FROM generate_series(cast(:first AS bigint), :last) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM author) AS author
  ON nth = 1 + pg_temp.chance(n, 7, (SELECT greatest(count(*), 1) FROM author)),
     LATERAL (SELECT pg_temp.one_of(pg_temp.adjectives(), n, 8) AS adjective,
                     pg_temp.one_of(pg_temp.nouns(), n, 9) AS noun, pg_temp.one_of(pg_temp.nouns(), n, 10) AS other,
                     pg_temp.one_of(pg_temp.cities(), n, 11) AS city,
                     '9781' || lpad((n * 15485863 % 99999989)::text, 8, '0') AS digits) AS word,
     LATERAL (SELECT sum(substr(digits, i, 1)::int * CASE WHEN i % 2 = 0 THEN 3 ELSE 1 END) AS checksum
              FROM generate_series(1, 12) AS i) AS isbn,
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
ON CONFLICT DO NOTHING
"""

REVIEW = """
INSERT INTO review (book_id, reviewer, rating, body, created_at, updated_at)
SELECT book.id, pg_temp.name_of(n, 301), (ARRAY[5, 4, 5, 3, 4, 5, 2, 4, 3, 1])[1 + pg_temp.chance(n, 3, 10)],
       pg_temp.one_of(pg_temp.review_sentences(), n, 4) || ' ' || pg_temp.one_of(pg_temp.review_sentences(), n, 5),
       made, made + CASE WHEN pg_temp.chance(n, 6, 9) = 0 THEN interval '2 days' ELSE interval '0' END
FROM generate_series(cast(:first AS bigint), :last) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM book) AS book
  ON nth = 1 + pg_temp.chance(n, 7, (SELECT greatest(count(*), 1) FROM book)),
     LATERAL pg_temp.moment(n, :origin, :final) AS made
ORDER BY n
"""
