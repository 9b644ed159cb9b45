"""What is read of a scanner's message, and what is no message of a scanner's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fragua.uploads.scans import Result
from fragua.uploads.upload import ids_of
from tests.support.paths import ROOT

OWNER, UPLOAD = "019aa3c0-0000-7000-8000-000000000003", "019aa3c0-0000-7000-8000-000000000001"
KEY = f"files/{OWNER}/{UPLOAD}"


def message(status: Any = "THREATS_FOUND", **more: Any) -> dict[str, Any]:
    where = {"bucketName": "bucket", "objectKey": KEY} | more.pop("where", {})
    found = {"scanResultStatus": status, **more}
    return {"detail": {"s3ObjectDetails": where, "scanResultDetails": found}}


def test_guarddutys_own_event_is_understood() -> None:
    event = json.loads((ROOT / "events" / "files" / "quarantine.json").read_text())
    result = Result.of(json.loads(event["Records"][0]["body"]))
    assert result == Result(
        "DEFAULT_BUCKET", KEY, "THREATS_FOUND", ["EICAR-Test-File (not a virus)"]
    )


@pytest.mark.parametrize("status", ["UNSUPPORTED", "ACCESS_DENIED", "FAILED", "NO_THREATS_FOUND"])
def test_a_result_without_threats_may_say_so_or_not(status: str) -> None:
    expected = Result("bucket", KEY, status, [])
    assert Result.of(message(status)) == Result.of(message(status, threats=None)) == expected


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        "text",
        {},
        {"detail": None},
        {"detail": {"s3ObjectDetails": {}}},
        message("INFECTED"),
        message(None),
        message(["THREATS_FOUND"]),
        message(where={"bucketName": None}),
        message(where={"objectKey": 7}),
        message(threats=[{}]),
        message(threats=[{"name": {}}]),
        message(threats=["EICAR"]),
        message(threats=1),
    ],
    ids=repr,
)
def test_a_message_that_nobody_understands_is_an_error(nonsense: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Result.of(nonsense)


def test_a_key_holds_the_ids_of_an_upload() -> None:
    ids = ids_of(KEY)
    assert ids is not None
    assert tuple(map(str, ids)) == (OWNER, UPLOAD)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "files",
        f"files/{OWNER}",
        f"{KEY}/",
        f"/{KEY}",
        f"{KEY}/1",
        f"files/{OWNER}/{UPLOAD[:-1]}",
        f"files/{OWNER}/{UPLOAD}\n",
        f"thumbnails/{OWNER}/{UPLOAD}/200.webp",
        f"videos/{OWNER}/{UPLOAD}/video.mp4",
        f"fragments/{OWNER}/{UPLOAD}",
        "assets/intro.mp4",
        "malware-protection-resource-validation-object",
    ],
    ids=repr,
)
def test_any_other_key_is_no_uploads(key: str) -> None:
    assert ids_of(key) is None
