"""Deleting, restoring and deleting for good: ticked rows, one row, or everything a list's query finds.

What can be taken back by a click is not asked about. What cannot be seen coming (rows of other tables that go along, a
purge) is shown first, and carried out when it is confirmed. Every act leads back to the very list it came from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import values
from admin.actor import Actor
from admin.errors import Conflict, Invalid, NotFound
from admin.reads import catalog, references, selection, wording
from admin.reads.references import Impact
from admin.reads.restorable import Kept
from admin.reads.selection import Keys, Selection
from admin.resource import Resource
from admin.values import BadValue
from admin.web import children, flash, params, restore_several, urls
from admin.web.fields import Problem
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import deletion, restoring
from admin.writes.deletion import Done

Act = Callable[[AsyncSession, Actor, Resource, Selection], Awaitable[Done]]

TYPED_ABOVE = 1_000
"""Rows; deleting more than these for good asks for their number to be typed."""

LINKED = 50
"""Rows whose children one link can list."""


@dataclass(frozen=True)
class Consequence:
    """What happens to rows of another table: “1,204 line items”, and where they are listed (None: nowhere).

    `those`: what they refer to, where that would only go along itself: “those orders”.
    """

    effect: str
    amount: str
    one: bool
    those: str
    url: str | None


async def delete(visit: Visit) -> Response:
    """Into the trash at once; where there is none, for good once it is confirmed."""
    data = await visit.form()
    chosen = selected(visit, data)
    if visit.resource.traits.soft_deletes:
        return await _carry_out(visit, chosen, deletion.delete)
    return await _asked(visit, data, (chosen, deletion.delete, "Delete"))


async def restore(visit: Visit) -> Response:
    """Back from the trash. Of several rows, what is to become of those that something stands in the way of is asked
    first; `way` answers: skip or replace."""
    data = await visit.form()
    chosen, way = selected(visit, data), data.get("way")
    if way == "replace":
        return await _carry_out(visit, chosen, restoring.restore_all)
    asked = await restore_several.ask(visit, chosen, data) if way != "skip" and not chosen.single else None
    return asked or await _carry_out(visit, chosen, deletion.restore)


async def purge(visit: Visit) -> Response:
    """For good, out of the trash, once it is confirmed."""
    data = await visit.form()
    return await _asked(visit, data, (selected(visit, data), deletion.purge, "Delete forever"))


async def _asked(visit: Visit, data: FormData, wish: tuple[Selection, Act, str]) -> Response:
    """Carry out what is confirmed; else the page that shows what would happen and asks."""
    chosen, act, verb = wish
    purging = act is deletion.purge
    async with visit.transaction() as session:
        keys = await selection.keys_of(session, visit.resource, chosen, deleted=True if purging else None)
        confirmed = data.get("confirmed") == "1" and (len(keys) <= TYPED_ABOVE or _number(data) == len(keys))
        impact = [] if confirmed else await references.impact(session, visit.resource, keys)
    if confirmed or not keys:
        return await _carry_out(visit, chosen, act)
    query = visit.query_string
    identity = visit.resource.identity
    return visit.page(
        "deletion/confirm.html",
        resource=visit.resource,
        verb=verb,
        what=_what(visit.resource, keys),
        which="it" if len(keys) == 1 else "them",
        number=f"{len(keys):,}",
        typed=len(keys) > TYPED_ABOVE,
        errors=[Problem(f"There are {len(keys):,} rows.")] if "confirmed" in data else [],
        blocking=[_consequence(visit, one, keys) for one in impact if one.effect == "blocked"],
        consequences=[_consequence(visit, one, keys) for one in impact if one.effect != "blocked"],
        pks=[str(pk) for pk in data.getlist("pks")],
        everything=chosen.query is not None,
        action=urls.purge(identity, query) if purging else urls.delete(identity, query),
        list_url=urls.listing(identity, query),
    )


async def _carry_out(visit: Visit, chosen: Selection, act: Act) -> Response:
    """Do it and say what was done, or why not, on the list it came from."""
    back = urls.listing(visit.resource.identity, visit.query_string)
    if chosen.keys == []:
        message = Flash("info", "No rows were selected.")
    else:
        try:
            async with visit.transaction() as session:
                done = await act(session, visit.actor, visit.resource, chosen)
                await flash.add(session, visit, _told(visit, done))
                return visit.redirect(back)
        except deletion.InTheWay as error:
            message = Flash("error", str(error), **_way(visit, error.kept))
        except (Conflict, Invalid) as error:
            message = Flash("error", str(error))
    async with visit.transaction() as session:
        await flash.add(session, visit, message)
    return visit.redirect(back)


def _told(visit: Visit, done: Done) -> Flash:
    undo_url = urls.undo(done.operation_id, visit.query_string) if done.operation_id is not None else None
    tone = "success" if undo_url and not done.kept else "info"
    return Flash(tone, done.sentence, undo_url, **_way(visit, done.kept))


def _way(visit: Visit, kept: list[Kept]) -> dict[str, str]:
    """The link to what can be done for the first row that was kept."""
    if not kept:
        return {}
    url = urls.restoring(visit.resource.identity, kept[0].key, visit.query_string)
    return {"link_url": url, "link_text": f"Resolve #{kept[0].key}"}


def selected(visit: Visit, data: FormData) -> Selection:
    """Everything the list's query finds, or the ticked rows. Raises `NotFound` for a key that cannot be one."""
    if data.get("all") == "1":
        return Selection(query=params.parse(visit.resource, visit.request.query_params.multi_items()))
    return Selection(keys=[_key(visit.resource, str(text)) for text in dict.fromkeys(data.getlist("pks"))])


def _key(resource: Resource, text: str) -> tuple[object, ...]:
    try:
        return values.parse_key(resource.traits, text)
    except BadValue:
        raise NotFound(wording.absent(resource, text)) from None


def _number(data: FormData) -> int | None:
    text = str(data.get("number", "")).strip().replace(",", "").replace(" ", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _what(resource: Resource, keys: Keys) -> str:
    if len(keys) == 1:
        return f"{wording.inside(resource.name)} {_key_text(resource, keys[0])}"
    return wording.rows_of(resource, len(keys))


def _consequence(visit: Visit, impact: Impact, keys: Keys) -> Consequence:
    url = None if impact.below else _children_url(visit, impact.table, keys)
    return Consequence(impact.effect, impact.said, impact.rows == 1, impact.those, url)


def _children_url(visit: Visit, table: str, keys: Keys) -> str | None:
    """The list of the rows that refer to these, where their table is registered and points here by one visible key."""
    pointing = [one for one in children.pointers(visit) if catalog.name_of(one.child.traits) == table]
    if len(pointing) != 1 or len(keys) > LINKED or visit.resource.traits.key != (pointing[0].reference.column,):
        return None
    texts = [values.show(pointing[0].column, key[0]) for key in keys]
    return pointing[0].url(pointing[0].listed(texts))


def _key_text(resource: Resource, key: tuple[object, ...]) -> str:
    return values.join_key([values.show(resource.column(n), v) for n, v in zip(resource.traits.key, key, strict=True)])


DOORS = [
    Door("POST", "/{identity}/delete", Permission.DELETE, delete),
    Door("POST", "/{identity}/restore", Permission.RESTORE, restore),
    Door("POST", "/{identity}/purge", Permission.PURGE, purge),
]
