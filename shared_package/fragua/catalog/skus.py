"""Stock keeping units: what may be one, and when two spellings are the same one."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

LONGEST = 64
_MARKS = "-_."


def key(sku: str) -> str:
    """Return what all spellings of a SKU have in common (Unicode's toNFKC_Casefold, in short)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", sku).casefold())


def judged(sku: str) -> str:
    """Return a SKU as it was given; ValueError for what can't be one.

    1 to 64 letters, digits and `-_.`, as they are and after NFKC; a letter may carry marks. What a
    URL would be cut at, `.` and `..`, is none.
    """
    normal = unicodedata.normalize("NFKC", sku)
    if not 1 <= len(sku) <= LONGEST or not 1 <= len(normal) <= LONGEST:
        raise ValueError(f"must have 1 to {LONGEST} characters")
    if not _allowed(sku) or not _allowed(normal):
        raise ValueError("must be of letters, digits, - _ and .")
    if normal in (".", ".."):
        raise ValueError("must not be . or ..")
    return sku


def _allowed(text: str) -> bool:
    kinds = [_kind(character) for character in text]
    # A mark (M) belongs to a letter, where Unicode has no letter for both; others may follow.
    stray = any(kind == "M" and before not in ("L", "M") for before, kind in pairwise(["", *kinds]))
    return all(kinds) and not stray


def _kind(character: str) -> str:
    """Return L or M for a letter or a mark, N for a digit, - for `-_.`, and nothing for others."""
    category = unicodedata.category(character)
    if category[0] in "LM":
        return category[0]
    if category == "Nd":
        return "N"
    return "-" if unicodedata.normalize("NFKC", character) in _MARKS else ""
