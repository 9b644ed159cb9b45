"""What a schema can't say of an upload: rules that join several fields, or what exists."""

from __future__ import annotations

from fragua.errors import Invalid, pointer
from fragua.uploads import fragments
from fragua.uploads.schemas import Checksum, NewUpload
from fragua.uploads.store import Upload

# A JSON pointer into the body, and what is wrong there.
Fault = tuple[str, str]

# Bytes of a file whose SHA-256 can be asked for.
MAX_SHA256 = 20 * fragments.GIB


def creation_faults(new: NewUpload, at: str) -> list[Fault]:
    """Judge one file of a batch that stands at the pointer `at`."""
    faults = []
    if new.bucket != "default":
        faults.append((f"{at}/bucket", "there is no such bucket"))
    if new.checksum and (fault := _too_long_to_hash(new.checksum, new.size)):
        faults.append((f"{at}/checksum/algorithm", fault))
    size = new.fragment_size
    if size is None:
        size = fragments.default_fragment_size(new.size)
    if new.fragment_size is None and size > fragments.MAX_DIRECT:
        faults.append((f"{at}/size", "does not fit 10,000 fragments of 5 GiB"))
    elif not fragments.MIN_DIRECT <= size <= fragments.MAX_DIRECT:
        faults.append((f"{at}/fragment_size", "must be 5 MiB to 5 GiB"))
    elif fragments.Cut(new.size, size).count > fragments.MAX_DIRECT_COUNT:
        faults.append((f"{at}/fragment_size", "makes more than 10,000 fragments"))
    return faults


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
