"""Videos on their way: submitted, made by the worker, shown and voted for; and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fragua import aws, clock
from fragua.accounts.tables import users
from fragua.database import outbox, writer
from fragua.database.engine import engine
from fragua.settings import settings
from fragua.videos.tables import players, videos, votes
from tests.support.accounts import become
from tests.support.backend import Answer, Client, invoke
from tests.support.events import queue_event
from tests.support.footage import clip
from tests.support.rows import add_rows, row

Json = dict[str, Any]
DONE: Json = {"batchItemFailures": []}
AGAIN: Json = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
WORKER = "videos.render"
SHORT = 0.2
# What the worker asks of others, in order. A test fails when there is more.
STEPS = (
    "SQL UPDATE videos",
    "SQL COMMIT",
    "SQL SELECT files",
    "SQL COMMIT 2",
    "S3 GetObject",
    "S3 PutObject",
    "S3 PutObject 2",
    "SQL UPDATE videos 2",
    "SQL COMMIT 3",
)


def uploaded(client: Client, data: bytes | None = None, **more: Any) -> str:
    """Bring a clip all the way; return its file's id."""
    file_id: str = client.upload(clip(SHORT) if data is None else data, **more)["file_id"]
    return file_id


def submit(client: Client, file_id: str, title: str = "Throws", key: str | None = None) -> Answer:
    """Ask for a video of a file."""
    headers = {"idempotency-key": key} if key else {}
    body = {"file_id": file_id, "title": title}
    return client.call("videos.create", "POST", "/v1/videos", body, headers=headers)


def submitted(client: Client, data: bytes | None = None, **more: Any) -> str:
    """Bring a clip all the way and submit it; return the video's id. Its message waits."""
    answer = submit(client, uploaded(client, data, **more))
    assert answer.status == 202, answer
    return str(answer.body["id"])


def message(video_id: str) -> Json:
    """Make the message about a video."""
    return {"video_id": video_id}


def work(*video_ids: str) -> Json:
    """Run the worker on messages, in this process."""
    return invoke(WORKER, queue_event(*map(message, video_ids)))


def look(client: Client, video_id: str) -> Answer:
    """Ask for a video."""
    return client.call("videos.get", "GET", f"/v1/videos/{video_id}")


def shown(client: Client, video_id: str) -> Json:
    """Return a video as its owner sees it."""
    answer = look(client, video_id)
    assert answer.status == 200, answer
    found: Json = answer.body
    return found


def change(client: Client, verb: str, video_id: str) -> Answer:
    """Publish or unpublish a video."""
    return client.call(f"videos.{verb}", "POST", f"/v1/videos/{video_id}/{verb}")


def delete(client: Client, video_id: str) -> Answer:
    """Delete a video."""
    return client.call("videos.delete", "DELETE", f"/v1/videos/{video_id}")


def vote(client: Client, video_id: str) -> Answer:
    """Vote for a video."""
    return client.call("videos.vote", "POST", f"/v1/public/videos/{video_id}/vote")


def withdraw(client: Client, video_id: str) -> Answer:
    """Take a vote back."""
    return client.call("videos.withdraw_vote", "DELETE", f"/v1/public/videos/{video_id}/vote")


def kept(video_id: str) -> Json | None:
    """Return what is kept of a video in PostgreSQL, if there is a row."""
    with engine().connect() as db:
        query = sa.select(videos).where(videos.c.id == UUID(video_id))
        found = db.execute(query).mappings().one_or_none()
    return dict(found) if found else None


def edit(video_id: str, **values: Any) -> None:
    """Change the row of a video past the product."""
    with writer() as db:
        db.execute(videos.update().where(videos.c.id == UUID(video_id)).values(values))


def objects(owner: Client, video_id: str) -> set[str]:
    """Return the names of what is in S3 of a video."""
    prefix = f"videos/{owner.user_id}/{video_id}/"
    bucket = settings().default_bucket
    answer = aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return {found["Key"].removeprefix(prefix) for found in answer.get("Contents", [])}


def assert_made_once(client: Client, video_id: str) -> None:
    """The video is ready, with its two objects, and nobody works on it."""
    seen, row = shown(client, video_id), kept(video_id)
    assert row is not None
    assert (seen["status"], row["worker"], row["leased_until"]) == ("ready", None, None)
    assert objects(client, video_id) == {"video.mp4", "poster.jpg"}


def assert_gone(client: Client, video_id: str) -> None:
    """Nothing is left of a video."""
    assert (look(client, video_id).status, kept(video_id)) == (404, None)
    assert objects(client, video_id) == set()


def ready(client: Client, **values: Any) -> str:
    """Make a video that is ready without a worker, for tests of what only looks at rows."""
    (file_id,) = add_rows([row(client.user_id, detected_type="video/mp4")])
    video_id = clock.new_id()
    new = {"id": video_id, "owner_id": UUID(client.user_id), "file_id": UUID(file_id)}
    size = {"duration": 1.0, "width": 160, "height": 90, "created_at": clock.now()}
    with writer() as db:
        db.execute(
            videos.insert().values({**new, **size, "title": "T", "status": "ready", **values})
        )
    return str(video_id)


def public(client: Client) -> str:
    """Make a video that is public, without a worker."""
    video_id = ready(client)
    assert change(client, "publish", video_id).status == 200
    return video_id


def voters(count: int) -> list[UUID]:
    """Make people who are rows alone; return their ids."""
    values = {"role": "user", "plan": "basic", "password_hash": "", "created_at": clock.now()}
    names = {"first_name": "A", "last_name": "Voter"}
    ids = [clock.new_id() for _ in range(count)]
    rows = [{"id": each, "email": each.hex, "email_key": each.hex} for each in ids]
    with writer() as db:
        db.execute(users.insert(), [each | values | names for each in rows])
    return ids


def counted(video_id: str) -> tuple[int, int, int]:
    """Return a video's votes: of its counter, of its owner's, and as rows."""
    own = votes.c.video_id == UUID(video_id)
    rows = sa.select(sa.func.count()).select_from(votes).where(own).scalar_subquery()
    query = sa.select(videos.c.votes, players.c.votes, rows)
    joined = query.join(players, players.c.user_id == videos.c.owner_id)
    with engine().connect() as db:
        found = db.execute(joined.where(videos.c.id == UUID(video_id))).one()
    return found[0], found[1], found[2]


@contextmanager
def disabled(client: Client) -> Iterator[None]:
    """Have somebody's account disabled."""
    become(client, active=False)
    try:
        yield
    finally:
        become(client, active=True)


def sweep() -> Json:
    """Let the outbox's grace be over, and run the sweeper."""
    with writer() as db:
        db.execute(outbox.outbox.update().values(due_at=clock.at(0)))
    answer: Json = invoke("database.sweep_outbox", {})
    return answer


def told() -> list[str]:
    """Take all that waits for the worker; return the bodies."""
    sqs, queue, bodies = aws.client("sqs"), settings().renditions_queue_url, list[str]()
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [each["Body"] for each in found]
    return bodies


def over(video_id: str) -> None:
    """Let the lease of a dead worker be over."""
    edit(video_id, leased_until=clock.at(0))
