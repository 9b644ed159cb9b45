"""What a relayed fragment costs on the client's path: requests to S3, writes to DynamoDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from benchmarks.assembly import account
from benchmarks.services import services
from benchmarks.table import Row, show
from fragua import aws
from fragua.uploads import creation, service
from fragua.uploads.schemas import NewUpload

_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}


def rows() -> Iterator[Row]:
    """Send fragments and count what was asked of AWS; yield a row for each kind."""
    asked: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        kind = "table write" if model.name in _WRITES else model.service_model.service_name
        asked[kind] += 1

    owner, count_of = account(), 20
    new = {"file_name": "a", "size": count_of * 1000, "mode": "relay", "fragment_size": 1000}
    (upload,) = creation.create(owner, [NewUpload.model_validate(new)])
    for name in ("s3", "dynamodb"):
        aws.client(name).meta.events.register("before-call.*.*", count)
    for number in range(1, count_of + 1):
        service.receive(owner.user_id, upload.id, number, bytes(1000), None)
    yield Row("requests to S3, a fragment", asked["s3"] / count_of, 1.0)
    yield Row("writes to DynamoDB, a fragment", asked["table write"] / count_of, 1.0)
    yield Row("reads of DynamoDB, a fragment", asked["dynamodb"] / count_of)


def main() -> bool:
    """Start what is needed and print the table."""
    with services():
        return show("A relayed fragment, on the client's path", rows())
