"""What is offered for a file: the column that each header most likely means, and why.

A name is the best reason, then a word that means the same, and what the person chose last time for the very same
headers counts for more than both. Values alone are a hint for the eye: that a column holds dates does not say which.
Only the words of a choice (draft, published …) that no other column knows are unmistakable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin.resource import Resource
from admin.writes.csv_import import looks, synonyms
from admin.writes.csv_import.fold import fold
from admin.writes.csv_import.mapping import Target, targets, usable_keys
from admin.writes.csv_import.options import Match, Mode, Options

SAME_NAME, SAME_MEANING = "same name", "means the same"


@dataclass(frozen=True)
class Guess:
    """Where a column of the file may go and why; only what is sure is chosen."""

    cell: int
    target: Target
    why: str
    sure: bool = True

    @property
    def match(self) -> Match:
        return Match(self.cell, self.target.column, self.target.via)


def guesses(resource: Resource, headers: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> tuple[Guess, ...]:
    """One guess at most for each column of the file, in its order; a column of the table is given once."""
    found = _by_name(resource, headers)
    found += _by_meaning(resource, headers, found)
    found += _by_values(resource, headers, samples, found)
    return tuple(sorted(found, key=lambda guess: guess.cell))


def sure(resource: Resource, headers: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> tuple[Match, ...]:
    """The guesses that are chosen until somebody says otherwise."""
    return tuple(guess.match for guess in guesses(resource, headers, samples) if guess.sure)


def offer(resource: Resource, headers: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> Options:
    """What is offered for a file."""
    matches = sure(resource, headers, samples)
    mode, key = mode_for(resource, matches)
    return Options(matches, mode, key)


def mode_for(resource: Resource, matches: tuple[Match, ...]) -> tuple[Mode, str | None]:
    """Add and update on the first unique key that the file has, the primary key first; else add."""
    keys = usable_keys(resource, matches)
    return ("upsert", keys[0].name) if keys else ("add", None)


def _by_name(resource: Resource, headers: Sequence[str]) -> list[Guess]:
    """Headers that are a target's name, the most exact first."""
    wishes = [
        (rank, cell, target)
        for target in targets(resource)
        for rank, name in enumerate(target.names)
        for cell, header in enumerate(map(fold, headers), 1)
        if header and header == name
    ]
    found: list[Guess] = []
    for _, cell, target in sorted(wishes, key=lambda wish: wish[:2]):
        if _free(found, cell, target):
            found.append(Guess(cell, target, SAME_NAME))
    return found


def _by_meaning(resource: Resource, headers: Sequence[str], taken: list[Guess]) -> list[Guess]:
    """Headers that are another word for a column's name; keys and references are never found so."""
    plain = [
        target
        for target in targets(resource)
        if target.via is None
        and target.column not in resource.traits.key
        and resource.column(target.column).references is None
    ]
    found: list[Guess] = []
    for cell, header in enumerate(map(fold, headers), 1):
        for target in plain:
            if synonyms.same(header, fold(target.column)) and _free([*taken, *found], cell, target):
                found.append(Guess(cell, target, SAME_MEANING))
    return found


def _by_values(
    resource: Resource, headers: Sequence[str], samples: Sequence[Sequence[str]], taken: list[Guess]
) -> list[Guess]:
    """Columns whose sampled values fit one free column of the table and no other."""
    found: list[Guess] = []
    fits: dict[str, list[Guess]] = {}
    for cell, values in zip(range(1, len(headers) + 1), samples, strict=False):
        free = [target for target in targets(resource) if target.via is None and _free(taken, cell, target)]
        looking = [(target, why) for target in free if (why := looks.like(resource.column(target.column), values))]
        if len(looking) == 1:
            target, why = looking[0]
            fits.setdefault(target.column, []).append(Guess(cell, target, why, looks.unmistakable(why)))
    for alike in fits.values():
        found += alike if len(alike) == 1 else []
    return found


def _free(found: list[Guess], cell: int, target: Target) -> bool:
    return all(guess.cell != cell and guess.target.column != target.column for guess in found)
