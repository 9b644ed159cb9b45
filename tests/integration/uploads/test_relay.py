"""Fragments that come through the API: kept once, packed into the file, then gone."""

from __future__ import annotations

import base64
import os
import zlib
from typing import Any

import boto3
import httpx
import pytest

from fragua.settings import settings
from tests.support.backend import MIB, Client

KIB = 1024


def crc32(data: bytes) -> str:
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def objects(upload: dict[str, Any]) -> list[str]:
    """List the keys of fragments that S3 keeps of an upload."""
    listed = boto3.client("s3").list_objects_v2(
        Bucket=settings().default_bucket, Prefix="fragments/"
    )
    return [each["Key"] for each in listed.get("Contents", []) if upload["id"] in each["Key"]]


def downloaded(client: Client, file_id: str) -> bytes:
    path = f"/v1/files/{file_id}/download"
    answer = client.call("files.download", "GET", path, query={"redirect": "false"})
    return httpx.get(answer.body["url"]).raise_for_status().content


@pytest.mark.parametrize(
    ("size", "fragment_size"),
    [
        (0, MIB),
        (1, 1),
        (30, 1),
        (5 * MIB - 1, MIB),
        (5 * MIB, MIB),
        (8 * MIB, 4 * MIB),
        (8 * MIB + 1, 4 * MIB),
        (21 * MIB + 7, 4 * MIB),
        (17 * MIB, 3 * MIB + 5),
    ],
)
def test_a_relayed_file_comes_back_as_it_was_sent(
    client: Client, size: int, fragment_size: int
) -> None:
    data = os.urandom(size)
    upload = client.upload(data, mode="relay", fragment_size=fragment_size)
    assert upload["status"] == "ready"
    file = client.call("files.get", "GET", f"/v1/files/{upload['file_id']}").body
    assert file["checksums"] == {"crc32": crc32(data)}
    assert downloaded(client, upload["file_id"]) == data
    assert objects(upload) == []
