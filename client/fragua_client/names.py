"""What people type and read: file names that the API takes, sizes, durations, links."""

from __future__ import annotations

import re
import unicodedata

from fragua_client.errors import Unusable

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "KI": 2**10, "MI": 2**20, "GI": 2**30}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([KMG]I?)?B?)", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600}
_DURATION = re.compile(r"([0-9]{1,9})\s*([smhdw])", re.IGNORECASE)
# An id or a token, alone or at the end of a link's URL.
_LINK = re.compile(r"(?:.*/l/)?([A-Za-z0-9_-][A-Za-z0-9._~-]*)/?(?:[?#].*)?")


def fault_of(name: str) -> str | None:
    """Why the API would refuse this file name, or None: 1-255 code points, none of them odd."""
    categories = {unicodedata.category(character) for character in name}
    faults = {
        "is empty": not name,
        "is longer than 255 characters": len(name) > 255,
        "is . or ..": name in (".", ".."),
        "contains / or \\": "/" in name or "\\" in name,
        "contains control characters": "Cc" in categories,
        # A lone surrogate is how Python shows a byte that is no UTF-8.
        "is not valid UTF-8": "Cs" in categories,
    }
    return next((fault for fault, found in faults.items() if found), None)


def checked(name: str) -> str:
    """The name itself; `Unusable` with the reason when the API would refuse it."""
    if fault := fault_of(name):
        raise Unusable(f"The file name {fault}, which Fragua does not take: {shown(name)}")
    return name


def shown(text: str) -> str:
    """The text without what could steer a terminal: control characters become `?`."""
    return "".join(
        "?" if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" else c for c in text
    )


def shown_in_line(text: str) -> str:
    """The same for what is one line or one field between tabs, whatever is in it."""
    return shown(text).replace("\n", "?").replace("\t", "?")


def parse_size(text: str) -> int:
    """Bytes of `8MiB`, `5 MB`, `1.5GiB` or `4096`; ValueError for anything else."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a size such as 8MiB, 5MB or 4096")
    size = int(float(match[1]) * _UNITS[(match[2] or "").upper()])
    if size < 1:
        raise ValueError("a size is at least 1 byte")
    return size


def show_size(size: float) -> str:
    """Bytes for people: `512 B`, `8.0 MiB`."""
    if size < 1024:
        return f"{size:.0f} B"
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024:
            return f"{size:.1f} {unit}"
    return f"{size / 1024:.1f} TiB"


def parse_duration(text: str) -> int:
    """Seconds of `90s`, `15m`, `1h`, `2d` or `1w`; ValueError for anything else."""
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a duration such as 90s, 15m, 1h, 2d or 1w")
    return int(match[1]) * _SECONDS[match[2].lower()]


def parse_link(text: str) -> str:
    """The id or the token in what people paste: that itself or a URL; ValueError without one."""
    match = _LINK.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a link's id, token or URL")
    return match[1]
