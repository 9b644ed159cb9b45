"""Videos while workers die, meet, and lose what they depend on: made once, or not at all."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
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
from tests.support.faults import Act, Fault
from tests.support.footage import clip
from tests.support.videos import (
    AGAIN,
    DONE,
    STEPS,
    WORKER,
    assert_gone,
    assert_made_once,
    delete,
    edit,
    kept,
    message,
    objects,
    over,
    shown,
    submitted,
    sweep,
    told,
    work,
)
from tests.support.workers import Worker

pytestmark = pytest.mark.timeout(180)


def start(bench: Bench, video_id: str, **environment: str) -> Worker:
    event = queue_event(message(video_id))
    return bench.start(WORKER, event, FRAGUA_TIME_SCALE="1", **environment)


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
    program = eventually(lambda: ffmpeg_of(worker), renders)
    assert program is not None
    # Stopped, so that it can't come to an end by itself.
    program.suspend()
    worker.kill()
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
    return found[0] if found else None


def renders(program: psutil.Process | None) -> bool:
    """Tell whether a process has become ffmpeg, and encodes."""
    try:
        command = program.cmdline() if program else []
    except psutil.NoSuchProcess:
        return False
    return "ffmpeg" in command[0] and "libx264" in command if command else False


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
