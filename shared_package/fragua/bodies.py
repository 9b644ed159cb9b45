"""The form of a request's body: what Powertools and the functions are handed, or a `Problem`."""

from __future__ import annotations

import base64
import json
from typing import Any

from fragua.errors import Invalid, Problem

Event = dict[str, Any]

# JSON bodies are short; files do not come this way.
MAX_BODY = 1024 * 1024
MAX_DEPTH = 32


def with_json(event: Event) -> Event:
    """Check the form of a body and put it back as plain text; `Problem` 400, 413 or 415."""
    raw = _bytes(event)
    headers = {**event["headers"]}
    declared = headers.pop("content-type", "application/json")
    if not raw:
        # The gateway gives an empty POST a content type of its own.
        return without(event)
    if len(raw) > MAX_BODY:
        raise Problem("body_too_large", f"A body has at most {MAX_BODY} bytes.")
    media_type = _media_type(declared)
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise Problem("unsupported_media_type", "The body must be JSON (application/json).")
    text = json.dumps(_parsed(raw))
    return {**event, "headers": headers, "body": text, "isBase64Encoded": False}


def octets(event: Event, takes: str, max_bytes: int) -> bytes:
    """Return a body of bytes; `Problem` 413 or 415."""
    if _media_type(event["headers"].get("content-type", "")) != takes:
        raise Problem("unsupported_media_type", f"The body must be {takes}.")
    data = _bytes(event)
    if len(data) > max_bytes:
        raise Problem("body_too_large", f"A body has at most {max_bytes} bytes.")
    return data


def without(event: Event) -> Event:
    """Take the body out of an event: Powertools reads no other than JSON."""
    headers = {name: value for name, value in event["headers"].items() if name != "content-type"}
    return {**event, "headers": headers, "body": "null", "isBase64Encoded": False}


def _bytes(event: Event) -> bytes:
    body: str = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return base64.b64decode(body)
    return body.encode("utf-8", "surrogatepass")


def _media_type(declared: str) -> str:
    return declared.partition(";")[0].strip().lower()


def _parsed(raw: bytes) -> Any:
    try:
        value = json.loads(raw.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed_body") from error
    # Powertools would look for the object inside of a list.
    if not isinstance(value, dict):
        raise Invalid(("", "must be an object"))
    if _deeper_than(MAX_DEPTH, value):
        raise Problem("malformed_body", f"A body is nested at most {MAX_DEPTH} levels deep.")
    return value


def _deeper_than(limit: int, value: Any) -> bool:
    """Tell whether lists and objects nest deeper: whoever parses it again has less stack left."""
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return any(isinstance(node, dict | list) for node in level)


def _no_constant(name: str) -> None:
    # NaN and Infinity are Python's, not JSON's.
    raise ValueError(f"{name} is not JSON")
