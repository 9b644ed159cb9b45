"""How a file may be cut, in both modes, and which bytes can be a fragment's."""

from __future__ import annotations

import zlib
from typing import Any
from uuid import UUID

import pytest

from fragua import crc32
from fragua.uploads.fragments import GIB, MIB
from fragua.uploads.rules import creation_faults, fragment_faults
from fragua.uploads.schemas import NewUpload
from fragua.uploads.upload import Upload


def pointers(**new: Any) -> list[str]:
    file = NewUpload.model_validate({"file_name": "a", "size": 1, **new})
    return [pointer for pointer, _ in creation_faults(file, "/files/0", "bucket")]


@pytest.mark.parametrize(
    "new",
    [
        {"mode": "relay"},
        {"mode": "relay", "size": 0},
        {"mode": "relay", "fragment_size": 1},
        {"mode": "relay", "fragment_size": 4 * MIB},
        {"mode": "relay", "size": 32_768, "fragment_size": 1},
        {"mode": "relay", "size": 10 * GIB},
        {"fragment_size": 5 * MIB},
        {"fragment_size": 5 * GIB},
        {"size": 10_000 * 5 * MIB, "fragment_size": 5 * MIB},
        {"size": 10_000 * 5 * GIB},
    ],
)
def test_what_the_contract_allows_is_no_fault(new: dict[str, Any]) -> None:
    assert pointers(**new) == []


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ({"mode": "relay", "fragment_size": 0}, "fragment_size"),
        ({"mode": "relay", "fragment_size": 4 * MIB + 1}, "fragment_size"),
        ({"mode": "relay", "size": 32_769, "fragment_size": 1}, "fragment_size"),
        ({"mode": "relay", "size": 10 * GIB + 1}, "size"),
        ({"fragment_size": 5 * MIB - 1}, "fragment_size"),
        ({"fragment_size": 5 * GIB + 1}, "fragment_size"),
        ({"size": 10_000 * 5 * MIB + 1, "fragment_size": 5 * MIB}, "fragment_size"),
        ({"size": 10_000 * 5 * GIB + 1}, "size"),
    ],
)
def test_what_goes_beyond_is_pointed_at(new: dict[str, Any], field: str) -> None:
    assert pointers(**new) == [f"/files/0/{field}"]


UPLOAD = Upload(
    owner_id=UUID(int=1),
    upload_id=UUID(int=2),
    file_name="a",
    size=25,
    content_type="text/plain",
    bucket="default",
    s3_bucket="bucket",
    mode="relay",
    status="receiving",
    fragment_size=10,
    algorithm="crc32",
    checksums={},
    multipart_id=None,
    created_at=0,
    seen_at=0,
)


def faults(number: int, data: bytes, said: str | None = None) -> list[str]:
    crc = crc32.text(zlib.crc32(data))
    return [pointer for pointer, _ in fragment_faults(UPLOAD, number, len(data), crc, said)]


def test_a_fragment_has_its_own_length_and_the_last_one_the_rest() -> None:
    assert [faults(1, b"0123456789"), faults(3, b"01234")] == [[], []]
    assert [faults(1, b"012345678"), faults(3, b"0123456789"), faults(2, b"")] == [[""]] * 3


def test_a_crc_that_is_sent_along_must_be_that_of_the_bytes() -> None:
    assert faults(3, b"01234", crc32.text(zlib.crc32(b"01234"))) == []
    assert faults(3, b"01234", "AAAAAA==") == ["/x-amz-checksum-crc32"]
