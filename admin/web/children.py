"""The rows that belong to a row: which registered tables point to its table, how many, and where they are listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from admin import values
from admin.reads import counts, filters
from admin.reads.query import Deleted, ListQuery
from admin.reads.record import Record
from admin.resource import Resource
from admin.traits import Column, Reference
from admin.web import count_sentence, params, urls
from admin.web.visit import Visit


@dataclass(frozen=True)
class Children:
    """The rows of one table that point here: what they are called, how many (in words), and where they are listed."""

    label: str
    amount: str
    url: str


@dataclass(frozen=True)
class Pointer:
    """A registered table and its foreign key to the visited one, which a list can be filtered by."""

    child: Resource
    column: Column
    reference: Reference
    position: str = ""
    """The column by which the children stand in the row they belong to."""

    def listed(self, texts: list[str], *, trash: bool = False) -> ListQuery:
        """The list of the children of the rows that these values of the referenced column name."""
        operator = "exact" if len(texts) == 1 else "in"
        text = texts[0] if len(texts) == 1 else filters.join(texts)
        deleted: Deleted = "with" if trash and self.child.traits.soft_deletes else "hide"
        condition = filters.read(self.column, operator, text)
        sort = self.position or None
        return ListQuery(filters=(condition,), deleted=deleted, size=self.child.page_size, sort=sort)

    def url(self, query: ListQuery) -> str:
        return urls.listing(self.child.identity, params.query_string(self.child, query))


def pointers(visit: Visit) -> Iterator[Pointer]:
    """Every foreign key of a registered table that points to the visited one."""
    inside = {one.model: one.position for one in visit.console.inlines.get(visit.resource.identity, ())}
    for child in visit.console.resources.values():
        for column in child.traits.parents:
            reference = column.references
            if reference and reference.model is visit.resource.model and column.name in child.visible:
                position = inside.get(child.model, "")
                yield Pointer(child, column, reference, position if position in child.visible else "")


async def of(session: AsyncSession, visit: Visit, found: Record) -> list[Children]:
    """One bounded count for each foreign key. With a row in the trash its deleted children are counted too."""
    belonging = []
    for pointer in pointers(visit):
        text = values.show(pointer.column, getattr(found.row, pointer.reference.column))
        query = pointer.listed([text], trash=found.deleted)
        amount = count_sentence.sentence(await counts.count(session, pointer.child, query)).amount
        belonging.append(Children(_label(pointer), amount or "some", pointer.url(query)))
    return belonging


def _label(pointer: Pointer) -> str:
    """The table's name; with the column's where the table points here more than once."""
    same = [
        one
        for one in pointer.child.traits.parents
        if one.references and one.references.model is pointer.reference.model
    ]
    name = pointer.child.name_plural
    return name if len(same) == 1 else f"{name} ({pointer.child.label(pointer.column.name)})"
