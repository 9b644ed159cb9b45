"""The shapes of the contract's objects: the exact fields, and what each may hold."""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

Check = Callable[[Any], bool]
Shape = Mapping[str, Check]
UUID7 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
COLOR = re.compile(r"^#[0-9a-f]{6}$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def text(value: Any) -> bool:
    """Some text, not empty."""
    return isinstance(value, str) and value != ""


def number(value: Any) -> bool:
    """An integer that is not negative, and no boolean."""
    return type(value) is int and value >= 0


def flag(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool)


def uuid7(value: Any) -> bool:
    """A UUIDv7 in its usual lower-case form."""
    return isinstance(value, str) and bool(UUID7.match(value))


def time(value: Any) -> bool:
    """RFC 3339 in UTC, written with a Z."""
    return isinstance(value, str) and bool(TIME.match(value))


def color(value: Any) -> bool:
    """A colour as CSS writes it, in lower case."""
    return isinstance(value, str) and bool(COLOR.match(value))


def base64(value: Any) -> bool:
    """Some bytes in base64, at least one."""
    return isinstance(value, str) and len(b64decode(value, validate=True)) > 0


def ranges(value: Any) -> bool:
    """Inclusive ranges in rising order that neither touch nor overlap."""
    pairs_rise = all(first <= last for first, last in value)
    apart = all(here[1] + 1 < there[0] for here, there in pairwise(value))
    return isinstance(value, list) and pairs_rise and apart


def either(*checks: Check) -> Check:
    """null, or what one of the checks allows."""
    return lambda value: value is None or any(check(value) for check in checks)


def one_of(*values: Any) -> Check:
    """One of a few words."""
    return lambda value: value in values


def failure(value: Any) -> bool:
    """Why an upload failed."""
    return isinstance(value, dict) and value.keys() == {"code", "detail"} and text(value["code"])


def headers(value: Any) -> bool:
    """Header names and values, all of them text."""
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def heights(value: Any) -> bool:
    """A list of heights in pixels."""
    return isinstance(value, list) and all(number(item) for item in value)


def checksums(value: Any) -> bool:
    """Digests by algorithm; which of them are there depends on the upload."""
    return isinstance(value, dict) and value.keys() <= {"crc32", "crc64nvme", "sha256"}


def things(shape: "Shape") -> Check:
    """A list of objects that each have exactly this shape."""

    def check(value: Any) -> bool:
        for thing in value:
            assert_shape(thing, shape)
        return isinstance(value, list)

    return check


def file_links(value: Any) -> bool:
    """Where a file and its bytes are found."""
    return isinstance(value, dict) and value.keys() == {"self", "download"}


USER: Shape = {
    "id": uuid7, "email": text, "first_name": text, "last_name": text, "city": either(text),
    "country": either(text), "role": one_of("user", "admin", "superadmin"), "plan": text,
    "active": flag, "created_at": time,
}  # fmt: skip
TOKENS: Shape = {
    "access_token": text, "token_type": one_of("Bearer"), "expires_in": number,
    "refresh_token": text, "refresh_expires_in": number, "user": bool,
}  # fmt: skip
SESSION: Shape = {
    "user_id": uuid7, "email": text, "role": text, "plan": text, "session_id": uuid7,
    "expires_at": time,
}  # fmt: skip
PLAN: Shape = {
    "name": text, "thumbnail_heights": heights, "original_link": flag, "temporary_links": flag,
    "max_file_size": number, "storage_quota": number, "max_buckets": number,
}  # fmt: skip
LISTED_UPLOAD: Shape = {
    "id": uuid7, "file_name": text, "size": number, "content_type": text, "bucket": text,
    "mode": one_of("direct", "relay"),
    "status": one_of("receiving", "assembling", "ready", "failed", "aborted", "expired"),
    "fragment_size": number, "fragment_count": number, "expires_at": time,
    "file_id": either(uuid7), "failure": either(failure),
}  # fmt: skip
UPLOAD: Shape = {**LISTED_UPLOAD, "received": ranges, "missing": ranges, "received_bytes": number}
FRAGMENT: Shape = {
    "number": number, "offset": number, "size": number, "method": one_of("PUT"), "url": text,
    "headers": headers, "expires_at": time,
}  # fmt: skip
FILE: Shape = {
    "id": uuid7, "file_name": text, "size": number, "content_type": text,
    "detected_type": either(text), "bucket": text, "owner_id": uuid7, "checksums": checksums,
    "status": text, "created_at": time, "links": file_links,
}  # fmt: skip
BUCKET: Shape = {"name": text, "owner_id": uuid7, "created_at": time, "region": text}
LINK: Shape = {
    "id": uuid7, "file_id": uuid7, "created_at": time, "expires_at": time,
    "max_downloads": either(number), "downloads": number,
}  # fmt: skip
NEW_LINK: Shape = {**LINK, "token": text, "url": text}
THUMBNAIL: Shape = {
    "height": number, "width": number, "content_type": one_of("image/webp", "image/jpeg"),
    "size": number, "url": text,
}  # fmt: skip
# With `refusal` if it was refused, and with `original_url` if the plan says so.
IMAGE: Shape = {
    "file_id": uuid7, "name": text, "status": one_of("processing", "ready", "refused"),
    "width": either(number), "height": either(number), "format": either(text),
    "dominant_color": either(color), "thumbhash": either(base64), "thumbnails": things(THUMBNAIL),
}  # fmt: skip
READY_IMAGE: Shape = {
    **IMAGE, "status": one_of("ready"), "width": number, "height": number, "format": text,
    "dominant_color": color, "thumbhash": base64,
}  # fmt: skip


def assert_shape(thing: dict[str, Any], shape: Shape, *optional: str) -> None:
    """The thing has exactly the shape's fields (and may have the optional ones)."""
    assert thing.keys() - set(optional) == shape.keys(), sorted(thing.keys() ^ shape.keys())
    wrong = {name: thing[name] for name, check in shape.items() if not check(thing[name])}
    assert not wrong, wrong


def seconds_from_now(moment: str) -> float:
    """How far in the future (negative: in the past) a time of the API is."""
    return (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()
