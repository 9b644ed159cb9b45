"""What a body about uploads may say."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fragua.uploads.schemas import (
    Checksum,
    Completion,
    FragmentsWanted,
    NewUpload,
    NewUploads,
)

NEW = {"file_name": "a.bin", "size": 10}
LENGTHS = {"crc32": 4, "crc64nvme": 8, "sha256": 32}


def encoded(length: int) -> str:
    return base64.b64encode(bytes(length)).decode()


def test_the_least_that_a_new_upload_says_is_its_name_and_size() -> None:
    new = NewUpload.model_validate(NEW)
    assert (new.content_type, new.bucket, new.mode) == (
        "application/octet-stream",
        "default",
        "direct",
    )


@pytest.mark.parametrize("size", [0, 1, 2**53 + 1, 2**63 - 1])
def test_every_size_that_the_database_holds_is_taken(size: int) -> None:
    assert NewUpload.model_validate({**NEW, "size": size}).size == size


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"size": 2**63},
        {"size": 1.0},
        {"size": "1"},
        {"size": True},
        {"size": None},
        {"size": float("inf")},
        {"fragment_size": "8388608"},
        {"fragment_size": False},
        {"mode": "DIRECT"},
        {"content_type": "text"},
        {"bucket": 1},
        {"bucket": "b" * 64},
        {"checksum": "AAAAAA=="},
        {"checksum": {"algorithm": "md5", "value": encoded(16)}},
        {"checksum": {"algorithm": "crc32"}},
        {"unknown": 1},
        {"file_name": ""},
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewUpload.model_validate({**NEW, **change})


@pytest.mark.parametrize("count", [0, 51])
def test_a_batch_has_1_to_50_files(count: int) -> None:
    with pytest.raises(ValidationError):
        NewUploads.model_validate({"files": [NEW] * count})


@pytest.mark.parametrize("algorithm", LENGTHS)
def test_a_checksum_is_the_base64_text_of_its_digest(algorithm: str) -> None:
    value = encoded(LENGTHS[algorithm])
    assert Checksum.model_validate({"algorithm": algorithm, "value": value}).value == value


@pytest.mark.parametrize("algorithm", LENGTHS)
@given(length=st.integers(0, 64))
def test_a_checksum_of_another_length_is_refused(algorithm: str, length: int) -> None:
    if length != LENGTHS[algorithm]:
        with pytest.raises(ValidationError):
            Checksum.model_validate({"algorithm": algorithm, "value": encoded(length)})


@pytest.mark.parametrize(
    "value",
    [
        "AAAAAA",  # no padding
        "AAAAAB==",  # stray bits: the text would never equal S3's
        "AAAA AA==",
        "AAAAAA==\n",
        "____AA==",  # the URL alphabet
        "00000000",  # hexadecimal
        "áAAAAA==",
    ],
)
def test_a_checksum_that_s3_would_write_otherwise_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        Checksum.model_validate({"algorithm": "crc32", "value": value})
    with pytest.raises(ValidationError):
        FragmentsWanted.model_validate({"numbers": [1], "crc32": {"1": value}})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"numbers": []},
        {"numbers": [0]},
        {"numbers": [-1]},
        {"numbers": ["1"]},
        {"numbers": [1.0]},
        {"numbers": [True]},
        {"numbers": list(range(1, 1002))},
        {"numbers": [1], "crc32": {"1": 0}},
        {"numbers": [1], "crc32": None},
        {"numbers": [1], "more": 1},
    ],
)
def test_a_wish_for_urls_that_is_none_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FragmentsWanted.model_validate(body)


def test_a_completion_needs_no_checksum() -> None:
    assert Completion.model_validate({}).checksum is None
    assert Completion.model_validate({"checksum": None}).checksum is None
