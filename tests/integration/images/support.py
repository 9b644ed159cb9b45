"""Pictures on their way: uploaded, told to the worker, shown; and all that is kept of them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from PIL import Image

from fragua import aws, clock
from fragua.accounts import plans
from fragua.accounts.schemas import NewPlan, PlanChange
from fragua.database import outbox, writer
from fragua.database.engine import engine
from fragua.files.tables import files
from fragua.images.tables import images
from fragua.settings import settings
from tests.support.accounts import become
from tests.support.backend import Answer, Client, invoke
from tests.support.deaths import Dead, Deaths
from tests.support.events import queue_event

DONE: dict[str, list[Any]] = {"batchItemFailures": []}
WORKER = "images.make_thumbnails"
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def picture(width: int = 60, height: int = 500, kind: str = "PNG") -> bytes:
    """Make a picture of one colour."""
    return encoded(Image.new("RGB", (width, height), (200, 40, 40)), kind)


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    """Write a picture as a file."""
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def broken() -> bytes:
    """Make a PNG that ends before its samples do."""
    return picture()[:60]


@dataclass(frozen=True)
class OwnPlan:
    """A plan that nobody else is on."""

    name: str

    def change(self, **values: Any) -> None:
        """Change fields of it, as a superadmin does."""
        plans.change(self.name, PlanChange(**values))


def own_plan(client: Client, *heights: int, original_link: bool = False) -> OwnPlan:
    """Make a plan and put a client on it."""
    new = NewPlan(
        name=f"p{uuid4().hex}",
        thumbnail_heights=list(heights),
        original_link=original_link,
        temporary_links=False,
        max_file_size=2**30,
        storage_quota=2**40,
        max_buckets=3,
    )
    plans.create(UUID(client.user_id), new)
    become(client, plan=new.name)
    return OwnPlan(new.name)


def uploaded(client: Client, data: bytes | None = None, **more: Any) -> str:
    """Bring a file all the way; return its id. Its message waits in the queue."""
    file_id: str = client.upload(picture() if data is None else data, **more)["file_id"]
    return file_id


def message(file_id: str) -> dict[str, str]:
    """Make the message about a new picture."""
    return {"file_id": file_id}


def work(*bodies: Any) -> dict[str, Any]:
    """Run the thumbnails worker on messages, in this process."""
    return invoke(WORKER, queue_event(*bodies))


def made(client: Client, data: bytes | None = None, **more: Any) -> str:
    """Bring a picture all the way to its thumbnails; return its file's id."""
    file_id = uploaded(client, data, **more)
    assert work(message(file_id)) == DONE
    return file_id


def show(client: Client, file_id: str, **query: Any) -> Answer:
    """Ask for a picture."""
    return client.call("images.get", "GET", f"/v1/images/{file_id}", query=query)


def shown(client: Client, file_id: str, **query: Any) -> dict[str, Any]:
    """Return a picture as its owner sees it."""
    answer = show(client, file_id, **query)
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.body
    return found


def heights(client: Client, file_id: str, **query: Any) -> list[int]:
    """Return the heights of the thumbnails that an owner sees."""
    return [each["height"] for each in shown(client, file_id, **query)["thumbnails"]]


def delete(client: Client, file_id: str) -> int:
    """Delete a file; return the status."""
    return client.call("files.delete", "DELETE", f"/v1/files/{file_id}").status


def row(file_id: str) -> dict[str, Any] | None:
    """Return what is kept of a picture in PostgreSQL, if there is a row."""
    with engine().connect() as db:
        query = sa.select(images).where(images.c.file_id == UUID(file_id))
        found = db.execute(query).mappings().one_or_none()
    return dict(found) if found else None


def kept(file_id: str) -> dict[str, Any]:
    """Return the row of a picture, which has one."""
    found = row(file_id)
    assert found is not None
    return found


def objects(file_id: str) -> set[str]:
    """Return the names of the thumbnails of a file that are in S3: `200.webp`."""
    with engine().connect() as db:
        columns = (files.c.s3_bucket, files.c.owner_id)
        bucket, owner = db.execute(sa.select(*columns).where(files.c.id == UUID(file_id))).one()
    prefix = f"thumbnails/{owner}/{file_id}/"
    answer = aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return {found["Key"].removeprefix(prefix) for found in answer.get("Contents", [])}


def assert_one_set(client: Client, file_id: str, *wanted: int) -> None:
    """Both kinds of each height: in the row, in S3 and in the answers, and nothing else."""
    names = {f"{height}.{kind}" for height in wanted for kind in ("webp", "jpeg")}
    thumbnails = kept(file_id)["thumbnails"]
    assert {each["object_key"].rpartition("/")[2] for each in thumbnails} == names
    assert len(thumbnails) == len(names)
    assert objects(file_id) == names
    assert shown(client, file_id)["status"] == "ready"
    for kind in ("webp", "jpeg"):
        assert heights(client, file_id, format=kind) == sorted(wanted)


def assert_gone(client: Client, file_id: str) -> None:
    """Nothing is shown of a picture whose file was deleted, and no thumbnail is left."""
    assert show(client, file_id).status == 404
    assert client.call("images.list", "GET", "/v1/images").body["items"] == []
    assert objects(file_id) == set()


def taken() -> list[str]:
    """Take all that waits for the worker, new pictures first; return the bodies."""
    bodies, sqs = list[str](), aws.client("sqs")
    for queue in (settings().thumbnails_queue_url, settings().backlog_queue_url):
        while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            bodies += [each["Body"] for each in found]
    return bodies


def beside() -> sa.Engine:
    """Return an engine beside the product's, which has a single connection."""
    return sa.create_engine(engine().url, poolclass=sa.NullPool)


def waiting_for_locks() -> int:
    """Count the statements that wait for another one's transaction."""
    text = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    with beside().connect() as db:
        return int(db.execute(sa.text(text)).scalar_one())


def dies(deaths: Deaths, steps: int, do: Callable[[], Any]) -> bool:
    """Let something live for so many steps; tell whether it died of that."""
    try:
        with deaths.after(steps):
            do()
    except Dead:
        return True
    return False


@contextmanager
def fetches() -> Iterator[list[str]]:
    """Note the keys of the objects that the block fetches from S3."""
    events, keys = aws.client("s3").meta.events, list[str]()

    def note(params: dict[str, Any], **_: Any) -> None:
        keys.append(params["Key"])

    events.register("provide-client-params.s3.GetObject", note)
    try:
        yield keys
    finally:
        events.unregister("provide-client-params.s3.GetObject", note)


def told(*parts: str) -> list[dict[str, Any]]:
    """Take the queue's messages; return those that name one of these files or plans."""
    bodies = [json.loads(body) for body in taken()]
    return [body for body in bodies if {*map(str, body.values())} & {*parts}]


def caught_up(plan: OwnPlan, *ids: str) -> list[list[str]]:
    """Do the work of a plan's messages to the end; return which of the files each one told of."""
    steps, waiting = list[list[str]](), told(plan.name)
    while waiting:
        assert (len(waiting), work(*waiting)) == (1, DONE)
        bodies = told(plan.name, *ids)
        steps.append([each["file_id"] for each in bodies if "file_id" in each])
        waiting = [each for each in bodies if "plan" in each]
    return steps


def remade(plan: OwnPlan, *ids: str) -> list[str]:
    """Do all the work that a plan's change brings; return which of the files were told of."""
    found = [file_id for step in caught_up(plan, *ids) for file_id in step]
    assert work(*map(message, found)) == DONE
    return found


def sweep() -> dict[str, int]:
    """Let the outbox's grace be over, and run the sweeper."""
    with writer() as db:
        db.execute(outbox.outbox.update().values(due_at=clock.at(0)))
    answer: dict[str, int] = invoke("database.sweep_outbox", {})
    return answer
