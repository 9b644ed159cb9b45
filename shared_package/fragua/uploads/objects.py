"""What uploads become in S3: multipart uploads, their parts, the finished object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fragua import aws, clock
from fragua.errors import Refused
from fragua.presigning import presign
from fragua.settings import settings
from fragua.uploads.schemas import Fragment
from fragua.uploads.upload import Upload

# Seconds that a presigned URL of a fragment lives.
URL_LIFETIME = 3600


@dataclass(frozen=True)
class Part:
    """A part that S3 has: `arrived_at` since 1970, `crc32` in base64 where it was sent with one."""

    number: int
    size: int
    etag: str
    arrived_at: float
    crc32: str | None = None


@dataclass(frozen=True)
class Stored:
    """A finished object: its size in bytes and the checksum that S3 keeps of it (base64)."""

    size: int
    upload_id: str
    checksums: dict[str, str]


def _address(upload: Upload) -> dict[str, str]:
    return {"Bucket": upload.s3_bucket, "Key": upload.object_key}


def _multipart(upload: Upload) -> dict[str, str]:
    return {**_address(upload), "UploadId": upload.multipart_id or ""}


def begin(upload: Upload) -> Upload:
    """Begin the multipart upload on the final key; return the upload with S3's id of it.

    The algorithm is explicit and the checksum one of the whole object: S3 refuses a part whose
    checksum is of another algorithm than the upload was begun with.
    """
    answer = aws.s3(
        "create_multipart_upload",
        **_address(upload),
        ContentType="application/octet-stream",
        Metadata={"upload-id": str(upload.upload_id)},
        ChecksumAlgorithm=upload.algorithm.upper(),
        ChecksumType="FULL_OBJECT",
    )
    return replace(upload, multipart_id=answer["UploadId"])


def abort(upload: Upload) -> None:
    """Drop the multipart upload and its parts; harmless when it is gone already."""
    if upload.multipart_id is not None:
        aws.s3_gone("abort_multipart_upload", **_multipart(upload))


def delete(bucket: str, key: str) -> None:
    """Delete an object; harmless when it is gone already."""
    aws.s3_gone("delete_object", Bucket=bucket, Key=key)


def fragment_urls(
    upload: Upload, numbers: list[int], crc32: dict[int, str] | None = None
) -> list[Fragment]:
    """Presign an UploadPart for each number. No request is made."""
    lifetime = max(1, int(settings().scaled(URL_LIFETIME)))
    expires_at = clock.at(clock.timestamp() + lifetime)
    cut = upload.cut
    fragments = []
    for number in numbers:
        checksum = (crc32 or {}).get(number)
        headers = {"x-amz-checksum-crc32": checksum} if checksum else {}
        size = cut.length(number)
        url = presign(
            "PUT",
            upload.s3_bucket,
            upload.object_key,
            expires_in=lifetime,
            query={"partNumber": str(number), "uploadId": upload.multipart_id or ""},
            headers={**headers, "content-length": str(size)},
        )
        fragments.append(
            Fragment(
                number=number,
                offset=cut.offset(number),
                size=size,
                url=url,
                headers=headers,
                expires_at=expires_at,
            )
        )
    return fragments


def parts(upload: Upload) -> list[Part] | None:
    """List the parts that S3 has (strongly consistent), or None when it knows no such upload."""
    if upload.multipart_id is None:
        return []
    found: list[Part] = []
    marker = 0
    while True:
        try:
            answer = aws.s3("list_parts", **_multipart(upload), PartNumberMarker=marker)
        except Refused as error:
            if error.code == "NoSuchUpload":
                return None
            raise
        found += [_part(listed) for listed in answer.get("Parts", [])]
        if not answer.get("IsTruncated"):
            return found
        marker = answer["NextPartNumberMarker"]


def _part(listed: dict[str, Any]) -> Part:
    return Part(
        listed["PartNumber"],
        listed["Size"],
        listed["ETag"],
        listed["LastModified"].timestamp(),
        listed.get("ChecksumCRC32"),
    )


def fragments(upload: Upload) -> list[Part] | None:
    """List the fragments of a direct upload that have arrived; None like `parts`.

    A part of another length than its fragment does not count: signed URLs don't allow one.
    """
    found = parts(upload)
    if found is None:
        return None
    count = upload.cut.count
    return [p for p in found if p.number <= count and p.size == upload.cut.length(p.number)]


def put_part(upload: Upload, number: int, data: bytearray, crc32: str) -> Part:
    """Send one part, with its CRC-32 (base64) where the upload keeps that algorithm."""
    checksum = {"ChecksumCRC32": crc32} if upload.algorithm == "crc32" else {}
    answer = aws.s3_send(
        "upload_part", **_multipart(upload), PartNumber=number, Body=data, **checksum
    )
    return Part(number, len(data), answer["ETag"], clock.timestamp(), crc32)


def complete(upload: Upload, arrived: list[Part], checksum: str | None) -> None:
    """Join the parts inside S3, once, if size and checksum (by its algorithm) are right."""
    declared: dict[str, Any] = (
        {f"Checksum{upload.algorithm.upper()}": checksum, "ChecksumType": "FULL_OBJECT"}
        if checksum
        else {}
    )
    aws.s3(
        "complete_multipart_upload",
        **_multipart(upload),
        MultipartUpload={"Parts": [{"PartNumber": p.number, "ETag": p.etag} for p in arrived]},
        MpuObjectSize=upload.size,
        IfNoneMatch="*",
        **declared,
    )


def put(
    upload: Upload, data: bytes | bytearray, checksum: str | None, *, ours: bool = False
) -> None:
    """Write the whole object of a small or empty file, once, if the checksum is right.

    Where it is `ours`, and not one that was declared, bytes that do not fit are no verdict.
    """
    algorithm = upload.algorithm.upper()
    send = aws.s3_send if ours else aws.s3
    send(
        "put_object",
        **_address(upload),
        Body=data,
        ContentType="application/octet-stream",
        Metadata={"upload-id": str(upload.upload_id)},
        IfNoneMatch="*",
        ChecksumAlgorithm=algorithm,
        **({f"Checksum{algorithm}": checksum} if checksum else {}),
    )


def head(upload: Upload) -> Stored | None:
    """Look at the finished object; None when there is none."""
    try:
        answer = aws.s3("head_object", **_address(upload), ChecksumMode="ENABLED")
    except Refused as error:
        if error.status == 404:
            return None
        raise
    checksums = {
        name: answer[f"Checksum{name.upper()}"]
        for name in ("crc32", "crc64nvme")
        if answer.get(f"Checksum{name.upper()}")
    }
    return Stored(answer["ContentLength"], answer["Metadata"].get("upload-id", ""), checksums)


def read(upload: Upload, length: int | None = None) -> Iterator[bytes]:
    """Stream the finished object, or its first `length` bytes, in pieces of at most 256 KiB."""
    limit = {"Range": f"bytes=0-{length - 1}"} if length else {}
    yield from aws.stream("s3", aws.s3("get_object", **_address(upload), **limit)["Body"])


def belongs(stored: Stored | None, upload_id: UUID, size: int) -> bool:
    """Tell whether a finished object is the one that this upload was to become."""
    return stored is not None and stored.upload_id == str(upload_id) and stored.size == size
