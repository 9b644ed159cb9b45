"""Our presigned URLs are the ones that botocore would make."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fragua import aws
from fragua.presigning import presign
from tests.support.backend import environment_of
from tests.unit.conftest import ENVIRONMENT

ACCESS, SECRET = ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"]
EMULATOR = "http://127.0.0.1:4566"

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
words = st.from_regex(r"[a-z][a-z0-9-]{0,15}", fullmatch=True)
lines = st.from_regex(r"[!-~]([ -~]{0,20}[!-~])?", fullmatch=True).filter(lambda v: "  " not in v)
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

pytestmark = pytest.mark.usefixtures("environment")


def parsed(url: str) -> tuple[str, str, dict[str, str]]:
    """Split a URL into host, path and query, whose order means nothing."""
    parts = urlsplit(url)
    return parts.netloc, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))


def at(url: str) -> datetime:
    """Read the moment that a URL was signed at."""
    stamp = parsed(url)[2]["X-Amz-Date"]
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def signed_by_botocore(
    method: str, url: str, headers: dict[str, str], expires_in: int, token: str | None = None
) -> str:
    request = AWSRequest(method, url, headers=headers)
    credentials = Credentials(ACCESS, SECRET, token)
    S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=expires_in).add_auth(request)
    return str(request.url)


@anything
@given(
    method=st.sampled_from(["GET", "PUT", "HEAD", "DELETE"]),
    key=text,
    query=st.dictionaries(text, st.text(st.characters(exclude_categories=["Cs"]))),
    headers=st.dictionaries(words.map("x-amz-meta-".__add__), lines),
    expires_in=st.integers(1, 604_800),
)
def test_any_request_is_signed_as_botocore_signs_it(
    method: str, key: str, query: dict[str, str], headers: dict[str, str], expires_in: int
) -> None:
    base = f"https://bucket.s3.eu-west-1.amazonaws.com/{quote(key, safe='/-_.~')}"
    asked = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in query.items())
    theirs = signed_by_botocore(method, f"{base}?{asked}" if asked else base, headers, expires_in)
    ours = presign(
        method, "bucket", key, expires_in=expires_in, query=query, headers=headers, now=at(theirs)
    )
    assert parsed(ours) == parsed(theirs)


def test_temporary_credentials_bring_their_token() -> None:
    with environment_of({"AWS_SESSION_TOKEN": "to+ken/=="}):
        base = "https://bucket.s3.eu-west-1.amazonaws.com/key"
        theirs = signed_by_botocore("GET", base, {}, 60, token="to+ken/==")
        ours = presign("GET", "bucket", "key", expires_in=60, now=at(theirs))
    assert parsed(ours)[2]["X-Amz-Security-Token"] == "to+ken/=="
    assert parsed(ours) == parsed(theirs)


def test_an_endpoint_of_s3_alone_comes_before_that_of_all() -> None:
    endpoints = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1/", "AWS_ENDPOINT_URL": EMULATOR}
    with environment_of(endpoints):
        url = presign("GET", "bucket", "key", expires_in=60)
    assert url.startswith("http://127.0.0.1:1/bucket/key?")


def test_every_header_is_signed_under_its_lower_case_name() -> None:
    url = presign("PUT", "bucket", "key", expires_in=60, headers={"Content-Length": "5"})
    assert parsed(url)[2]["X-Amz-SignedHeaders"] == "content-length;host"


def test_a_signature_changes_with_the_day() -> None:
    days = [datetime(2026, 11, day, tzinfo=UTC) for day in (20, 21)]
    urls = [presign("GET", "bucket", "key", expires_in=60, now=day) for day in days]
    assert parsed(urls[0])[2]["X-Amz-Signature"] != parsed(urls[1])[2]["X-Amz-Signature"]


CALLS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("get_object", "GET", {}, {}),
    (
        "get_object",
        "GET",
        {"ResponseContentDisposition": "attachment; filename*=UTF-8''a%20b"},
        {"query": {"response-content-disposition": "attachment; filename*=UTF-8''a%20b"}},
    ),
    (
        "upload_part",
        "PUT",
        {"PartNumber": 7, "UploadId": "a+b/c=", "ContentLength": 5},
        {
            "query": {"partNumber": "7", "uploadId": "a+b/c="},
            "headers": {"content-length": "5"},
        },
    ),
    (
        "upload_part",
        "PUT",
        {"PartNumber": 1, "UploadId": "u", "ContentLength": 9, "ChecksumCRC32": "AAAAAA=="},
        {
            "query": {"partNumber": "1", "uploadId": "u"},
            "headers": {"content-length": "9", "x-amz-checksum-crc32": "AAAAAA=="},
        },
    ),
]


KEYS = ["files/1/2", "a b+c", "ñ/日本/%2F", "a//b/../c", "~._-", "a=b&c?d#e"]


@pytest.fixture(scope="module", params=[None, EMULATOR], ids=["virtual-hosted", "path"])
def client(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[Any]:
    """An S3 client as a user of botocore would make it, for S3 itself and for an emulator."""
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if request.param else "virtual"},
        request_checksum_calculation="when_required",
    )
    with environment_of({"AWS_ENDPOINT_URL": request.param} if request.param else {}):
        yield aws.session().create_client("s3", region_name="eu-west-1", config=config)


@pytest.mark.parametrize("call", CALLS, ids=range(4))
@pytest.mark.parametrize("key", KEYS)
def test_an_s3_client_makes_the_same_url(client: Any, call: Any, key: str) -> None:
    operation, method, parameters, asked = call
    parameters = {"Bucket": "bucket", "Key": key, **parameters}
    theirs = client.generate_presigned_url(operation, Params=parameters, ExpiresIn=600)
    ours = presign(method, "bucket", key, expires_in=600, now=at(theirs), **asked)
    assert parsed(ours) == parsed(theirs)
