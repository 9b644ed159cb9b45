"""Thumbnails while workers die, meet, and lose what they depend on: one set each, or none."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from tests.integration.images.support import (
    AGAIN,
    DONE,
    WORKER,
    assert_gone,
    assert_one_set,
    delete,
    dies,
    encoded,
    kept,
    made,
    message,
    objects,
    own_plan,
    row,
    shown,
    taken,
    told,
    uploaded,
    waiting_for_locks,
    work,
)
from tests.support.backend import Client, environment_of
from tests.support.bench import Bench, eventually
from tests.support.deaths import Deaths
from tests.support.events import queue_event
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.workers import Worker

# What the worker asks of others for one height, in order. The first test fails when there is more.
STEPS = (
    "SQL SELECT files",
    "SQL SELECT plans",
    "SQL SELECT images",
    "SQL COMMIT",
    "S3 GetObject",
    "S3 PutObject",
    "S3 PutObject 2",
    "SQL SELECT files 2",
    "SQL SELECT images 2",
    "SQL INSERT INTO images",
    "SQL SELECT plans 2",
    "SQL SELECT images 3",
    "SQL COMMIT 2",
)
# From here on the file can't be deleted until the worker has committed.
HELD = STEPS[STEPS.index("SQL SELECT images 2") :]
pytestmark = pytest.mark.timeout(180)


def start(bench: Bench, file_id: str) -> Worker:
    return bench.start(WORKER, queue_event(message(file_id)), FRAGUA_TIME_SCALE="1")


@pytest.fixture
def file_id(bench: Bench, client: Client) -> str:
    """A picture that nobody has looked at."""
    return uploaded(client)


def test_the_steps_above_are_all_there_are(bench: Bench, client: Client, file_id: str) -> None:
    faults = bench.plan()
    assert start(bench, file_id).answer() == DONE
    assert tuple(faults.seen) == STEPS
    assert_one_set(client, file_id, 200)


def test_a_worker_that_dies_at_any_step_is_followed_by_one_that_makes_one_set(
    bench: Bench, client: Client
) -> None:
    deaths = Deaths()
    for steps in count():
        file_id = uploaded(client)
        died = dies(deaths, steps, lambda: work(message(file_id)))  # noqa: B023 - at once
        assert work(message(file_id)) == DONE
        assert_one_set(client, file_id, 200)
        if not died:
            break
    assert steps > len(STEPS)


def test_a_worker_that_dies_at_any_step_leaves_nothing_of_a_file_that_is_deleted_then(
    bench: Bench, client: Client
) -> None:
    deaths = Deaths()
    for steps in count(STEPS.index("S3 PutObject")):
        file_id = uploaded(client)
        died = dies(deaths, steps, lambda: work(message(file_id)))  # noqa: B023 - at once
        assert delete(client, file_id) == 204
        assert work(message(file_id)) == DONE
        assert_gone(client, file_id)
        if not died:
            return


def test_what_a_dead_worker_wrote_after_a_deletion_goes_by_the_next_message(
    bench: Bench, client: Client, file_id: str
) -> None:
    faults = bench.plan({"SQL SELECT files 2": Fault(Act.FREEZE_BEFORE)})
    worker = start(bench, file_id)
    faults.await_freeze()
    # Its own deletion found nothing yet.
    with environment_of({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}):
        assert delete(client, file_id) == 204
    worker.kill()
    assert objects(file_id) != set()
    assert work(message(file_id)) == DONE
    assert_gone(client, file_id)


@pytest.mark.parametrize("step", ["S3 GetObject", "S3 PutObject 2", "SQL COMMIT 2"])
def test_a_worker_that_is_killed_is_followed_by_one_that_makes_one_set(
    bench: Bench, client: Client, file_id: str, step: str
) -> None:
    faults = bench.plan({step: Fault(Act.FREEZE_AFTER)})
    worker = start(bench, file_id)
    faults.await_freeze()
    worker.kill()
    bench.plan()
    assert work(message(file_id)) == DONE
    assert_one_set(client, file_id, 200)


def test_two_workers_at_once_make_one_set(bench: Bench, client: Client, file_id: str) -> None:
    workers = [start(bench, file_id) for _ in range(2)]
    assert [worker.answer() for worker in workers] == [DONE, DONE]
    assert_one_set(client, file_id, 200)


def test_a_worker_that_knew_fewer_heights_takes_nothing_from_one_that_was_quicker(
    bench: Bench, client: Client
) -> None:
    plan = own_plan(client, 200)
    file_id = uploaded(client)
    taken()
    faults = bench.plan({"SQL SELECT files 2": Fault(Act.FREEZE_BEFORE)})
    slow = start(bench, file_id)
    faults.await_freeze()
    plan.change(thumbnail_heights=[200, 400])
    assert work(message(file_id)) == DONE
    faults.thaw()
    assert slow.answer() == DONE
    assert kept(file_id)["heights"] == [200, 400]
    assert_one_set(client, file_id, 200, 400)
    # So there is nothing more to do.
    assert told(file_id) == []


@pytest.mark.parametrize("step", STEPS)
def test_a_file_that_is_deleted_while_its_thumbnails_are_made_leaves_nothing(
    bench: Bench, client: Client, file_id: str, step: str
) -> None:
    faults = bench.plan({step: Fault(Act.FREEZE_BEFORE)})
    worker = start(bench, file_id)
    faults.await_freeze()
    with ThreadPoolExecutor(1) as thread:
        deletion = thread.submit(delete, client, file_id)
        if step in HELD:
            eventually(waiting_for_locks, lambda waiting: waiting > 0)
        else:
            assert deletion.result(10) == 204
        faults.thaw()
        assert deletion.result(10) == 204
    # Where its source was gone it is told again.
    if worker.answer() == AGAIN:
        assert work(message(file_id)) == DONE
    assert_gone(client, file_id)


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("S3")])
@pytest.mark.parametrize("act", [Act.ERROR, Act.CUT_AFTER], ids=["says no", "loses its answers"])
def test_a_store_that_fails_makes_the_message_come_again(
    bench: Bench, client: Client, file_id: str, step: str, act: Act
) -> None:
    with bench.here({step: Fault(act, ALWAYS)}):
        assert work(message(file_id)) == AGAIN
    assert shown(client, file_id)["status"] == "processing"
    assert work(message(file_id)) == DONE
    assert_one_set(client, file_id, 200)


def test_a_source_that_breaks_off_makes_the_message_come_again(
    bench: Bench, client: Client, file_id: str
) -> None:
    with bench.here({"S3 GetObject": Fault(Act.CUT_SHORT, ALWAYS)}):
        assert work(message(file_id)) == AGAIN
    # It is not taken for a damaged picture.
    assert row(file_id) is None
    assert work(message(file_id)) == DONE
    assert_one_set(client, file_id, 200)


@pytest.mark.parametrize(
    ("step", "act"),
    [
        *((step, Act.CUT_BEFORE) for step in STEPS if step.startswith("SQL")),
        ("SQL INSERT INTO images", Act.CUT_AFTER),
        ("SQL COMMIT 2", Act.CUT_AFTER),
    ],
)
def test_a_database_that_leaves_makes_the_message_come_again(
    bench: Bench, client: Client, file_id: str, step: str, act: Act
) -> None:
    with bench.here({step: Fault(act)}):
        assert work(message(file_id)) == AGAIN
    assert work(message(file_id)) == DONE
    assert_one_set(client, file_id, 200)


@pytest.mark.parametrize("full_of", ["the source", "a thumbnail"])
def test_a_full_disk_delays_thumbnails_and_refuses_nothing(
    bench: Bench, client: Client, page_of_disk: Path, full_of: str
) -> None:
    noise = Image.frombytes("L", (100, 100), Random(1).randbytes(10_000))  # noqa: S311 - no secret
    file_id = uploaded(client, encoded(noise) if full_of == "the source" else None)
    assert work(message(file_id)) == AGAIN
    assert row(file_id) is None
    assert not objects(file_id)
    assert not list(page_of_disk.iterdir())
    tempfile.tempdir = None
    assert work(message(file_id)) == DONE
    assert len(shown(client, file_id)["thumbnails"]) == 1


def test_what_a_dead_worker_has_left_is_cleared_away_by_one_that_comes_later(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, busy, new = (tmp_path / f"fragua-picture-{name}" for name in ("left", "busy", "new"))
    for folder in (left, busy, new):
        folder.mkdir()
        (folder / "source").write_bytes(b"x")
        if folder is not new:
            os.utime(folder, (time.time() - 11, time.time() - 11))
    lock = os.open(busy, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    made(client)
    os.close(lock)
    assert {*tmp_path.iterdir()} == {busy, new}
