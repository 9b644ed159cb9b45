"""Which containers are videos, and what reads each: judged by content, never by name."""

from __future__ import annotations

# What each detected type is opened with, and with nothing else: ffmpeg left to itself would take
# a playlist for a video, and read whatever that names.
DEMUXERS = {
    "video/mp4": "mov",
    "video/x-m4v": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "video/mpeg": "mpeg",
}

# Major brands of the ISO base media format that are videos, beside those that filetype knows.
_BRANDS = (b"iso", b"avc", b"dash", b"mmp4", b"MSNV", b"XAVC", b"M4V", b"F4V")


def detect(head: bytes) -> str | None:
    """Tell the media type of a video by its brand, of the files that filetype knows nothing of."""
    if head[4:8] != b"ftyp":
        return None
    if head[8:11] in (b"3gp", b"3g2"):
        return "video/3gpp"
    return "video/mp4" if head[8:12].startswith(_BRANDS) else None
