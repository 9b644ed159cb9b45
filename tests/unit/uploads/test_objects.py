"""What S3 lists becomes what has arrived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from botocore.stub import Stubber

from fragua.errors import Refused
from fragua.uploads import objects
from fragua.uploads.upload import Upload
from tests.unit.conftest import stubbed

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def s3(environment: dict[str, str]) -> Iterator[Stubber]:
    """S3, with the answers that a test announces."""
    with stubbed("s3") as stub:
        yield stub


def upload(size: int) -> Upload:
    """An upload in fragments of one byte."""
    return Upload(
        owner_id=UUID(int=1),
        upload_id=UUID(int=2),
        file_name="a",
        size=size,
        content_type="a/b",
        bucket="default",
        s3_bucket="bucket",
        mode="direct",
        status="receiving",
        fragment_size=1,
        algorithm="crc32",
        checksums={},
        multipart_id="u",
        created_at=0,
        seen_at=0,
    )


def page(numbers: range, size: int = 1, **more: Any) -> dict[str, Any]:
    """Make an answer of ListParts."""
    rest = {"Size": size, "ETag": "e", "LastModified": NOW}
    return {"Parts": [{"PartNumber": n, **rest} for n in numbers], **more}


def listed(s3: Stubber, size: int) -> list[int]:
    return [part.number for part in objects.fragments(upload(size)) or []]


def test_parts_on_several_pages_are_all_found(s3: Stubber) -> None:
    more = {"IsTruncated": True, "NextPartNumberMarker": 1000}
    s3.add_response("list_parts", page(range(1, 1001), **more))
    s3.add_response("list_parts", page(range(1001, 1004), IsTruncated=False))
    assert listed(s3, 1003) == list(range(1, 1004))
    s3.assert_no_pending_responses()


def test_what_is_no_fragment_of_the_file_does_not_count(s3: Stubber) -> None:
    s3.add_response("list_parts", page(range(1, 6)))
    assert listed(s3, 3) == [1, 2, 3]
    s3.add_response("list_parts", page(range(1, 4), size=2))
    assert listed(s3, 3) == []


def test_an_upload_that_s3_does_not_know_has_no_list(s3: Stubber) -> None:
    s3.add_client_error("list_parts", "NoSuchUpload", http_status_code=404)
    assert objects.fragments(upload(1)) is None


@pytest.mark.parametrize("operation", ["list_parts", "abort_multipart_upload", "head_object"])
def test_any_other_refusal_is_no_answer(s3: Stubber, operation: str) -> None:
    s3.add_client_error(operation, "AccessDenied", http_status_code=403)
    ask = {"list_parts": objects.parts, "head_object": objects.head}.get(operation, objects.abort)
    with pytest.raises(Refused):
        ask(upload(1))
