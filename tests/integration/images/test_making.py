"""A picture gets its thumbnails by itself, once, whatever it is called."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from fragua import aws
from fragua.database import writer
from fragua.files.tables import files
from fragua.settings import settings
from tests.integration.images.support import (
    AGAIN,
    DONE,
    assert_one_set,
    broken,
    delete,
    fetches,
    kept,
    made,
    message,
    objects,
    own_plan,
    picture,
    row,
    show,
    shown,
    taken,
    uploaded,
    work,
)
from tests.support.backend import MIB, Client


def listed(client: Client) -> list[str]:
    items = client.call("images.list", "GET", "/v1/images").body["items"]
    return [item["file_id"] for item in items]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_a_picture_becomes_an_image_whatever_it_is_called(client: Client, kind: str) -> None:
    data = picture(kind=kind)
    file_id = uploaded(client, data, file_name="notes.txt", content_type="text/html")
    assert shown(client, file_id)["status"] == "processing"
    assert work(message(file_id)) == DONE
    image = shown(client, file_id)
    assert (image["status"], image["format"]) == ("ready", kind.lower())
    assert (image["width"], image["height"]) == (60, 500)
    assert_one_set(client, file_id, 200)


def test_an_image_says_what_it_is(client: Client) -> None:
    file_id = made(client, file_name="red.png")
    image = shown(client, file_id)
    (thumbnail,) = image.pop("thumbnails")
    assert len(image.pop("thumbhash")) > 10
    assert image == {
        "file_id": file_id,
        "name": "red.png",
        "status": "ready",
        "width": 60,
        "height": 500,
        "format": "png",
        "dominant_color": "#c82828",
    }
    got = httpx.get(thumbnail.pop("url"))
    assert thumbnail == {
        "height": 200,
        "width": 24,
        "content_type": "image/webp",
        "size": len(got.content),
    }
    assert got.headers["content-type"] == "image/webp"
    assert "private" in got.headers["cache-control"]


def test_a_file_names_the_image_that_it_is(client: Client) -> None:
    file_id = uploaded(client)
    file = client.call("files.get", "GET", f"/v1/files/{file_id}").body
    assert file["image"] == {"self": f"/v1/images/{file_id}"}


def test_until_it_was_looked_at_nobody_knows_anything_of_it(client: Client) -> None:
    image = shown(client, uploaded(client))
    assert image["status"] == "processing"
    assert image["thumbnails"] == []
    unknown = ("width", "height", "format", "dominant_color", "thumbhash")
    assert [image[name] for name in unknown] == [None] * 5
    assert not image.keys() & {"refusal", "original_url"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain text",
        b"%PDF-1.7 no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        # As bitmaps and GIFs begin.
        b"BMW, a make of cars: a text",
        b"GIF is a word of this text",
    ],
)
def test_what_is_no_picture_is_no_image_and_nobody_is_told(client: Client, data: bytes) -> None:
    file_id = uploaded(client, data, file_name="a.png", content_type="image/png")
    assert show(client, file_id).status == 404
    assert listed(client) == []
    assert json.dumps(message(file_id)) not in taken()
    # Nor does a message make it one.
    assert work(message(file_id)) == DONE
    assert (row(file_id), objects(file_id)) == (None, set())


def test_a_new_picture_is_told_once(client: Client) -> None:
    file_id = uploaded(client)
    assert taken().count(json.dumps(message(file_id))) == 1


def test_somebody_elses_picture_is_not_there(client: Client, stranger: Client) -> None:
    file_id = made(client)
    assert show(stranger, file_id).status == 404
    assert listed(stranger) == []


@pytest.mark.parametrize("name", ["a", "0", "019aa3c0-0000-7000-8000-00000000000a"])
def test_an_id_that_names_no_picture_is_404(client: Client, name: str) -> None:
    assert show(client, name).status == 404


def test_the_message_again_makes_nothing_again(client: Client) -> None:
    file_id = made(client)
    before = kept(file_id)
    key = before["thumbnails"][0]["object_key"]
    aws.client("s3").put_object(Bucket=settings().default_bucket, Key=key, Body=b"mark")
    assert work(message(file_id)) == DONE
    assert kept(file_id) == before
    again = aws.client("s3").get_object(Bucket=settings().default_bucket, Key=key)
    assert again["Body"].read() == b"mark"


def test_a_batch_is_done_one_by_one(client: Client) -> None:
    good, bad, other = uploaded(client), uploaded(client, broken()), uploaded(client)
    answer = work(message(good), message(bad), "no JSON", message(other))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-2"}]}
    assert [shown(client, each)["status"] for each in (good, bad, other)] == [
        "ready",
        "refused",
        "ready",
    ]


def test_a_refused_picture_is_refused_once_with_its_reason(client: Client) -> None:
    file_id = made(client, broken())
    image = shown(client, file_id)
    assert (image["status"], image["thumbnails"]) == ("refused", [])
    assert image["refusal"]["code"] == "damaged"
    assert image["refusal"]["detail"].startswith("The picture is damaged")
    before = kept(file_id)
    with fetches() as fetched:
        assert work(message(file_id)) == DONE
    assert (kept(file_id), objects(file_id), fetched) == (before, set(), [])


def test_a_picture_with_more_bytes_than_there_is_room_for_is_not_even_fetched(
    client: Client,
) -> None:
    file_id = uploaded(client)
    with writer() as db:
        enormous = files.update().where(files.c.id == UUID(file_id))
        db.execute(enormous.values(size=300 * MIB, object_key="nowhere"))
    assert work(message(file_id)) == DONE
    assert shown(client, file_id)["refusal"]["code"] == "too_large"


@pytest.mark.parametrize(
    "body",
    [
        {"Records": [{"s3": {"object": {"key": "thumbnails/a/b/200.webp"}}}]},
        {"Event": "s3:TestEvent", "Bucket": "b"},
        {},
    ],
    ids=["an event of a thumbnail", "a test event", "nothing"],
)
def test_a_message_that_is_none_of_ours_is_consumed_and_makes_nothing(
    client: Client, body: dict[str, Any]
) -> None:
    file_id = made(client)
    before = kept(file_id)
    taken()
    assert work(body) == DONE
    assert (kept(file_id), taken()) == (before, [])


@pytest.mark.parametrize("body", [{"file_id": "1"}, {"file_id": None}, {"plan": 1, "after": "x"}])
def test_a_message_that_nobody_can_have_sent_goes_to_the_dead_letters(
    client: Client, body: dict[str, Any]
) -> None:
    assert work(body) == AGAIN


def test_a_message_about_a_file_that_never_was_is_consumed(client: Client) -> None:
    assert work(message("019aa3c0-0000-7000-8000-00000000000a")) == DONE


@pytest.mark.parametrize(
    ("height", "expected"), [(100, [100]), (200, [200]), (300, [200, 300]), (401, [200, 400])]
)
def test_a_low_picture_is_never_enlarged(client: Client, height: int, expected: list[int]) -> None:
    own_plan(client, 200, 400)
    file_id = made(client, picture(60, height))
    assert_one_set(client, file_id, *expected)


def test_thumbnails_are_jpeg_for_those_who_ask_for_it(client: Client) -> None:
    file_id = made(client)
    (thumbnail,) = shown(client, file_id, format="jpeg")["thumbnails"]
    assert thumbnail["content_type"] == "image/jpeg"
    assert httpx.get(thumbnail["url"]).content[:3] == b"\xff\xd8\xff"
    assert show(client, file_id, format="gif").status == 422


def test_a_thumbnails_url_lives_for_an_hour(client: Client) -> None:
    (thumbnail,) = shown(client, made(client))["thumbnails"]
    assert "X-Amz-Expires=3600" in thumbnail["url"]


def test_pictures_in_a_users_own_bucket_stay_there_and_leave_it(client: Client) -> None:
    name = f"b{client.user_id[-12:]}"
    answer = client.call("buckets.create", "POST", "/v1/buckets", {"name": name})
    assert answer.status == 201, answer
    file_id = made(client, bucket=name)
    assert_one_set(client, file_id, 200)
    (thumbnail,) = shown(client, file_id)["thumbnails"]
    assert httpx.get(thumbnail["url"]).status_code == 200
    assert settings().default_bucket not in thumbnail["url"]
    assert client.call("buckets.delete", "DELETE", f"/v1/buckets/{name}").status == 409
    assert delete(client, file_id) == 204
    assert client.call("buckets.delete", "DELETE", f"/v1/buckets/{name}").status == 204
    # A message that comes now finds neither file nor bucket.
    assert work(message(file_id)) == DONE
