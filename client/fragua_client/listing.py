"""`fragua ls`: files, uploads or images, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice

from fragua_client.desk import Desk, show_fields, show_json, show_rows
from fragua_client.models import Image, Json

_FILES = ("id", "file_name", "size", "content_type", "created_at")
_UPLOADS = ("id", "file_name", "size", "status", "mode", "fragment_count", "expires_at")
_IMAGES = ("id", "name", "size", "status", "refusal")
_URLS = ("id", "what", "size", "url")


def ls(desk: Desk) -> int:
    """Files, or uploads with --uploads, or images with --images."""
    given = desk.given
    limit = None if given.all else given.limit
    if given.uploads:
        found = _uploads(desk, limit)
    elif given.images:
        found = _images(desk, limit)
    else:
        found = _files(desk, limit)
    if found == limit:
        desk.note(f"The newest {limit}; --all lists all")
    return 0


def _files(desk: Desk, limit: int | None) -> int:
    files = desk.client.files(name=desk.given.name, bucket=desk.given.bucket)
    known = (*_FILES, "bucket")
    rows = [{name: getattr(file, name) for name in known} for file in islice(files, limit)]
    show_rows(desk, _FILES, rows)
    return len(rows)


def _uploads(desk: Desk, limit: int | None) -> int:
    uploads = islice(desk.client.uploads(), limit)
    rows = [{name: getattr(upload, name) for name in _UPLOADS} for upload in uploads]
    show_rows(desk, _UPLOADS, rows)
    return len(rows)


def _images(desk: Desk, limit: int | None) -> int:
    images = list(islice(desk.client.images(), limit))
    if desk.given.urls:
        _show_urls(desk, images)
    elif desk.given.json:
        show_json(desk, [asdict(image) for image in images])
    else:
        show_rows(desk, _IMAGES, [_described(image) for image in images])
    return len(images)


def _described(image: Image) -> Json:
    size = _pixels(image.width, image.height)
    described = {"id": image.file_id, "name": image.name, "size": size}
    return described | {"status": image.status, "refusal": image.refusal}


def _show_urls(desk: Desk, images: list[Image]) -> None:
    """A line for each URL: a table would break them in pieces."""
    rows = [row for image in images for row in _urls(image)]
    if desk.given.json:
        show_json(desk, rows)
    else:
        show_fields(desk, _URLS, rows)


def _urls(image: Image) -> Iterator[Json]:
    for one in image.thumbnails:
        size = _pixels(one["width"], one["height"])
        yield {"id": image.file_id, "what": "thumbnail", "size": size, "url": one["url"]}
    if image.original_url:
        size = _pixels(image.width, image.height)
        yield {"id": image.file_id, "what": "original", "size": size, "url": image.original_url}


def _pixels(width: int | None, height: int | None) -> str:
    return "" if width is None or height is None else f"{width}x{height}"
