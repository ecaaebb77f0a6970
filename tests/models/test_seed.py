"""Demo data: the same in every run, no more than asked for, and ready to be worked with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from models.seed import ROWS, STATEMENTS, seed
from models.seed.trash import LATELY
from tests.conftest import Clone
from tests.postgres import Database


@pytest.fixture(scope="module")
def seeded(clone: Clone) -> Iterator[Database]:
    """Shared by the tests that look; one of them adds an author."""
    with clone() as made:
        engine = sa.create_engine(made.owner_url, poolclass=NullPool)
        with engine.begin() as connection:
            seed(connection)
        yield made


def contents(owner: sa.Connection) -> dict[str, str]:
    """A digest of every row of every table; of a deleted row, how long ago that was."""
    ago = "jsonb_build_object('deleted_at', now() - (to_jsonb(row) ->> 'deleted_at')::timestamptz)"
    rows = f'select to_jsonb(row) || {ago} as row from "{{}}" as row'
    query = f"select md5(string_agg(row::text, '' order by row::text)) from ({rows}) as row"
    return {name: str(owner.scalar(sa.text(query.format(name)))) for name in STATEMENTS}


def test_every_table_is_filled_and_a_second_run_adds_nothing(owner: sa.Connection) -> None:
    assert seed(owner) == ROWS["demo"]
    deletions = sa.text("select count(*) from larder.operation")
    before = owner.scalar(deletions)
    assert set(seed(owner).values()) == {0}
    assert owner.scalar(deletions) == before


def test_two_databases_get_the_very_same_rows(owner: sa.Connection) -> None:
    seed(owner)
    first = contents(owner)
    owner.rollback()
    # A rollback does not turn the sequences back, and the keys are part of the rows.
    owner.execute(sa.text("select setval(oid, 1, false) from pg_class where relkind = 'S' and relname like '%_id_seq'"))
    seed(owner)
    assert contents(owner) == first


def test_a_table_is_topped_up_to_the_rows_asked_for(owner: sa.Connection) -> None:
    seed(owner)
    added = seed(owner, rows={"author": 350, "api_key": 400, "event": 20_000, "book": 10})
    assert {name: count for name, count in added.items() if count} == {"author": 30, "api_key": 40, "event": 8_000}


def test_what_was_purged_is_replaced_by_other_rows(owner: sa.Connection) -> None:
    seed(owner)
    owner.execute(sa.text("delete from review where id > 4000"))
    owner.execute(sa.text("delete from document where id between 100 and 199"))
    assert {name: count for name, count in seed(owner).items() if count} == {"review": 200, "document": 100}


def test_an_unknown_table_is_refused(owner: sa.Connection) -> None:
    with pytest.raises(ValueError, match="no table shelf"):
        seed(owner, rows={"shelf": 3})


def test_its_words_are_common_rare_and_absent(seeded: Database) -> None:
    def found(word: str) -> int:
        query = "select count(*) from document where search @@ websearch_to_tsquery('english', %s)"
        return int(seeded.value(query, word))

    assert found("budget") > 150
    assert found("lighthouse") == 24
    assert found("quokka") == 3
    assert found("zeppelin") == 0


def test_the_trash_was_filled_lately_deletion_by_deletion(seeded: Database) -> None:
    """Each as the console writes it: within what is kept, with the rows as they were, the newest last."""
    for table in ("user", "document", "customer", "invoice", "order", "line_item"):
        share = seeded.value(f'select avg((deleted_at is not null)::int) from "{table}"')
        assert 0.005 < share < 0.1, table
        unknown = (
            f'select count(*) from "{table}" as t where deleted_at is not null and not exists (select'
            " from larder.before_image b join larder.operation o on o.id = operation_id and o.at = b.at"
            f" where table_name = 'public.{table}' and b.key = to_jsonb(array[t.id::text]) and b.at = t.deleted_at"
            " and before ->> 'deleted_at' is null and before ->> 'created_at' is not null)"
        )
        assert seeded.value(unknown) == 0, table
    done = seeded.sql("select now() - at, rows, sentence from larder.operation where kind = 'delete' order by id")
    assert len(done) == sum(map(len, LATELY.values()))
    assert sorted((ago for ago, *_ in done), reverse=True) == [ago for ago, *_ in done]
    assert done[0][0] < timedelta(days=28)
    assert sum(rows for _, rows, _ in done) == seeded.value("select count(*) from larder.before_image")
    assert any(re.fullmatch(r"\d+ orders and \d+ line items deleted\.", sentence) for *_, sentence in done)


def test_the_lines_of_a_deleted_order_were_deleted_with_it(seeded: Database) -> None:
    query = 'select count(*) from line_item join "order" on "order".id = order_id where {}'
    assert seeded.value(query.format('line_item.deleted_at is distinct from "order".deleted_at')) == 0


def test_a_restore_can_be_refused(seeded: Database) -> None:
    """Some customers in the trash have the email of a live one, so that the conflict can be looked at."""
    query = (
        "select count(*) from customer as gone join customer as live using (email)"
        " where gone.deleted_at is not null and live.deleted_at is null"
    )
    assert seeded.value(query) > 5


def test_an_isbn_has_a_right_check_digit(seeded: Database) -> None:
    for (isbn,) in seeded.sql("select isbn from book where isbn is not null"):
        assert len(isbn) == 13
        assert sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(isbn)) % 10 == 0


def test_nothing_lies_in_the_future(seeded: Database) -> None:
    for name in STATEMENTS:
        columns = seeded.sql(
            "select attname from pg_attribute where attrelid = %s::regclass and atttypid = 'timestamptz'::regtype"
            " and attnum > 0",
            f'"{name}"',
        )
        for (column,) in columns:
            assert seeded.value(f'select count(*) from "{name}" where {column} > now()') == 0, (name, column)


def test_the_next_row_gets_a_key_that_is_free_and_a_history(seeded: Database) -> None:
    highest = seeded.value("select max(id) from author")
    kept = "select count(*) from larder.inserted_keys"
    assert seeded.value(kept) == 0
    assert seeded.value("select count(*) from pg_trigger where not tgisinternal and tgenabled <> 'O'") == 0
    assert seeded.value("insert into author (name) values ('New') returning id") == highest + 1
    assert seeded.value(kept) == 1
