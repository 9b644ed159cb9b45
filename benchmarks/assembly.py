"""Assembly against the naive way, on the same store: time, bytes read, peak memory.

The naive way is what one writes first: get every fragment, join them in memory, put the file. Each
worker is a process of its own, so its peak memory is its own, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx

from benchmarks.services import services
from benchmarks.table import Row, show
from fragua.accounts import plans
from fragua.accounts import service as accounts
from fragua.accounts.schemas import PlanChange, Registration
from fragua.accounts.sessions import Account
from fragua.uploads import creation, service
from fragua.uploads.schemas import NewUpload

MIB = 2**20
WALL = 512 * MIB
SMALL, LARGE = 64 * MIB, 2048 * MIB
CUT = {"direct": 8 * MIB, "relay": 4 * MIB}


@dataclass(frozen=True)
class Measured:
    """What a worker took: seconds, peak memory (bytes), bytes that it read from the store."""

    seconds: float
    peak: int
    read: int


@contextmanager
def store() -> Iterator[str]:
    """Run the store of `benchmarks.store`; yield its address."""
    command = [sys.executable, "-m", "benchmarks.store"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin
        assert run.stdout
        try:
            yield f"http://127.0.0.1:{run.stdout.readline().strip()}"
        finally:
            run.stdin.close()


def begin(account: Account, mode: str, size: int) -> UUID:
    """Begin an upload and send all its fragments; return its id."""
    data = os.urandom(CUT[mode])
    new = {"file_name": "a", "size": size, "mode": mode, "fragment_size": CUT[mode]}
    (upload,) = creation.create(account, [NewUpload.model_validate(new)])
    for number in range(1, upload.fragment_count + 1):
        if mode == "relay":
            service.receive(account.user_id, upload.id, number, data, None)
        else:
            (url,) = service.presign(account.user_id, upload.id, [number], {})
            httpx.put(url.url, headers=url.headers, content=data).raise_for_status()
    return upload.id


def measure(name: str, owner_id: UUID, upload_id: UUID) -> Measured:
    """Run a worker in a new process."""
    counters = f"{os.environ['AWS_ENDPOINT_URL_S3']}/counters"
    before = httpx.get(counters).json().get("bytes_sent", 0)
    command = [sys.executable, "-m", "benchmarks.worker", name, str(owner_id), str(upload_id)]
    # The layer has no awscrt, with which botocore copies each body to sign it.
    environment = {**os.environ, "BOTO_DISABLE_CRT": "true"}
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    seconds, peak = json.loads(ran.stdout.splitlines()[-1])
    return Measured(seconds, peak, httpx.get(counters).json().get("bytes_sent", 0) - before)


def assembled(account: Account, mode: str, size: int) -> Measured:
    """Measure Fragua's worker; the file must be ready afterwards."""
    upload_id = begin(account, mode, size)
    service.complete(account.user_id, upload_id, None)
    measured = measure("assemble", account.user_id, upload_id)
    assert service.get(account.user_id, upload_id).status == "ready"
    return measured


def rows(account: Account) -> Iterator[Row]:
    """Measure all and yield a row each."""
    naively = measure("naive", account.user_id, begin(account, "relay", WALL))
    # The type is told by the first 64 KiB.
    for mode, most, read in (("direct", 0.1, 0.001), ("relay", 0.5, 1.001)):
        ours = assembled(account, mode, WALL)
        yield Row(f"{mode}, 512 MiB: time / naive", ours.seconds / naively.seconds, most)
        yield Row(f"{mode}, 512 MiB: bytes read, of the file", ours.read / WALL, read)
        yield Row(f"{mode}, 512 MiB: peak memory / naive", ours.peak / naively.peak)
    small, large = (assembled(account, "relay", size) for size in (SMALL, LARGE))
    yield Row("relay: peak memory at 2 GiB / at 64 MiB", large.peak / small.peak, 1.1)
    yield Row("relay: peak memory at 2 GiB, of 200 MB", large.peak / 200e6, 1.0)
    yield Row("relay: MB/s at 2 GiB", LARGE / 1e6 / large.seconds)


def account() -> Account:
    """Make a user with room for everything."""
    user = accounts.register(
        Registration(
            email=f"{uuid4().hex}@example.com",
            password="correct horse",  # noqa: S106 - no secret
            first_name="Ada",
            last_name="Lovelace",
        ),
        address="127.0.0.1",
    )
    room = {"max_file_size": 2**40, "storage_quota": 2**40}
    plans.change("basic", PlanChange.model_validate(room))
    role_and_plan = (user.role, user.plan)
    return Account(
        user.id, user.email, *role_and_plan, active=True, session_epoch=1, buckets=(), committed=0
    )


def main() -> bool:
    """Start what is needed and print the table."""
    with store() as address, services(AWS_ENDPOINT_URL_S3=address):
        title = "Assembly, on a store of 85 MB/s a connection and 30 ms a request"
        return show(title, rows(account()))
