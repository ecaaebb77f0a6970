"""A table with a column of every kind of type, and rows with the values that are easily lost on the way."""

from __future__ import annotations

from tests.postgres import Database

CREATE = """
    create type mood as enum ('calm', 'loud "quoted", comma');
    create type pair as (a int, b text);
    create domain even as int check (value % 2 = 0);
    create table zoo (
      "a b" bigint, k text, n numeric, price numeric(12, 2), f double precision, f4 real, small smallint,
      t timestamptz, naive timestamp, d date, clock time, zoned timetz, span interval,
      j json, jb jsonb, arr int[], words text[], r tstzrange, days datemultirange, raw bytea, u uuid, yes boolean,
      fixed char(5), short varchar(7), net inet, bits bit varying, m mood, p pair, e even, lexemes tsvector,
      twice numeric generated always as ("a b"::numeric * 2) stored,
      primary key (k, "a b"));
    select larder.track('zoo');
    grant all on zoo to larder_app
"""

ROWS = (
    r"""(1, 'x,\y', 1.10, 0.00, '-0', 'NaN', -32768,
        '2026-01-01 00:00:00.123456+02', 'infinity', '0044-03-15 BC', '23:59:59.999999', '04:05:06.7-08',
        '1 mon -2 days 03:00:00.5', '{"a" :  1, "a": 2}', 'null', '[2:3]={1,NULL}', '{"NULL",NULL,"",",\"{}"}',
        '[2026-01-01,infinity)', '{[2026-01-01,2026-02-01),[2026-03-01,)}', '\x00ff',
        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', true, 'ab', E'\r\n', '10.0.0.1', '101', 'loud "quoted", comma',
        '(1,"x,")', 4, '''a'':1A ''b'':2')""",
    """(9223372036854775807, '', 'Infinity', 9999999999.99, 1e308, 1e-45, 0,
        'infinity', '9999-12-31 23:59:59.999999', '-infinity', '00:00', '00:00+00',
        '-1 year', 'null', '{"b": 1.10, "a": 12345678901234567890.5}', '{}', '{}',
        'empty', '{}', '', null, false, '', '', '::1/64', '', 'calm', '(,)', 0, '')""",
    f"(3, 'nothing'{', null' * 28})",
)

CHANGE_ALL = """
    update zoo set n = 0, price = 1, f = 1, f4 = 1, small = 1, t = now(), naive = now(), d = now(), clock = '1:00',
      zoned = '1:00+00', span = '1 day', j = '1', jb = '1', arr = '{9}', words = '{9}', r = '(,)', days = '{(,)}',
      raw = 'x', u = gen_random_uuid(), yes = null, fixed = 'z', short = 'z', net = '1.1.1.1', bits = '1', m = null,
      p = '(2,c)', e = 2, lexemes = 'z'
"""


def create(database: Database) -> None:
    database.sql(CREATE)
    for row in ROWS:
        database.sql(f"insert into zoo values {row}")


def truth(database: Database, table: str = "zoo") -> list[str]:
    """Every row as Postgres' own text, which tells apart whatever Postgres tells apart."""
    return [row for (row,) in database.sql(f'select t::text from {table} as t order by t::text collate "C"')]
