"""What happened is counted once, whatever comes twice and whoever dies."""

from __future__ import annotations

import io
from itertools import count
from uuid import uuid4

import pytest

from tests.integration.accounts.test_login import login
from tests.integration.images.support import (
    broken,
    dies,
    message,
    own_plan,
    picture,
    uploaded,
    work,
)
from tests.support import videos
from tests.support.backend import Client, assemble
from tests.support.deaths import Deaths
from tests.support.emf import measured
from tests.support.logs import parsed
from tests.support.outages import during
from tests.support.tables import age

WRONG = {"algorithm": "crc32", "value": "AAAAAA=="}
DATA = b"fragua " * 1000


def counted(lines: io.StringIO, *names: str) -> dict[str, list[float]]:
    """Return the values of metrics, in their order; all that was logged is valid."""
    found = measured(parsed(lines))
    return {name: found.get(name, []) for name in names}


def reasons(lines: io.StringIO, name: str) -> list[str]:
    """Return the reasons of the failures that were counted."""
    return [line["reason"] for line in parsed(lines) if name in line]


def forget(lines: io.StringIO) -> None:
    lines.truncate(0)
    lines.seek(0)


def test_a_batch_is_counted_by_its_uploads_and_its_repetition_not_at_all(
    client: Client, lines: io.StringIO
) -> None:
    body = {"files": [{"file_name": "a", "size": 1}, {"file_name": "b", "size": 2}]}
    for _ in range(2):
        headers = {"idempotency-key": client.user_id}
        answer = client.call("uploads.create", "POST", "/v1/uploads", body, headers=headers)
        assert answer.status == 201
    assert counted(lines, "UploadsCreated") == {"UploadsCreated": [2]}


def test_uploads_that_are_refused_are_not_counted(client: Client, lines: io.StringIO) -> None:
    body = {"files": [{"file_name": "a", "size": 1}, {"file_name": "b", "size": 2**50}]}
    answer = client.call("uploads.create", "POST", "/v1/uploads", body)
    assert answer.status in (413, 422)
    assert counted(lines, "UploadsCreated") == {"UploadsCreated": []}


@pytest.mark.parametrize("mode", ["direct", "relay"])
def test_a_file_is_counted_with_its_bytes_and_the_time_that_it_took(
    client: Client, lines: io.StringIO, mode: str
) -> None:
    upload = client.upload(DATA, mode=mode)
    assert assemble(client.user_id, upload["id"]) == {"batchItemFailures": []}
    names = ("UploadsReady", "BytesReady", "AssemblySeconds", "UploadsFailed")
    found = counted(lines, *names)
    (seconds,) = found.pop("AssemblySeconds")
    assert 0 <= seconds < 60
    assert found == {"UploadsReady": [1], "BytesReady": [len(DATA)], "UploadsFailed": []}


def test_the_time_is_that_from_the_completion(client: Client, lines: io.StringIO) -> None:
    upload = client.begin(DATA)
    closed = client.complete(upload)
    assert closed.status == 202
    age(client, upload, closed_at=1_000_000_000.5)
    assemble(client.user_id, upload["id"])
    (seconds,) = counted(lines, "AssemblySeconds")["AssemblySeconds"]
    assert seconds > 500_000_000


def test_of_what_an_earlier_release_closed_nobody_knows_the_time(
    client: Client, lines: io.StringIO
) -> None:
    upload = client.begin(DATA)
    assert client.complete(upload).status == 202
    age(client, upload, closed_at=None, request_id=None)
    assemble(client.user_id, upload["id"])
    found = counted(lines, "UploadsReady", "AssemblySeconds")
    assert found == {"UploadsReady": [1], "AssemblySeconds": []}


def test_a_broken_file_is_counted_once_with_its_reason(client: Client, lines: io.StringIO) -> None:
    upload = client.upload(DATA, mode="relay", checksum=WRONG)
    assert upload["status"] == "failed"
    assemble(client.user_id, upload["id"])
    found = counted(lines, "UploadsReady", "BytesReady", "UploadsFailed")
    assert found == {"UploadsReady": [], "BytesReady": [], "UploadsFailed": [1]}
    assert reasons(lines, "UploadsFailed") == ["checksum_mismatch"]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("wrong", [False, True], ids=["ready", "failed"])
def test_a_worker_that_dies_anywhere_has_nothing_counted_twice(
    client: Client, lines: io.StringIO, wrong: bool
) -> None:
    more = {"checksum": WRONG} if wrong else {}
    name, deaths, lost = "UploadsFailed" if wrong else "UploadsReady", Deaths(), 0
    # The steps before do not come near it.
    for steps in count(4):
        upload = client.begin(DATA, mode="relay", **more)
        assert client.complete(upload).status == 202
        forget(lines)
        died = dies(deaths, steps, lambda: assemble(client.user_id, upload["id"]))  # noqa: B023 - at once
        if client.get(upload)["status"] == "assembling":
            age(client, upload, lease_until=0)
        assemble(client.user_id, upload["id"])
        values = counted(lines, name)[name]
        assert values in ([1], []), steps
        lost += not values
        if not died:
            break
    # Whoever dies when it is committed and before it is told, takes the count with him.
    assert (lost, steps > 8) == (1, True)


def test_thumbnails_are_counted_once_and_those_of_a_changed_plan_with_them(
    client: Client, lines: io.StringIO
) -> None:
    plan = own_plan(client, 100)
    file_id = uploaded(client, picture())
    for _ in range(2):
        work(message(file_id))
    plan.change(thumbnail_heights=[100, 200])
    for _ in range(2):
        work(message(file_id))
    # One WebP and one JPEG of each height.
    found = counted(lines, "ThumbnailsMade", "PicturesRefused")
    assert found == {"ThumbnailsMade": [2, 2], "PicturesRefused": []}


def test_thumbnails_that_two_workers_make_at_once_are_counted_once(
    client: Client, lines: io.StringIO
) -> None:
    file_id = uploaded(client, picture())
    with during("s3", "PutObject", lambda: work(message(file_id))):
        work(message(file_id))
    assert counted(lines, "ThumbnailsMade") == {"ThumbnailsMade": [2]}


def test_a_picture_that_is_refused_is_counted_once_with_its_reason(
    client: Client, lines: io.StringIO
) -> None:
    file_id = uploaded(client, broken())
    for _ in range(2):
        work(message(file_id))
    found = counted(lines, "ThumbnailsMade", "PicturesRefused")
    assert found == {"ThumbnailsMade": [], "PicturesRefused": [1]}
    assert reasons(lines, "PicturesRefused") == ["damaged"]


def test_a_picture_that_goes_while_it_is_made_is_not_counted(
    client: Client, lines: io.StringIO
) -> None:
    file_id = uploaded(client, picture())
    path = f"/v1/files/{file_id}"
    with during("s3", "PutObject", lambda: client.call("files.delete", "DELETE", path)):
        work(message(file_id))
    assert counted(lines, "ThumbnailsMade") == {"ThumbnailsMade": []}


def test_a_video_is_counted_once_with_the_time_since_its_submission(
    client: Client, lines: io.StringIO
) -> None:
    video_id = videos.submitted(client)
    for _ in range(2):
        videos.work(video_id)
    found = counted(lines, "VideosReady", "RenditionSeconds", "VideosFailed")
    (seconds,) = found.pop("RenditionSeconds")
    assert 0 < seconds < 120
    assert found == {"VideosReady": [1], "VideosFailed": []}


def test_a_video_that_fails_is_counted_once_with_its_reason(
    client: Client, lines: io.StringIO
) -> None:
    video_id = videos.submitted(client, b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + b"\xff" * 5000)
    for _ in range(2):
        videos.work(video_id)
    found = counted(lines, "VideosReady", "RenditionSeconds", "VideosFailed")
    assert found == {"VideosReady": [], "RenditionSeconds": [], "VideosFailed": [1]}
    assert reasons(lines, "VideosFailed") == ["damaged"]


def test_a_video_that_is_somebody_elses_by_now_is_not_counted(
    client: Client, lines: io.StringIO
) -> None:
    video_id = videos.submitted(client)
    with during("s3", "PutObject", lambda: videos.edit(video_id, worker=uuid4())):
        assert videos.work(video_id) == videos.AGAIN
    assert counted(lines, "VideosReady") == {"VideosReady": []}


def test_a_login_that_is_refused_is_counted_and_a_wrong_password_is_not(
    client: Client, lines: io.StringIO
) -> None:
    for _ in range(10):
        assert login(client.email, "wrong horse", address="192.0.2.77").status == 401
    assert counted(lines, "LoginsRefused") == {"LoginsRefused": []}
    assert login(client.email, address="192.0.2.77").status == 429
    assert counted(lines, "LoginsRefused") == {"LoginsRefused": [1]}
    assert client.email not in lines.getvalue()
