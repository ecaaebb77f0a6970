"""“Did you mean …?”: what to search for instead, when nothing was found.

Close words by trigram similarity (pg_trgm), from what Postgres knows already: the commonest words of the tsvector
column from its statistics, or the labels through their trigram index. Nothing here reads the table at large, and what
does not answer at once is left out: a suggestion is worth a moment, not a wait.
"""

from __future__ import annotations

from sqlalchemy import Select, func, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from admin.reads import listing, plans, search
from admin.reads.query import ListQuery
from admin.reads.visibility import INCLUDE
from admin.resource import Resource

LIMIT = 3
MIN_LENGTH = 3
MAX_WORDS = 5
MAX_TEXT = 10_000
HELD_MS = 30

CLOSE_LEXEMES = text("""
    select lexeme from pg_stats, unnest(most_common_elems::text::text[]) as lexeme
    where schemaname = coalesce(:schema, current_schema()) and tablename = :table and attname = :column
      and similarity(lexeme, :stem) > 0.3
    order by similarity(lexeme, :stem) desc, lexeme limit :limit
""")


async def suggest(session: AsyncSession, resource: Resource, query: ListQuery) -> list[str]:
    """Up to three texts that find something in this very list, within its filters and on its side of the trash,
    closest first; none where pg_trgm is not installed."""
    if await session.scalar(text("select to_regproc('similarity')")) is None:
        return []
    if resource.traits.search_vector:
        return await _words(session, resource, query)
    return await _labels(session, resource, query)


async def _labels(session: AsyncSession, resource: Resource, query: ListQuery) -> list[str]:
    name, typed = resource.traits.label, query.search
    if name not in resource.search_columns or not search.has_trigrams(resource.traits, name) or len(typed) < MIN_LENGTH:
        return []
    label = resource.traits.attribute(name)
    close = func.similarity(label, typed)
    labels = listing.narrowed(resource, query.restarted(search="")).with_only_columns(label, maintain_column_froms=True)
    statement = labels.where(label.bool_op("%")(typed)).group_by(label).order_by(close.desc(), label).limit(LIMIT)
    return [row[0] for row in await plans.within(session, plans.MOMENT_MS, statement) or []]


async def _words(session: AsyncSession, resource: Resource, query: ListQuery) -> list[str]:
    """The text with each word that nothing holds replaced by a close one; the first such word varies."""
    found = [query.search]
    for word in search.words(query.search)[:MAX_WORDS]:
        if len(word) >= MIN_LENGTH and not await _holds(session, resource, word):
            close = await _close_words(session, resource, word)
            found = [one.replace(word, other) for one in found for other in close][:LIMIT]
    others = (query.restarted(search=one) for one in found if one != query.search)
    return [other.search for other in others if await _finds(session, resource, other)]


async def _finds(session: AsyncSession, resource: Resource, query: ListQuery) -> bool:
    """Whether the list is known in a moment to have a row; its filters alone may take longer to tell."""
    found = listing.narrowed(resource, query)
    whether = select(found.exists()).execution_options(**found.get_execution_options())
    rows = await plans.within(session, plans.MOMENT_MS, whether, plans.BITMAPS_ONLY)
    return bool(rows and rows[0][0])


async def _holds(session: AsyncSession, resource: Resource, words: str) -> bool:
    """Whether any live row holds the words; asked of their own index, since a misspelt word has no row to meet. What
    takes longer than a moment is no misspelt word: its index has too much to hand over."""
    whether = select(select(resource.model).where(*search.by_words(resource, words)).exists())
    rows = await plans.within(session, HELD_MS, whether, plans.BITMAPS_ONLY)
    return rows is None or bool(rows[0][0])


async def _close_words(session: AsyncSession, resource: Resource, word: str) -> list[str]:
    column = resource.column(str(resource.traits.search_vector)).sa
    parameters = {
        "schema": resource.traits.table.schema,
        "table": resource.traits.table.name,
        "column": column.name,
        "stem": (await session.scalars(_stems(resource, word))).first() or word.lower(),
        "limit": LIMIT,
    }
    lexemes = (await session.scalars(CLOSE_LEXEMES, parameters)).all()
    spelled = [await _spelled(session, resource, lexeme) for lexeme in lexemes]
    return list(dict.fromkeys(one for one in spelled if one))


def _stems(resource: Resource, word: str) -> Select[tuple[str]]:
    """What the column would hold of a word: lexemes are alike where the words as people write them are not."""
    made = func.to_tsvector(*search.configurations(resource.traits)[0], word)
    return select(func.unnest(func.tsvector_to_array(made)))


async def _spelled(session: AsyncSession, resource: Resource, lexeme: str) -> str | None:
    """A word as somebody wrote it: statistics hold stems (“deliveri”), which nobody would recognise."""
    rows = await plans.within(session, plans.MOMENT_MS, _a_spelling(resource, lexeme))
    return str(rows[0][0]) if rows else None


def _a_spelling(resource: Resource, lexeme: str) -> Select[tuple[str]]:
    """The first word of a row, deleted or not, from which the column's own configuration makes the lexeme."""
    traits = resource.traits
    query = search.lexeme(lexeme)
    computed = resource.column(str(traits.search_vector)).sa.computed
    made_of = str(computed.sqltext) if computed is not None else traits.label
    names = [name for name, column in traits.columns.items() if column.kind == "text" and column.sa.name in made_of]
    texts = func.concat_ws(" ", *(func.left(traits.attribute(name), MAX_TEXT) for name in names)).label("text")
    row = select(texts).where(traits.attribute(str(traits.search_vector)).bool_op("@@")(query)).limit(1).subquery()
    split = func.regexp_split_to_table(func.lower(row.c.text), r"[^[:alnum:]]+").table_valued("word")
    split = split.render_derived(name="split")
    made = or_(
        *(func.to_tsvector(*given, split.c.word).bool_op("@@")(query) for given in search.configurations(traits))
    )
    spelling = select(split.c.word).select_from(row.join(split, true())).where(made).limit(1)
    return spelling.execution_options(**INCLUDE)
