"""Many fragments of one upload, and many uploads of which one is poison."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import boto3
import pytest

from fragua import aws
from fragua.settings import settings
from fragua.uploads import service
from local.batches import succeeded, to_event
from tests.support.backend import Client, received
from tests.support.bench import Bench, committed, rows, stored
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.relay import (
    TWO_PARTS,
    assert_packed,
    fragment_keys,
    fragments_read,
    parts_sent,
    relayed_upload,
)

KIB = 1024
RECEIVES = 5
TEXT = b"fragua " * 1000
DONE: dict[str, list[Any]] = {"batchItemFailures": []}


@pytest.mark.slow
def test_a_file_of_hundreds_of_small_fragments_comes_through(bench: Bench, client: Client) -> None:
    # Two parts, as of any number of fragments.
    size, count = 56 * KIB, 280
    data = os.urandom(count * size)
    new = {"file_name": "a", "size": len(data), "mode": "relay", "fragment_size": size}
    (upload,) = client.create(new)

    def send(number: int) -> None:
        piece = data[(number - 1) * size : number * size]
        service.receive(UUID(client.user_id), UUID(upload["id"]), number, piece, None)

    with ThreadPoolExecutor(8) as senders:
        # In an order of their own, the last ones first.
        list(senders.map(send, range(count, 0, -1)))
    assert client.get(upload)["received"] == [[1, count]]
    assert client.complete(upload).status == 202
    faults = bench.plan()
    assert bench.assemble(upload, client, FRAGUA_TIME_SCALE="1").answer() == DONE
    assert parts_sent(faults) == Counter({1: 1, 2: 1})
    assert fragments_read(faults) == Counter(range(1, count + 1))
    assert_packed(bench, client, upload, data)


class Queue:
    """The assembly's queue, its dead letters, and what Lambda does with them."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._sqs = boto3.client("sqs")
        self._url = settings().assembly_queue_url

    def run(self, module: str, url: str) -> int:
        """Give a batch to a worker, delete what it did; return how many messages there were."""
        answer = self._sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        messages: list[Mapping[str, Any]] = answer.get("Messages", [])
        if messages:
            event = to_event(messages, self._arn(url))
            result = self._bench.start(module, event).answer()
            for done in succeeded(messages, result, partial=True):
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=done["ReceiptHandle"])
        return len(messages)

    def assemble(self) -> int:
        """Work on one batch of the queue."""
        return self.run("uploads.assemble", self._url)

    def give_up(self) -> int:
        """Work on one batch of the dead letters."""
        return self.run("uploads.give_up", self._dead_letters())

    def _arn(self, url: str) -> str:
        names = ["QueueArn"]
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        arn: str = found["Attributes"]["QueueArn"]
        return arn

    def _dead_letters(self) -> str:
        (queue,) = [
            url for url in self._sqs.list_queues()["QueueUrls"] if "AssemblyDeadLetters" in url
        ]
        return str(queue)


def test_an_upload_waits_in_the_dead_letters_until_s3_is_back_and_nobody_waits_for_it(
    bench: Bench, client: Client
) -> None:
    received()
    waiting = relayed_upload(client, TEXT, fragment_size=4000)
    queue = Queue(bench)
    bench.plan({"S3 PutObject": Fault(Act.ERROR, ALWAYS)})
    assert [queue.assemble() for _ in range(RECEIVES + 1)] == [1] * RECEIVES + [0]
    assert queue.give_up() == 1
    assert client.get(waiting)["status"] == "assembling"
    # Only small files are written by that request.
    other = relayed_upload(client, TWO_PARTS)
    assert queue.assemble() == 1
    assert client.get(other)["status"] == "ready"
    bench.plan()
    assert queue.give_up() == 1
    assert (queue.assemble(), queue.give_up()) == (0, 0)
    assert client.get(waiting)["status"] == "ready"
    assert stored(client, waiting) == TEXT
    assert committed(client) == len(TEXT) + len(TWO_PARTS)


def test_a_poisonous_upload_costs_its_nine_neighbours_nothing(bench: Bench, client: Client) -> None:
    received()
    texts = [bytes([turn]) * 100 for turn in range(10)]
    uploads = [relayed_upload(client, text, fragment_size=30) for text in texts]
    poison = uploads[4]
    key = fragment_keys(client, poison)[1]
    aws.s3("put_object", Bucket=settings().default_bucket, Key=key, Body=b"?" * 30)
    queue = Queue(bench)
    assert queue.assemble() == 10
    good = [upload for upload in uploads if upload is not poison]
    assert {client.get(upload)["status"] for upload in good} == {"ready"}
    # The others are not there any more: it comes alone, until its last receive.
    assert [queue.assemble() for _ in range(RECEIVES)] == [1] * (RECEIVES - 1) + [0]
    assert client.get(poison)["status"] == "assembling"
    assert queue.give_up() == 1
    assert client.get(poison)["failure"]["code"] == "assembly_failed"
    assert (queue.assemble(), queue.give_up()) == (0, 0)
    assert (rows(poison), stored(client, poison), fragment_keys(client, poison)) == ([], None, [])
    assert [stored(client, upload) for upload in good] == [t for t in texts if t != texts[4]]
    assert committed(client) == 900
