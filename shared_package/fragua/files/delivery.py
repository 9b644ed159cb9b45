"""How bytes leave: presigned, named by RFC 6266, never as something that runs in a browser."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from sqlalchemy import RowMapping

from fragua import clock
from fragua.files.schemas import Download
from fragua.presigning import presign
from fragua.settings import settings

# Seconds that a download may begin in.
URL_LIFETIME = 300

# Types that a browser shows and does not run. Judged by the bytes, never by the declared type.
_SHOWN = {"application/pdf"} | {
    f"{kind}/{name}"
    for kind, names in {
        "image": ("png", "jpeg", "gif", "webp", "avif", "heic", "bmp", "tiff"),
        "video": ("mp4", "webm", "quicktime", "x-matroska"),
        "audio": ("mpeg", "mp4", "ogg", "x-flac", "x-wav", "aac", "midi"),
    }.items()
    for name in names
}

# Declared types that a browser would run or interpret: their bytes travel as octets.
_ACTIVE = ("html", "xml", "svg", "javascript", "ecmascript", "css", "mathml", "shockwave", "wasm")


def link(row: RowMapping, *, inline: bool, lifetime: float | None = None) -> Download:
    """Presign the bytes of a row of `files`. `inline` is honoured for types safe to show.

    `lifetime` is in real seconds, five minutes of the time scale's if not given, and at least one.
    """
    shown = inline and row["detected_type"] in _SHOWN
    content_type = row["detected_type"] if shown else _harmless(row["content_type"])
    seconds = max(1, int(settings().scaled(URL_LIFETIME) if lifetime is None else lifetime))
    url = presign(
        "GET",
        row["s3_bucket"],
        row["object_key"],
        expires_in=seconds,
        query={
            "response-content-disposition": content_disposition(row["file_name"], shown=shown),
            "response-content-type": content_type,
            "response-cache-control": "private, no-store",
        },
    )
    return Download(url=url, expires_at=clock.at(clock.timestamp() + seconds))


def _harmless(content_type: str) -> str:
    active = any(word in content_type.casefold() for word in _ACTIVE)
    return "application/octet-stream" if active else content_type


def content_disposition(file_name: str, *, shown: bool = False) -> str:
    """Return the header's value (RFC 6266): an ASCII name for old clients, the real one encoded."""
    decomposed = unicodedata.normalize("NFKD", file_name)
    plain = "".join(c for c in decomposed if " " <= c <= "~" and c not in '"\\%').strip()
    kind = "inline" if shown else "attachment"
    return (
        f"{kind}; filename=\"{plain or 'download'}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    )
