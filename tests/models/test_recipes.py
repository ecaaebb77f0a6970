"""What the recipes' docstrings show is what they make: the cookbook cannot lie."""

from __future__ import annotations

import inspect
import re
from types import ModuleType

import pytest

from models import customer
from models.recipes import full_text, indexes, keys, soft_delete, timestamps


def shown(module: ModuleType | type) -> list[str]:
    """The pieces of SQL in a docstring: indented blocks, and what stands in `backticks` and looks like SQL."""
    doc = inspect.getdoc(module) or ""
    blocks = re.findall(r"(?:^    .*\n?)+", doc, re.MULTILINE)
    lines = [line for block in blocks for line in re.split(r"\n(?=    (?:CREATE|\w+ TSVECTOR))", block)]
    quoted = [text for text in re.findall(r"`([^`]+)`", doc) if re.match(r"CREATE |\w+ (BIGINT|UUID|TIMESTAMP)", text)]
    return [" ".join(text.split()).replace("( ", "(").replace(" )", ")") for text in [*lines, *quoted]]


@pytest.mark.parametrize(
    ("where", "number"),
    [
        (keys.BigintKey, 1),
        (keys.UuidKey, 1),
        (timestamps, 1),
        (soft_delete, 2),
        (soft_delete.SoftDelete, 1),
        (full_text, 1),
        (indexes.keyset, 1),
        (indexes.trigram, 1),
    ],
)
def test_the_sql_of_a_docstring_is_what_is_made(where: ModuleType | type, number: int, ddl: list[str]) -> None:
    pieces = shown(where)
    assert len(pieces) == number
    everything = "\n".join(ddl).replace("( ", "(").replace(" )", ")")
    for piece in pieces:
        # A primary key is NOT NULL without saying so in CREATE TABLE.
        assert piece in everything or piece.removesuffix(" NOT NULL") in everything, piece


def test_a_recipe_never_imports_another() -> None:
    for module in (full_text, indexes, keys, soft_delete, timestamps):
        assert "models.recipes" not in inspect.getsource(module)


def test_a_table_file_says_what_each_index_serves() -> None:
    source = inspect.getsource(customer).splitlines()
    calls = [number for number, line in enumerate(source) if re.match(r"\w+\(\"customer_", line)]
    assert calls
    assert all(source[number - 1].startswith("# ") for number in calls)
