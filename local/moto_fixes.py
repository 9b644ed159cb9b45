"""Mistakes of moto 5.2 that no door in front of it can mend."""

import time
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto import backends
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeKey, FakeMultipart, S3Backend
from moto.sqs import models as sqs

_make = FakeKey.__init__


def apply() -> None:
    """Mends ListParts, objects that many write at once, bucket policies, and what makes it slow.

    Pages of ListParts count parts instead of comparing part numbers: with a hole in the numbers,
    moto skips parts between two pages, or says that there are more where there are none.

    The ETag of an object is read from its bytes when somebody asks: whoever wrote it gets a 500, if
    the next one has overwritten it by then.

    Policies are kept and not obeyed: moto overlooks their conditions, so that "deny what isn't
    TLS" would deny everything here, where there is no TLS.

    To receive a message, moto counts all of its queue several times, by a slow clock; to find the
    service that is asked, it reads its own folder for every request.
    """
    FakeMultipart.list_parts = _list_parts  # type: ignore[method-assign,assignment]
    S3Backend.is_truncated = _is_truncated  # type: ignore[method-assign,assignment]
    FakeKey.__init__ = _made  # type: ignore[method-assign,assignment]
    FakeBucket.get_permission = _no_opinion  # type: ignore[method-assign,assignment]
    sqs.SQSBackend.is_message_valid_based_on_retention_period = (  # type: ignore[method-assign]
        _is_retained  # type: ignore[assignment]
    )
    vars(sqs).update(unix_time=time.time, unix_time_millis=lambda: time.time() * 1000)
    services = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: services


def _made(key: FakeKey, *arguments: Any, **named: Any) -> None:
    _make(key, *arguments, **named)
    # Kept from now on, and nobody else has the key yet.
    _ = key.etag


def _is_retained(backend: sqs.SQSBackend, queue_name: str, message: sqs.Message) -> bool:
    period = backend.get_queue(queue_name).message_retention_period  # type: ignore[attr-defined]
    sent = message.sent_timestamp / 1000  # type: ignore[operator]
    return bool(sent + period > time.time())


def _no_opinion(_bucket: FakeBucket, _action: str, _resource: str) -> PermissionResult:
    return PermissionResult.NEUTRAL


def _list_parts(
    upload: FakeMultipart, part_number_marker: int, max_parts: int
) -> Iterator[FakeKey]:
    following = sorted(number for number in upload.parts if number > part_number_marker)
    return (upload.parts[number] for number in following[:max_parts])


def _is_truncated(
    backend: S3Backend, bucket_name: str, multipart_id: str, next_part_number_marker: int
) -> bool:
    parts = backend.get_bucket(bucket_name).multiparts[multipart_id].parts
    return any(number > next_part_number_marker for number in parts)


class OneByOne:
    """Sends DynamoDB's requests one after another.

    moto checks the conditions of a transaction and writes it in two steps, and other threads get
    in between: two transactions at once may both find room for what has room only once.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Passes a request on, alone if it is for DynamoDB."""
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB_"):
            return self._application(environ, start_response)
        with self._lock:
            # moto's answers are whole lists, made before this returns.
            return self._application(environ, start_response)
