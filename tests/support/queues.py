"""Queues, as whoever polls them sees them."""

from __future__ import annotations

import json
from typing import Any

import boto3


def take(queue_url: str) -> list[dict[str, Any]]:
    """Take all that waits in a queue, for good; return what the bodies say."""
    sqs, bodies = boto3.client("sqs"), list[str]()
    batch = {"QueueUrl": queue_url, "MaxNumberOfMessages": 10}
    while found := sqs.receive_message(**batch).get("Messages"):
        bodies += [message["Body"] for message in found]
        entries = [
            {"Id": str(at), "ReceiptHandle": message["ReceiptHandle"]}
            for at, message in enumerate(found)
        ]
        sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)
    return [json.loads(text) for text in bodies]
