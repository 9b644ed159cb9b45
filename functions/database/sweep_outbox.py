"""Once a minute: what had to follow a commit and was left undone; keys whose time is over."""

from collections.abc import Callable, Mapping
from typing import Any

from fragua.accounts import administration, plans
from fragua.accounts import service as accounts
from fragua.buckets import service as buckets
from fragua.database import outbox, repeats
from fragua.files import service as files
from fragua.worker import log, schedule_handler

EFFECTS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    accounts.ACCOUNT_CHANGED: accounts.account_changed,
    administration.PLAN_TAKEN: administration.plan_taken,
    plans.PLAN_CHANGED: plans.plan_changed,
    buckets.BUCKET_UNSETTLED: buckets.bucket_unsettled,
    files.FILE_DELETED: files.file_deleted,
    files.PICTURE_PUBLISHED: files.picture_published,
}


def sweep() -> dict[str, int]:
    done, errors = outbox.sweep(lambda kind, payload: EFFECTS[kind](payload))
    for error in errors:
        log.error("left undone", exc_info=error)
    return {"done": done, "failed": len(errors), "forgotten": repeats.sweep()}


handler = schedule_handler(sweep)
