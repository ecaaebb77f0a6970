"""The seventy-seven kinds of trouble that a file can bring: none is without a test of what becomes of it."""

from __future__ import annotations

import importlib

from tests.writes.csv_import.outcomes import test_files, test_rows, test_values

KINDS = 77
ELSEWHERE = {
    "writes.csv_import.test_check": {
        31: "test_headers_that_match_nothing_block_until_columns_are_chosen",
        57: "test_a_foreign_key_that_leads_nowhere_is_rejected",
        60: "test_a_row_in_the_trash_is_not_silently_doubled",
    },
    "writes.csv_import.test_apply": {
        61: "test_a_row_changed_since_the_review_stops_the_import",
        62: "test_what_only_the_table_knows_is_found_row_by_row",
    },
    "writes.csv_import.test_sizes": {
        67: "test_too_many_rows_are_refused_at_the_first_too_many",
        77: "test_one_clash_with_a_new_row_among_a_hundred_thousand",
    },
    "writes.csv_import.test_mending": {
        75: "test_when_every_one_of_a_hundred_thousand_rows_is_bad_the_first_thousand_are_shown"
    },
    "writes.csv_import.outcomes.test_rows": {63: "test_63_what_only_the_database_writes_cannot_be_chosen"},
    "web.test_csv_import_files": {
        66: "test_a_file_that_is_too_large_is_refused_while_it_comes",
        71: "test_names_of_files_and_headers_are_only_text",
        74: "test_an_upload_that_is_cut_off_leaves_nothing",
    },
    "web.test_csv_import": {76: "test_the_same_file_once_more_is_asked"},
}
"""Those that need more than a file, a table and an answer."""


def test_every_kind_of_trouble_has_its_case():
    named = [case.name for case in (*test_files.FILES, *test_values.VALUES, *test_rows.ROWS)]
    tables = {int(name.split()[0]) for name in named if name[0].isdigit()}
    for module, tests in ELSEWHERE.items():
        found = importlib.import_module(f"tests.{module}")
        assert [name for name in tests.values() if not hasattr(found, name)] == []
    functions = {number for tests in ELSEWHERE.values() for number in tests}
    assert tables | functions == set(range(1, KINDS + 1))
