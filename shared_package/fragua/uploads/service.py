"""Use cases of uploads that were begun. Nothing here touches PostgreSQL."""

from __future__ import annotations

import json
import logging
from uuid import UUID

from fragua import aws, clock, crc32
from fragua.errors import Invalid, Problem
from fragua.settings import settings
from fragua.uploads import fragments, objects, progress, relayed, rules, schemas, store
from fragua.uploads.relayed import Piece
from fragua.uploads.schemas import Checksum, Fragment, UploadSummary
from fragua.uploads.upload import Upload

log = logging.getLogger("fragua")

# Seconds that ended uploads stay in the list.
_LISTED = 7 * 24 * 3600
# A fresh sign of life is written at most this often (seconds): URLs are asked for in bursts.
_TOUCH = 60
# A fragment that came carries its own time; from time to time it is noted in the upload as well, so
# that nobody has to look through all of them.
_NOTED = 3600
# Thousands of fragments that a request deletes; the sweeper comes for the rest.
_PAGES = 4


def page(owner_id: UUID, limit: int, after: UUID | None) -> tuple[list[UploadSummary], UUID | None]:
    """List unfinished uploads and those that ended within 7 days, newest first."""
    since = clock.timestamp() - settings().scaled(_LISTED)
    uploads, following = store.page(owner_id, limit, after, since)
    return [UploadSummary.model_validate(progress.summary(upload)) for upload in uploads], following


def get(owner_id: UUID, upload_id: UUID) -> schemas.Upload:
    """Return an upload and its progress, read consistently; `Problem` not_found."""
    upload, arrived = progress.look(owner_id, upload_id)
    return progress.view(upload, arrived, schemas.Upload)


def presign(
    owner_id: UUID, upload_id: UUID, numbers: list[int], crcs: dict[str, str]
) -> list[Fragment]:
    """Return fresh URLs of fragments, in the order asked for; each number once.

    `crcs` are CRC-32 (base64) by number. Raises `Problem` not_direct, and as `receive` does for an
    upload that has ended.
    """
    upload = progress.load(owner_id, upload_id)
    if upload.mode != "direct":
        raise Problem("not_direct")
    faults = rules.presign_faults(upload, numbers, crcs)
    if faults:
        raise Invalid(*faults)
    upload = _alive(upload)
    progress.refuse_ended(upload)
    touch(upload, _TOUCH)
    checksums = {int(number): value for number, value in crcs.items()}
    return objects.fragment_urls(upload, list(dict.fromkeys(numbers)), checksums)


def touch(upload: Upload, after: float) -> None:
    """Note a sign of life, if the last one was noted more than so many seconds ago."""
    now = clock.timestamp()
    if now - upload.seen_at > settings().scaled(after):
        store.touch(upload, now)


def _alive(upload: Upload) -> Upload:
    """Look closer at an upload whose time seems over: the store knows of newer fragments."""
    if upload.status != "receiving" or not upload.expired():
        return upload
    looked, arrived = progress.look(upload.owner_id, upload.upload_id)
    if looked.status == "receiving":
        # Noted, so that the next fragment need not ask again.
        store.touch(looked, fragments.newest(arrived))
    return looked


def receive(owner_id: UUID, upload_id: UUID, number: int, data: bytes, crc: str | None) -> None:
    """Keep the bytes of one relayed fragment; harmless to repeat.

    `crc` is their CRC-32 in base64, where the client sent it.

    Raises `Problem` not_found, not_relay, fragment_conflict when other bytes were kept before, or
    upload_ended, upload_aborted, upload_expired; `Invalid` for bytes that can't be the fragment's.
    """
    if not 1 <= number <= fragments.MAX_RELAY_COUNT:
        raise Problem("not_found")
    upload, known = relayed.look(owner_id, upload_id, number)
    if upload is None or number > upload.cut.count:
        raise Problem("not_found")
    if upload.mode != "relay":
        raise Problem("not_relay")
    new = Piece.of(number, data)
    faults = rules.fragment_faults(upload, number, new.size, crc32.text(new.crc32), crc)
    if faults:
        raise Invalid(*faults)
    upload = _alive(upload)
    progress.refuse_ended(upload)
    kept = known.digest == new.digest if known else relayed.put(upload, new, data)
    if not kept:
        raise Problem("fragment_conflict")
    # One that was known leaves no other trace.
    touch(upload, _TOUCH if known else _NOTED)


def complete(owner_id: UUID, upload_id: UUID, checksum: Checksum | None) -> schemas.Upload:
    """Close an upload and have it assembled; harmless to repeat.

    Returns it `assembling`, or `ready` when that is over. Raises `Problem` fragment_missing,
    upload_failed, upload_aborted or upload_expired, and `Invalid` for a checksum that the upload
    can't have.
    """
    upload, arrived = progress.look(owner_id, upload_id)
    checksums = rules.joined_checksums(upload, checksum)
    if upload.status in ("aborted", "expired", "failed"):
        raise Problem(f"upload_{upload.status}", failure=upload.failure)
    if upload.status == "receiving":
        received = fragments.ranges(fragment.number for fragment in arrived)
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
    return progress.view(upload, [], schemas.Upload)


def enqueue(upload: Upload) -> None:
    """Tell the assembly worker; one message too many does no harm."""
    message = {"owner_id": str(upload.owner_id), "upload_id": str(upload.upload_id)}
    aws.send(settings().assembly_queue_url, json.dumps(message))
    log.info("assembly queued", extra={"upload_id": str(upload.upload_id)})


def abort(owner_id: UUID, upload_id: UUID) -> None:
    """End an upload and drop what arrived; harmless to repeat. `Problem` upload_ended."""
    upload = progress.load(owner_id, upload_id)
    if upload.status == "receiving" and not store.end(upload, _end(upload)):
        upload = progress.load(owner_id, upload_id)
    if upload.status in ("assembling", "ready"):
        raise Problem("upload_ended")
    # Again on a repetition: the first time may have died, or a part in flight may have landed.
    drop(upload, _PAGES)


def _end(upload: Upload) -> str:
    """Tell how an upload ends that nobody wants: one that was shown as expired stays so."""
    over = upload.expired() and progress.look(upload.owner_id, upload.upload_id)[0]
    return "expired" if over and over.status == "expired" else "aborted"


def drop(upload: Upload, pages: int | None = None) -> None:
    """Drop what arrived of an upload that ended without a file; harmless to repeat."""
    objects.abort(upload)
    if upload.mode == "relay":
        relayed.drop(upload, pages)


def unfinished_in(owner_id: UUID, bucket: str) -> bool:
    """Tell whether an owner has uploads into a bucket that may still become files."""
    return store.unfinished_in(owner_id, bucket)
