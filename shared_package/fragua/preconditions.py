"""If-Match (RFC 9110, 13.1.1): whoever changes something says which version was read."""

from __future__ import annotations

import re

from fragua.errors import Problem

# An entity tag that is not weak: what a weak one stands for may have changed unseen.
_STRONG = re.compile(r'"([\x21\x23-\x7e\x80-\xff]*)"')
_LISTED = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"|\S+?(?=\s|,|$)')


def etag(version: int) -> str:
    """Write a version as a strong entity tag."""
    return f'"{version}"'


def require(if_match: str | None, version: int) -> None:
    """Raise `Problem` precondition_required without a header, precondition_failed for another one.

    `*` says nothing of what was read: it fails, too.
    """
    if if_match is None:
        raise Problem("precondition_required")
    tags = (_STRONG.fullmatch(tag) for tag in _LISTED.findall(if_match))
    if str(version) not in {tag[1] for tag in tags if tag}:
        raise Problem("precondition_failed")
