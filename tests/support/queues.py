"""Queues, as whoever polls them sees them."""

from __future__ import annotations

import json
from typing import Any

import boto3

from local.batches import to_event
from tests.support.backend import invoke
from tests.support.events import ACCOUNT


def take(queue_url: str) -> list[dict[str, Any]]:
    """Take all that waits in a queue, for good; return what the bodies say."""
    return [json.loads(message["Body"]) for message in _taken(queue_url)]


def deliver(queue_url: str, module: str, times: int = 1) -> int:
    """Hand all that waits in a queue to its function, as Lambda does; return how many it was.

    Several `times`, where a message is not deleted soon enough.
    """
    messages = _taken(queue_url)
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:none"
    for _ in range(times if messages else 0):
        assert invoke(module, to_event(messages, arn)) == {"batchItemFailures": []}
    return len(messages)


def _taken(queue_url: str) -> list[dict[str, Any]]:
    sqs, taken = boto3.client("sqs"), list[dict[str, Any]]()
    batch = {"QueueUrl": queue_url, "MaxNumberOfMessages": 10}
    wanted = {"MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["All"]}
    while found := sqs.receive_message(**batch, **wanted).get("Messages"):
        taken += found
        entries = [
            {"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]}
            for at, message in enumerate(found)
        ]
        sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)
    return taken
