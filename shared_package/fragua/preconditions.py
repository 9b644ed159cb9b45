"""If-Match (RFC 9110, 13.1.1): whoever changes something says which version was read."""

from __future__ import annotations

import re

from fragua.errors import Problem

# A weak one, `W/"1"`, is none of ours: what it stands for may have changed unseen.
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"(?:[ \t,]*{_TAG}[ \t]*(?:,|$))+[ \t,]*")


def etag(version: int) -> str:
    """Write a version as a strong entity tag."""
    return f'"{version}"'


def require(if_match: str | None, version: int) -> None:
    """Raise `Problem` precondition_required without a header, precondition_failed for another one.

    `*` says nothing of what was read: it fails, too.
    """
    if if_match is None:
        raise Problem("precondition_required")
    listed = re.findall(_TAG, if_match) if _LIST.fullmatch(if_match) else []
    if etag(version) not in listed:
        raise Problem("precondition_failed")
