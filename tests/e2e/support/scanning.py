"""A scanner of malware, and the operator who knows better: both put messages into one queue."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx

from local.clients import client
from tests.e2e.support.people import Person
from tests.e2e.support.sending import Json
from tests.e2e.support.waiting import eventually


@dataclass(frozen=True)
class Place:
    """Where a file's bytes lie in S3."""

    bucket: str
    key: str


def place_of(person: Person, file: Json) -> Place:
    """Read out of a presigned URL where the bytes lie; nothing else tells that."""
    answer = person.http.get(f"/v1/files/{file['id']}/download")
    bucket, _, key = urlsplit(answer.headers["location"]).path.strip("/").partition("/")
    return Place(bucket, key)


class Scanner:
    """Whoever may send to the queue of scan results of the stack at an emulator's address."""

    def __init__(self, endpoint: str) -> None:
        self._sqs: Any = client("sqs", endpoint)
        urls = self._sqs.list_queues()["QueueUrls"]
        (self._queue,) = [url for url in urls if "ScanResultsQueue" in url]

    def says(self, status: str, place: Place) -> None:
        """Send what was found in an object."""
        where = {"bucketName": place.bucket, "objectKey": place.key}
        found = {"s3ObjectDetails": where, "scanResultDetails": {"scanResultStatus": status}}
        self._sqs.send_message(QueueUrl=self._queue, MessageBody=json.dumps({"detail": found}))

    def finds(self, person: Person, file: Json) -> Place:
        """Find malware in a file, and wait until that is known."""
        place = place_of(person, file)
        self.says("THREATS_FOUND", place)
        becomes(person, file, "quarantined")
        return place


def becomes(person: Person, file: Json, status: str) -> Json:
    """Wait until a file has a status; gives the file."""
    look = partial(person.http.get, f"/v1/files/{file['id']}")

    def is_so(answer: httpx.Response) -> bool:
        return bool(answer.json()["status"] == status)

    found: Json = eventually(look, is_so).json()
    return found
