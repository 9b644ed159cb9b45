"""Files as they cross HTTP."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy import RowMapping

from fragua.schemas import Answer, FileName, Request, Time


class FileChange(Request):
    """The one thing about a file that can be changed."""

    file_name: FileName


class Links(Answer):
    """Where to go from a file, as paths of this API."""

    self: str
    download: str


class File(Answer):
    """A file. `detected_type` is what its first bytes say, or null where they say nothing."""

    id: UUID
    file_name: str
    size: int
    content_type: str
    detected_type: str | None
    bucket: str
    owner_id: UUID
    checksums: dict[str, str]
    status: Literal["ready"]
    created_at: Time
    links: Links

    @classmethod
    def of(cls, row: RowMapping) -> File:
        """Show a row of the table `files`."""
        here = f"/v1/files/{row['id']}"
        return cls.model_validate({**row, "links": {"self": here, "download": f"{here}/download"}})


class FilePage(Answer):
    """A page of files, newest first."""

    items: list[File]
    next_cursor: str | None


class Download(Answer):
    """A presigned URL, for clients that would rather not be redirected."""

    url: str
    expires_at: Time
