"""Videos while workers die, meet, and lose what they depend on: made once, or not at all."""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from fragua import clock
from fragua.errors import Unavailable
from fragua.videos.lease import Lease
from tests.support.backend import Client
from tests.support.bench import Bench, eventually
from tests.support.deaths import Dead, Deaths
from tests.support.events import queue_event
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.footage import clip
from tests.support.videos import (
    AGAIN,
    DONE,
    WORKER,
    assert_gone,
    assert_made_once,
    delete,
    edit,
    kept,
    message,
    objects,
    shown,
    submit,
    submitted,
    sweep,
    told,
    try_work,
    uploaded,
    work,
)
from tests.support.workers import Worker

# What the worker asks of others, in order. The first test fails when there is more.
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
pytestmark = pytest.mark.timeout(180)


def start(bench: Bench, video_id: str, **environment: str) -> Worker:
    event = queue_event(message(video_id), queue="none")
    return bench.start(WORKER, event, FRAGUA_TIME_SCALE="1", **environment)


def over(video_id: str) -> None:
    """Let the lease of a dead worker be over."""
    edit(video_id, leased_until=clock.at(0))


@pytest.fixture
def video_id(bench: Bench, client: Client) -> str:
    """A video that nobody has begun to make."""
    return submitted(client)


def test_the_steps_above_are_all_there_are(bench: Bench, client: Client, video_id: str) -> None:
    faults = bench.plan()
    assert start(bench, video_id).answer() == DONE
    assert tuple(faults.seen) == STEPS
    assert_made_once(client, video_id)


def test_a_worker_that_dies_at_any_step_is_followed_by_one_that_makes_it_once(
    bench: Bench, client: Client
) -> None:
    deaths = Deaths()
    for steps in count():
        video_id = submitted(client)
        try:
            with deaths.after(steps):
                work(video_id)
        except Dead:
            over(video_id)
            told()
            assert sweep()["failed"] == 0
            # The row was written by the dead one's last step: nobody is told of it again.
            again = [body for body in told() if video_id in body]
            assert len(again) == (shown(client, video_id)["status"] == "processing")
            assert work(video_id) == DONE
            assert_made_once(client, video_id)
        else:
            break
    assert steps > len(STEPS)


def test_a_worker_that_is_killed_while_ffmpeg_works_takes_that_along_and_is_followed(
    bench: Bench, client: Client
) -> None:
    # Where this came from the video was lost.
    video_id = submitted(client, clip(30.0, "640x360", "10"))
    worker = start(bench, video_id)
    program = eventually(lambda: ffmpeg_of(worker), lambda found: "libx264" in str(found))
    worker.kill()
    assert program is not None
    eventually(program.is_running, lambda running: not running)
    # No half file is shown.
    assert shown(client, video_id)["status"] == "processing"
    assert objects(client, video_id) == set()
    # While the dead one is believed to live, its message that comes again is dropped.
    assert work(video_id) == DONE
    assert shown(client, video_id)["status"] == "processing"
    over(video_id)
    told()
    assert sweep()["begun_again"] == 1
    assert [body for body in told() if video_id in body]
    assert work(video_id) == DONE
    assert_made_once(client, video_id)
    row = kept(video_id)
    assert row is not None
    assert row["attempts"] == 2
    assert sweep()["begun_again"] == 0


def ffmpeg_of(worker: Worker) -> psutil.Process | None:
    """Return the process that a worker has begun, if it has."""
    with psutil.Process(worker.pid).oneshot():
        found = psutil.Process(worker.pid).children()
    return Running(found[0].pid) if found else None


class Running(psutil.Process):
    """A process that shows the command that it runs."""

    def __str__(self) -> str:
        try:
            return " ".join(self.cmdline())
        except psutil.NoSuchProcess:
            return "ended"


def test_two_workers_at_once_make_it_once(bench: Bench, client: Client, video_id: str) -> None:
    faults = bench.plan({"S3 GetObject": Fault(Act.FREEZE_BEFORE)})
    first = start(bench, video_id)
    faults.await_freeze()
    # The second one finds that somebody is at it, and fetches nothing.
    with bench.another() as beside:
        seen = beside.plan()
        assert start(beside, video_id).answer() == DONE
        assert not [step for step in seen.seen if step.startswith("S3")]
    faults.thaw()
    assert first.answer() == DONE
    assert_made_once(client, video_id)


def test_a_message_that_comes_when_all_is_over_changes_nothing(
    client: Client, video_id: str
) -> None:
    assert work(video_id) == DONE
    before = kept(video_id)
    assert work(video_id) == DONE
    assert kept(video_id) == before


def test_who_has_lost_the_lease_writes_nothing(bench: Bench, client: Client, video_id: str) -> None:
    faults = bench.plan({"SQL UPDATE videos 2": Fault(Act.FREEZE_BEFORE)})
    slow = start(bench, video_id)
    faults.await_freeze()
    over(video_id)
    assert work(video_id) == DONE
    made = kept(video_id)
    faults.thaw()
    assert slow.answer() == AGAIN
    assert kept(video_id) == made
    assert_made_once(client, video_id)


def test_a_lease_is_prolonged_while_ffmpeg_works(bench: Bench, video_id: str) -> None:
    lease = Lease.take(UUID(video_id))
    assert lease is not None
    edit(video_id, leased_until=clock.at(0))
    lease.keep()
    row = kept(video_id)
    assert row is not None
    assert row["leased_until"] == clock.at(0)
    lease.taken = time.monotonic() - 21
    with bench.here({"SQL UPDATE videos": Fault(Act.CUT_BEFORE)}):
        # A database that is away for a moment ends no work.
        lease.keep()
    row = kept(video_id)
    assert row is not None
    assert row["leased_until"] == clock.at(0)
    lease.keep()
    row = kept(video_id)
    assert row is not None
    assert row["leased_until"] > clock.now()
    lease.taken = time.monotonic() - 41
    with (
        bench.here({"SQL UPDATE videos": Fault(Act.CUT_BEFORE)}),
        pytest.raises(Unavailable),
    ):
        lease.keep()


@pytest.mark.parametrize("step", STEPS)
def test_a_video_that_is_deleted_while_it_is_made_leaves_nothing(
    bench: Bench, client: Client, video_id: str, step: str
) -> None:
    faults = bench.plan({step: Fault(Act.FREEZE_BEFORE)})
    worker = start(bench, video_id)
    faults.await_freeze()
    with ThreadPoolExecutor(1) as thread:
        deletion = thread.submit(delete, client, video_id)
        # Where the worker has the row's lock, it goes first.
        free = step not in ("SQL COMMIT", "SQL COMMIT 3")
        assert not free or deletion.result(10).status == 204
        faults.thaw()
        assert deletion.result(10).status == 204
    worker.answer()
    if kept(video_id):
        over(video_id)
        sweep()
    assert_gone(client, video_id)


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("S3")])
@pytest.mark.parametrize("act", [Act.ERROR, Act.CUT_AFTER], ids=["says no", "loses its answers"])
def test_a_store_that_fails_makes_the_message_come_again(
    bench: Bench, client: Client, video_id: str, step: str, act: Act
) -> None:
    with bench.here({step: Fault(act, ALWAYS)}):
        assert try_work(video_id) == AGAIN
    row = kept(video_id)
    assert row is not None
    assert (row["status"], row["worker"], row["attempts"]) == ("processing", None, 0)
    assert work(video_id) == DONE
    assert_made_once(client, video_id)


def test_a_source_that_breaks_off_is_not_taken_for_a_damaged_one(
    bench: Bench, client: Client, video_id: str
) -> None:
    with bench.here({"S3 GetObject": Fault(Act.CUT_SHORT, ALWAYS)}):
        assert try_work(video_id) == AGAIN
    assert shown(client, video_id)["status"] == "processing"
    assert work(video_id) == DONE
    assert_made_once(client, video_id)


@pytest.mark.parametrize(
    ("step", "act"),
    [
        *((step, Act.CUT_BEFORE) for step in STEPS if step.startswith("SQL")),
        ("SQL COMMIT", Act.CUT_AFTER),
        ("SQL COMMIT 3", Act.CUT_AFTER),
    ],
)
def test_a_database_that_leaves_makes_the_message_come_again(
    bench: Bench, client: Client, video_id: str, step: str, act: Act
) -> None:
    with bench.here({step: Fault(act)}):
        assert try_work(video_id) == AGAIN
    # A commit whose answer was cut off has said that it is made.
    if shown(client, video_id)["status"] == "processing":
        over(video_id)
    assert work(video_id) == DONE
    assert_made_once(client, video_id)


def test_a_queue_that_is_down_loses_no_submission(bench: Bench, client: Client) -> None:
    told()
    file_id = uploaded(client)
    with bench.here({"SQS SendMessage": Fault(Act.ERROR, ALWAYS)}):
        answer = submit(client, file_id)
    assert answer.status == 202
    assert not [body for body in told() if answer.body["id"] in body]
    assert sweep()["failed"] == 0
    assert [body for body in told() if answer.body["id"] in body]


def test_what_nobody_is_told_of_any_more_fails_at_last(client: Client, video_id: str) -> None:
    old = clock.first_id_at(clock.now() - timedelta(days=30))
    edit(video_id, id=old)
    assert sweep()["begun_again"] == 1
    seen = shown(client, str(old))
    assert (seen["status"], seen["failure"]["code"]) == ("failed", "not_made")
    assert sweep()["begun_again"] == 0


def test_a_full_disk_delays_a_video_and_is_not_counted_against_it(
    client: Client, video_id: str, page_of_disk: Path
) -> None:
    assert try_work(video_id) == AGAIN
    row = kept(video_id)
    assert row is not None
    assert (row["status"], row["attempts"], row["worker"]) == ("processing", 0, None)
    assert not list(page_of_disk.iterdir())
    tempfile.tempdir = None
    assert work(video_id) == DONE
    assert_made_once(client, video_id)


def test_what_a_worker_has_left_is_cleared_away_by_one_that_comes_later(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (left := tmp_path / "fragua-video-left").mkdir()
    (left / "source").write_bytes(b"x")
    os.utime(left, (time.time() - 11, time.time() - 11))
    assert work(submitted(client)) == DONE
    assert list(tmp_path.iterdir()) == []
