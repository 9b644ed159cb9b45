"""Videos while the store, the database, the queue or the disk is away: late, and never lost."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest

from fragua import clock
from tests.support.backend import Client
from tests.support.bench import Bench
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.videos import (
    AGAIN,
    DONE,
    STEPS,
    assert_made_once,
    edit,
    kept,
    over,
    shown,
    submit,
    submitted,
    sweep,
    told,
    uploaded,
    work,
)

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("S3")])
@pytest.mark.parametrize("act", [Act.ERROR, Act.CUT_AFTER], ids=["says no", "loses its answers"])
def test_a_store_that_fails_makes_the_message_come_again(
    bench: Bench, client: Client, video_id: str, step: str, act: Act
) -> None:
    with bench.here({step: Fault(act, ALWAYS)}):
        assert work(video_id) == AGAIN
    row = kept(video_id)
    assert row is not None
    assert (row["status"], row["worker"], row["attempts"]) == ("processing", None, 0)
    assert work(video_id) == DONE
    assert_made_once(client, video_id)


def test_a_source_that_breaks_off_is_not_taken_for_a_damaged_one(
    bench: Bench, client: Client, video_id: str
) -> None:
    with bench.here({"S3 GetObject": Fault(Act.CUT_SHORT, ALWAYS)}):
        assert work(video_id) == AGAIN
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
        assert work(video_id) == AGAIN
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
    assert work(video_id) == AGAIN
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
