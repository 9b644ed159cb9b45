"""Once a minute: uploads that nobody looks after any more."""

from __future__ import annotations

import logging
import random
import time
from contextlib import suppress
from uuid import UUID

from fragua import clock, correlation
from fragua.errors import Refused, Unavailable, level
from fragua.settings import settings
from fragua.uploads import fragments, objects, progress, relayed, service, store
from fragua.uploads.upload import Upload

log = logging.getLogger("fragua")

# Uploads of one shard in one run: what is left is taken a minute later.
_BATCH = 100
# Seconds after which a run leaves the rest to the next one.
_LONGEST = 120
# Seconds that an upload stays after its end: a fragment that came in time may be on its way still.
_GRACE = 60


def sweep() -> int:
    """Expire what shows no sign of life, send lost assembly messages again; return how many.

    One upload that can't be mended does not keep the others waiting.
    """
    mended = 0
    until = time.monotonic() + _LONGEST
    # In another order each time: a run that takes too long shall not forget the same ones.
    for shard in random.sample(store.SHARDS, len(store.SHARDS)):
        for owner_id, upload_id in store.due(shard, _BATCH):
            if time.monotonic() > until:
                return mended
            try:
                mended += _mend(owner_id, upload_id)
            except Exception as error:
                about = {"upload_id": str(upload_id)}
                log.log(level(error), "sweep failed", extra=about, exc_info=error)
                _put_off(owner_id, upload_id)
    return mended


def _put_off(owner_id: UUID, upload_id: UUID) -> None:
    """Let others get their turn first: what fails each time would stay the most overdue."""
    with suppress(Refused, Unavailable):
        store.postpone(owner_id, upload_id)


def _mend(owner_id: UUID, upload_id: UUID) -> bool:
    upload = store.get(owner_id, upload_id)
    if upload and upload.status == "receiving":
        return _expire(upload)
    if upload and upload.status == "assembling" and not upload.leased:
        with correlation.caused_by(upload.request_id):
            service.enqueue(upload)
        store.postpone(owner_id, upload_id)
        return True
    if upload and upload.status == "ready":
        # Whoever assembled it did not get to this.
        relayed.drop(upload)
        store.leave(upload)
        return True
    if upload and upload.status in ("aborted", "expired", "failed"):
        # Whatever was in flight when it ended has landed by now.
        service.drop(upload)
        objects.delete(upload.s3_bucket, upload.object_key)
        store.leave(upload)
        return True
    return False


def _expire(upload: Upload) -> bool:
    """End an upload, give back its quota and drop its parts, unless it lives after all."""
    # Their arrival is a sign of life that only those who keep them know of.
    newest = fragments.newest(progress.arrived(upload) or [])
    if upload.expires_at(newest) + settings().scaled(_GRACE) > clock.timestamp():
        store.touch(upload, newest)
        return False
    ended = store.end(upload, "expired")
    if ended:
        service.drop(upload)
    return ended
