"""Stock keeping units: what may be one, and when two spellings are the same one."""

from __future__ import annotations

import unicodedata

LONGEST = 64
_MARKS = "-_."


def key(sku: str) -> str:
    """Return what all spellings of a SKU have in common (Unicode's toNFKC_Casefold, in short)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", sku).casefold())


def judged(sku: str) -> str:
    """Return a SKU as it was given; ValueError for what can't be one.

    1 to 64 letters, digits and `-_.`, as they are and after NFKC. What a URL would be cut at, `.`
    and `..`, is none.
    """
    normal = unicodedata.normalize("NFKC", sku)
    if not 1 <= len(sku) <= LONGEST or not 1 <= len(normal) <= LONGEST:
        raise ValueError(f"must have 1 to {LONGEST} characters")
    if not all(map(_allowed, sku)) or not all(map(_allowed, normal)):
        raise ValueError("must be of letters, digits, - _ and .")
    if normal in (".", ".."):
        raise ValueError("must not be . or ..")
    return sku


def _allowed(character: str) -> bool:
    # Marks (M) belong to the letter before them, where Unicode has no letter for both.
    if unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd":
        return True
    return unicodedata.normalize("NFKC", character) in _MARKS
