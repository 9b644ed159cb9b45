"""AWS behind one function, so that tests can count requests and errors are told apart once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.session import Session

from fragua import correlation
from fragua.errors import Refused, Unavailable
from fragua.settings import settings

# Codes that say "not now" and come with a status below 500.
_THROTTLED = {
    "IncompleteBody",
    "KmsThrottled",
    "OperationAborted",
    "OverLimit",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}

# S3's words for "these are not the bytes that the checksum is of".
WRONG_BYTES = {"BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch"}


@dataclass(frozen=True)
class Patience:
    """How long to wait for an answer: seconds to connect, seconds to read, and tries."""

    connect: int
    read: int
    tries: int


# Three tries of at most 2 + 5 s leave room for an answer within the gateway's 30 s.
USUAL = Patience(2, 5, 3)
# S3 may take minutes to join parts, and a second try would only find that the first was under way.
LONG = Patience(2, 120, 1)
# For what can be done later, or left: nobody shall wait for it.
BRIEF = Patience(1, 1, 1)
_PATIENCE = {"complete_multipart_upload": LONG}


# The caches do not lock, and neither does a session: threads would each make one of their own.
_making = Lock()


def client(service: str, patience: Patience = USUAL) -> BaseClient:
    """Return this process's client of a service; made at the first use, never at import."""
    with _making:
        return _client(service, patience)


@cache
def _client(service: str, patience: Patience) -> BaseClient:
    config = Config(
        connect_timeout=patience.connect,
        read_timeout=patience.read,
        # As many as the assembly's threads have requests under way.
        max_pool_connections=24,
        retries={"mode": "standard", "total_max_attempts": patience.tries},
        signature_version="s3v4" if service == "s3" else None,
        # Newer SDKs add a CRC32 of their own, which S3 refuses on a CRC64NVME upload.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return session().create_client(service, region_name=settings().region, config=config)


@cache
def session() -> Session:
    """Return this process's session."""
    # One session for all clients: each session loads and parses botocore's data anew.
    # And botocore rather than boto3, whose import brings s3transfer and multiprocessing.
    return Session()


def call(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
    """Send one request, e.g. `call("s3", "head_object", Bucket=..., Key=...)`.

    Raises `Unavailable` where another try may help, `Refused` where the service said no.
    """
    return _call(service, operation, _PATIENCE.get(operation, USUAL), arguments)


def _call(
    service: str, operation: str, patience: Patience, arguments: dict[str, Any]
) -> dict[str, Any]:
    try:
        sender = client(service, patience)
        answer: dict[str, Any] = getattr(sender, operation)(**arguments)
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        if status >= 500 or code in _THROTTLED:
            raise Unavailable(service) from error
        raise Refused(operation, code, status, dict(error.response)) from error
    except ParamValidationError:
        # Our own mistake, however often it is sent.
        raise
    except BotoCoreError as error:
        raise Unavailable(service) from error
    return answer


def s3(operation: str, **arguments: Any) -> dict[str, Any]:
    """Send one S3 request about our own bucket: another account's bucket of that name refuses."""
    return call("s3", operation, ExpectedBucketOwner=settings().bucket_owner, **arguments)


def s3_send(operation: str, **arguments: Any) -> dict[str, Any]:
    """Send S3 bytes with a checksum of our own making: only the way can have damaged them."""
    try:
        return s3(operation, **arguments)
    except Refused as error:
        if error.code in WRONG_BYTES:
            raise Unavailable("s3") from error
        raise


def s3_fetch(
    bucket: str, key: str, target: Path, meanwhile: Callable[[], None] | None = None
) -> None:
    """Bring an object to disk, in pieces; `meanwhile` is called after each."""
    answer = s3("get_object", Bucket=bucket, Key=key)
    with target.open("wb") as out:
        for piece in stream("s3", answer["Body"]):
            out.write(piece)
            if meanwhile:
                meanwhile()


# S3's words for "that is gone already". HEAD has no words, only the status.
_GONE = {"404", "NoSuchBucket", "NoSuchKey", "NoSuchUpload"}


def s3_gone(operation: str, **arguments: Any) -> dict[str, Any] | None:
    """Send one S3 request that ends something; None when it, or its whole bucket, is gone."""
    try:
        return s3(operation, **arguments)
    except Refused as error:
        if error.code in _GONE:
            return None
        raise


def s3_delete_below(bucket: str, prefix: str, pages: int | None = None) -> None:
    """Delete all objects below a prefix, or `pages` of a thousand at the most."""
    # Always the first page: what it named is gone when it is asked for again.
    for _ in count() if pages is None else range(pages):
        answer = s3_gone("list_objects_v2", Bucket=bucket, Prefix=prefix) or {}
        keys = [{"Key": found["Key"]} for found in answer.get("Contents", [])]
        if keys:
            deletion = {"Objects": keys, "Quiet": True}
            done = s3_gone("delete_objects", Bucket=bucket, Delete=deletion) or {}
            # Answered 200 even where single keys were not deleted.
            if done.get("Errors"):
                raise Unavailable("s3")
        if not answer.get("IsTruncated"):
            return


def partition() -> str:
    """Return the part of the world that ARNs begin with."""
    special = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    region = settings().region
    return next((name for start, name in special.items() if region.startswith(start)), "aws")


def forget() -> None:
    """Make clients and session anew at the next use."""
    _client.cache_clear()
    session.cache_clear()


def stream(service: str, body: Any) -> Iterator[bytes]:
    """Read a streaming body in pieces of at most 256 KiB; `Unavailable` when it breaks off."""
    try:
        yield from body.iter_chunks(256 * 1024)
    except BotoCoreError as error:
        raise Unavailable(service) from error


def send(queue_url: str, body: str, *, brief: bool = False) -> None:
    """Put one message into a queue; `Unavailable` when it is not certain that it arrived.

    It carries the id of the request that caused it. With `brief` there is one try: a second to
    connect to each address, a second for the answer.
    """
    message: dict[str, Any] = {"QueueUrl": queue_url, "MessageBody": body}
    if request_id := correlation.request_id():
        attribute = {"DataType": "String", "StringValue": request_id}
        message["MessageAttributes"] = {correlation.ATTRIBUTE: attribute}
    _call("sqs", "send_message", BRIEF if brief else USUAL, message)


def credentials() -> ReadOnlyCredentials:
    """Return the credentials to sign with, refreshed by the SDK when they are about to end."""
    found = session().get_credentials()
    if found is None:
        raise RuntimeError("there are no AWS credentials in the environment")
    return found.get_frozen_credentials()
