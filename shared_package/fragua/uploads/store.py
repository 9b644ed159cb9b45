"""Upload sessions in DynamoDB. A status only ever moves forward, by conditional writes.

receiving -> assembling -> ready | failed;  receiving -> aborted | expired
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from fragua import clock, correlation, dynamodb
from fragua.accounts import quota
from fragua.settings import settings
from fragua.uploads.upload import LONGEST, Upload

# Seconds that a worker has an upload for itself, unless it asks for more.
LEASE = 180
# Seconds until the sweeper looks after an upload whose assembly should be under way.
_PATIENCE = 120
# Seconds that an ended upload is remembered: long enough for a late client to read why.
_REMEMBERED = 30 * 24 * 3600
# Items of one read: a filter drops some, and too small a read would need many.
_READ_AT_ONCE = 200
# The sweeper's index is spread, or one partition would take the writes of all uploads.
SHARDS = "0123456789abcdef"


_FIELDS = [f.name for f in fields(Upload)]


def _upload(item: dynamodb.Item) -> Upload:
    values = {name: item[name] for name in _FIELDS if name in item}
    for name in ("owner_id", "upload_id", "file_id"):
        if values.get(name) is not None:
            values[name] = UUID(values[name])
    return Upload(**values)


def _key(owner_id: UUID, upload_id: UUID) -> dynamodb.Item:
    return {"owner_id": owner_id, "upload_id": upload_id}


def create(uploads: list[Upload], limit: int, more: list[dict[str, Any]]) -> int | None:
    """Reserve the quota, write all uploads and take `more` steps, or nothing of it.

    Returns None when done, 0 when the quota is exceeded or a bucket is gone, else the number of the
    step that failed.
    """
    owner_id = uploads[0].owner_id
    total = sum(upload.size for upload in uploads)
    # As the account lists them. The default one is nobody's, and never goes.
    buckets = {f"{u.bucket}/{u.s3_bucket}" for u in uploads if u.bucket != quota.DEFAULT}
    steps = [quota.reserve(owner_id, total, limit, sorted(buckets))]
    for upload in uploads:
        item = {name: getattr(upload, name) for name in _FIELDS}
        item |= {"sweep_shard": str(upload.upload_id)[-1], "due_at": upload.expires_at()}
        steps.append({"Put": dynamodb.put_action(settings().uploads_table, item)})
    return dynamodb.transact([*steps, *more])


def get(owner_id: UUID, upload_id: UUID) -> Upload | None:
    """Read one upload, consistently."""
    item = dynamodb.get(settings().uploads_table, _key(owner_id, upload_id))
    return _upload(item) if item else None


def get_with(
    owner_id: UUID, upload_id: UUID, table: str, key: dynamodb.Item
) -> tuple[Upload | None, dynamodb.Item | None]:
    """Read one upload and an item of another table in one request, consistently."""
    uploads = settings().uploads_table
    found = dynamodb.batch_get({uploads: _key(owner_id, upload_id), table: key})
    item = found[uploads]
    return _upload(item) if item else None, found[table]


def page(
    owner_id: UUID, limit: int, after: UUID | None, ended_since: float
) -> tuple[list[Upload], UUID | None]:
    """Read uploads of an owner, newest first, that have not ended before `ended_since`.

    Returns at most `limit` and the id to go on after, or None at the end.
    """
    found: list[Upload] = []
    # What began before this has ended before that: the past is not read through.
    oldest = clock.first_id_at(clock.at(ended_since - settings().scaled(LONGEST)))
    start = _key(owner_id, after) if after else None
    while True:
        items, start = dynamodb.query(
            settings().uploads_table,
            "#owner_id = :owner AND #upload_id >= :oldest",
            filter="attribute_not_exists(#ended_at) OR #ended_at = :none OR #ended_at >= :since",
            values={
                "owner": owner_id,
                "oldest": oldest,
                "since": ended_since,
                "none": None,
            },
            start=start,
            limit=max(limit + 1, _READ_AT_ONCE),
            forward=False,
        )
        found += [_upload(item) for item in items]
        if len(found) > limit:
            return found[:limit], found[limit - 1].upload_id
        if start is None:
            return found, None


def _change(upload: Upload, change: str, condition: str, **values: Any) -> Upload | None:
    key = _key(upload.owner_id, upload.upload_id)
    item = dynamodb.update(settings().uploads_table, key, change, condition, **values)
    return _upload(item) if item else None


def touch(upload: Upload, seen_at: float) -> None:
    """Note a sign of life, so that it expires later."""
    alive = replace(upload, seen_at=seen_at)
    _change(
        upload,
        "SET #seen_at = :seen, #due_at = :due",
        "#status = :receiving AND #seen_at <= :seen",
        seen=seen_at,
        due=alive.expires_at(),
        receiving="receiving",
    )


def close(upload: Upload, checksums: dict[str, str]) -> Upload | None:
    """Close the gate: from now on it is assembled. None when it was not receiving any more."""
    now = clock.timestamp()
    return _change(
        upload,
        "SET #status = :assembling, #checksums = :checksums, #due_at = :due, #closed_at = :now,"
        " #request_id = :request",
        "#status = :receiving",
        assembling="assembling",
        receiving="receiving",
        checksums=checksums,
        due=now + settings().scaled(_PATIENCE),
        now=now,
        request=correlation.request_id(),
    )


def postpone(owner_id: UUID, upload_id: UUID) -> None:
    """Let the sweeper look at an upload again after a while, if it has to at all."""
    dynamodb.update(
        settings().uploads_table,
        _key(owner_id, upload_id),
        "SET #due_at = :due",
        "attribute_exists(#due_at)",
        due=clock.timestamp() + settings().scaled(_PATIENCE),
    )


def lease(upload: Upload, worker: str) -> Upload | None:
    """Take or prolong the lease of an assembling upload; None when another worker has it."""
    now = clock.timestamp()
    until = now + settings().scaled(LEASE)
    return _change(
        upload,
        "SET #lease_owner = :me, #lease_until = :until, #due_at = :due",
        "#status = :assembling AND (#lease_until <= :now OR #lease_owner = :me)",
        assembling="assembling",
        me=worker,
        now=now,
        until=until,
        due=until + settings().scaled(_PATIENCE),
    )


def begun(upload: Upload, worker: str, multipart_id: str) -> Upload | None:
    """Note the multipart upload that a relayed upload is packed into.

    None when another worker has the lease.
    """
    return _change(
        upload,
        "SET #multipart_id = :id",
        "#status = :assembling AND #lease_owner = :me",
        assembling="assembling",
        me=worker,
        id=multipart_id,
    )


def unlease(upload: Upload, worker: str) -> None:
    """Give the lease back after a failure, so that the next try need not wait for its end."""
    _change(
        upload,
        "SET #lease_until = :zero",
        "#status = :assembling AND #lease_owner = :me",
        assembling="assembling",
        me=worker,
        zero=0,
    )


def ready(upload: Upload, file_id: UUID) -> bool:
    """Say that the file is published; False when the upload had ended before.

    The sweeper looks after it once more: fragments that came through the API are to be deleted.
    """
    now = clock.timestamp()
    changed = _change(
        upload,
        "SET #status = :ready, #file_id = :file, #ended_at = :now, #ttl = :ttl"
        + (", #due_at = :due" if upload.mode == "relay" else " REMOVE #sweep_shard, #due_at"),
        "#status = :assembling",
        ready="ready",
        assembling="assembling",
        file=file_id,
        now=now,
        ttl=math.ceil(now + _REMEMBERED),
        due=now + settings().scaled(_PATIENCE),
    )
    return changed is not None


def end(
    upload: Upload, status: str, failure: dict[str, str] | None = None, worker: str | None = None
) -> bool:
    """End an upload without a file and give its quota back, in one transaction.

    From `receiving` to aborted or expired, from `assembling` to failed, there only by the worker
    that has the lease. False when it was not in that state.
    """
    now = clock.timestamp()
    condition = "#status = :from" + (" AND #lease_owner = :worker" if worker else "")
    change = dynamodb.update_action(
        settings().uploads_table,
        _key(upload.owner_id, upload.upload_id),
        "SET #status = :to, #failure = :failure, #ended_at = :now, #due_at = :due, #ttl = :ttl",
        condition,
        **{"from": "assembling" if status == "failed" else "receiving", "to": status},
        failure=failure,
        now=now,
        # The sweeper comes once more: the store may be down now, a part may be in flight.
        due=now + settings().scaled(_PATIENCE),
        ttl=math.ceil(now + _REMEMBERED),
        worker=worker,
    )
    back = quota.release(upload.owner_id, upload.upload_id, upload.size)
    return dynamodb.transact([{"Update": change}, *back]) is None


def leave(upload: Upload) -> None:
    """Say that nobody needs to look after an ended upload any more."""
    _change(upload, "REMOVE #sweep_shard, #due_at", "attribute_exists(#upload_id)")


def due(shard: str, limit: int) -> list[tuple[UUID, UUID]]:
    """Return (owner, upload) of uploads of one shard that need attention, most overdue first."""
    items, _ = dynamodb.query(
        settings().uploads_table,
        "#sweep_shard = :shard AND #due_at <= :now",
        values={"shard": shard, "now": clock.timestamp()},
        index="due",
        limit=limit,
    )
    return [(UUID(item["owner_id"]), UUID(item["upload_id"])) for item in items]


def unfinished_in(owner_id: UUID, bucket: str) -> bool:
    """Tell whether an owner has uploads into a bucket that may still become files, consistently."""
    start: dynamodb.Item | None = None
    while True:
        items, start = dynamodb.query(
            settings().uploads_table,
            "#owner_id = :owner",
            filter="#bucket = :bucket AND #status IN (:receiving, :assembling)",
            values={
                "owner": owner_id,
                "bucket": bucket,
                "receiving": "receiving",
                "assembling": "assembling",
            },
            start=start,
        )
        if items:
            return True
        if start is None:
            return False
