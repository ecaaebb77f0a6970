"""What happened to a row: its changes as its page tells them, the row as it was at a moment, and the way back to that.

Beside a list's query the address may carry `as-of`, a moment: then the page shows the row as it was; and
`changes-before`, which leads to older changes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from admin import values
from admin.errors import BadRequest, Conflict, Invalid
from admin.reads import history, moments, wording
from admin.reads.history import Entry, FieldChange
from admin.reads.record import Record
from admin.web import flash, record_form, told_values, urls
from admin.web.gate import Permission
from admin.web.page import Flash
from admin.web.routes import Door
from admin.web.told_values import Change
from admin.web.visit import Visit
from admin.writes import reverting
from admin.writes.reverting import Wish

AS_OF, OLDER = "as-of", "changes-before"
BIGGEST = 2**63 - 1

WORDS = {
    "made": "Created",
    "changed": "Changed",
    "trashed": "Deleted",
    "restored": "Restored",
    "deleted": "Deleted for good",
}
"""What happened, in a word, by the kind of a history entry."""


@dataclass(frozen=True)
class Told:
    """One change of a row. `then_url` shows the row as it was after it, empty for how it is now."""

    word: str
    by: str
    at: dt.datetime
    operation_url: str
    changes: tuple[Change, ...]
    then_url: str
    then: str


@dataclass(frozen=True)
class Past:
    """The history of a row, newest first. `seen` is the newest change: what is reverted is what was looked at."""

    entries: tuple[Told, ...]
    older_url: str
    revert_url: str
    seen: int
    trashed: str
    """When and by whom it was put into the trash, where that was the last that happened."""


async def of(session: AsyncSession, visit: Visit, found: Record) -> Past:
    """What the page of a row tells of it."""
    resource, key = visit.resource, values.key_text(visit.resource.traits, found.row)
    query = own_query(visit)
    before = _number(visit)
    entries = await history.of_row(session, resource, _parts(visit, found), before=before)
    named = await told_values.names(session, [(resource, [one for e in entries for one in e.changes])])
    last = entries[0] if entries and before is None else await history.last(session, resource, _parts(visit, found))
    newest = last.id if last else 0
    painted = (told_values.changes(visit, resource, one.changes, named[resource.identity]) for one in entries)
    told = tuple(
        _told(visit, one, tuple(changes), latest=one.id == newest)
        for one, changes in zip(entries, painted, strict=True)
    )
    full = len([one for one in entries if one.kind != "made"]) >= history.PAGE
    older = urlencode({OLDER: entries[-1].id}) if full else ""
    return Past(
        entries=told,
        older_url=urls.details(resource.identity, key, "&".join(filter(None, (query, older)))) if older else "",
        revert_url=urls.revert(resource.identity, key, query) if _may_revert(visit, found) else "",
        seen=newest,
        trashed=entries[0].said if entries and entries[0].kind == "trashed" else "",
    )


def _may_revert(visit: Visit, found: Record) -> bool:
    return visit.may(Permission.EDIT) and not found.deleted


def own_query(visit: Visit) -> str:
    """The list's query that the page carries, without what is this page's own."""
    pairs = parse_qsl(visit.query_string, keep_blank_values=True)
    kept = [pair for pair in pairs if pair[0] not in (AS_OF, OLDER)]
    return visit.query_string if len(kept) == len(pairs) else urlencode(kept)


async def then(session: AsyncSession, visit: Visit, found: Record, text: str) -> Response:
    """The row as it was at the moment that the address names."""
    resource, moment = visit.resource, _moment(text)
    parts, key = _parts(visit, found), values.key_text(visit.resource.traits, found.row)
    image = await moments.at(session, resource, parts, moment)
    stored = await moments.now(session, resource, parts) or {}
    shown = [
        FieldChange(name, label, None, None if secret else (image or {})[sql], secret)
        for sql, name, label, secret in history.told(resource, image or {})
    ]
    named = await told_values.names(session, [(resource, shown)])
    facts = [(one.label, one.after) for one in told_values.changes(visit, resource, shown, named[resource.identity])]
    last = await history.last(session, resource, parts)
    back = reverting.revertible(resource, stored, image) if image and not found.deleted else []
    query = own_query(visit)
    return visit.page(
        "record/moment.html",
        resource=resource,
        key=key,
        moment=moment,
        moment_text=moment.isoformat(),
        said=wording.moment(moment),
        facts=facts,
        changed=wording.listed([resource.label(one.name) for one in back]) if back else "",
        revert_url=urls.revert(resource.identity, key, query) if back and _may_revert(visit, found) else "",
        seen=last.id if last else 0,
        details_url=urls.details(resource.identity, key, query),
        list_url=urls.listing(resource.identity, query),
    )


async def revert(visit: Visit) -> Response:
    """`POST /{identity}/revert/{pk}`: put the row back to what it was at a moment, and say so on its page."""
    data = await visit.form()
    moment, seen = _moment(str(data.get(AS_OF, ""))), str(data.get("seen", ""))
    seen_id = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 20 else BIGGEST
    async with visit.transaction() as session:
        found = await record_form.find(session, visit)
        key, parts = values.key_text(visit.resource.traits, found.row), _parts(visit, found)
    back = urls.details(visit.resource.identity, key, visit.query_string)
    try:
        async with visit.transaction() as session:
            wish = Wish(parts, moment, seen_id)
            done = await reverting.revert(session, visit.actor, visit.resource, wish)
            undo = urls.undo(done.operation_id) if done.operation_id else None
            await flash.add(session, visit, Flash("success" if undo else "info", done.sentence, undo, undo_then=back))
    except (Conflict, Invalid) as error:
        async with visit.transaction() as session:
            await flash.add(session, visit, Flash("error", str(error)))
    return visit.redirect(back)


def _told(visit: Visit, entry: Entry, changes: tuple[Change, ...], *, latest: bool) -> Told:
    key = urls.key_in(visit.request.path_params["pk"])
    is_state = entry.kind in ("made", "changed", "restored") and not latest
    return Told(
        word=WORDS[entry.kind],
        by=f"by {entry.who}" if entry.who else f"outside the console, by the role {entry.role}",
        at=entry.at,
        operation_url=urls.operation(entry.operation_id) if entry.operation_id else "",
        changes=changes if entry.kind == "changed" else (),
        then_url=urls.as_it_was(visit.resource.identity, key, entry.at, own_query(visit)) if is_state else "",
        then=entry.at.isoformat(),
    )


def _parts(visit: Visit, found: Record) -> tuple[object, ...]:
    return tuple(getattr(found.row, name) for name in visit.resource.traits.key)


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.year in (dt.MINYEAR, dt.MAXYEAR):
        expected = "no moment (expected like 2026-11-23T10:42Z)"
        raise BadRequest(f"The parameter {AS_OF} makes no sense: “{text[:80]}” is {expected}.")
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _number(visit: Visit) -> int | None:
    text = visit.request.query_params.get(OLDER, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= BIGGEST):
        raise BadRequest(f"The parameter {OLDER} makes no sense: “{text[:80]}” is the number of no change.")
    return int(text)


DOORS = [Door("POST", "/{identity}/revert/{pk:path}", Permission.EDIT, revert)]
