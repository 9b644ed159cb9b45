"""Where moto is looser than S3: the rules that S3 enforces, as one table.

A rule looks at a request and raises S3Error with S3's documented answer. Sources: the Amazon S3
API reference (CreateMultipartUpload, UploadPart, CompleteMultipartUpload, PutObject), "Checking
object integrity" in the user guide, and the error codes' page.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable

from local.s3_checksums import DIGESTS, declared, encoded
from local.s3_cors import check_preflight
from local.s3_request import Operation, S3Error, S3Request
from local.s3_signature import check_authenticated, check_presigned
from local.s3_uploads import Upload, check_possible, listed_parts, upload

Rule = Callable[[S3Request], None]


def upload_exists(request: S3Request) -> None:
    """Every call on a multipart upload that ended, or never was, is a 404."""
    upload(request)


def part_number_is_possible(request: S3Request) -> None:
    """Parts are numbered from 1 to 10,000."""
    text = request.parameter("partNumber") or ""
    if not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise S3Error(
            400,
            "InvalidArgument",
            "Part number must be an integer between 1 and 10000, inclusive",
            ArgumentName="partNumber",
            ArgumentValue=text,
        )


def part_has_the_uploads_algorithm(request: S3Request) -> None:
    """A part's checksum is of its upload's algorithm; only FULL_OBJECT parts may go without."""
    given = declared(request)
    found = upload(request)
    if given is None and (found.algorithm is None or found.type == "FULL_OBJECT"):
        return
    actual = given.algorithm if given else None
    if actual != found.algorithm:
        raise S3Error(
            400,
            "InvalidRequest",
            f"Checksum Type mismatch occurred, expected checksum Type: {found.algorithm or 'null'},"
            f" actual checksum Type: {actual or 'null'}",
        )


def body_has_its_checksum(request: S3Request) -> None:
    """A declared CRC or SHA is that of the body."""
    given = declared(request)
    if given and not given.matches([request.body]):
        raise given.mismatch()


def body_has_its_md5(request: S3Request) -> None:
    """A Content-MD5 is that of the body."""
    given = request.headers.get("content-md5")
    if given is None:
        return
    try:
        expected = base64.b64decode(given, validate=True)
    except binascii.Error:
        expected = b""
    if len(expected) != hashlib.md5(usedforsecurity=False).digest_size:
        raise S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    if expected != hashlib.md5(request.body, usedforsecurity=False).digest():
        raise S3Error(
            400, "BadDigest", "The Content-MD5 you specified did not match what we received."
        )


def body_is_the_signed_one(request: S3Request) -> None:
    """A payload hash in the signature is that of the body."""
    given = request.headers.get("x-amz-content-sha256", "")
    if len(given) == 64 and given != hashlib.sha256(request.body).hexdigest():
        raise S3Error(
            400,
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def parts_have_their_checksums(request: S3Request) -> None:
    """Listed checksums are those of the parts; a COMPOSITE upload needs all of them."""
    found = upload(request)
    for part in listed_parts(request.body):
        stored = found.stored.parts.get(part.number)
        if found.type == "COMPOSITE" and found.algorithm not in part.checksums:
            raise S3Error(
                400,
                "InvalidRequest",
                f"The upload was created using a {found.algorithm} checksum. The complete request"
                f" must include the checksum for each part. It was missing for part {part.number}"
                " in the request.",
            )
        for algorithm, value in part.checksums.items():
            if stored and encoded(algorithm, [stored.value]) != value:
                raise S3Error(
                    400,
                    "InvalidPart",
                    "One or more of the specified parts could not be found. The part may not have"
                    " been uploaded, or the specified entity tag may not match the part's entity"
                    " tag.",
                    PartNumber=str(part.number),
                )


def whole_has_the_declared_type(request: S3Request) -> None:
    """Complete may repeat the checksum type, but not change it."""
    given = request.value("x-amz-checksum-type")
    found = upload(request)
    if given is not None and given != found.type:
        raise S3Error(
            400,
            "BadDigest",
            f"The checksum type {given} does not match the {found.type} of the upload.",
        )


def whole_has_the_declared_size(request: S3Request) -> None:
    """`x-amz-mp-object-size` is the sum of the parts."""
    given = request.value("x-amz-mp-object-size")
    pieces = _pieces(request, upload(request))
    if given is None or pieces is None:
        return
    size = sum(map(len, pieces))
    if given != str(size):
        raise S3Error(
            400,
            "InvalidRequest",
            f"The provided 'x-amz-mp-object-size' header value {given} does not match what was"
            f" computed: {size}",
        )


def whole_has_the_declared_checksum(request: S3Request) -> None:
    """The declared checksum is that of the joined parts, or else nothing is completed."""
    given = declared(request)
    found = upload(request)
    if given is None:
        return
    expected = found.algorithm or "crc64nvme"
    if given.algorithm != expected:
        raise S3Error(
            400,
            "InvalidRequest",
            f"Checksum Type mismatch occurred, expected checksum Type: {expected},"
            f" actual checksum Type: {given.algorithm}",
        )
    pieces = _pieces(request, found)
    if pieces is None:
        return
    if found.type == "COMPOSITE":
        pieces = [DIGESTS[expected]([piece]) for piece in pieces]
    if not given.matches(pieces):
        raise given.mismatch()


def _pieces(request: S3Request, found: Upload) -> list[bytes] | None:
    """The bytes to be joined; None where a part is missing, which moto itself refuses."""
    return found.parts(listed_parts(request.body))


_ALWAYS: tuple[Rule, ...] = (check_authenticated, check_presigned, body_is_the_signed_one)
_BODY: tuple[Rule, ...] = (body_has_its_md5, body_has_its_checksum)

RULES: dict[Operation, tuple[Rule, ...]] = {
    Operation.PREFLIGHT: (check_preflight,),
    Operation.OTHER: _ALWAYS,
    Operation.HEAD_OBJECT: _ALWAYS,
    Operation.PUT_OBJECT: (*_ALWAYS, *_BODY),
    Operation.CREATE_UPLOAD: (*_ALWAYS, check_possible),
    Operation.UPLOAD_PART: (
        *_ALWAYS,
        part_number_is_possible,
        upload_exists,
        part_has_the_uploads_algorithm,
        *_BODY,
    ),
    Operation.UPLOAD_PART_COPY: (*_ALWAYS, part_number_is_possible, upload_exists),
    Operation.LIST_PARTS: (*_ALWAYS, upload_exists),
    Operation.ABORT_UPLOAD: (*_ALWAYS, upload_exists),
    Operation.COMPLETE_UPLOAD: (
        *_ALWAYS,
        upload_exists,
        parts_have_their_checksums,
        whole_has_the_declared_type,
        whole_has_the_declared_size,
        whole_has_the_declared_checksum,
    ),
}
