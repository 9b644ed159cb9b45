"""One file: seen, renamed, downloaded and deleted by its owner alone."""

from __future__ import annotations

import os
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

import httpx
import pytest
from botocore.exceptions import ClientError

from fragua import aws, clock
from fragua.database import outbox, writer
from fragua.settings import settings
from tests.support.backend import MIB, Answer, Client, invoke
from tests.support.tables import committed

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
DATA = os.urandom(6 * MIB)


def of(client: Client, data: bytes = DATA, **more: Any) -> str:
    """Bring a file all the way; return its id."""
    file_id: str = client.upload(data, **more)["file_id"]
    return file_id


def get(client: Client, file_id: str) -> Answer:
    return client.call("files.get", "GET", f"/v1/files/{file_id}")


def download(client: Client, file_id: str, **query: Any) -> Answer:
    return client.call("files.download", "GET", f"/v1/files/{file_id}/download", query=query)


def delete(client: Client, file_id: str) -> Answer:
    return client.call("files.delete", "DELETE", f"/v1/files/{file_id}")


def rename(client: Client, file_id: str, **body: Any) -> Answer:
    return client.call("files.rename", "PATCH", f"/v1/files/{file_id}", body)


def test_a_file_says_what_it_is(client: Client) -> None:
    file_id = of(client, content_type="text/plain")
    body = get(client, file_id).body
    checksum = b64encode(crc32(DATA).to_bytes(4, "big")).decode()
    assert body.pop("created_at").endswith("Z")
    assert body == {
        "id": file_id,
        "file_name": "a.bin",
        "size": len(DATA),
        "content_type": "text/plain",
        "detected_type": None,
        "bucket": "default",
        "owner_id": client.user_id,
        "checksums": {"crc32": checksum},
        "status": "ready",
        "links": {
            "self": f"/v1/files/{file_id}",
            "download": f"/v1/files/{file_id}/download",
        },
    }


def test_its_type_is_what_its_bytes_say(client: Client) -> None:
    assert get(client, of(client, PNG, content_type="text/html")).body["detected_type"] == (
        "image/png"
    )


def test_the_bytes_come_back_under_the_name(client: Client) -> None:
    file_id = of(client, file_name="año.bin")
    redirect = download(client, file_id)
    assert (redirect.status, redirect.body) == (302, "")
    got = httpx.get(redirect.headers["location"])
    assert got.content == DATA
    assert got.headers["content-disposition"].endswith("filename*=UTF-8''a%C3%B1o.bin")
    assert got.headers["content-disposition"].startswith("attachment")


def test_a_client_may_ask_for_the_url_instead(client: Client) -> None:
    answer = download(client, of(client), redirect="false")
    assert (answer.status, set(answer.body)) == (200, {"url", "expires_at"})
    lifetime = parse_qs(urlsplit(answer.body["url"]).query)["X-Amz-Expires"]
    assert int(lifetime[0]) <= 300


def test_a_picture_is_shown_when_asked_for(client: Client) -> None:
    file_id = of(client, PNG)
    shown = httpx.get(download(client, file_id, inline="true").headers["location"])
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["content-type"] == "image/png"


def test_a_new_name_is_kept_exactly_and_found(client: Client) -> None:
    file_id = of(client)
    renamed = rename(client, file_id, file_name="Ñandú.TXT")
    assert (renamed.status, renamed.body["file_name"]) == (200, "Ñandú.TXT")
    assert renamed.body == get(client, file_id).body
    found = client.call("files.list", "GET", "/v1/files", query={"name": "ñANDÚ"}).body
    assert [item["id"] for item in found["items"]] == [file_id]


@pytest.mark.parametrize(
    "body", [{}, {"file_name": "a/b"}, {"file_name": None}, {"file_name": "a", "size": 1}], ids=str
)
def test_a_name_that_is_none_changes_nothing(client: Client, body: dict[str, Any]) -> None:
    file_id = of(client, PNG)
    assert rename(client, file_id, **body).status == 422
    assert get(client, file_id).body["file_name"] == "a.bin"


def test_a_deleted_file_is_gone_with_its_bytes_and_its_share_of_the_quota(client: Client) -> None:
    file_id = of(client)
    assert committed(client) == len(DATA)
    url = download(client, file_id).headers["location"]
    assert delete(client, file_id).status == 204
    assert (get(client, file_id).status, delete(client, file_id).status) == (404, 404)
    # S3 says 403 to those who may not list a bucket, so that they can't ask what is in it.
    assert httpx.get(url).status_code in (403, 404)
    assert committed(client) == 0


def test_what_a_deletion_left_undone_the_sweeper_does_once(client: Client) -> None:
    upload = client.upload(DATA)
    payload = {
        "owner_id": client.user_id,
        "upload_id": upload["id"],
        "s3_bucket": settings().default_bucket,
        "object_key": f"files/{client.user_id}/{upload['id']}",
        "size": len(DATA),
    }
    for _ in range(2):
        with writer() as db:
            event = outbox.add(db, "file_deleted", payload)
            due = outbox.outbox.update().where(outbox.outbox.c.id == event)
            db.execute(due.values(due_at=clock.at(0)))
        assert invoke("database.sweep_outbox", {})["done"] >= 1
        assert committed(client) == 0
    with pytest.raises(ClientError, match="404"):
        aws.client("s3").head_object(Bucket=payload["s3_bucket"], Key=payload["object_key"])


@pytest.mark.parametrize("file_id", [None, "019aa3c0-0000-7000-8000-00000000000a", "1"])
def test_somebody_elses_file_is_not_there(
    client: Client, stranger: Client, file_id: str | None
) -> None:
    mine = of(client, PNG)
    asked = file_id or mine
    answers = [
        get(stranger, asked),
        download(stranger, asked),
        rename(stranger, asked, file_name="mine"),
        delete(stranger, asked),
    ]
    assert {(answer.status, answer.body["code"]) for answer in answers} == {(404, "not_found")}
    assert get(client, mine).body["file_name"] == "a.bin"
