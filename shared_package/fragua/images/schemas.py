"""Pictures as they cross HTTP."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fragua.schemas import Answer, LeftOut

# Of thumbnails: WebP, or JPEG for a client that can't show it.
Format = Literal["webp", "jpeg"]


class Refusal(Answer):
    """Why there are no thumbnails of a picture."""

    code: str
    detail: str


class Thumbnail(Answer):
    """A smaller rendition, in pixels and bytes; its URL lives for an hour."""

    height: int
    width: int
    content_type: str
    size: int
    url: str


class Picture(Answer):
    """A picture as whoever may see it sees it, its size as displayed, in pixels."""

    file_id: UUID
    width: int
    height: int
    thumbnails: list[Thumbnail]


class Image(Answer):
    """A picture, its size as displayed; `thumbnails` and `original_url` as the plan allows.

    Until the picture was looked at (`processing`), and where it was `refused`, what nobody knows of
    it is null. `dominant_color` is `#rrggbb`, `thumbhash` base64.
    """

    file_id: UUID
    name: str
    status: Literal["processing", "ready", "refused"]
    refusal: LeftOut[Refusal] = None
    width: int | None
    height: int | None
    format: str | None
    dominant_color: str | None
    thumbhash: str | None
    thumbnails: list[Thumbnail]
    original_url: LeftOut[str] = None


class ImagePage(Answer):
    """A page of pictures, newest first."""

    items: list[Image]
    next_cursor: str | None
