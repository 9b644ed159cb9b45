"""A bench to break things on: workers behind proxies, and the state that is left afterwards."""

from __future__ import annotations

import hashlib
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from fragua import aws, dynamodb
from fragua.database import engine
from fragua.errors import Refused
from fragua.files.tables import files
from fragua.settings import settings
from fragua.uploads import store
from fragua.uploads.upload import Upload
from tests.support.backend import Client, environment_of, message
from tests.support.events import queue_event
from tests.support.faults import Fault, Faults
from tests.support.faulty_http import HttpProxy
from tests.support.faulty_sql import SqlProxy
from tests.support.workers import Worker, Workers

T = TypeVar("T")

# Steps of the publication: the first SELECT and COMMIT look whether there is a file already.
INSERT, SELECT, COMMIT = "SQL INSERT INTO files", "SQL SELECT files 2", "SQL COMMIT 2"
# The worker's last word.
READY = "DynamoDB UpdateItem 3"

# A lease of 180 s is over after 0.3 s.
HURRY = {"FRAGUA_TIME_SCALE": "600"}


class Bench:
    """Two proxies before the services of `environment`, and a parent of workers behind them."""

    def __init__(self, environment: dict[str, str], workers: Workers) -> None:
        self.direct = environment
        self._workers = workers
        self._http = HttpProxy(environment["AWS_ENDPOINT_URL"])
        self._sql = SqlProxy(environment["DATABASE_URL"])
        self.proxied = {
            **environment,
            "AWS_ENDPOINT_URL": self._http.url,
            "DATABASE_URL": self._sql.database_url,
        }

    def close(self) -> None:
        """Close both proxies."""
        self._http.close()
        self._sql.close()

    @contextmanager
    def another(self) -> Iterator[Bench]:
        """Give a bench with proxies of its own, for faults side by side."""
        bench = Bench(self.direct, self._workers)
        try:
            yield bench
        finally:
            bench.close()

    def plan(self, plan: Mapping[str, Fault] | None = None) -> Faults:
        """Begin to count anew, with another plan; what is frozen by the last one is dropped."""
        self._http.faults.end()
        self._http.faults = self._sql.faults = Faults(plan or {})
        return self._http.faults

    def start(self, module: str, event: dict[str, Any], **environment: str) -> Worker:
        """Start a worker behind the proxies."""
        return self._workers.start(module, event, self.proxied | HURRY | environment)

    def assemble(self, upload: Mapping[str, Any], client: Client, **environment: str) -> Worker:
        """Start an assembly worker on an upload's message."""
        event = queue_event(message(client.user_id, upload["id"]))
        return self.start("uploads.assemble", event, **environment)

    @contextmanager
    def here(self, plan: Mapping[str, Fault] | None = None, **more: str) -> Iterator[Faults]:
        """Run the block's handlers, in this process, behind the proxies."""
        with environment_of(self.proxied | more):
            try:
                yield self.plan(plan)
            finally:
                engine.engine().dispose()
                self.plan()


def eventually(look: Callable[[], T], good: Callable[[T], bool], seconds: float = 20) -> T:
    """Look until it is good; AssertionError says what was seen last."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not good(seen := look()):
        assert time.monotonic() < deadline, f"still {seen!r} after {seconds} s"
        pause.wait(0.02)
    return seen


def at_once(*calls: Callable[[], T]) -> list[T | Exception]:
    """Let the calls go at the same moment, a thread each; what they returned or raised."""
    gate = threading.Barrier(len(calls), timeout=10)

    def run(call: Callable[[], T]) -> T | Exception:
        gate.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - the test judges it
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def after_lease(client: Client, upload: Mapping[str, Any]) -> None:
    """Wait until no worker holds the upload."""
    eventually(lambda: _kept(client, upload).leased, lambda leased: not leased)


def _kept(client: Client, upload: Mapping[str, Any]) -> Upload:
    kept = store.get(UUID(client.user_id), UUID(upload["id"]))
    assert kept is not None
    return kept


def committed(client: Client) -> int:
    """Return the quota that the account has in use, in bytes."""
    item = dynamodb.get(settings().accounts_table, {"user_id": client.user_id})
    assert item is not None
    used: int = item["committed"]
    return used


def rows(upload: Mapping[str, Any]) -> list[UUID]:
    """Return the ids of the files that an upload became and that are not deleted."""
    query = sa.select(files.c.id).where(
        files.c.upload_id == UUID(upload["id"]), files.c.deleted_at.is_(None)
    )
    with engine.engine().connect() as db:
        return list(db.execute(query).scalars())


def stored(client: Client, upload: Mapping[str, Any]) -> bytes | None:
    """Return the bytes of the finished object, if there is one."""
    key = _kept(client, upload).object_key
    try:
        answer = aws.s3("get_object", Bucket=settings().default_bucket, Key=key)
    except Refused as error:
        if error.code != "NoSuchKey":
            raise
        return None
    data: bytes = answer["Body"].read()
    return data


def parts_left(client: Client, upload: Mapping[str, Any]) -> bool:
    """Tell whether S3 still keeps the multipart upload."""
    found = aws.s3("list_multipart_uploads", Bucket=settings().default_bucket)
    key = _kept(client, upload).object_key
    return any(begun["Key"] == key for begun in found.get("Uploads", []))


def assert_whole(client: Client, upload: Mapping[str, Any], data: bytes) -> None:
    """One file, all its bytes, its upload ready, its size in the quota."""
    seen = client.get(dict(upload))
    assert (seen["status"], seen["failure"]) == ("ready", None)
    assert [str(found) for found in rows(upload)] == [seen["file_id"]]
    assert stored(client, upload) == data
    assert committed(client) == len(data)


def assert_failed(client: Client, upload: Mapping[str, Any], code: str) -> None:
    """No file, no object, no parts, no quota; and a reason."""
    seen = client.get(dict(upload))
    assert (seen["status"], seen["failure"] and seen["failure"]["code"]) == ("failed", code)
    assert rows(upload) == []
    assert stored(client, upload) is None
    assert not parts_left(client, upload)
    assert committed(client) == 0


def crc32(data: bytes) -> dict[str, str]:
    """Make the declaration of a CRC32."""
    value = b64encode(zlib.crc32(data).to_bytes(4)).decode()
    return {"algorithm": "crc32", "value": value}


def sha256(data: bytes) -> dict[str, str]:
    """Make the declaration of a SHA-256."""
    value = b64encode(hashlib.sha256(data).digest()).decode()
    return {"algorithm": "sha256", "value": value}


def closed_upload(client: Client, data: bytes, **more: Any) -> dict[str, Any]:
    """Bring an upload to where the worker takes over."""
    upload = client.begin(data, **more)
    answer = client.complete(upload)
    assert answer.status == 202, answer
    return upload
