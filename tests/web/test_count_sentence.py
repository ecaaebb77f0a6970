from __future__ import annotations

import pytest

from admin.reads.counts import About, AtLeast, Count, Exact, Unknown
from admin.web.count_sentence import sentence


@pytest.mark.parametrize(
    ("count", "kind", "value", "text"),
    [
        (Exact(0), "exact", 0, "No rows"),
        (Exact(1), "exact", 1, "1 row"),
        (Exact(1204), "exact", 1204, "1,204 rows"),
        (AtLeast(10_000), "atleast", 10_000, "more than 10,000 rows"),
        (About(1), "about", 1, "about 1 row"),
        (About(0), "about", 0, "about 0 rows"),
        (About(24_310), "about", 24_310, "about 24,000 rows"),
        (About(994_000), "about", 994_000, "about 990,000 rows"),
        (About(999_999), "about", 999_999, "about 1M rows"),
        (About(1_234_567), "about", 1_234_567, "about 1.2M rows"),
        (About(10_432_101), "about", 10_432_101, "about 10M rows"),
        (About(4_260_000_000), "about", 4_260_000_000, "about 4.3B rows"),
        (Unknown(), "unknown", None, "Not counted"),
    ],
)
def test_a_count_reads_as_well_as_it_is_known(count: Count, kind: str, value: int | None, text: str):
    said = sentence(count)
    assert (said.kind, said.value, said.text) == (kind, value, text)


def test_the_amount_alone_fits_into_another_sentence():
    assert sentence(About(1_234_567)).amount == "about 1.2M"
    assert sentence(Unknown()).amount == ""
