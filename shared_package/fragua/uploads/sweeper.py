"""Once a minute: uploads that nobody looks after any more."""

from __future__ import annotations

import logging
from uuid import UUID

from fragua.uploads import objects, service, store
from fragua.uploads.store import Upload

log = logging.getLogger("fragua")

# Uploads of one shard in one run: what is left is taken a minute later.
_BATCH = 100


def sweep() -> int:
    """Expire what shows no sign of life, send lost assembly messages again; return how many.

    One upload that can't be mended does not keep the others waiting.
    """
    mended = 0
    for shard in store.SHARDS:
        for owner_id, upload_id in store.due(shard, _BATCH):
            try:
                mended += _mend(owner_id, upload_id)
            except Exception:
                log.exception("sweep failed", extra={"upload_id": str(upload_id)})
    return mended


def _mend(owner_id: UUID, upload_id: UUID) -> bool:
    upload = store.get(owner_id, upload_id)
    if upload and upload.status == "receiving":
        return _expire(upload)
    if upload and upload.status == "assembling" and not upload.leased:
        service.enqueue(upload)
        store.postpone(upload)
        return True
    if upload and upload.status in ("aborted", "expired", "failed"):
        # Whatever was in flight when it ended has landed by now.
        objects.abort(upload)
        objects.delete(upload.s3_bucket, upload.object_key)
        store.leave(upload)
        return True
    return False


def _expire(upload: Upload) -> bool:
    """End an upload, give back its quota and drop its parts, unless it lives after all."""
    # Fragments go straight to S3: their arrival is a sign of life that only S3 knows of.
    newest = objects.newest(objects.parts(upload) or [])
    if not upload.expired(newest):
        store.touch(upload, newest)
        return False
    ended = store.end(upload, "expired")
    if ended:
        objects.abort(upload)
    return ended
