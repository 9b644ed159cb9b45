"""Presigned URLs are enforced as S3 enforces them."""

import datetime as dt
import zlib
from base64 import b64encode
from typing import Any
from unittest import mock

import botocore.auth
import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.account import ACCESS_KEY, REGION, SECRET_KEY

ORIGIN = {"origin": "https://app.example"}


def crc32(body: bytes) -> str:
    """The value of x-amz-checksum-crc32."""
    return b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def presign(s3: Any, operation: str, expires: int = 60, **parameters: Any) -> str:
    """A URL as the SDK makes it."""
    url: str = s3.generate_presigned_url(operation, Params=parameters, ExpiresIn=expires)
    return url


def presign_at(age: int, expires: int, url: str) -> str:
    """A URL for GET that was made `age` seconds ago."""
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age)
    request = AWSRequest("GET", url)
    signer = S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION, expires=expires)
    with mock.patch.object(botocore.auth, "get_current_datetime", return_value=past):
        signer.add_auth(request)
    return str(request.url)


def code(answer: httpx.Response) -> str:
    """The error code of an answer."""
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]


def test_a_presigned_put_and_get_carry_the_bytes(s3: Any, bucket: str) -> None:
    key = "folder/ñandú & co+.txt"
    put = presign(s3, "put_object", Bucket=bucket, Key=key, ContentLength=5)
    assert httpx.put(put, content=b"hello").status_code == 200
    got = httpx.get(presign(s3, "get_object", Bucket=bucket, Key=key))
    assert (got.status_code, got.content) == (200, b"hello")


def test_a_range_of_a_presigned_get_is_answered_alone(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"0123456789")
    url = presign(s3, "get_object", Bucket=bucket, Key="a", ResponseContentType="text/x")
    got = httpx.get(url, headers={"range": "bytes=2-4"})
    assert (got.status_code, got.content) == (206, b"234")
    assert got.headers["content-range"] == "bytes 2-4/10"
    assert got.headers["content-type"] == "text/x"


def test_an_expired_url_is_refused(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    url = f"{s3.meta.endpoint_url}/{bucket}/a"
    alive, dead = (httpx.get(presign_at(age, 10, url)) for age in (5, 15))
    assert (alive.status_code, alive.content) == (200, b"hello")
    assert (dead.status_code, code(dead)) == (403, "AccessDenied")
    assert "expired" in dead.text


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"content": b"hello!"}, "another length"),
        ({"method": "GET"}, "another method"),
        ({"old": "/a?", "new": "/b?"}, "another key"),
        ({"old": "X-Amz-Expires=60", "new": "X-Amz-Expires=61"}, "another lifetime"),
        ({"old": "&X-Amz-Signature=", "new": "&versionId=1&X-Amz-Signature="}, "more query"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_url_signs_everything(s3: Any, bucket: str, change: dict[str, Any], wrong: str) -> None:
    url = presign(s3, "put_object", Bucket=bucket, Key="a", ContentLength=5)
    url = url.replace(change.get("old", ""), change.get("new", ""))
    answer = httpx.request(
        change.get("method", "PUT"), url, content=change.get("content", b"hello")
    )
    assert (answer.status_code, code(answer)) == (403, "SignatureDoesNotMatch")


def test_a_signed_checksum_header_must_be_sent(s3: Any, bucket: str) -> None:
    url = presign(s3, "put_object", Bucket=bucket, Key="a", ChecksumCRC32=crc32(b"hello"))
    assert code(httpx.put(url, content=b"hello")) == "SignatureDoesNotMatch"
    headers = {"x-amz-checksum-crc32": crc32(b"hello")}
    assert httpx.put(url, content=b"hello", headers=headers).status_code == 200


def test_another_checksum_than_the_signed_one_is_refused(s3: Any, bucket: str) -> None:
    url = presign(s3, "put_object", Bucket=bucket, Key="a", ChecksumCRC32=crc32(b"hello"))
    headers = {"x-amz-checksum-crc32": crc32(b"other")}
    assert code(httpx.put(url, content=b"other", headers=headers)) == "SignatureDoesNotMatch"


def test_an_unsigned_amz_header_is_refused(s3: Any, bucket: str) -> None:
    url = presign(s3, "put_object", Bucket=bucket, Key="a")
    answer = httpx.put(url, content=b"x", headers={"x-amz-storage-class": "GLACIER"})
    assert (answer.status_code, code(answer)) == (403, "AccessDenied")
    assert "<HeadersNotSigned>x-amz-storage-class</HeadersNotSigned>" in answer.text


def test_a_request_that_nobody_signed_is_refused(s3: Any, bucket: str, endpoint: str) -> None:
    answer = httpx.put(f"{endpoint}/{bucket}/a", content=b"x")
    assert (answer.status_code, code(answer)) == (403, "AccessDenied")
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="a")


def test_a_url_of_another_key_pair_is_refused(s3: Any, bucket: str) -> None:
    url = presign(s3, "get_object", Bucket=bucket, Key="a")
    answer = httpx.get(url.replace("fragua-local%2F", "somebody%2F"))
    assert (answer.status_code, code(answer)) == (403, "InvalidAccessKeyId")


def test_a_form_content_type_stores_the_bytes(s3: Any, bucket: str) -> None:
    url = presign(s3, "put_object", Bucket=bucket, Key="a")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert httpx.put(url, content=b"a=1&b=2", headers=headers).status_code == 200
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"a=1&b=2"


def test_a_browser_may_read_answers_and_refusals_where_the_bucket_allows(
    s3: Any, bucket: str
) -> None:
    url = presign(s3, "put_object", Bucket=bucket, Key="a")
    fine = httpx.put(url, content=b"x", headers=ORIGIN)
    refused = httpx.put(url + "0", content=b"x", headers=ORIGIN)
    assert (fine.status_code, refused.status_code) == (200, 403)
    for answer in (fine, refused):
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert answer.headers["access-control-expose-headers"] == "ETag"
    foreign = httpx.put(url, content=b"x", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers


@pytest.mark.parametrize(
    ("origin", "method", "status"),
    [
        ("https://app.example", "PUT", 200),
        ("https://app.example", "DELETE", 403),
        ("https://evil.example", "PUT", 403),
    ],
)
def test_preflights_follow_the_buckets_rules(
    s3: Any, bucket: str, origin: str, method: str, status: int
) -> None:
    answer = httpx.options(
        presign(s3, "put_object", Bucket=bucket, Key="a"),
        headers={"origin": origin, "access-control-request-method": method},
    )
    assert answer.status_code == status
    assert (answer.headers.get("access-control-allow-origin") == origin) == (status == 200)
