"""Use cases of uploads. Nothing here touches PostgreSQL."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from threading import Event
from typing import TypeVar
from uuid import UUID

from fragua import aws, clock
from fragua.accounts.sessions import Account
from fragua.errors import Conflict, Invalid, Problem, Refused, Unavailable
from fragua.settings import settings
from fragua.uploads import fragments, objects, rules, schemas, store
from fragua.uploads.objects import Part
from fragua.uploads.schemas import Checksum, CreatedUpload, Fragment, NewUpload, UploadSummary
from fragua.uploads.store import Upload

T = TypeVar("T", bound=schemas.Upload)

# URLs in the answer to a creation, shared by its files.
_URLS = 1000
# Seconds that ended uploads stay in the list.
_LISTED = 7 * 24 * 3600
# Requests to S3 side by side.
_AT_ONCE = 10
# A fresh sign of life is written at most this often (seconds): URLs are asked for in bursts.
_TOUCH = 60


def create(account: Account, files: list[NewUpload]) -> list[CreatedUpload]:
    """Begin a batch of uploads, all or none.

    Raises `Invalid`, or `Problem` file_too_large or quota_exceeded.
    """
    _judge(account, files)
    uploads = _begin([_session(account.user_id, new) for new in files])
    _reserve(account, uploads)
    shares = fragments.share([upload.cut.count for upload in uploads], _URLS)
    return [
        _view(upload, [], CreatedUpload, fragments=_first(upload, share))
        for upload, share in zip(uploads, shares, strict=True)
    ]


def _judge(account: Account, files: list[NewUpload]) -> None:
    faults = [rules.creation_faults(new, f"/files/{at}") for at, new in enumerate(files)]
    if any(faults):
        raise Invalid(*chain.from_iterable(faults))
    if any(new.size > account.max_file_size for new in files):
        raise Problem("file_too_large", max_file_size=account.max_file_size)
    # Known to be in vain: don't bother S3. The transaction is what really decides.
    if account.committed + sum(new.size for new in files) > account.storage_quota:
        raise _quota_exceeded(account)


def _reserve(account: Account, uploads: list[Upload]) -> None:
    try:
        if store.create(uploads, account.storage_quota):
            return
    except Conflict:
        # Nothing was written; any other `Unavailable` leaves that open, and must not abandon.
        _abandon(uploads)
        raise
    _abandon(uploads)
    raise _quota_exceeded(account)


def _quota_exceeded(account: Account) -> Problem:
    return Problem("quota_exceeded", storage_quota=account.storage_quota)


def _session(owner_id: UUID, new: NewUpload) -> Upload:
    declared: dict[str, str] = {}
    if new.checksum:
        declared[new.checksum.algorithm] = new.checksum.value
    now = clock.timestamp()
    return Upload(
        owner_id=owner_id,
        upload_id=clock.new_id(),
        file_name=new.file_name,
        size=new.size,
        content_type=new.content_type,
        bucket=new.bucket,
        s3_bucket=settings().default_bucket,
        mode=new.mode,
        status="receiving",
        fragment_size=new.fragment_size or fragments.default_fragment_size(new.size),
        algorithm="crc64nvme" if "crc64nvme" in declared else "crc32",
        checksums=declared,
        multipart_id=None,
        created_at=now,
        seen_at=now,
    )


def _begin(uploads: list[Upload]) -> list[Upload]:
    """Begin the multipart uploads side by side; if one fails, drop the others."""
    down = Event()

    def begin(upload: Upload) -> Upload:
        # Where one waited in vain the others would too, and together longer than the gateway.
        if down.is_set():
            raise Unavailable("s3")
        try:
            return objects.begin(upload)
        except Unavailable:
            down.set()
            raise

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        jobs = [pool.submit(begin, upload) for upload in uploads]
    failures = [failure for job in jobs if (failure := job.exception())]
    begun = [job.result() for job in jobs if not job.exception()]
    if failures and not down.is_set():
        _abandon(begun)
    if failures:
        raise failures[0]
    return begun


def _abandon(uploads: list[Upload]) -> None:
    # Whatever stays behind when S3 does not answer is dropped by the bucket's lifecycle rule.
    with ThreadPoolExecutor(_AT_ONCE) as pool, suppress(Unavailable, Refused):
        list(pool.map(objects.abort, uploads))


def _first(upload: Upload, count: int) -> list[Fragment]:
    return objects.fragment_urls(upload, list(range(1, count + 1)))


def page(owner_id: UUID, limit: int, after: UUID | None) -> tuple[list[UploadSummary], UUID | None]:
    """List unfinished uploads and those that ended within 7 days, newest first."""
    since = clock.timestamp() - settings().scaled(_LISTED)
    uploads, following = store.page(owner_id, limit, after, since)
    return [UploadSummary.model_validate(_summary(upload)) for upload in uploads], following


def get(owner_id: UUID, upload_id: UUID) -> schemas.Upload:
    """Return an upload and its progress, read consistently; `Problem` not_found."""
    upload, arrived = _look(owner_id, upload_id)
    return _view(upload, arrived, schemas.Upload)


def _load(owner_id: UUID, upload_id: UUID) -> Upload:
    upload = store.get(owner_id, upload_id)
    if upload is None:
        raise Problem("not_found")
    return upload


def _look(owner_id: UUID, upload_id: UUID) -> tuple[Upload, list[Part]]:
    """Read an upload and, while it receives, what has arrived of it."""
    upload = _load(owner_id, upload_id)
    if upload.status != "receiving":
        return upload, []
    arrived = objects.parts(upload)
    if arrived is None:
        # Aborted or joined since the first read; or S3 lost it, and all is missing.
        upload, arrived = _load(owner_id, upload_id), []
    return _judged(upload, arrived), arrived


def _judged(upload: Upload, arrived: list[Part]) -> Upload:
    """Show an upload whose time is over as expired, though the sweeper has not been there yet."""
    if upload.status == "receiving" and upload.expired(objects.newest(arrived)):
        return replace(upload, status="expired")
    return upload


def presign(
    owner_id: UUID, upload_id: UUID, numbers: list[int], crc32: dict[str, str]
) -> list[Fragment]:
    """Return fresh URLs of fragments, in the order asked for; each number once."""
    upload = _load(owner_id, upload_id)
    if upload.status == "receiving" and upload.expired():
        # Fragments may have arrived since we last heard of it: S3 knows.
        upload, _ = _look(owner_id, upload_id)
    faults = rules.presign_faults(upload, numbers, crc32)
    if faults:
        raise Invalid(*faults)
    _refuse_ended(upload)
    now = clock.timestamp()
    if now - upload.seen_at > settings().scaled(_TOUCH):
        store.touch(upload, now)
    checksums = {int(number): value for number, value in crc32.items()}
    return objects.fragment_urls(upload, list(dict.fromkeys(numbers)), checksums)


def _refuse_ended(upload: Upload) -> None:
    if upload.status in ("aborted", "expired"):
        raise Problem(f"upload_{upload.status}")
    if upload.status != "receiving":
        raise Problem("upload_ended")


def complete(owner_id: UUID, upload_id: UUID, checksum: Checksum | None) -> schemas.Upload:
    """Close an upload and have it assembled; harmless to repeat.

    Returns it `assembling`, or `ready` when that is over. Raises `Problem` fragment_missing,
    upload_failed, upload_aborted or upload_expired, and `Invalid` for a checksum that the upload
    can't have.
    """
    upload, arrived = _look(owner_id, upload_id)
    checksums = rules.joined_checksums(upload, checksum)
    if upload.status in ("aborted", "expired", "failed"):
        raise Problem(f"upload_{upload.status}", failure=upload.failure)
    if upload.status == "receiving":
        received = fragments.ranges(part.number for part in arrived)
        missing = fragments.gaps(received, upload.cut.count)
        if missing:
            raise Problem("fragment_missing", missing=missing)
        # Somebody else may have closed or aborted it meanwhile: then look again.
        closed = store.close(upload, checksums)
        if closed is None:
            return complete(owner_id, upload_id, checksum)
        upload = closed
    if upload.status == "assembling" and not upload.leased:
        enqueue(upload)
    return _view(upload, [], schemas.Upload)


def enqueue(upload: Upload) -> None:
    """Tell the assembly worker; one message too many does no harm."""
    message = {"owner_id": str(upload.owner_id), "upload_id": str(upload.upload_id)}
    aws.send(settings().assembly_queue_url, json.dumps(message))


def abort(owner_id: UUID, upload_id: UUID) -> None:
    """End an upload and drop what arrived; harmless to repeat. `Problem` upload_ended."""
    upload = _load(owner_id, upload_id)
    if upload.status == "receiving" and not store.end(upload, "aborted"):
        upload = _load(owner_id, upload_id)
    if upload.status in ("assembling", "ready"):
        raise Problem("upload_ended")
    # Again on a repetition: the first time may have died, or a part in flight may have landed.
    objects.abort(upload)


def _summary(upload: Upload) -> dict[str, object]:
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


def _view(upload: Upload, arrived: list[Part], kind: type[T], **more: object) -> T:
    """Show an upload with its progress: all of it once closed, nothing once dropped."""
    count = upload.cut.count
    if upload.status in ("assembling", "ready"):
        received, received_bytes = [(1, count)] if count else [], upload.size
    else:
        received = fragments.ranges(part.number for part in arrived)
        received_bytes = sum(part.size for part in arrived)
    return kind.model_validate(
        {
            **_summary(upload),
            "expires_at": clock.at(upload.expires_at(objects.newest(arrived))),
            "received": received,
            "missing": fragments.gaps(received, count),
            "received_bytes": received_bytes,
            **more,
        }
    )
