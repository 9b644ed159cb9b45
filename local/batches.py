"""What Lambda makes of a batch of SQS messages, and of a function's answer to it."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.account import REGION

Message = Mapping[str, Any]


def to_event(messages: Iterable[Message], queue_arn: str) -> dict[str, Any]:
    """The event with one record a message, as the event source mapping sends it."""
    return {"Records": [_record(message, queue_arn) for message in messages]}


def _record(message: Message, queue_arn: str) -> dict[str, Any]:
    attributes = message.get("MessageAttributes") or {}
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes") or {}),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
    if "StringValue" in value:
        converted["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        converted["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return converted


def succeeded(messages: Sequence[Message], result: Any, *, partial: bool) -> list[Message]:
    """The messages to delete after the function answered `result`.

    Without ReportBatchItemFailures (`partial`) every answer is a success. With it, an answer that
    Lambda can't read, or that names a message which isn't in the batch, fails the whole batch.
    """
    if not partial:
        return list(messages)
    failed = _failed_ids(result)
    if failed is None or not failed <= {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in failed]


def _failed_ids(result: Any) -> set[str] | None:
    """The ids of the failed messages, or None for an answer that isn't in the format."""
    if result is None or result == {}:
        return set()
    try:
        ids = [item["itemIdentifier"] for item in result["batchItemFailures"] or ()]
    except (KeyError, TypeError):
        return None
    # A null or empty id names no message of the batch, which fails it as a whole.
    return {str(found) for found in ids}
