"""What the worker does with a closed upload: join, verify, publish. Every step may be repeated.

A worker can die between any two steps, its message comes twice, a reply gets lost. So nothing
here trusts what it did before: the object in S3, the row in PostgreSQL and the status in DynamoDB
each say by themselves whether their step is done.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any
from uuid import UUID

from fragua import aws, clock, metrics
from fragua.accounts import sessions
from fragua.errors import Refused, Retry, Unavailable
from fragua.files import service as files
from fragua.uploads import detection, fragments, objects, packing, relayed, service, store
from fragua.uploads.lease import Lease
from fragua.uploads.objects import Stored
from fragua.uploads.packing import Unfinished
from fragua.uploads.upload import Upload

log = logging.getLogger("fragua")

# Bytes that are enough to tell a type by its magic number.
PROBE = 64 * 1024


class Broken(Exception):
    """The upload can never become the file that was declared; no other try will help."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {detail}")


def assemble(owner_id: UUID, upload_id: UUID, *, last_try: bool = False) -> None:
    """Turn a closed upload into a file, or mark it failed with the reason.

    Does nothing for an upload that is unknown, ended, or in another worker's hands: that worker's
    own message comes again if it dies. Raises `Unavailable`, `Refused` or `Retry` when it should
    be tried again. On the last try only a dependency that is down, or that our own deployment may
    not use, is a reason to wait: no outage, however long, costs a file.
    """
    worker = str(clock.new_id())
    leased = _take(owner_id, upload_id, worker)
    if leased is None:
        return
    try:
        _finish(leased, Lease(leased, worker))
    except Broken as broken:
        _fail(leased, worker, broken)
    except Unfinished:
        # Others get their turn; the next message goes on with what is left.
        store.unlease(leased, worker)
        service.enqueue(leased)
    except Exception as error:
        if last_try and not _passing(error):
            log.exception("given up", extra={"upload_id": str(upload_id)})
            _fail(leased, worker, Broken("assembly_failed", "The file could not be put together."))
            return
        # The next try need not wait until the lease is over.
        store.unlease(leased, worker)
        raise


def _passing(error: Exception) -> bool:
    """Whether an error says nothing about the upload, and goes when something else is mended."""
    if isinstance(error, Refused):
        return error.misconfigured
    return isinstance(error, Unavailable | Retry)


def _take(owner_id: UUID, upload_id: UUID, worker: str) -> Upload | None:
    """Lease an upload that is to be assembled; None when there is nothing to do."""
    upload = store.get(owner_id, upload_id)
    leased = store.lease(upload, worker) if upload else None
    if leased is None:
        status = upload.status if upload else None
        log.info("nothing to assemble", extra={"upload_id": str(upload_id), "status": status})
    if leased is None and upload and upload.status == "failed":
        # Whoever failed it may have died before this, and nobody else would ever do it.
        _clean_up(upload)
    if leased is None and upload and upload.status == "ready" and files.is_deleted(upload_id):
        # Perhaps this message's last try wrote the object anew, after its file was deleted.
        objects.delete(upload.s3_bucket, upload.object_key)
    return leased


def _finish(upload: Upload, lease: Lease) -> None:
    file_id = files.find_by_upload(upload.upload_id)
    if file_id is None:
        stored = _join(upload, lease)
        sha256 = upload.checksums.get("sha256")
        if sha256:
            _verify_sha256(upload, lease, sha256)
        checksums = stored.checksums | ({"sha256": sha256} if sha256 else {})
        new = _file(upload, _detect(upload), checksums)
        # All that took its time: whoever holds the lease by now may have ended the upload.
        lease.prolong()
        file_id = files.publish(new)
    # Before anybody is told of the file: whoever sees that it is ready finds it.
    sessions.note(upload.owner_id)
    if not store.ready(upload, file_id):
        # Ready already, mostly. But if it was given up while this worker was slow, then the next
        # try finds it failed, and takes the file back.
        raise Retry("the upload had ended")
    about = {"upload_id": str(upload.upload_id), "file_id": str(file_id)}
    metrics.log("assembled", about | _measured(upload))
    if upload.mode == "relay":
        _forget_fragments(upload)


def _measured(upload: Upload) -> dict[str, Any]:
    values: dict[str, float] = {"UploadsReady": 1, "BytesReady": upload.size}
    # What an earlier release closed does not say when.
    if upload.closed_at is not None:
        # By two machines' clocks.
        values["AssemblySeconds"] = max(0.0, round(clock.timestamp() - upload.closed_at, 3))
    return metrics.measured(**values)


def _forget_fragments(upload: Upload) -> None:
    """Delete what the file was packed from; the sweeper comes for what is still on its way."""
    try:
        relayed.drop(upload)
    except (Refused, Unavailable):
        # The file is there.
        log.warning("fragments left", extra={"upload_id": str(upload.upload_id)})


def _file(upload: Upload, detected_type: str | None, checksums: dict[str, str]) -> files.NewFile:
    return files.NewFile(
        owner_id=upload.owner_id,
        upload_id=upload.upload_id,
        file_name=upload.file_name,
        size=upload.size,
        content_type=upload.content_type,
        detected_type=detected_type,
        bucket=upload.bucket,
        s3_bucket=upload.s3_bucket,
        object_key=upload.object_key,
        checksums=checksums,
    )


def _join(upload: Upload, lease: Lease) -> Stored:
    """Make the object out of its fragments, unless an earlier try did; return what S3 has."""
    try:
        _write(upload, lease)
        doubt: Exception | None = None
    except (Refused, Unavailable) as error:
        # Refused because it was done before? Done, and only the answer got lost? Look.
        doubt = error
    stored = objects.head(upload)
    if stored and objects.belongs(stored, upload.upload_id, upload.size):
        return stored
    if doubt:
        raise doubt
    raise Broken("fragments_lost", "The store no longer has the fragments.")


def _write(upload: Upload, lease: Lease) -> None:
    try:
        if upload.mode == "relay":
            _pack(upload, lease)
        elif upload.multipart_id is None:
            objects.put(upload, b"", upload.checksums.get(upload.algorithm))
        else:
            _complete(upload)
    except Refused as error:
        if error.code in aws.WRONG_BYTES and upload.algorithm in upload.checksums:
            raise Broken("checksum_mismatch", "The bytes have another checksum.") from error
        if error.code == "ConditionalRequestConflict":
            # Two wrote at once. S3 wants it done anew, not judged.
            raise Unavailable("s3") from error
        raise


def _complete(upload: Upload) -> None:
    arrived = objects.fragments(upload)
    # None: an earlier try joined them, which the caller finds out by the object.
    if arrived is not None:
        _require_all(upload, [part.number for part in arrived])
        objects.complete(upload, arrived, upload.checksums.get(upload.algorithm))


def _pack(upload: Upload, lease: Lease) -> None:
    pieces = relayed.pieces(upload)
    _require_all(upload, [piece.number for piece in pieces])
    if upload.checksums.get("crc32") not in (None, packing.crc(pieces)):
        # Known without a byte being moved.
        raise Broken("checksum_mismatch", "The bytes have another checksum.")
    try:
        packing.pack(upload, lease, pieces)
    except Refused as error:
        if error.code == "NoSuchKey":
            raise Broken("fragments_lost", "The store no longer has all fragments.") from error
        raise


def _require_all(upload: Upload, numbers: list[int]) -> None:
    missing = fragments.gaps(fragments.ranges(numbers), upload.cut.count)
    if missing:
        raise Broken("fragments_lost", f"Fragments are gone from the store: {missing}")


def _verify_sha256(upload: Upload, lease: Lease, declared: str) -> None:
    """Read the whole object once: S3 keeps no SHA-256 of a whole multipart object."""
    digest = hashlib.sha256()
    for piece in objects.read(upload):
        digest.update(piece)
        lease.keep()
    if base64.b64encode(digest.digest()).decode() != declared:
        raise Broken("checksum_mismatch", "The bytes have another SHA-256.")


def _detect(upload: Upload) -> str | None:
    return detection.detect(b"".join(objects.read(upload, PROBE))) if upload.size else None


def _fail(upload: Upload, worker: str, broken: Broken) -> None:
    failure = {"code": broken.code, "detail": broken.detail}
    if store.end(upload, "failed", failure, worker):
        about = {"upload_id": str(upload.upload_id), "failure": failure}
        counted = metrics.failed("UploadsFailed", broken.code)
        metrics.log("failed", about | counted, logging.WARNING)
        _clean_up(upload)


def _clean_up(upload: Upload) -> None:
    """Let nothing remain of a failed upload, not even what a slow worker may still publish."""
    files.withdraw(_file(upload, None, {}))
    service.drop(upload)
    objects.delete(upload.s3_bucket, upload.object_key)
