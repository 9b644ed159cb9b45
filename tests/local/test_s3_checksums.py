"""Checksums and multipart uploads are enforced as S3 enforces them."""

import os
import socket
import threading
import zlib
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5, sha256
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from awscrt.checksums import crc64nvme
from botocore.exceptions import ClientError

# The smallest part that S3 takes, but for the last one.
FIRST = os.urandom(5 * 1024 * 1024)
LAST = b"the end"
WHOLE = FIRST + LAST


def crc32(body: bytes) -> str:
    """The value of x-amz-checksum-crc32."""
    return b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def crc64(body: bytes) -> str:
    """The value of x-amz-checksum-crc64nvme."""
    return b64encode(crc64nvme(body).to_bytes(8, "big")).decode()


def sha(body: bytes) -> str:
    """The value of x-amz-checksum-sha256."""
    return b64encode(sha256(body).digest()).decode()


def start(s3: Any, bucket: str, **options: str) -> dict[str, str]:
    """A multipart upload on the key `a`; answers what names it."""
    made = s3.create_multipart_upload(Bucket=bucket, Key="a", **options)
    return {"Bucket": bucket, "Key": "a", "UploadId": made["UploadId"]}


def send(s3: Any, upload: dict[str, str], number: int, body: bytes, **options: str) -> Any:
    """Sends one part; answers its entry for Complete."""
    etag = s3.upload_part(**upload, PartNumber=number, Body=body, **options)["ETag"]
    return {"PartNumber": number, "ETag": etag}


def complete(s3: Any, upload: dict[str, str], parts: list[Any], **options: Any) -> None:
    """Completes the upload."""
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **options)


def full_object(s3: Any, bucket: str, algorithm: str) -> tuple[dict[str, str], list[Any]]:
    """A FULL_OBJECT upload with both parts sent."""
    upload = start(s3, bucket, ChecksumAlgorithm=algorithm, ChecksumType="FULL_OBJECT")
    return upload, [send(s3, upload, 1, FIRST), send(s3, upload, 2, LAST)]


@pytest.mark.parametrize(
    ("name", "function"),
    [("ChecksumCRC32", crc32), ("ChecksumCRC64NVME", crc64), ("ChecksumSHA256", sha)],
)
def test_a_put_with_the_wrong_checksum_stores_nothing(
    s3: Any, bucket: str, name: str, function: Any
) -> None:
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=bucket, Key="a", Body=b"hello", **{name: function(b"other")})
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="a")
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello", **{name: function(b"hello")})
    head = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert (head[name], head["ChecksumType"]) == (function(b"hello"), "FULL_OBJECT")


def test_a_put_without_a_checksum_gets_s3s_default(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    head = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert head["ChecksumCRC64NVME"] == crc64(b"hello")


def test_a_put_with_the_wrong_md5_is_refused(s3: Any, bucket: str) -> None:
    wrong = b64encode(md5(b"other", usedforsecurity=False).digest()).decode()
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=bucket, Key="a", Body=b"hello", ContentMD5=wrong)


def test_a_checksum_of_the_wrong_form_is_an_invalid_request(s3: Any, bucket: str) -> None:
    with pytest.raises(ClientError, match="InvalidRequest"):
        s3.put_object(Bucket=bucket, Key="a", Body=b"hello", ChecksumCRC32="AAAA")


def test_a_part_with_the_wrong_checksum_is_refused(s3: Any, bucket: str) -> None:
    upload = start(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    with pytest.raises(ClientError, match="BadDigest"):
        send(s3, upload, 1, LAST, ChecksumCRC32=crc32(b"other"))
    assert "Parts" not in s3.list_parts(**upload)


@pytest.mark.parametrize("created", [{}, {"ChecksumAlgorithm": "CRC64NVME"}])
def test_a_part_with_another_algorithm_than_its_upload_is_refused(
    s3: Any, bucket: str, created: dict[str, str]
) -> None:
    upload = start(s3, bucket, **created)
    with pytest.raises(ClientError, match="Checksum Type mismatch"):
        send(s3, upload, 1, LAST, ChecksumCRC32=crc32(LAST))


def test_a_part_of_a_composite_upload_needs_its_checksum(s3: Any, bucket: str) -> None:
    upload = start(s3, bucket, ChecksumAlgorithm="CRC32")
    with pytest.raises(ClientError, match="actual checksum Type: null"):
        send(s3, upload, 1, LAST)
    part = send(s3, upload, 1, LAST, ChecksumCRC32=crc32(LAST))
    with pytest.raises(ClientError, match="must include the checksum for each part"):
        complete(s3, upload, [part])
    with pytest.raises(ClientError, match="InvalidPart"):
        complete(s3, upload, [{**part, "ChecksumCRC32": crc32(b"other")}])
    complete(s3, upload, [{**part, "ChecksumCRC32": crc32(LAST)}])
    head = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    composite = crc32(zlib.crc32(LAST).to_bytes(4, "big"))
    assert (head["ChecksumCRC32"], head["ChecksumType"]) == (f"{composite}-1", "COMPOSITE")


@pytest.mark.parametrize(("algorithm", "function"), [("CRC32", crc32), ("CRC64NVME", crc64)])
def test_complete_verifies_the_checksum_of_the_whole(
    s3: Any, bucket: str, algorithm: str, function: Any
) -> None:
    upload, parts = full_object(s3, bucket, algorithm)
    name = f"Checksum{algorithm}"
    with pytest.raises(ClientError, match="BadDigest"):
        complete(s3, upload, parts, **{name: function(b"other")})
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="a")
    complete(s3, upload, parts, **{name: function(WHOLE)}, ChecksumType="FULL_OBJECT")
    head = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert (head[name], head["ChecksumType"]) == (function(WHOLE), "FULL_OBJECT")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"MpuObjectSize": len(WHOLE) - 1}, "InvalidRequest"),
        ({"ChecksumType": "COMPOSITE"}, "BadDigest"),
        ({"ChecksumCRC64NVME": crc64(WHOLE)}, "InvalidRequest"),
    ],
    ids=["size", "type", "algorithm"],
)
def test_complete_refuses_what_does_not_fit_the_upload(
    s3: Any, bucket: str, options: dict[str, Any], code: str
) -> None:
    upload, parts = full_object(s3, bucket, "CRC32")
    with pytest.raises(ClientError, match=code):
        complete(s3, upload, parts, **options)
    complete(s3, upload, parts, MpuObjectSize=len(WHOLE))


def test_a_missing_part_and_a_small_part_are_refused(s3: Any, bucket: str) -> None:
    upload = start(s3, bucket)
    small, last = send(s3, upload, 1, LAST), send(s3, upload, 3, LAST)
    with pytest.raises(ClientError, match="EntityTooSmall"):
        complete(s3, upload, [small, last])
    with pytest.raises(ClientError, match="InvalidPart"):
        complete(s3, upload, [{"PartNumber": 2, "ETag": small["ETag"]}])


def test_an_upload_is_completed_once(s3: Any, bucket: str) -> None:
    upload = start(s3, bucket, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    # Enough to verify that one attempt is still at it when the next begins.
    parts = [send(s3, upload, number, FIRST) for number in range(1, 4)]
    listed = "".join(
        f"<Part><PartNumber>{part['PartNumber']}</PartNumber><ETag>{part['ETag']}</ETag></Part>"
        for part in parts
    )
    body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>"
    # Presigned and sent by hand, as the SDK would try again and hide a second success.
    url = s3.generate_presigned_url("complete_multipart_upload", Params=upload)
    together = threading.Barrier(8)

    def try_it(_: int) -> int:
        together.wait()
        return httpx.post(url, content=body).status_code

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(try_it, range(8))) == [200] + [404] * 7


@pytest.mark.parametrize(
    "call",
    [
        lambda s3, upload: s3.list_parts(**upload),
        lambda s3, upload: s3.abort_multipart_upload(**upload),
        lambda s3, upload: send(s3, upload, 1, LAST),
        lambda s3, upload: complete(s3, upload, [{"PartNumber": 1, "ETag": "x"}]),
        lambda s3, upload: s3.upload_part_copy(
            **upload, PartNumber=1, CopySource={"Bucket": upload["Bucket"], "Key": "b"}
        ),
    ],
    ids=["list", "abort", "part", "complete", "copy"],
)
def test_an_ended_upload_is_unknown_to_every_call(s3: Any, bucket: str, call: Any) -> None:
    upload = start(s3, bucket)
    s3.abort_multipart_upload(**upload)
    with pytest.raises(ClientError, match="NoSuchUpload") as refused:
        call(s3, upload)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_an_upload_belongs_to_its_key(s3: Any, bucket: str) -> None:
    upload = start(s3, bucket)
    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.list_parts(**{**upload, "Key": "b"})


@pytest.mark.parametrize("number", [0, 10001])
def test_parts_are_numbered_from_1_to_10000(s3: Any, bucket: str, number: int) -> None:
    with pytest.raises(ClientError, match="InvalidArgument"):
        send(s3, start(s3, bucket), number, LAST)


def test_list_parts_pages_by_number_over_holes(s3: Any, bucket: str) -> None:
    upload = start(s3, bucket)
    for number in (2, 3, 5, 9):
        send(s3, upload, number, LAST)
    pages = [
        [part["PartNumber"] for part in page["Parts"]]
        for page in s3.get_paginator("list_parts").paginate(
            **upload, PaginationConfig={"PageSize": 2}
        )
    ]
    assert pages == [[2, 3], [5, 9]]


def test_a_sha256_of_the_whole_is_no_multipart_checksum(s3: Any, bucket: str) -> None:
    with pytest.raises(ClientError, match="InvalidRequest"):
        start(s3, bucket, ChecksumAlgorithm="SHA256", ChecksumType="FULL_OBJECT")


def test_a_body_cut_short_is_not_stored(s3: Any, bucket: str) -> None:
    url = urlsplit(s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a"}))
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=10) as wire:
        lines = f"PUT {url.path}?{url.query} HTTP/1.1", f"Host: {url.netloc}", "Content-Length: 6"
        wire.sendall("\r\n".join((*lines, "", "hello")).encode())
        wire.shutdown(socket.SHUT_WR)
        assert b"IncompleteBody" in wire.makefile("rb").read()
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="a")
