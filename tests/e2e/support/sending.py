"""From bytes to a finished file, the way a client does it: reserve, send, complete, wait."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.support.clients import store
from tests.e2e.support.conventions import describe
from tests.e2e.support.people import Person
from tests.e2e.support.waiting import eventually

MIB = 1024 * 1024
GIB = 1024 * MIB
ENDED = {"ready", "failed", "aborted", "expired"}
Json = dict[str, Any]


def wanted(size: int, **fields: Any) -> Json:
    """One file of a request to create uploads."""
    return {"file_name": f"{uuid4().hex}.bin", "size": size} | fields


def create(person: Person, *files: Json) -> list[Json]:
    """Reserve uploads for these files."""
    answer = person.http.post("/v1/uploads", json={"files": list(files)})
    assert answer.status_code == 201, describe(answer)
    uploads: list[Json] = answer.json()["uploads"]
    return uploads


def ask_to_send(person: Person, size: int) -> httpx.Response:
    """Try to reserve one upload of that many bytes."""
    return person.http.post("/v1/uploads", json={"files": [wanted(size)]})


def reserve(person: Person, size: int, **fields: Any) -> Json:
    """One upload of that many bytes, none of them sent."""
    return create(person, wanted(size, **fields))[0]


def look(person: Person, upload: Json) -> Json:
    """The upload as it stands now."""
    answer = person.http.get(f"/v1/uploads/{upload['id']}")
    assert answer.status_code == 200, describe(answer)
    seen: Json = answer.json()
    return seen


def put(fragment: Json, data: bytes, **headers: str) -> httpx.Response:
    """Send bytes to a fragment's presigned URL, whatever comes of it."""
    return store().put(fragment["url"], content=data, headers=fragment["headers"] | headers)


def send_one(fragment: Json, data: bytes) -> None:
    """Send the fragment's own share of the file's bytes."""
    share = data[fragment["offset"] : fragment["offset"] + fragment["size"]]
    answer = put(fragment, share)
    assert answer.is_success, describe(answer)


def send(fragments: Iterable[Json], data: bytes) -> None:
    """Send these fragments of the file side by side, the last one first."""
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda fragment: send_one(fragment, data), reversed(list(fragments))))


def complete(person: Person, upload: Json, checksum: Json | None = None) -> httpx.Response:
    """Ask for the assembly, whatever comes of it."""
    body = None if checksum is None else {"checksum": checksum}
    return person.http.post(f"/v1/uploads/{upload['id']}/complete", json=body)


def abort(person: Person, upload: Json) -> httpx.Response:
    """Give the upload up, whatever comes of it."""
    return person.http.delete(f"/v1/uploads/{upload['id']}")


def settled(person: Person, upload: Json) -> Json:
    """The upload once nothing will happen to it any more."""
    return eventually(lambda: look(person, upload), lambda seen: seen["status"] in ENDED)


def sent(person: Person, data: bytes, **fields: Any) -> Json:
    """An upload whose bytes are all there, and which nobody completed."""
    upload = reserve(person, len(data), **fields)
    send(upload["fragments"], data)
    return upload


def forge(person: Person, data: bytes, **fields: Any) -> Json:
    """Send and complete; gives the upload when it has ended, well or not."""
    upload = sent(person, data, **fields)
    answer = complete(person, upload)
    assert answer.status_code in {200, 202}, describe(answer)
    return settled(person, upload)


def publish_all(person: Person, contents: list[tuple[Json, bytes]]) -> list[Json]:
    """Several small files in one batch; gives the finished files in the same order."""
    uploads = create(person, *(wanted(len(data), **fields) for fields, data in contents))
    for upload, (_, data) in zip(uploads, contents, strict=True):
        send(upload["fragments"], data)
        complete(person, upload)
    return [finished(person, settled(person, upload)) for upload in uploads]


def publish(person: Person, data: bytes, **fields: Any) -> Json:
    """One finished file with these bytes."""
    return publish_all(person, [(fields, data)])[0]


def finished(person: Person, upload: Json) -> Json:
    """The file that a ready upload became."""
    assert upload["status"] == "ready", upload
    answer = person.http.get(f"/v1/files/{upload['file_id']}")
    assert answer.status_code == 200, describe(answer)
    file: Json = answer.json()
    return file


def download(person: Person, file_id: str, **query: str) -> httpx.Response:
    """Follow the download's redirect to the bytes."""
    answer = person.http.get(f"/v1/files/{file_id}/download", params=query)
    assert answer.status_code == 302, describe(answer)
    return store().get(answer.headers["location"])


def fill_quota(person: Person) -> list[Json]:
    """Reserve the 15 GiB of the plan `basic`, without sending a byte."""
    return create(person, *(wanted(5 * GIB, fragment_size=5 * GIB) for _ in range(3)))
