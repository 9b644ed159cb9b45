"""Events as the gateway, a queue and a schedule make them."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

ACCOUNT = "123456789012"
# A queue that no deployment has: whoever polled it is asked to wait in vain.
NOWHERE = "nowhere"


class Context:
    """The few attributes of a Lambda context that anything here reads."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    log_group_name = "/fragua/local/service"
    function_name = "function"
    function_version = "$LATEST"
    memory_limit_in_mb = 512
    invoked_function_arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:function"

    def get_remaining_time_in_millis(self) -> int:
        """Return a time that is long enough."""
        return 29_000


def http_event(
    method: str,
    path: str,
    body: Any = None,
    *,
    token: str | None = None,
    headers: dict[str, str] | None = None,
    query: dict[str, Any] | None = None,
    address: str = "192.0.2.1",
) -> dict[str, Any]:
    """Make an event of the gateway (payload 2.0); a body that is no text or bytes goes as JSON."""
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    sent = {"content-type": kind} if body is not None else {}
    sent |= {"authorization": f"Bearer {token}"} if token else {}
    sent |= headers or {}
    raw_query = urlencode(query or {})
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": raw_query,
        "headers": sent,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "api",
            "domainName": "api.example.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": address,
                "userAgent": "tests",
            },
            "requestId": uuid4().hex,
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "21/Nov/2026:00:00:00 +0000",
            "timeEpoch": 1795219200000,
        },
        "isBase64Encoded": False,
    }
    if raw_query:
        event["queryStringParameters"] = dict(parse_qsl(raw_query, keep_blank_values=True))
    if isinstance(body, bytes):
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    elif body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event


def queue_event(
    *bodies: Any, queue: str = NOWHERE, receives: int = 1, request_id: str | None = None
) -> dict[str, Any]:
    """Make a batch of SQS; a body that is not text is sent as JSON.

    With a `request_id` they carry the id of the request that caused them.
    """
    value = {"stringValue": request_id, "dataType": "String"}
    carried = {"request_id": value} if request_id else {}
    return {
        "Records": [
            {
                "messageId": f"message-{position}",
                "receiptHandle": f"handle-{position}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(receives)},
                "messageAttributes": carried,
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}",
                "awsRegion": "us-east-1",
            }
            for position, body in enumerate(bodies)
        ]
    }
