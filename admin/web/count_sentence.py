"""How a count reads: `1,204 rows`, `more than 10,000 rows`, `about 1.2M rows`, and never more digits than are known."""

from __future__ import annotations

from dataclasses import dataclass

from admin.reads.counts import About, AtLeast, Count, Exact, Unknown

UNITS = ((10**9, "B"), (10**6, "M"))


@dataclass(frozen=True)
class CountSentence:
    """A count in words. `kind` is exact, atleast, about or unknown; `value` is None when nothing is known."""

    kind: str
    value: int | None
    amount: str
    """The number in words, for other sentences: “about 1.2M”; empty when nothing is known."""
    text: str

    @property
    def is_exact(self) -> bool:
        return self.kind == "exact"


def sentence(count: Count) -> CountSentence:
    """The count of a list in words."""
    match count:
        case Exact(0):
            return CountSentence("exact", 0, "0", "No rows")
        case Exact(n):
            return CountSentence("exact", n, f"{n:,}", f"{n:,} {_rows(n)}")
        case AtLeast(n):
            return CountSentence("atleast", n, f"more than {n:,}", f"more than {n:,} rows")
        case About(n):
            return CountSentence("about", n, f"about {_rounded(n)}", f"about {_rounded(n)} {_rows(n)}")
        case Unknown():
            return CountSentence("unknown", None, "", "Not counted")


def _rows(n: int) -> str:
    return "row" if n == 1 else "rows"


def _rounded(n: int) -> str:
    """Two digits that count, the rest is noise: 24,310 is 24,000 and 1,234,567 is 1.2M."""
    rounded = round(n, 2 - len(str(n)))
    for size, unit in UNITS:
        if rounded >= size:
            return f"{rounded / size:.{1 if rounded < 10 * size else 0}f}".removesuffix(".0") + unit
    return f"{rounded:,}"
