"""Checksums that come late or can't be had, and bytes that were made to hurt."""

from __future__ import annotations

import base64
import hashlib
import os

import pytest

from fragua.uploads.rules import MAX_SHA256
from tests.support.backend import MIB, Client, assemble

WRONG = {
    "crc32": "AAAAAA==",
    "sha256": base64.b64encode(hashlib.sha256(b"others").digest()).decode(),
}
# Empty skippable Zstandard frames: a parser that calls itself for each runs out of stack.
FRAMES = b"\x50\x2a\x4d\x18\x00\x00\x00\x00" * 2048


@pytest.mark.parametrize("algorithm", WRONG)
def test_a_checksum_that_comes_after_closing_is_no_yes(client: Client, algorithm: str) -> None:
    upload = client.begin(os.urandom(MIB))
    late = {"checksum": {"algorithm": algorithm, "value": WRONG[algorithm]}}
    assert client.complete(upload).status == 202
    while_assembling = client.complete(upload, late).status
    assemble(client.user_id, upload["id"])
    assert (while_assembling, client.complete(upload, late).status) == (422, 422)
    assert client.complete(upload).status == 200


def test_a_sha256_of_more_than_20_gib_is_refused(client: Client) -> None:
    checksum = {"algorithm": "sha256", "value": WRONG["sha256"]}
    new = {"file_name": "a", "size": MAX_SHA256 + 1, "checksum": checksum}
    answer = client.call("uploads.create", "POST", "/v1/uploads", {"files": [new]})
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == "/files/0/checksum/algorithm"


def test_bytes_that_break_the_probe_of_the_type_become_a_file(client: Client) -> None:
    upload = client.upload(FRAMES)
    assert upload["status"] == "ready"
    file = client.call("files.get", "GET", f"/v1/files/{upload['file_id']}").body
    assert file["detected_type"] is None
