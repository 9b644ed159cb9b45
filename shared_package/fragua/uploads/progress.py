"""What has arrived of an upload, whether its time is over, and how both are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from fragua import clock
from fragua.errors import Problem
from fragua.uploads import fragments, objects, relayed, schemas, store
from fragua.uploads.fragments import Arrival
from fragua.uploads.upload import Upload

T = TypeVar("T", bound=schemas.Upload)


def load(owner_id: UUID, upload_id: UUID) -> Upload:
    """Read an upload, consistently; `Problem` not_found."""
    upload = store.get(owner_id, upload_id)
    if upload is None:
        raise Problem("not_found")
    return upload


def arrived(upload: Upload) -> Sequence[Arrival] | None:
    """List the fragments that the store has, consistently.

    None when S3 knows no such multipart upload any more.
    """
    return relayed.seen(upload) if upload.mode == "relay" else objects.fragments(upload)


def look(owner_id: UUID, upload_id: UUID) -> tuple[Upload, Sequence[Arrival]]:
    """Read an upload and, while it receives, what has arrived of it; `Problem` not_found."""
    upload = load(owner_id, upload_id)
    if upload.status != "receiving":
        return upload, []
    found = arrived(upload)
    if found is None:
        # Aborted or joined since the first read; or S3 lost it, and all is missing.
        upload, found = load(owner_id, upload_id), []
    # Shown as expired when its time is over, though the sweeper has not been there yet.
    if upload.status == "receiving" and upload.expired(fragments.newest(found)):
        upload = replace(upload, status="expired")
    return upload, found


def refuse_ended(upload: Upload) -> None:
    """Raise a `Problem` unless fragments may still come: upload_ended, _aborted or _expired."""
    if upload.status in ("aborted", "expired"):
        raise Problem(f"upload_{upload.status}")
    if upload.status != "receiving":
        raise Problem("upload_ended")


def summary(upload: Upload) -> dict[str, object]:
    """Show what is known without a look into the store."""
    return {
        "id": upload.upload_id,
        "fragment_count": upload.cut.count,
        "expires_at": clock.at(upload.expires_at()),
        **{
            name: getattr(upload, name)
            for name in (
                "file_name", "size", "content_type", "bucket", "mode", "status",
                "fragment_size", "file_id", "failure",
            )
        },
    }  # fmt: skip


def view(upload: Upload, found: Sequence[Arrival], kind: type[T], **more: object) -> T:
    """Show an upload with its progress: all of it once closed, nothing once dropped."""
    count = upload.cut.count
    if upload.status in ("assembling", "ready"):
        received, received_bytes = [(1, count)] if count else [], upload.size
    else:
        received = fragments.ranges(fragment.number for fragment in found)
        received_bytes = sum(fragment.size for fragment in found)
    return kind.model_validate(
        {
            **summary(upload),
            "expires_at": clock.at(upload.expires_at(fragments.newest(found))),
            "received": received,
            "missing": fragments.gaps(received, count),
            "received_bytes": received_bytes,
            **more,
        }
    )
