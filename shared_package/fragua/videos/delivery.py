"""Where renditions are kept, and how they are watched: by presigned URLs, soon over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fragua.presigning import presign
from fragua.settings import settings

# Seconds that a URL lives: so long may it outlive the video's being public.
_URL_LIFETIME = 300


def prefix(video: Mapping[Any, Any]) -> str:
    """Return what the keys begin with of all objects of a video, in the default bucket.

    Not in the file's own bucket: that may be deleted when its files are.
    """
    return f"videos/{video['owner_id']}/{video['id']}/"


def rendition_key(video: Mapping[Any, Any]) -> str:
    """Return the key of what is watched, an MP4."""
    return f"{prefix(video)}video.mp4"


def poster_key(video: Mapping[Any, Any]) -> str:
    """Return the key of the picture that stands for it, a JPEG."""
    return f"{prefix(video)}poster.jpg"


def urls(video: Mapping[Any, Any]) -> dict[str, str]:
    """Presign `processed_url` and `poster_url`; ranges of bytes may be asked for."""
    return {
        "processed_url": _url(rendition_key(video)),
        "poster_url": _url(poster_key(video)),
    }


def _url(key: str) -> str:
    lifetime = max(1, int(settings().scaled(_URL_LIFETIME)))
    return presign("GET", settings().default_bucket, key, expires_in=lifetime)
