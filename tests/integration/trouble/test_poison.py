"""What no function can do comes again soon, out of each queue, and is not lost."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from local.batches import to_event
from local.template import load
from tests.support.backend import environment_of, invoke
from tests.support.events import ACCOUNT
from tests.support.paths import ROOT

# Longer than the test takes: only whoever shortens it sees the message again.
HIDDEN = 600


def consumers() -> list[tuple[str, str]]:
    """Name each function that takes messages, with each of its queues."""
    resources = load(ROOT / "template.yaml").resources
    return sorted(
        (_handler(resources, mapping["Properties"]), _queue(mapping["Properties"]))
        for mapping in resources.values()
        if mapping["Type"] == "AWS::Lambda::EventSourceMapping"
    )


def _handler(resources: dict[str, Any], mapping: dict[str, Any]) -> str:
    function = resources[mapping["FunctionName"]["Ref"]]["Properties"]
    return str(function["Handler"]).removesuffix(".handler")


def _queue(mapping: dict[str, Any]) -> str:
    return str(mapping["EventSourceArn"]["Fn::GetAtt"][0])


@pytest.mark.parametrize(("function", "queue"), consumers())
def test_a_message_that_nobody_can_read_comes_again_soon(
    backend: dict[str, str], function: str, queue: str
) -> None:
    sqs = boto3.client("sqs")
    (url,) = [url for url in sqs.list_queues()["QueueUrls"] if f"-{queue}-" in url]
    sqs.purge_queue(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="no JSON")
    # All that Lambda asks for.
    batch = {"QueueUrl": url, "MessageSystemAttributeNames": ["All"]}
    taken = sqs.receive_message(**batch, VisibilityTimeout=HIDDEN)["Messages"]
    assert "Messages" not in sqs.receive_message(**batch)
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{url.rpartition('/')[2]}"
    with environment_of({"FRAGUA_TIME_SCALE": "600"}):
        answer = invoke(function, to_event(taken, arn))
    assert answer == {"batchItemFailures": [{"itemIdentifier": taken[0]["MessageId"]}]}
    (again,) = sqs.receive_message(**batch)["Messages"]
    assert again["Body"] == "no JSON"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
