"""Once a minute: uploads that nobody looks after any more."""

from __future__ import annotations

import logging
from uuid import UUID

from fragua.uploads import objects, service, store

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
    if upload is None:
        return False
    if upload.status == "receiving":
        arrived = objects.parts(upload) if upload.multipart_id else []
        if service.expire(upload, arrived or []):
            return True
        # Fragments go straight to S3: their arrival is the sign of life to remember.
        store.touch(upload, max(part.modified_at for part in arrived or []))
    elif upload.status == "assembling" and not upload.leased:
        service.enqueue(upload)
        store.postpone(upload)
        return True
    return False
