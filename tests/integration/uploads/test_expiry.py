"""An upload without a sign of life expires, and the sweeper clears up."""

from __future__ import annotations

import io
import json
import time
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError

from fragua import aws, dynamodb
from fragua.errors import Refused
from fragua.settings import settings
from fragua.uploads import assembly
from tests.e2e.support.pictures import png
from tests.integration.uploads.test_progress import DATA, abort, presign, some
from tests.support.backend import Client, invoke, message, received
from tests.support.events import queue_event
from tests.support.logs import parsed
from tests.support.outages import down
from tests.support.queues import take
from tests.support.tables import age, committed

DAY = 24 * 3600


def sweep() -> int:
    mended: int = invoke("uploads.sweep", {})["mended"]
    return mended


def seen(client: Client, upload: dict[str, Any], ago: float, created: float = 0) -> None:
    """Let an upload have been seen last so many seconds ago."""
    now = time.time()
    created_at = now - max(ago, created)
    due = min(now - ago + DAY, created_at + 14 * DAY)
    age(client, upload, seen_at=now - ago, created_at=created_at, due_at=due)


def item(client: Client, upload: dict[str, Any]) -> dynamodb.Item:
    key = {"owner_id": client.user_id, "upload_id": upload["id"]}
    return dynamodb.get(settings().uploads_table, key) or {}


def test_a_new_upload_lives_for_a_day(client: Client) -> None:
    (upload,) = client.create({"file_name": "a", "size": 1})
    end = UUID(upload["id"]).int >> 80
    shown = time.mktime(time.strptime(upload["expires_at"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert abs(shown - end / 1000 - DAY) < 5


def test_the_sweeper_expires_drops_and_gives_back(client: Client) -> None:
    upload = some(client)
    multipart = item(client, upload)["multipart_id"]
    # A fragment that came in time may be on its way for some seconds more.
    seen(client, upload, DAY + 50)
    sweep()
    assert item(client, upload)["status"] == "receiving"
    seen(client, upload, DAY + 61)
    assert sweep() >= 1
    assert client.get(upload)["status"] == "expired"
    assert committed(client) == 0
    key = f"files/{client.user_id}/{upload['id']}"
    with pytest.raises(ClientError, match="NoSuchUpload"):
        aws.client("s3").list_parts(Bucket=settings().default_bucket, Key=key, UploadId=multipart)
    sweep()
    assert committed(client) == 0


def test_the_sweeper_leaves_the_living_alone(client: Client) -> None:
    upload = some(client)
    seen(client, upload, DAY - 60)
    sweep()
    assert client.get(upload)["status"] == "receiving"


def test_a_fragment_that_arrived_is_a_sign_of_life(client: Client) -> None:
    upload = some(client, 1)
    seen(client, upload, DAY + 1)
    sweep()
    assert client.get(upload)["status"] == "receiving"
    # And the sweeper need not look again before tomorrow.
    assert item(client, upload)["due_at"] > time.time() + DAY - 60


def test_fresh_urls_are_a_sign_of_life(client: Client) -> None:
    upload = some(client)
    seen(client, upload, DAY - 60)
    assert presign(client, upload, 1).status == 200
    assert item(client, upload)["seen_at"] > time.time() - 60


def test_no_sign_of_life_helps_after_14_days(client: Client) -> None:
    upload = some(client, 1)
    seen(client, upload, 0, created=14 * DAY + 1)
    assert presign(client, upload, 1).status == 410
    sweep()
    assert client.get(upload)["status"] == "expired"


def test_an_expired_upload_is_over_before_the_sweeper_was_there(client: Client) -> None:
    upload = some(client)
    seen(client, upload, DAY + 1)
    assert client.get(upload)["status"] == "expired"
    refused = [presign(client, upload, 1), client.complete(upload)]
    assert [(a.status, a.body["code"]) for a in refused] == [(410, "upload_expired")] * 2
    assert abort(client, upload).status == 204
    assert committed(client) == 0
    assert client.get(upload)["status"] == "expired"


def test_an_assembly_that_nobody_is_at_is_queued_again(client: Client) -> None:
    upload = client.begin(DATA)
    client.complete(upload)
    received()
    age(client, upload, due_at=time.time() - 1)
    assert sweep() >= 1
    assert message(client.user_id, upload["id"]) in [json.loads(body) for body in received()]
    assert item(client, upload)["due_at"] > time.time()


def test_an_assembly_in_somebodys_hands_is_left_to_them(client: Client) -> None:
    upload = client.begin(DATA)
    client.complete(upload)
    received()
    age(client, upload, due_at=time.time() - 1, lease_until=time.time() + 60)
    sweep()
    assert message(client.user_id, upload["id"]) not in [json.loads(body) for body in received()]


def test_a_finished_upload_needs_nobodys_attention(client: Client) -> None:
    found = item(client, client.upload(b"x"))
    assert not {"sweep_shard", "due_at"} & set(found)
    assert found["ttl"] > time.time() + 29 * DAY


def test_the_sweeper_comes_once_more_for_what_was_in_flight_at_the_end(client: Client) -> None:
    upload = some(client)
    abort(client, upload)
    assert 0 < item(client, upload)["due_at"] - time.time() <= 120
    age(client, upload, due_at=time.time() - 1)
    assert sweep() >= 1
    found = item(client, upload)
    assert not {"sweep_shard", "due_at"} & set(found)
    assert found["status"] == "aborted"


def test_an_upload_that_is_gone_does_not_stop_the_sweeper(client: Client) -> None:
    gone, upload = some(client), some(client)
    for each in (gone, upload):
        seen(client, each, DAY + 61)
    age(client, gone, multipart_id=1)
    before = time.time()
    sweep()
    assert item(client, upload)["status"] == "expired"
    # Nor do many of them take all the turns.
    assert item(client, gone)["due_at"] > before
    dynamodb.delete(settings().uploads_table, {"owner_id": client.user_id, "upload_id": gone["id"]})


def test_an_upload_whose_store_is_down_is_swept_later_and_is_no_error(
    client: Client, lines: io.StringIO
) -> None:
    upload = some(client)
    seen(client, upload, DAY + 61)
    with down("s3", "AbortMultipartUpload"):
        sweep()
    told = [line for line in parsed(lines) if line["message"] == "sweep failed"]
    assert {line["level"] for line in told if line["upload_id"] == upload["id"]} == {"WARNING"}
    age(client, upload, due_at=time.time() - 1)
    sweep()
    assert not {"sweep_shard", "due_at"} & set(item(client, upload))


def test_giving_up_ends_an_assembly_that_can_never_succeed(client: Client) -> None:
    upload = client.begin(DATA)
    client.complete(upload)
    # S3 says no to what is no checksum, and nothing tells the worker that it always will.
    age(client, upload, checksums={"crc32": "none"})
    with pytest.raises(Refused):
        assembly.assemble(UUID(client.user_id), UUID(upload["id"]))
    assert client.get(upload)["status"] == "assembling"
    give_up(client, upload)
    failed = client.get(upload)
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "assembly_failed")
    assert committed(client) == 0


def test_the_last_try_may_succeed(client: Client) -> None:
    upload = client.begin(DATA)
    client.complete(upload)
    give_up(client, upload)
    assert client.get(upload)["status"] == "ready"


def test_a_picture_of_the_last_try_gets_its_thumbnails(client: Client) -> None:
    upload = client.begin(png())
    client.complete(upload)
    take(settings().thumbnails_queue_url)
    give_up(client, upload)
    assert {"file_id": client.get(upload)["file_id"]} in take(settings().thumbnails_queue_url)


def test_giving_up_finds_the_file_that_only_lacked_the_last_word(client: Client) -> None:
    upload = client.upload(DATA)
    key = {"owner_id": client.user_id, "upload_id": upload["id"]}
    dynamodb.update(settings().uploads_table, key, "SET #status = :s", s="assembling")
    age(client, upload, lease_until=0)
    give_up(client, upload)
    assert client.get(upload)["status"] == "ready"
    assert committed(client) == len(DATA)


def test_giving_up_an_upload_that_is_over_or_unknown_does_nothing(client: Client) -> None:
    upload = client.upload(DATA)
    give_up(client, upload)
    give_up(client, {"id": "019aa3c0-0000-7000-8000-00000000000a"})
    assert client.get(upload)["status"] == "ready"


def give_up(client: Client, upload: dict[str, Any]) -> None:
    answer = invoke("uploads.give_up", queue_event(message(client.user_id, upload["id"])))
    assert answer == {"batchItemFailures": []}
