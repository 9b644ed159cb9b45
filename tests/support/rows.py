"""Rows of files without bytes, for tests of what only looks at rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from fragua import clock
from fragua.database import writer
from fragua.files.tables import files
from fragua.settings import settings


def row(owner_id: str, **more: Any) -> dict[str, Any]:
    """Make a row of a file; `id` gives its time as well."""
    file_id = more.pop("id", None) or clock.new_id()
    name, content_type = more.pop("file_name", "a.bin"), more.pop("content_type", "text/plain")
    return {
        "id": file_id,
        "owner_id": UUID(owner_id),
        "upload_id": uuid4(),
        "file_name": name,
        "file_name_key": name.casefold(),
        "size": 1,
        "content_type": content_type,
        "content_type_key": content_type.casefold(),
        "detected_type": None,
        "bucket": "default",
        "s3_bucket": settings().default_bucket,
        "object_key": f"files/{owner_id}/{file_id}",
        "checksums": {},
        "status": "ready",
        "created_at": clock.id_time(file_id),
        **more,
    }


def add_rows(rows: list[dict[str, Any]]) -> list[str]:
    """Write rows; return their ids, newest first."""
    with writer() as db:
        db.execute(files.insert(), rows)
    return sorted((str(new["id"]) for new in rows), reverse=True)
