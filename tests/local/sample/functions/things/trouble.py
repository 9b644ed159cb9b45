"""Fails in each way in which a function can fail."""

import os
import subprocess
import time
from typing import Any


def handler(event: dict[str, Any], context: Any) -> Any:
    """POST /trouble/{kind}."""
    match event["pathParameters"]["kind"]:
        case "slow":
            time.sleep(60)
        case "spawns":
            subprocess.run(["sleep", event["queryStringParameters"]["seconds"]], check=False)
        case "dies":
            os._exit(3)
        case "raises":
            raise RuntimeError("on purpose")
        case "malformed":
            return {"statusCode": 200, "body": {"not": "text"}}
        case "bare":
            return {"hello": "world"}
    return {"statusCode": 204}
