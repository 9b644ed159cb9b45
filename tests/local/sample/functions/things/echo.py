"""Answers with what it was given, so that tests see the event and the context."""

import json
import os
from typing import Any

VERSION = "first"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """GET /things/{id}, POST /things."""
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "access-control-allow-origin": "evil"},
        "body": json.dumps(
            {
                "event": event,
                "version": VERSION,
                "pid": os.getpid(),
                "request_id": context.aws_request_id,
                "function": context.function_name,
                "remaining": context.get_remaining_time_in_millis(),
                "bucket": os.environ["BUCKET"],
                "secret": os.environ["SECRET"],
            }
        ),
    }
