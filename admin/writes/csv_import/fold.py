"""Names without what people vary."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """A name without case, accents, blanks, underscores, hyphens, dots."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())
