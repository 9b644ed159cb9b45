"""Writes down what came from the queue; a message's body says how it ends."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Bodies: {"id": ..., "fails": times} fails alone, {"raises": true} takes its batch along."""
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    failed = []
    for record in event["Records"]:
        body = json.loads(record["body"])
        tries = int(record["attributes"]["ApproximateReceiveCount"])
        table.put_item(Item={"id": body["id"], "tries": tries, "record": json.dumps(record)})
        if body.get("raises"):
            raise RuntimeError("on purpose")
        if tries <= body.get("fails", 0):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
