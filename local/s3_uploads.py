"""Multipart uploads as moto keeps them, seen from the rules."""

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from moto.s3.models import FakeBucket, FakeKey, FakeMultipart, s3_backends

from local.account import ACCOUNT_ID
from local.s3_checksums import DIGESTS, FULL_OBJECT_ALGORITHMS
from local.s3_request import S3Error, S3Request

_DEFAULT_ALGORITHM = "crc64nvme"


@dataclass(frozen=True)
class Upload:
    """A multipart upload; `algorithm` is None where it was created without one."""

    stored: FakeMultipart

    @property
    def algorithm(self) -> str | None:
        """The checksum algorithm it was created with, in lower case."""
        given = self.stored.metadata.get("x-amz-checksum-algorithm")
        return str(given).lower() if given else None

    @property
    def type(self) -> str:
        """COMPOSITE or FULL_OBJECT, with S3's defaults."""
        given = self.stored.metadata.get("x-amz-checksum-type")
        if given:
            return str(given)
        whole = self.algorithm in (None, _DEFAULT_ALGORITHM)
        return "FULL_OBJECT" if whole else "COMPOSITE"

    def parts(self, listed: list["ListedPart"]) -> list[bytes] | None:
        """The bytes of the listed parts, or None if one isn't there."""
        stored = [self.stored.parts.get(part.number) for part in listed]
        return [part.value for part in stored if part] if all(stored) else None


@dataclass(frozen=True)
class ListedPart:
    """One part as CompleteMultipartUpload lists it, with the checksums it declares."""

    number: int
    checksums: dict[str, str]


def bucket(name: str) -> FakeBucket | None:
    """A bucket of the sandbox."""
    found: FakeBucket | None = s3_backends[ACCOUNT_ID]["aws"].buckets.get(name)
    return found


def stored_object(request: S3Request) -> FakeKey | None:
    """The object that the request names, if it is there."""
    found = bucket(request.bucket)
    return found.keys.get(request.key) if found else None


def upload(request: S3Request) -> Upload:
    """The upload that the request names. Raises NoSuchUpload, also once it ended."""
    found = bucket(request.bucket)
    upload_id = request.parameter("uploadId") or ""
    stored = found.multiparts.get(upload_id) if found else None
    if stored is None or stored.key_name != request.key:
        raise S3Error(
            404,
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may"
            " have been aborted or completed.",
            UploadId=upload_id,
        )
    return Upload(stored)


def listed_parts(body: bytes) -> list[ListedPart]:
    """The parts in the body of CompleteMultipartUpload. Raises MalformedXML."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - the sandbox's own clients wrote it # nosec B314
        return [_listed(_children(part)) for part in root if _name(part) == "Part"]
    except (ET.ParseError, KeyError, ValueError):
        raise S3Error(
            400,
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published"
            " schema",
        ) from None


def _listed(fields: dict[str, str]) -> ListedPart:
    checksums = {
        algorithm: fields[f"Checksum{algorithm.upper()}"]
        for algorithm in DIGESTS
        if f"Checksum{algorithm.upper()}" in fields
    }
    return ListedPart(int(fields["PartNumber"]), checksums)


def _children(element: Any) -> dict[str, str]:
    return {_name(child): child.text or "" for child in element}


def _name(element: Any) -> str:
    """An element's name without its namespace, which clients may leave out."""
    return str(element.tag).rpartition("}")[2]


def check_possible(request: S3Request) -> None:
    """Refuses to create an upload whose checksum algorithm can't have the type it asks for."""
    algorithm = (request.value("x-amz-checksum-algorithm") or "").lower()
    kind = request.value("x-amz-checksum-type")
    possible = {
        "FULL_OBJECT": FULL_OBJECT_ALGORITHMS | {""},
        "COMPOSITE": set(DIGESTS) - {_DEFAULT_ALGORITHM},
        None: {*DIGESTS, ""},
    }
    if algorithm not in possible.get(kind, set()):
        raise S3Error(
            400,
            "InvalidRequest",
            f"The {kind} checksum type cannot be used with the {algorithm or 'null'} checksum"
            " algorithm.",
        )
