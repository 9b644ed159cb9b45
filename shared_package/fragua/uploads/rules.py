"""What a schema can't say of an upload: rules that join several fields, or what exists."""

from __future__ import annotations

from dataclasses import dataclass

from fragua.errors import Invalid, pointer
from fragua.uploads import fragments
from fragua.uploads.schemas import Checksum, NewUpload
from fragua.uploads.upload import Upload

# A relayed fragment's own CRC-32; a header's pointer is its name.
CRC32_HEADER = "x-amz-checksum-crc32"

NO_BUCKET = "there is no such bucket"

# A JSON pointer into the body, and what is wrong there.
Fault = tuple[str, str]


@dataclass(frozen=True)
class Limits:
    """Bytes of a fragment, least and most, how many fragments, and bytes of a file."""

    least: int
    most: int
    count: int
    file: int


_LIMITS = {
    "direct": Limits(
        fragments.MIN_DIRECT,
        fragments.MAX_DIRECT,
        fragments.MAX_DIRECT_COUNT,
        fragments.MAX_DIRECT_COUNT * fragments.MAX_DIRECT,
    ),
    "relay": Limits(1, fragments.MAX_RELAY, fragments.MAX_RELAY_COUNT, fragments.MAX_RELAY_FILE),
}

# Bytes of a file whose SHA-256 can be asked for.
MAX_SHA256 = 20 * fragments.GIB


def creation_faults(new: NewUpload, at: str, s3_bucket: str | None) -> list[Fault]:
    """Judge one file of a batch that stands at the pointer `at`.

    `s3_bucket` is where its bucket is in S3, None for one that the account does not have.
    """
    faults = [] if s3_bucket else [(f"{at}/bucket", NO_BUCKET)]
    if new.checksum and (fault := _too_long_to_hash(new.checksum, new.size)):
        faults.append((f"{at}/checksum/algorithm", fault))
    return faults + [(f"{at}/{field}", fault) for field, fault in _cut_faults(new)]


def _cut_faults(new: NewUpload) -> list[Fault]:
    """Judge how a file is to be cut: the size of its fragments and their count."""
    limits = _LIMITS[new.mode]
    if new.size > limits.file:
        return [("size", f"must be at most {limits.file} bytes ({new.mode})")]
    size = new.fragment_size
    if size is not None and not limits.least <= size <= limits.most:
        return [("fragment_size", f"must be {limits.least} to {limits.most} bytes ({new.mode})")]
    if size is not None and fragments.Cut(new.size, size).count > limits.count:
        return [("fragment_size", f"makes more than {limits.count:,} fragments")]
    return []


def _too_long_to_hash(checksum: Checksum, size: int) -> str | None:
    # A SHA-256 is one pass over all bytes by one worker, within one run of the function.
    if checksum.algorithm == "sha256" and size > MAX_SHA256:
        return "sha256 is verified up to 20 GiB"
    return None


def presign_faults(upload: Upload, numbers: list[int], crc32: dict[str, str]) -> list[Fault]:
    """Judge what fresh URLs are asked for."""
    count = upload.cut.count
    faults = [
        (f"/numbers/{position}", f"must be 1 to {count}")
        for position, number in enumerate(numbers)
        if number > count
    ]
    wanted = {str(number) for number in numbers}
    faults += [
        (pointer("crc32", number), "is not one of the numbers") for number in crc32.keys() - wanted
    ]
    if crc32 and upload.algorithm != "crc32":
        faults.append(("/crc32", f"the upload keeps {upload.algorithm}"))
    return faults


def fragment_faults(
    upload: Upload, number: int, size: int, crc32: str, said: str | None
) -> list[Fault]:
    """Judge the bytes of a fragment: their size, and their CRC-32 if one was `said`."""
    length = upload.cut.length(number)
    if size != length:
        return [("", f"fragment {number} has {length} bytes, these are {size}")]
    if said not in (None, crc32):
        return [(pointer(CRC32_HEADER), f"the bytes have the CRC-32 {crc32}")]
    return []


def joined_checksums(upload: Upload, checksum: Checksum | None) -> dict[str, str]:
    """Join what was declared at creation with what is declared now; `Invalid` if that can't be."""
    if checksum is None:
        return upload.checksums
    if checksum.algorithm not in (upload.algorithm, "sha256"):
        message = f"the upload keeps {upload.algorithm}; that or sha256 can be declared now"
        raise Invalid(("/checksum/algorithm", message))
    if fault := _too_long_to_hash(checksum, upload.size):
        raise Invalid(("/checksum/algorithm", fault))
    if upload.status != "receiving" and checksum.algorithm not in upload.checksums:
        raise Invalid(("/checksum", "the upload was closed without it, and it is not verified"))
    if upload.checksums.get(checksum.algorithm, checksum.value) != checksum.value:
        raise Invalid(("/checksum/value", "another value was declared before"))
    return {**upload.checksums, checksum.algorithm: checksum.value}
