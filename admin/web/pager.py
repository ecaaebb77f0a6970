"""The links between the pages of a list, as data: which numbers stand there, and which lead where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

AROUND = 2
"""Pages on each side of the current one."""


@dataclass(frozen=True)
class PageLink:
    """A page's number; without a URL it is the gap between two of them."""

    text: str
    url: str | None = None
    current: bool = False


GAP = PageLink("…")


@dataclass(frozen=True)
class Pager:
    """`links` is empty for a list without page numbers."""

    previous_url: str | None
    next_url: str | None
    links: tuple[PageLink, ...] = ()


def numbered(page: int, last: int | None, *, has_next: bool, url: Callable[[int], str], around: int = AROUND) -> Pager:
    """Pages around `page`; `last` is None while nobody has counted, then the next page is the last one offered."""
    end = last if last is not None else page + 1 if has_next else page
    links = [PageLink(f"{n:,}", url(n), n == page) if n else GAP for n in _window(page, end, around)]
    return Pager(
        previous_url=url(page - 1) if page > 1 else None,
        next_url=url(page + 1) if has_next else None,
        links=tuple(links),
    )


def with_last(pager: Pager, url: str, *, current: bool = False) -> Pager:
    """The same with a link to the last page of a list that nobody has counted."""
    return replace(pager, links=(*pager.links, GAP, PageLink("Last", url, current)))


def _window(page: int, end: int, around: int) -> list[int]:
    """The first, the last and those around the page; 0 stands for a gap, never for a single page."""
    shown = {1, end, *range(max(1, page - around), min(end, page + around) + 1)}
    numbers: list[int] = []
    for n in sorted(shown):
        missing = n - numbers[-1] - 1 if numbers else 0
        numbers += [n - 1] if missing == 1 else [0] if missing else []
        numbers.append(n)
    return numbers
