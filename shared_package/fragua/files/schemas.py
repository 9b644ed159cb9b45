"""Files as they cross HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import RowMapping

from fragua.files import quarantine
from fragua.schemas import Answer, FileName, LeftOut, Request, Time


class FileChange(Request):
    """The one thing about a file that can be changed."""

    file_name: FileName


class Links(Answer):
    """Where to go from a file, as paths of this API."""

    self: str
    download: str


class ImageOf(Answer):
    """Where a file that is a picture is shown as one."""

    self: str


class File(Answer):
    """A file. `detected_type` is what its first bytes say, or null where they say nothing.

    `image` is there only where they are those of a picture. One that is `quarantined`, because a
    scanner found malware in it, can be renamed and deleted, and not be downloaded.
    """

    id: UUID
    file_name: str
    size: int
    content_type: str
    detected_type: str | None
    bucket: str
    owner_id: UUID
    checksums: dict[str, str]
    status: Literal["ready", "quarantined"]
    created_at: Time
    links: Links
    image: LeftOut[ImageOf] = None

    @classmethod
    def of(cls, row: RowMapping) -> File:
        """Show a row of the table `files`."""
        here = f"/v1/files/{row['id']}"
        image = {"self": f"/v1/images/{row['id']}"} if is_picture(row) else None
        links = {"self": here, "download": f"{here}/download"}
        status = "quarantined" if quarantine.holds(row) else "ready"
        shown = {"status": status, "links": links, "image": image}
        return cls.model_validate({**row, **shown})


def is_picture(row: RowMapping) -> bool:
    """Tell by its bytes' type whether a file is a picture: `row` is one of the table `files`."""
    return (row["detected_type"] or "").startswith("image/")


class FilePage(Answer):
    """A page of files, newest first."""

    items: list[File]
    next_cursor: str | None


class Download(Answer):
    """A presigned URL, for clients that would rather not be redirected."""

    url: str
    expires_at: Time


class NewLink(Request):
    """A temporary link to be made: `expires_in` seconds from now, for so many downloads."""

    expires_in: Annotated[int, Field(ge=60, le=604_800)]
    max_downloads: Annotated[int, Field(ge=1, lt=2**31)] | None = None


class Link(Answer):
    """A temporary link. `downloads` counts the redirects that were handed out."""

    id: UUID
    file_id: UUID
    created_at: Time
    expires_at: Time
    max_downloads: int | None
    downloads: int


class CreatedLink(Link):
    """A link with its token, which is told this once."""

    token: str
    url: str


class LinkPage(Answer):
    """A page of links, newest first."""

    items: list[Link]
    next_cursor: str | None


class Preview(Answer):
    """What a link leads to, for those who look and do not download."""

    file_name: str
    size: int
    content_type: str
    expires_at: Time
