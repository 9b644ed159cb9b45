"""Mode `relay`, the way a client without presigned URLs works: each fragment through the API."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.e2e.support.conventions import describe
from tests.e2e.support.digests import crc32, sha256
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json, complete, download, finished, reserve, settled

OCTETS = {"content-type": "application/octet-stream"}
CRC = "x-amz-checksum-crc32"
LARGEST = 4_194_304


def begin(person: Person, size: int, **fields: Any) -> Json:
    """A relayed upload of that many bytes, none of them sent."""
    return reserve(person, size, mode="relay", **fields)


def place(upload: Json, number: object) -> str:
    """The path that a fragment is sent to."""
    return f"/v1/uploads/{upload['id']}/fragments/{number}"


def give(
    person: Person, upload: Json, number: object, data: bytes, crc: str | bytes | None = None
) -> httpx.Response:
    """Send these bytes as a fragment, whatever comes of it."""
    headers = {name.encode(): value.encode() for name, value in OCTETS.items()}
    if crc is not None:
        headers[CRC.encode()] = crc if isinstance(crc, bytes) else crc.encode()
    return person.http.put(place(upload, number), content=data, headers=headers)


def share(upload: Json, number: int, data: bytes) -> bytes:
    """The fragment's own part of the file's bytes."""
    offset = (number - 1) * upload["fragment_size"]
    return data[offset : offset + upload["fragment_size"]]


def hand_over(
    person: Person,
    upload: Json,
    data: bytes,
    numbers: Iterable[int] | None = None,
    threads: int = 4,
) -> None:
    """Send the numbers given, or all from the last to the first, side by side."""

    def one(number: int) -> None:
        answer = give(person, upload, number, share(upload, number, data))
        assert answer.status_code == 204, describe(answer)

    wanted = range(upload["fragment_count"], 0, -1) if numbers is None else numbers
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, wanted))


def handed_over(person: Person, data: bytes, **fields: Any) -> Json:
    """A relayed upload whose bytes are all there, and which nobody completed."""
    upload = begin(person, len(data), **fields)
    hand_over(person, upload, data)
    return upload


def ended(person: Person, upload: Json, checksum: Json | None = None) -> Json:
    """Complete; gives the upload when it has ended, well or not."""
    answer = complete(person, upload, checksum)
    assert answer.status_code == 202, describe(answer)
    return settled(person, upload)


def relay(person: Person, data: bytes, **fields: Any) -> Json:
    """Send and complete; gives the upload when it has ended, well or not."""
    return ended(person, handed_over(person, data, **fields))


def expect_file(person: Person, upload: Json, data: bytes) -> Json:
    """The upload became a file of exactly these bytes; gives the file."""
    file = finished(person, upload)
    content = download(person, file["id"]).content
    # Digests, not the bytes: a comparison of megabytes that fails takes minutes to explain.
    assert (len(content), sha256(content)) == (len(data), sha256(data))
    assert file["size"] == len(data)
    assert file["checksums"].get("crc32", crc32(data)) == crc32(data)
    return file


def files_named(person: Person, name: str) -> list[Json]:
    """The person's files whose names begin so."""
    items: list[Json] = person.http.get("/v1/files", params={"name": name}).json()["items"]
    return items
