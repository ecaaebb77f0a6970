"""Reads the cookbook: which SQL stands over which Python, and what of the SQL is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
BLOCK = re.compile(r"^```(sql|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Pair:
    """One SQL block and the Python block below it, if there is one; `name` is the recipe's heading and a number."""

    name: str
    sql: str
    python: str | None

    @property
    def declares(self) -> bool:
        """Whether the Python declares tables, instead of asking something."""
        return self.python is not None and "(Base)" in re.sub(r"\w+, ", "", self.python)

    @property
    def index(self) -> str | None:
        served = re.search(r"^-- served by (\w+)$", self.sql, re.MULTILINE)
        return served[1] if served else None

    @property
    def statements(self) -> list[str]:
        return statements(self.sql)


def prelude() -> str:
    """The imports that the page says its examples have."""
    return str(BLOCK.findall(PAGE.read_text())[0][1])


def pairs() -> list[Pair]:
    """Every SQL block of the page, in order."""
    found: list[Pair] = []
    for section in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]:
        title = section.splitlines()[0]
        blocks = BLOCK.findall(section)
        for number, (language, body) in enumerate(blocks):
            if language == "sql":
                below = blocks[number + 1] if number + 1 < len(blocks) else ("", "")
                found.append(Pair(f"{title} {number // 2 + 1}", body, below[1] if below[0] == "python" else None))
    return found


def statements(sql: str) -> list[str]:
    """The statements of a block, each in its plain form; a semicolon inside $$ does not end one."""
    found, current, quoted = [], "", False
    for line in sql.splitlines():
        if line.startswith("--"):
            continue
        current += line + "\n"
        quoted ^= line.count("$$") % 2 == 1
        if line.endswith(";") and not quoted:
            found.append(plain(current))
            current = ""
    return found if not current.strip() else [*found, plain(current)]


def plain(sql: str) -> str:
    """White space made single and none inside brackets, without the semicolon: how it is laid out means nothing."""
    sql = " ".join(sql.split()).rstrip("; ")
    return sql.replace("( ", "(").replace(" )", ")")
