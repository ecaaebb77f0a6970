"""How a search was understood, in words: “sea” and “old man” and “bud…”, without “draft”.

Whoever finds too little sees why: which words had to be there, which one was taken as a beginning, which column was
looked into, and whether the text was taken for a key.
"""

from __future__ import annotations

import re

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import search, wording
from admin.resource import Resource

TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


def understood(resource: Resource, text: str) -> str:
    """What was looked for; for example `“sea” and “bud…”, without “draft”`, or `name contains “lee”`."""
    by_words = _full_text(text) if resource.traits.search_vector else _columns(resource, text)
    return (
        ", or ".join(part for part in (*_exact(resource, text), by_words) if part) or "nothing that can be found here"
    )


async def too_common(session: AsyncSession, resource: Resource, text: str) -> bool:
    """Whether every word is one that the text search leaves out (“the”, “and”): such a search can find nothing."""
    if not resource.traits.search_vector:
        return False
    query = search.tsquery(resource.traits, text)
    return await session.scalar(select(func.numnode(query))) == 0


def _full_text(text: str) -> str:
    """The reading of `websearch_to_tsquery`: quotes, `or` and `-`; the last word also as a beginning."""
    groups: list[tuple[list[str], list[str]]] = [([], [])]
    tokens = TOKEN.findall(text)
    for place, (minus, quoted, plain) in enumerate(tokens):
        if plain.lower() == "or" and not minus:
            groups.append(([], []))
        elif quoted.strip() or plain:
            going_on = place == len(tokens) - 1 and bool(plain) and search.ends_in_word(text)
            groups[-1][bool(minus)].append(f"“{quoted or plain}{'…' if going_on else ''}”")
    return " or ".join(_group(wanted, unwanted) for wanted, unwanted in groups if wanted or unwanted)


def _group(wanted: list[str], unwanted: list[str]) -> str:
    without = f"without {' and '.join(unwanted)}" if unwanted else ""
    return ", ".join(part for part in (" and ".join(wanted), without) if part)


def _columns(resource: Resource, text: str) -> str:
    words = " and ".join(f"“{word}”" for word in search.words(text))
    parts = []
    for name in resource.search_columns:
        verb = "contains" if search.finds_parts(resource.traits, name) else "starts with"
        parts.append(f"{wording.inside(resource.label(name))} {verb} {words}")
    return " or ".join(parts)


def _exact(resource: Resource, text: str) -> list[str]:
    return [
        f"{' and '.join(resource.label(name) for name in one)} is {text}" for one in search.readings(resource, text)
    ]
