"""Functions the seeding statements share, made for one session only (schema pg_temp).

They are plain SQL, so that the planner writes them into the statement and ten million rows cost no call.
Nothing is random: what row `n` holds follows from `n`, on every machine and in every run.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from models.seed import trash
from models.seed.words import LISTS, SPECIAL_SENTENCES

FUNCTIONS = (
    # A number from 0 to size - 1 that looks random; another salt, another number.
    """
    CREATE OR REPLACE FUNCTION pg_temp.chance(n bigint, salt int, size bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS
    'SELECT (hashint8extended(n, salt) & 9223372036854775807) % size'
    """,
    """
    CREATE OR REPLACE FUNCTION pg_temp.one_of(words text[], n bigint, salt int) RETURNS text IMMUTABLE LANGUAGE sql AS
    'SELECT words[1 + pg_temp.chance(n, salt, cardinality(words))]'
    """,
    # When row n of the rows first..last was made: evenly from 2023 to the summer of 2026, to the second.
    """
    CREATE OR REPLACE FUNCTION pg_temp.moment(n bigint, first bigint, last bigint) RETURNS timestamptz
    IMMUTABLE LANGUAGE sql AS
    $$ SELECT timestamptz '2023-01-02 08:00:00+00'
         + interval '1 second' * ((n - first) * 114000000.0 / (last - first + 1))::bigint $$
    """,
    # A different name for every n: all pairs in a scattered order, then all pairs with a middle initial, then two.
    """
    CREATE OR REPLACE FUNCTION pg_temp.own_name(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT concat_ws(' ', firsts[1 + pair % cardinality(firsts)],
              CASE WHEN round > 0 THEN chr((65 + round % 26)::int) || '.' END,
              CASE WHEN round > 25 THEN chr((65 + round / 26 % 26)::int) || '.' END,
              lasts[1 + pair / cardinality(firsts)])
       FROM (SELECT pg_temp.first_names() AS firsts, pg_temp.last_names() AS lasts) AS names,
            LATERAL (SELECT (cardinality(firsts) * cardinality(lasts))::bigint AS pairs) AS size,
            LATERAL (SELECT n * 7919 % pairs AS pair, n / pairs AS round) AS place $$
    """,
    """
    CREATE OR REPLACE FUNCTION pg_temp.name_of(n bigint, salt int) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT pg_temp.one_of(pg_temp.first_names(), n, salt) || ' '
         || pg_temp.one_of(pg_temp.last_names(), n, salt + 1) $$
    """,
    # Unique, because it ends in n, and under a domain that is reserved for examples.
    """
    CREATE OR REPLACE FUNCTION pg_temp.email_of(name text, n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT lower(replace(name, ' ', '.')) || n
         || (ARRAY['@example.com', '@example.org', '@example.net'])[1 + n % 3] $$
    """,
)


def make(connection: Connection) -> None:
    """Make the word lists and the functions for the session of this connection."""
    for name, words in (LISTS | {kind: [sentence] for kind, sentence in SPECIAL_SENTENCES.items()}).items():
        array = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
        connection.execute(
            text(
                f"CREATE OR REPLACE FUNCTION pg_temp.{name}() RETURNS text[] IMMUTABLE LANGUAGE sql "
                f"AS $words$ SELECT ARRAY[{array}] $words$"
            )
        )
    for function in (*FUNCTIONS, trash.moments()):
        connection.execute(text(function))
