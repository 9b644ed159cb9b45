"""The worker makes a video of a file, or tells its owner why it can't."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from fragua import aws
from fragua.database import writer
from fragua.files.tables import files
from fragua.settings import settings
from tests.support.backend import Client, environment_of
from tests.support.footage import clip, ffmpeg, frames
from tests.support.videos import (
    AGAIN,
    DONE,
    assert_made_once,
    change,
    edit,
    kept,
    objects,
    ready,
    shown,
    submit,
    submitted,
    told,
    uploaded,
    work,
)


def edit_file(video_id: str, **values: Any) -> None:
    """Change the row of the file that a video is made of."""
    row = kept(video_id)
    assert row is not None
    with writer() as db:
        db.execute(files.update().where(files.c.id == row["file_id"]).values(values))


def failure(client: Client, video_id: str) -> str:
    """Return the code of the reason why a video failed."""
    seen = shown(client, video_id)
    assert (seen["status"], seen["processed_url"], seen["poster_url"]) == ("failed", None, None)
    assert seen["failure"]["detail"].endswith(".")
    assert objects(client, video_id) == set()
    return str(seen["failure"]["code"])


def test_a_submitted_clip_becomes_a_video(client: Client) -> None:
    video_id = submitted(client)
    assert f'{{"video_id": "{video_id}"}}' in told()
    before = shown(client, video_id)
    assert (before["status"], before["duration"], before["processed_at"]) == (
        "processing", None, None,
    )  # fmt: skip
    assert work(video_id) == DONE
    assert_made_once(client, video_id)
    seen = shown(client, video_id)
    assert (seen["duration"], seen["width"], seen["height"]) == (0.2, 160, 90)
    assert seen["processed_at"] >= seen["created_at"]
    watched = httpx.get(seen["processed_url"], headers={"range": "bytes=4-7"})
    assert (watched.status_code, watched.content) == (206, b"ftyp")
    assert watched.headers["content-type"] == "video/mp4"
    poster = httpx.get(seen["poster_url"])
    assert (poster.headers["content-type"], poster.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_each_answer_with_a_video_has_urls_that_work(client: Client) -> None:
    file_id, key = uploaded(client), "0123456789abcdef"
    video_id = submit(client, file_id, key=key).body["id"]
    assert work(video_id) == DONE
    assert change(client, "publish", video_id).status == 200
    mine = client.call("videos.list", "GET", "/v1/videos").body["items"]
    everybodys = Client().call("videos.list_public", "GET", "/v1/public/videos").body["items"]
    # The repetition is shown what has become of it.
    found = [*mine, submit(client, file_id, key=key).body]
    found += [each for each in everybodys if each["id"] == video_id]
    assert [each["id"] for each in found] == [video_id] * 3
    for each in found:
        for name in ("processed_url", "poster_url"):
            assert httpx.get(each[name], headers={"range": "bytes=0-0"}).status_code == 206


def test_what_looks_like_a_video_and_is_none_fails_with_a_reason(client: Client) -> None:
    # Garbage stayed `uploaded` for ever where this came from.
    video_id = submitted(client, b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + b"\xff" * 5000)
    assert work(video_id) == DONE
    assert failure(client, video_id) == "damaged"
    assert work(video_id) == DONE


def test_a_file_that_was_deleted_before_anybody_looked_fails_with_a_reason(client: Client) -> None:
    file_id = uploaded(client)
    video_id = submit(client, file_id).body["id"]
    assert client.call("files.delete", "DELETE", f"/v1/files/{file_id}").status == 204
    assert work(video_id) == DONE
    assert failure(client, video_id) == "file_deleted"


def test_a_file_whose_bytes_are_not_there_is_tried_again(client: Client) -> None:
    video_id = submitted(client)
    edit_file(video_id, object_key="files/nowhere")
    assert work(video_id) == AGAIN
    assert shown(client, video_id)["status"] == "processing"


def test_a_video_stays_when_its_file_is_deleted(client: Client) -> None:
    file_id = uploaded(client)
    video_id = submit(client, file_id).body["id"]
    work(video_id)
    assert client.call("files.delete", "DELETE", f"/v1/files/{file_id}").status == 204
    seen = shown(client, video_id)
    assert (seen["status"], seen["file_id"]) == ("ready", file_id)
    assert httpx.get(seen["processed_url"]).status_code == 200


def test_a_file_of_more_than_8_gib_fails_before_it_is_fetched(client: Client) -> None:
    video_id = submitted(client)
    edit_file(video_id, size=(8 << 30) + 1, object_key="files/nowhere")
    assert work(video_id) == DONE
    assert failure(client, video_id) == "too_large"


def test_a_video_that_workers_die_of_fails_at_last(client: Client) -> None:
    video_id = submitted(client)
    edit(video_id, attempts=4)
    assert work(video_id) == DONE
    assert failure(client, video_id) == "not_made"


def put(key: str, data: bytes) -> None:
    aws.s3("put_object", Bucket=settings().default_bucket, Key=key, Body=data)


@pytest.fixture
def extras(backend: dict[str, str]) -> Iterator[None]:
    """A deployment that gives every video a watermark, a beginning and an end."""
    plain = ("-f", "lavfi", "-i", "color={}:size=320x100:rate=25:duration=0.4")
    fast = ("-preset", "ultrafast", "-pix_fmt", "yuv420p")
    for name, colour in (("intro", "red"), ("outro", "blue")):
        drawn = [word.format(colour) for word in plain]
        put(f"assets/{name}.mp4", ffmpeg(*drawn, *fast, ending="mp4"))
    mark = ("-f", "lavfi", "-i", "color=lime:size=40x40", "-frames:v", "1")
    put("assets/mark.png", ffmpeg(*mark, ending="png"))
    keys = {"INTRO": "intro.mp4", "OUTRO": "outro.mp4", "WATERMARK": "mark.png"}
    given = {f"VIDEO_{name}_KEY": f"assets/{key}" for name, key in keys.items()}
    with environment_of(backend | given | {"VIDEO_SECONDS": "0.6"}):
        yield


@pytest.mark.usefixtures("extras")
def test_a_deployments_own_clips_stand_around_it_and_its_mark_upon_it(client: Client) -> None:
    video_id = submitted(client, clip(1.0, "320x180"))
    assert work(video_id) == DONE
    seen = shown(client, video_id)
    assert (seen["width"], seen["height"]) == (320, 180)
    assert seen["duration"] == pytest.approx(0.4 + 0.6 + 0.4, abs=0.1)
    video = httpx.get(seen["processed_url"]).content
    first, _, last = frames(video, (1, 1), at=[0.2, 0.7, 1.2])
    assert [colour.index(max(colour)) for colour in (first, last)] == [0, 2]
    (marked,) = frames(video, (16, 9), at=[0.7])
    red, green, blue = marked[-54:-51]
    assert green > 180
    assert max(red, blue) < 90


@pytest.mark.usefixtures("extras")
def test_a_clip_of_the_deployments_that_is_none_lets_videos_wait(client: Client) -> None:
    video_id = submitted(client)
    for name in ("outro.mp4", "mark.png"):
        whole = aws.s3("get_object", Bucket=settings().default_bucket, Key=f"assets/{name}")
        data = whole["Body"].read()
        put(f"assets/{name}", b"nothing that could be shown")
        assert work(video_id) == AGAIN
        aws.s3("delete_object", Bucket=settings().default_bucket, Key=f"assets/{name}")
        assert work(video_id) == AGAIN
        put(f"assets/{name}", data)
    row = kept(video_id)
    assert row is not None
    assert (row["status"], row["attempts"], row["worker"]) == ("processing", 0, None)
    assert work(video_id) == DONE


def test_nobody_fills_the_queue_that_is_everybodys(client: Client) -> None:
    file_id = uploaded(client)
    for _ in range(99):
        ready(client, status="processing")
    assert submit(client, file_id).status == 202
    refused = submit(client, file_id)
    assert (refused.status, refused.body["code"]) == (429, "too_many_videos")
    assert int(refused.headers["retry-after"]) > 0


def test_a_bucket_that_is_deleted_takes_no_video_along(client: Client) -> None:
    name = f"clips-{client.user_id}"[:40]
    made = client.call("buckets.create", "POST", "/v1/buckets", {"name": name})
    assert made.status == 201, made
    file_id = uploaded(client, bucket=name)
    video_id = submit(client, file_id).body["id"]
    work(video_id)
    assert client.call("files.delete", "DELETE", f"/v1/files/{file_id}").status == 204
    assert client.call("buckets.delete", "DELETE", f"/v1/buckets/{name}").status == 204
    assert httpx.get(shown(client, video_id)["processed_url"]).status_code == 200


def test_two_videos_of_one_second_are_two(client: Client) -> None:
    # They overwrote each other where this came from: their keys were made of user and second.
    first, second = submitted(client), submitted(client, clip(0.4))
    assert work(first, second) == DONE
    assert [shown(client, each)["duration"] for each in (first, second)] == [0.2, 0.4]
    assert UUID(first) != UUID(second)
