"""Files in and out by command: what it prints, what it leaves behind, and how it exits."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.__main__ import main
from tests.postgres import Database
from tests.workbooks import workbook

Larder = Callable[..., Result]

PEOPLE = "email,name,balance\nann@x,Ann,1\nben@x,Ben,two\n"


@pytest.fixture
def larder(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Larder:
    """`larder("import", "customer", "people.csv")`, in a directory of its own, on the test's database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("LARDER_OWNER_URL", database.owner_url)
    Path("people.csv").write_text(PEOPLE)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_rejected_rows_stop_it_and_are_named(larder: Larder, database: Database):
    done = larder("import", "customer", "people.csv")
    assert done.exit_code == 1
    assert "line 3, balance: “two” is not a number (expected like 12.50)" in done.output
    assert "1 new, 0 changed, 0 unchanged, 1 rejected, 2 total. Nothing was changed." in done.output
    assert database.value("select count(*) from customer") == 0
    assert database.sql("select tablename from pg_tables where schemaname = 'larder_staging'") == []


def test_good_rows_go_on_when_bad_ones_are_skipped(larder: Larder, database: Database):
    done = larder("import", "customer", "people.csv", "--skip-bad", "--rejects", "rejects.csv")
    assert done.exit_code == 0, done.output
    assert "1 rejected, 2 total. Imported." in done.output
    assert database.sql("select email, balance::text from customer") == [("ann@x", "1.00")]
    assert Path("rejects.csv").read_text() == (
        '"email","name","balance","line","reason"\nben@x,Ben,two,3,balance is not a number (expected like 12.50)\n'
    )
    ((kind, source, rows),) = database.sql("select kind, source, rows from larder.operation")
    assert (kind, source, rows) == ("import", "command line", 1)


def test_mended_rejects_can_be_handed_in_again(larder: Larder, database: Database):
    larder("import", "customer", "people.csv", "--skip-bad", "--rejects", "rejects.csv")
    Path("rejects.csv").write_text(Path("rejects.csv").read_text().replace("two", "2"))
    assert larder("import", "customer", "rejects.csv").exit_code == 0
    assert database.sql("select email, balance::text from customer order by 1") == [
        ("ann@x", "1.00"),
        ("ben@x", "2.00"),
    ]


def test_a_dry_run_changes_nothing(larder: Larder, database: Database):
    Path("people.csv").write_text(PEOPLE.replace("two", "2"))
    done = larder("import", "customer", "people.csv", "--dry-run")
    assert done.exit_code == 0
    assert "2 new, 0 changed, 0 unchanged, 0 rejected, 2 total. Nothing was changed." in done.output
    assert database.value("select count(*) from customer") == 0


def test_columns_mode_and_key_are_chosen(larder: Larder, database: Database):
    database.sql("insert into inventory_item (sku, name, quantity) values ('a', 'A', 1)")
    Path("stock.csv").write_text("Code;Left;name\na;7;Other\nb;8;New\n")
    chosen = ("--mode", "update", "--key", "sku", "--map", "code=sku", "--map", "Left=quantity", "--map", "name=")
    done = larder("import", "inventory-item", "stock.csv", *chosen, "--skip-bad")
    assert done.exit_code == 0, done.output
    assert "line 3, Code: “b” no row has this sku" in done.output
    assert database.sql("select sku, name, quantity from inventory_item") == [("a", "A", 7)]


def test_parents_are_created_on_request(larder: Larder, database: Database):
    Path("books.csv").write_text("author,title\nAnn Lee,First\n")
    assert larder("import", "book", "books.csv").exit_code == 1
    assert larder("import", "book", "books.csv", "--create-parents").exit_code == 0
    assert database.sql("select name, title from book join author on author.id = author_id") == [("Ann Lee", "First")]


def test_another_encoding_is_said_not_guessed(larder: Larder, database: Database):
    Path("authors.csv").write_bytes("name\nJosé\n".encode("cp1252"))
    done = larder("import", "author", "authors.csv")
    assert done.exit_code == 1
    assert "byte E9 on line 2" in done.output
    assert larder("import", "author", "authors.csv", "--encoding", "cp1252").exit_code == 0
    assert database.sql("select name from author") == [("José",)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("import", "nothing", "people.csv"), "There is no table nothing"),
        (("import", "customer", "missing.csv"), "missing.csv"),
        (("import", "customer", "people.csv", "--map", "name=colour"), "have no such column"),
        (("import", "customer", "people.csv", "--map", "colour=name"), "the file has no column colour"),
        (("import", "customer", "people.csv", "--map", "name=created_at"), "only the database writes it"),
        (("import", "customer", "people.csv", "--key", "name"), "name is no unique key"),
        (("import", "customer", "people.csv", "--mode", "replace"), "replace"),
        (("export", "nothing"), "There is no table nothing"),
        (("export", "customer", "--query", "colour=red"), "colour"),
    ],
)
def test_bad_use_is_said_and_exits_2(larder: Larder, database: Database, arguments: tuple[str, ...], says: str):
    done = larder(*arguments)
    assert (done.exit_code, says in done.output) == (2, True), done.output
    assert database.value("select count(*) from customer") == 0


def test_an_export_is_what_the_list_shows(larder: Larder, database: Database):
    database.sql("insert into author (id, name) values (1, 'Ann'), (2, '=Ben'), (3, 'Cy')")
    done = larder("export", "author", "--query", "id__gte=2&sortBy=id&sort=desc")
    lines = [line.split(",")[:2] for line in done.output.splitlines()]
    assert lines[:3] == [["id", "name"], ["3", "Cy"], ["2", "'=Ben"]]
    assert larder("export", "author", "out.csv").exit_code == 0
    assert Path("out.csv").read_text().count("\n") == 4
    assert larder("export", "author", "out.jsonl").exit_code == 0
    assert Path("out.jsonl").read_text().startswith('{"id": ')
    assert [path.name for path in Path().glob("*.part")] == []


def test_what_was_exported_is_imported_without_a_change(larder: Larder, database: Database):
    database.sql("insert into author (name, country) values ('Ann', null), ('=Ben', ''), ('''Cy', ' x ')")
    larder("export", "author", "out.csv")
    done = larder("import", "author", "out.csv")
    assert (done.exit_code, "3 unchanged, 0 rejected, 3 total" in done.output) == (0, True), done.output


@pytest.mark.parametrize(
    ("file", "reason"),
    [("nowhere/people.csv", "No such file or directory"), ("people.csv/x.csv", "Not a directory")],
)
def test_a_path_that_cannot_be_written_is_told_in_one_sentence(larder: Larder, file: str, reason: str):
    done = larder("export", "customer", file)
    assert (done.exit_code, done.output) == (1, f"Error: {file} cannot be written: {reason}.\n")


def test_a_full_disk_is_told_in_one_sentence(larder: Larder):
    Path("full.csv.part").symlink_to("/dev/full")
    done = larder("export", "customer", "full.csv")
    assert (done.exit_code, done.output) == (1, "Error: full.csv cannot be written: No space left on device.\n")
    assert not Path("full.csv").exists()


def test_what_the_pages_ask_the_command_is_told(larder: Larder, database: Database):
    database.sql("insert into customer (email, name, city, deleted_at) values ('ann@x', 'Anna', 'Bonn', now())")
    Path("people.csv").write_text("email;name;balance;born\nann@x;;1.234,5;03/04/1990\nben@x;Ben;7;05/06/1991\n")
    asked = larder("import", "customer", "people.csv", "--dry-run")
    assert "1 values in balance are written like “1.234,5”: --decimal comma says how to read them" in asked.output
    assert "--dates dmy or mdy" in asked.output
    told = ("--decimal", "comma", "--dates", "dmy", "--constant", "city=Ulm", "--trash", "restore", "--empty", "text")
    done = larder("import", "customer", "people.csv", *told)
    assert done.exit_code == 0, done.output
    assert database.sql("select email, name, city, balance::text, born::text from customer order by 1") == [
        ("ann@x", "", "Ulm", "1234.50", "1990-04-03"),
        ("ben@x", "Ben", "Ulm", "7.00", "1991-06-05"),
    ]
    assert database.value("select count(*) from customer where deleted_at is null") == 2
    for wrong in (("--constant", "city"), ("--constant", "nothing=1"), ("--constant", "balance=much")):
        assert larder("import", "customer", "people.csv", *wrong).exit_code == 2


def test_a_sheet_of_a_workbook_is_named(larder: Larder, database: Database):
    sheets = {"Notes": [["nothing"]], "People": [["email", "name", "balance"], ["ann@x", "Ann", 1250]]}
    Path("people.xlsx").write_bytes(workbook(sheets))
    assert larder("import", "customer", "people.xlsx", "--sheet", "People").exit_code == 0
    assert database.sql("select email, balance::text from customer") == [("ann@x", "1250.00")]
    missing = larder("import", "customer", "people.xlsx", "--sheet", "Other")
    assert (missing.exit_code, "no sheet called “Other”" in missing.output) == (1, True)


def test_the_same_file_is_not_imported_once_more_unless_told(larder: Larder, database: Database):
    Path("authors.csv").write_text("id,name\n,Ann\n,Ben\n")
    add = ("import", "author", "authors.csv")
    assert larder(*add).exit_code == 0
    database.sql("update author set name = name || ' Lee'")
    done = larder(*add)
    assert (done.exit_code, "imported the very same file on" in done.output) == (1, True), done.output
    assert database.value("select count(*) from author") == 2
    assert larder(*add, "--again").exit_code == 0
    assert database.value("select count(*) from author") == 4


def test_an_import_is_undone_by_command(larder: Larder, database: Database):
    done = larder("import", "customer", "people.csv", "--skip-bad")
    said = re.search(r"`larder undo (\d+)` takes it back", done.output)
    assert said is not None, done.output
    undone = larder("undo", said[1])
    assert (undone.exit_code, undone.output) == (0, "Undone: Customers imported: 1 added.\n"), undone.output
    assert database.value("select count(*) from customer") == 0
    assert database.sql("select kind, source from larder.operation order by id") == [
        ("import", "command line"), ("undo", "command line")
    ]  # fmt: skip
    assert larder("undo", "999").exit_code == 1
    assert larder("undo", "x").exit_code == 2


def test_an_undo_that_has_to_leave_rows_says_which_and_exits_1(larder: Larder, database: Database):
    done = larder("import", "customer", "people.csv", "--skip-bad")
    database.sql("update customer set name = 'Anna'")
    undone = larder("undo", re.search(r"`larder undo (\d+)`", done.output)[1])  # type: ignore[index]
    assert undone.exit_code == 1
    assert "public.customer" in undone.output
    assert "1 rows were left as they are" in undone.output
    assert database.sql("select name from customer") == [("Anna",)]
