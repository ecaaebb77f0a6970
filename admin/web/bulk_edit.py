"""Changing fields of many rows: which fields and to what, what that would change, and then doing it.

Three steps of one form, each a POST that carries the selection along, so that all of it works without a script. Nothing
is written before the last one, and what is written is what the second one showed, or nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import values
from admin.errors import Conflict, Invalid
from admin.reads import bulk_edit as reader
from admin.reads import meanwhile, selection, wording
from admin.reads.bulk_edit import Preview
from admin.reads.selection import Keys, Selection
from admin.values import BadValue
from admin.web import answers, choices, deletion, flash, forms, moves, resume, urls
from admin.web.answers import Answer
from admin.web.forms import Form
from admin.web.gate import Permission
from admin.web.moves import Moves
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.visit import Visit
from admin.writes import bulk_edit
from admin.writes.bulk_edit import Moved, Wanted

SET = "set-"
"""Prefix of the box that says that a field is to be changed."""
STEP, MARK, SEEN = "form-step", "form-mark", "form-seen"
LONGEST_ID = 19
TRIED = 10_000
"""Rows up to which it is tried beforehand whether all of them can have the values."""


@dataclass(frozen=True)
class Asked:
    """What was sent: the rows, the form with what was typed, the ticked fields and their values."""

    data: FormData
    chosen: Selection
    answer: Answer
    ticked: frozenset[str]

    @property
    def valid(self) -> bool:
        return self.answer.form.valid and bool(self.ticked)


async def edit(visit: Visit) -> Response:
    """`POST /{identity}/bulk-edit` with `pks`, or `all=1` and the list's query."""
    data = await visit.request.form(max_files=0, max_fields=selection.MOST_ROWS)
    chosen = deletion.selected(visit, data)
    async with visit.transaction() as session:
        trash = False if visit.resource.traits.soft_deletes else None
        keys = await selection.keys_of(session, visit.resource, chosen, deleted=trash)
        if not keys:
            await flash.add(session, visit, Flash("info", "No rows were selected."))
            return visit.redirect(urls.listing(visit.resource.identity, visit.query_string))
        asked = await _asked(session, visit, data, chosen)
        step = data.get(STEP) or None
        if step is None or not asked.valid:
            nothing = step is not None and not asked.ticked
            return _choosing(visit, asked, keys, 400 if step else 200, "Tick a field to change." if nothing else "")
        # What comes through a login is shown again before it is done.
        if step != "apply" or resume.RESUMED in data:
            return await _previewed(session, visit, asked, keys)
    return await _applied(visit, asked)


async def _applied(visit: Visit, asked: Asked) -> Response:
    nonce = f"{asked.answer.form.nonce}.bulk"
    wanted = Wanted(asked.chosen, asked.answer.values, str(asked.data.get(MARK, "")), nonce)
    try:
        async with visit.transaction() as session:
            done = await bulk_edit.apply(session, visit.actor, visit.resource, wanted)
            undo_url = urls.undo(done.operation_id, visit.query_string) if done.operation_id is not None else None
            await flash.add(session, visit, Flash("success" if undo_url else "info", done.sentence, undo_url))
    except (Moved, Invalid, Conflict) as error:
        async with visit.transaction() as session:
            trash = False if visit.resource.traits.soft_deletes else None
            keys = await selection.keys_of(session, visit.resource, asked.chosen, deleted=trash)
            return await _previewed(session, visit, asked, keys, error)
    return visit.redirect(urls.listing(visit.resource.identity, visit.query_string))


async def _asked(session: AsyncSession, visit: Visit, data: FormData, chosen: Selection) -> Asked:
    form = _form(visit)
    ticked = frozenset(field.name for field in form.fields if f"{SET}{field.name}" in data)
    found: dict[str, Any] = {}
    parents: dict[str, str] = {}
    filled = []
    for one in form.fields:
        text = data.get(one.name)
        held = one.holding(text if isinstance(text, str) else "false" if one.widget == "check" else "", "")
        try:
            if one.name in ticked:
                value = answers.wanted(held)
                (parents if one.column.references and value is not None else found)[one.name] = value
        except BadValue as error:
            held = held.with_error(f"{one.label} {error}.")
        filled.append(held)
    nonce = answers.nonce(data) or form.nonce
    answer = Answer(replace(form, fields=tuple(filled), nonce=nonce), found, parents)
    return Asked(data, chosen, await choices.resolve(session, visit, answer), ticked)


def _form(visit: Visit) -> Form:
    """The fields that several rows can share: none that is unique by itself, secret, or read-only."""
    traits = visit.resource.traits
    alone = {key.columns[0] for key in traits.unique_keys if len(key.columns) == 1} | set(traits.key)
    names = [n for n in visit.resource.form_columns if n not in alone and not visit.resource.column(n).secret]
    narrowed = replace(visit.resource, form_columns=tuple(names))
    form = forms.for_new(narrowed, visit.console.view_of(visit.resource), {})
    kept = tuple(replace(one, required=False, help="") for one in form.fields if not one.readonly)
    return replace(form, fields=kept, nonce=secrets.token_urlsafe(16))


def _choosing(visit: Visit, asked: Asked, keys: Keys, status: int, problem: str) -> Response:
    return visit.page("bulk_edit/choose.html", status, problem=problem, **_common(visit, asked, keys))


async def _previewed(
    session: AsyncSession, visit: Visit, asked: Asked, keys: Keys, error: Exception | None = None
) -> Response:
    resource, wanted = visit.resource, asked.answer.values
    found: Preview = await reader.preview(session, resource, keys, wanted)
    tried = len(keys) <= TRIED
    obstacles = await bulk_edit.obstacles(session, resource, keys, wanted) if tried and found.changing else []
    names = {field.name: field for field in asked.answer.form.fields if field.name in asked.ticked}
    moved = await _meanwhile(session, visit, asked, keys) if isinstance(error, Moved) else None
    return visit.page(
        "bulk_edit/preview.html",
        error.status if isinstance(error, Conflict | Invalid) else 200,
        error=str(error) if error else "",
        moved=moved,
        preview=found,
        seen=await meanwhile.latest(session),
        fields=names,
        new={name: field.meaning or values.show(field.column, wanted[name]) for name, field in names.items()},
        obstacles=[(key, urls.edit(resource.identity, key) if key else "", why) for key, why in obstacles],
        tried=tried,
        **_common(visit, asked, keys),
    )


async def _meanwhile(session: AsyncSession, visit: Visit, asked: Asked, keys: Keys) -> Moves | None:
    """Who changed which of the rows in what matters here: what is to be changed, and what the list is narrowed by."""
    resource, seen = visit.resource, str(asked.data.get(SEEN, ""))
    if not (seen.isascii() and seen.isdigit() and len(seen) < LONGEST_ID):
        return None
    query, trash = asked.chosen.query, resource.traits.deleted_at
    columns = {*asked.answer.values, *(one.column for one in (query.filters if query else ())), *filter(None, [trash])}
    wanted = keys if asked.chosen.keys is None else asked.chosen.keys
    return await moves.told(session, visit, await meanwhile.since(session, resource, wanted, columns, int(seen)))


def _common(visit: Visit, asked: Asked, keys: Keys) -> dict[str, Any]:
    everything = asked.chosen.query is not None
    return {
        "resource": visit.resource,
        "form": asked.answer.form,
        "person_id": visit.actor.id,
        "ticked": asked.ticked,
        "what": wording.rows_of(visit.resource, len(keys)),
        "pks": [] if everything else [str(pk) for pk in asked.data.getlist("pks")],
        "everything": everything,
        "action": urls.bulk_edit(visit.resource.identity, visit.query_string),
        "list_url": urls.listing(visit.resource.identity, visit.query_string),
    }


DOORS = [Door("POST", "/{identity}/bulk-edit", Permission.EDIT, edit)]
