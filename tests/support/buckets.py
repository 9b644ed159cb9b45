"""Buckets of users, as their owners, the sweeper, PostgreSQL and S3 know them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import RowMapping

from fragua import aws, clock, dynamodb
from fragua.buckets.tables import buckets
from fragua.database import writer
from fragua.database.outbox import outbox as events
from fragua.settings import settings
from tests.support.backend import Answer, Client, invoke
from tests.support.events import http_event

BUCKETS = "/v1/buckets"


def new_name() -> str:
    """Make a name that nobody has."""
    return f"b{uuid4().hex[:12]}"


def ask_for(client: Client, name: str, key: str | None = None) -> Answer:
    """Ask for a bucket, whatever comes of it."""
    headers = {"idempotency-key": key} if key else {}
    return client.call("buckets.create", "POST", BUCKETS, {"name": name}, headers=headers)


def make(client: Client) -> str:
    """Make a bucket and return its name."""
    answer = ask_for(client, new_name())
    assert answer.status == 201, answer
    return str(answer.body["name"])


def drop(client: Client, name: str) -> Answer:
    """Delete a bucket, whatever comes of it."""
    return client.call("buckets.delete", "DELETE", f"{BUCKETS}/{name}")


def names(client: Client) -> set[str]:
    """Return the names of the buckets that a user is shown, but for the default one."""
    answer = client.call("buckets.list", "GET", BUCKETS, query={"limit": 200})
    assert answer.status == 200, answer
    return {bucket["name"] for bucket in answer.body["items"]} - {"default"}


def upload_into(client: Client, name: str, **more: Any) -> Answer:
    """Begin an upload into a bucket, whatever comes of it."""
    new = {"file_name": "a", "size": 3, "bucket": name, **more}
    return client.call("uploads.create", "POST", "/v1/uploads", {"files": [new]})


def creation(client: Client, name: str) -> dict[str, Any]:
    """Make the event of a creation."""
    return http_event("POST", BUCKETS, {"name": name}, token=client.token)


def deletion(client: Client, name: str) -> dict[str, Any]:
    """Make the event of a deletion."""
    return http_event("DELETE", f"{BUCKETS}/{name}", token=client.token)


def abort(client: Client, upload: dict[str, Any]) -> None:
    """Abort an upload."""
    path = f"/v1/uploads/{upload['id']}"
    assert client.call("uploads.abort", "DELETE", path).status == 204


def assert_whole(client: Client, name: str) -> None:
    """It is shown, takes an upload, and is in S3."""
    assert names(client) == {name}
    assert name_in_s3(name) in in_s3()
    answer = upload_into(client, name)
    assert answer.status == 201, answer
    abort(client, answer.body["uploads"][0])


def known(name: str) -> RowMapping | None:
    """Return the row of a bucket."""
    with writer() as db:
        query = sa.select(buckets).where(buckets.c.name == name)
        return db.execute(query).mappings().one_or_none()


def name_in_s3(name: str) -> str:
    """Return the name in S3 of a bucket that has a row."""
    row = known(name)
    assert row is not None
    return str(row["s3_name"])


def in_s3() -> set[str]:
    """Return the names in S3 of all buckets of users."""
    found = aws.client("s3").list_buckets()["Buckets"]
    prefix = settings().bucket_prefix
    return {bucket["Name"] for bucket in found if bucket["Name"].startswith(prefix)}


def entries(client: Client) -> list[str]:
    """Return what the account's item lists, as `name/name in S3`."""
    item = dynamodb.get(settings().accounts_table, {"user_id": UUID(client.user_id)})
    assert item
    return list(item["buckets"])


def empty_outbox() -> None:
    """Forget what earlier tests left undone."""
    with writer() as db:
        db.execute(events.delete())


def make_due() -> None:
    """Let the time come of all that is left undone."""
    with writer() as db:
        db.execute(events.update().values(due_at=clock.now() - timedelta(seconds=5)))


def sweep() -> dict[str, Any]:
    """Let all that is left undone be due, and the sweeper come."""
    make_due()
    return invoke("database.sweep_outbox", {})


def left_undone() -> list[str]:
    """Return the kinds of the events that nobody has done yet."""
    with writer() as db:
        return list(db.execute(sa.select(events.c.kind).order_by(events.c.id)).scalars())
