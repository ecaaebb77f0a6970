"""Each index stands under a line that says which query it serves. Postgres is asked whether it does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models import Base
from tests.docs.conftest import require_trigrams
from tests.postgres import Database

MODELS = Path(__file__).parents[2] / "models"
# One or more comment lines, then the indexes they speak of.
SAID = re.compile(r"((?:^# .*\n)+)((?:^(?:keyset|live|live_unique|trash|trigram|words)\(.*\n)+)", re.MULTILINE)


def said() -> dict[str, tuple[str, str]]:
    """The table and the condition for each index that a table's file speaks of."""
    found: dict[str, tuple[str, str]] = {}
    for file in sorted(MODELS.glob("*.py")):
        source = file.read_text()
        table = re.search(r'__tablename__ = "(\w+)"', source)
        for comment, calls in SAID.findall(source):
            condition = " ".join(comment.replace("# ", " ").split()).rsplit(": ", 1)[1]
            for index in re.findall(r'\("(\w+)"', calls):
                assert table is not None
                found[index] = (table[1], condition)
    return found


QUERIES = said()


def test_every_index_says_what_it_is_for() -> None:
    declared = {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes}
    assert declared == QUERIES.keys()


@pytest.mark.parametrize("index", QUERIES)
def test_the_index_serves_the_query_it_is_for(index: str, large: Database) -> None:
    table, condition = QUERIES[index]
    require_trigrams(large, needed="ILIKE" in condition)
    where = "" if condition.startswith("ORDER BY") else "WHERE "
    limit = " LIMIT 51" if "ORDER BY" in condition else ""
    lines = large.sql(f'EXPLAIN SELECT * FROM "{table}" {where}{condition}{limit}')
    plan = "\n".join(line for (line,) in lines)
    assert re.search(rf"\b{index}\b", plan), plan
