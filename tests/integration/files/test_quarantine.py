"""A file that a scanner found malware in: its owner sees it, and nobody gets its bytes."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest

from fragua.settings import settings
from tests.integration.files.linking import (
    assert_ended,
    assert_works,
    create,
    downloads,
    link_to,
    listed,
    revoke,
)
from tests.integration.images import support as images
from tests.support import catalog, videos
from tests.support.accounts import become
from tests.support.backend import Client
from tests.support.footage import clip
from tests.support.scans import (
    DONE,
    download,
    key_of,
    quarantined,
    release,
    result,
    shown,
    tell,
)
from tests.support.tables import committed

Json = dict[str, Any]


def assert_kept_back(client: Client, upload: Json) -> None:
    answer = download(client, upload)
    assert (shown(client, upload)["status"], answer.status) == ("quarantined", 403)
    assert answer.body["code"] == "file_quarantined"
    assert "location" not in answer.headers


def assert_handed_out(client: Client, upload: Json, data: bytes = b"a virus") -> None:
    assert shown(client, upload)["status"] == "ready"
    assert httpx.get(download(client, upload).headers["location"]).content == data


def test_its_bytes_go_to_nobody_and_all_else_of_it_is_as_before(owner: Client) -> None:
    upload = owner.upload(b"a virus")
    before = shown(owner, upload)
    assert tell(result(key_of(owner, upload))) == DONE
    assert_kept_back(owner, upload)
    assert shown(owner, upload) == before | {"status": "quarantined"}
    found = owner.call("files.list", "GET", "/v1/files").body["items"]
    assert found[0] == before | {"status": "quarantined"}
    refused = owner.call(
        "files.download",
        "GET",
        f"{before['links']['self']}/download",
        query={"redirect": "false", "inline": "true"},
    )
    assert (refused.status, refused.body["code"]) == (403, "file_quarantined")


def test_what_is_known_of_it_does_not_tell_a_stranger_that_it_is_there(
    owner: Client, stranger: Client
) -> None:
    upload = quarantined(owner)
    assert download(stranger, upload).status == 404
    assert create(stranger, upload["file_id"]).status == 404
    become(stranger, plan="basic")
    assert videos.submit(stranger, upload["file_id"]).status == 422


def test_it_can_be_renamed_and_deleted_and_gives_its_quota_back(client: Client) -> None:
    upload = quarantined(client)
    path = f"/v1/files/{upload['file_id']}"
    renamed = client.call("files.rename", "PATCH", path, {"file_name": "beware"})
    assert (renamed.status, renamed.body["file_name"]) == (200, "beware")
    assert renamed.body["status"] == "quarantined"
    assert committed(client) == len(b"a virus")
    assert client.call("files.delete", "DELETE", path).status == 204
    assert client.call("files.get", "GET", path).status == 404
    assert committed(client) == 0


def test_its_links_are_dead_and_count_nothing_and_no_new_one_is_made(owner: Client) -> None:
    upload = owner.upload(b"a virus")
    link = link_to(owner, upload["file_id"])
    assert_works(link["token"])
    assert tell(result(key_of(owner, upload))) == DONE
    assert_ended(link["token"])
    assert downloads(owner, link) == 1
    answer = create(owner, upload["file_id"])
    assert (answer.status, answer.body["code"]) == (403, "file_quarantined")
    assert listed(owner, upload["file_id"]) == [link["id"]]
    assert revoke(owner, link["id"]) == 204


def test_a_plan_without_links_says_so_first(client: Client) -> None:
    answer = create(client, quarantined(client)["file_id"])
    assert (answer.status, answer.body["code"]) == (403, "plan_forbids")


def test_an_operator_gives_back_what_was_found_by_mistake(owner: Client) -> None:
    upload = owner.upload(b"a virus")
    link = link_to(owner, upload["file_id"])
    tell(result(key_of(owner, upload)))
    release(owner, upload)
    assert_handed_out(owner, upload)
    assert_works(link["token"])
    assert create(owner, upload["file_id"]).status == 201


def test_a_finding_that_comes_after_the_operators_word_changes_nothing(owner: Client) -> None:
    upload = quarantined(owner)
    release(owner, upload)
    assert tell(result(key_of(owner, upload))) == DONE
    assert_handed_out(owner, upload)


def test_a_clean_result_of_a_file_in_which_nothing_was_found_protects_it_from_nothing(
    owner: Client,
) -> None:
    upload = owner.upload(b"a virus")
    release(owner, upload)
    assert_handed_out(owner, upload)
    tell(result(key_of(owner, upload)))
    assert_kept_back(owner, upload)


@pytest.mark.parametrize("status", ["UNSUPPORTED", "ACCESS_DENIED", "FAILED"])
def test_a_scanner_that_could_not_say_changes_nothing(owner: Client, status: str) -> None:
    clean, found = owner.upload(b"a virus"), quarantined(owner)
    messages = [result(key_of(owner, each), status) for each in (clean, found)]
    assert tell(*messages) == DONE
    assert_handed_out(owner, clean)
    assert_kept_back(owner, found)


def test_what_is_no_file_of_this_deployment_is_passed_over(client: Client) -> None:
    upload = client.upload(b"a virus")
    key, bucket = key_of(client, upload), settings().default_bucket
    assert tell(
        result(key, bucket="somebody-elses"),
        result(key, bucket=f"{bucket}-2"),
        # One of a user's, where this file is not.
        result(key, bucket=f"{settings().bucket_prefix}0123456789"),
        result(f"thumbnails/{client.user_id}/{upload['file_id']}/200.webp"),
        result(f"videos/{client.user_id}/{upload['file_id']}/video.mp4"),
        result(f"fragments/{client.user_id}/{upload['id']}/1-x"),
        result(f"files/{client.user_id}"),
        result(f"{key}/more"),
        result("assets/intro.mp4"),
        result(""),
    ) == {"batchItemFailures": []}
    assert_handed_out(client, upload)


def test_a_file_of_another_owners_name_is_not_meant(client: Client, stranger: Client) -> None:
    upload = client.upload(b"a virus")
    assert tell(result(key_of(stranger, upload))) == DONE
    assert_handed_out(client, upload)


def test_a_file_in_a_bucket_of_ones_own_is_found_there(client: Client) -> None:
    name = f"b{client.user_id}"[:40]
    client.call("buckets.create", "POST", "/v1/buckets", {"name": name})
    upload = client.upload(b"a virus", bucket=name)
    url = httpx.URL(download(client, upload).headers["location"])
    key = key_of(client, upload)
    bucket = url.path.removesuffix(f"/{key}").strip("/")
    assert bucket.startswith(settings().bucket_prefix)
    assert tell(result(key, bucket=bucket)) == DONE
    assert_kept_back(client, upload)


def test_of_a_picture_the_thumbnails_stay_and_the_original_goes(client: Client) -> None:
    images.own_plan(client, 200, original_link=True)
    upload = client.upload(images.picture())
    images.work(images.message(upload["file_id"]))
    before = images.shown(client, upload["file_id"])
    assert before["original_url"]
    tell(result(key_of(client, upload)))
    seen = images.shown(client, upload["file_id"])
    assert "original_url" not in seen
    assert seen["status"] == "ready"
    (thumbnail,) = seen["thumbnails"]
    assert httpx.get(thumbnail["url"]).status_code == 200
    release(client, upload)
    assert images.shown(client, upload["file_id"])["original_url"]


def test_a_picture_that_nobody_had_looked_at_yet_gets_its_thumbnails(client: Client) -> None:
    upload = quarantined(client, images.picture())
    assert images.work(images.message(upload["file_id"])) == DONE
    assert images.heights(client, upload["file_id"]) == [200]


def test_a_product_keeps_its_picture(backend: dict[str, str]) -> None:
    editor = catalog.new_admin()
    upload = editor.upload(images.picture())
    images.work(images.message(upload["file_id"]))
    product = catalog.made(editor, image_file_ids=[upload["file_id"]])
    tell(result(key_of(editor, upload)))
    (seen,) = catalog.get(Client(), product["sku"]).body["images"]
    assert httpx.get(seen["thumbnails"][0]["url"]).status_code == 200


def test_no_video_is_made_of_it(client: Client) -> None:
    upload = quarantined(client, clip(videos.SHORT))
    answer = videos.submit(client, upload["file_id"])
    assert (answer.status, answer.body["code"]) == (403, "file_quarantined")
    release(client, upload)
    assert videos.submit(client, upload["file_id"]).status == 202


def test_a_video_that_waits_to_be_made_of_it_fails_and_one_that_is_made_stays(
    client: Client,
) -> None:
    upload = client.upload(clip(videos.SHORT))
    made, waiting = (videos.submit(client, upload["file_id"]).body["id"] for _ in range(2))
    assert videos.work(made) == DONE
    tell(result(key_of(client, upload)))
    assert videos.work(waiting) == DONE
    failed = videos.shown(client, waiting)
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "file_quarantined")
    assert videos.objects(client, waiting) == set()
    seen = videos.shown(client, made)
    assert seen["status"] == "ready"
    assert httpx.get(seen["processed_url"]).status_code == 200
    assert videos.change(client, "publish", made).status == 200


def test_the_log_says_what_was_found_where(client: Client, lines: io.StringIO) -> None:
    upload = quarantined(client)
    text = lines.getvalue()
    assert '"message":"quarantined"' in text
    assert upload["file_id"] in text
    assert key_of(client, upload) in text
    assert "EICAR-Test-File" in text
