from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.web.pager import numbered


def texts(page: int, last: int | None, *, has_next: bool = True) -> str:
    pager = numbered(page, last, has_next=has_next, url=lambda n: f"?page={n}")
    return " ".join(f"[{link.text}]" if link.current else link.text for link in pager.links)


@pytest.mark.parametrize(
    ("page", "last", "shown"),
    [
        (1, 1, "[1]"),
        (1, 3, "[1] 2 3"),
        (1, 47, "[1] 2 3 … 47"),
        (4, 47, "1 2 3 [4] 5 6 … 47"),
        (5, 47, "1 2 3 4 [5] 6 7 … 47"),
        (6, 47, "1 … 4 5 [6] 7 8 … 47"),
        (44, 47, "1 … 42 43 [44] 45 46 47"),
        (47, 47, "1 … 45 46 [47]"),
        (6, 5_000, "1 … 4 5 [6] 7 8 … 5,000"),
    ],
)
def test_the_first_the_last_and_two_around(page: int, last: int, shown: str):
    assert texts(page, last, has_next=page < last) == shown


def test_without_a_count_the_next_page_is_the_last_one_offered():
    assert texts(1, None) == "[1] 2"
    assert texts(9, None) == "1 … 7 8 [9] 10"
    assert texts(9, None, has_next=False) == "1 … 7 8 [9]"


def test_arrows_lead_nowhere_at_the_ends():
    first = numbered(1, 2, has_next=True, url=str)
    assert (first.previous_url, first.next_url) == (None, "2")
    last = numbered(2, 2, has_next=False, url=str)
    assert (last.previous_url, last.next_url) == ("1", None)


@given(st.integers(1, 400), st.integers(0, 400))
def test_a_gap_never_hides_a_single_page_and_numbers_only_grow(page: int, more: int):
    links = numbered(page, page + more, has_next=more > 0, url=str).links
    numbers = [int(link.text) if link.url else None for link in links]
    for before, gap, after in zip(numbers, numbers[1:], numbers[2:], strict=False):
        if gap is None:
            assert before is not None
            assert after is not None
            assert after - before > 2
    known = [number for number in numbers if number is not None]
    assert known == sorted(set(known))
    assert {1, page, page + more} <= set(known)
