"""Once a minute: what had to follow a commit and was left undone; what may be forgotten by now."""

from collections.abc import Callable, Mapping
from typing import Any

from fragua.accounts import administration, plans
from fragua.accounts import service as accounts
from fragua.buckets import service as buckets
from fragua.catalog import history, views
from fragua.catalog import service as catalog
from fragua.database import outbox, repeats
from fragua.files import service as files
from fragua.videos import lease
from fragua.videos import service as videos
from fragua.worker import schedule_handler

EFFECTS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    accounts.ACCOUNT_CHANGED: accounts.account_changed,
    administration.PLAN_TAKEN: administration.plan_taken,
    plans.PLAN_CHANGED: plans.plan_changed,
    buckets.BUCKET_UNSETTLED: buckets.bucket_unsettled,
    history.PRODUCT_CHANGED: catalog.product_changed,
    files.FILE_DELETED: files.file_deleted,
    files.PICTURE_PUBLISHED: files.picture_published,
    videos.VIDEO_SUBMITTED: videos.video_submitted,
    videos.VIDEO_DELETED: videos.video_deleted,
}


def sweep() -> dict[str, int]:
    # First: however long the rest takes, this is done.
    forgotten = repeats.sweep() + views.sweep()
    begun_again = lease.sweep()
    done, errors = outbox.sweep(lambda kind, payload: EFFECTS[kind](payload))
    return {"done": done, "failed": len(errors), "forgotten": forgotten, "begun_again": begun_again}


handler = schedule_handler(sweep)
