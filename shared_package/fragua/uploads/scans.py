"""What a scanner found in an object, told to the file that the object is.

A message is the event of GuardDuty's Malware Protection for S3 as EventBridge hands it on. Of it
this is read, so any other scanner may send as much, and an operator who knows better:

    {"detail": {
        "s3ObjectDetails": {"bucketName": "...", "objectKey": "files/.../..."},
        "scanResultDetails": {"scanResultStatus": "THREATS_FOUND", "threats": [{"name": "..."}]}}}

| status             | what it does                                               |
|--------------------|------------------------------------------------------------|
| `THREATS_FOUND`    | quarantines the file                                       |
| `NO_THREATS_FOUND` | releases a quarantined file: a word for operators alone    |
| any other          | nothing: the object was not scanned, and nobody knows more |

Source: https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fragua.accounts import sessions
from fragua.errors import Retry
from fragua.files import quarantine
from fragua.uploads import store, upload

log = logging.getLogger("fragua")

# Whether there is a threat; None where a scanner could not say.
_VERDICTS = {
    "THREATS_FOUND": True,
    "NO_THREATS_FOUND": False,
    **dict.fromkeys(("UNSUPPORTED", "ACCESS_DENIED", "FAILED")),
}
# States of an upload that is a file already, or may become one.
_PROMISING = ("receiving", "assembling", "ready")


@dataclass(frozen=True)
class Result:
    """What was found in an object; `threats` are the scanner's names of it."""

    s3_bucket: str
    object_key: str
    status: str
    threats: list[str]

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> Result:
        """Read a message. KeyError, TypeError or ValueError when it has another form."""
        where, found = (message["detail"][n] for n in ("s3ObjectDetails", "scanResultDetails"))
        names = [threat["name"] for threat in found.get("threats") or []]
        texts = (where["bucketName"], where["objectKey"], found["scanResultStatus"])
        if texts[2] not in _VERDICTS or not all(isinstance(t, str) for t in (*texts, *names)):
            raise ValueError("not a result of a scan")
        return cls(*texts, names)


def tell(message: Mapping[str, Any]) -> None:
    """Do what the result of a scan asks for; harmless to repeat.

    Raises `Retry` while the object is a file still to come, and as `Result.of` for a message that
    nobody understands: somebody has to look at what may be a warning. Another deployment's bucket,
    or a key that no file has, is understood and none of ours.
    """
    result = Result.of(message)
    said = {"bucket": result.s3_bucket, "key": result.object_key, "status": result.status}
    log.warning("scanned", extra=said | {"threats": result.threats})
    ids, threat = upload.ids_of(result.object_key), _VERDICTS[result.status]
    if ids is None or threat is None or not _judge(*ids, result, threat=threat):
        log.warning("no file is judged by this scan", extra=said)


def _judge(owner_id: UUID, upload_id: UUID, result: Result, *, threat: bool) -> bool:
    """Judge the file of an upload; False where there is none, and none will come."""
    if quarantine.judge(upload_id, result.s3_bucket, result.object_key, threat=threat):
        # Also when it comes again: whoever judged it may have died before this.
        sessions.note(owner_id)
        return True
    known = store.get(owner_id, upload_id)
    if known and known.s3_bucket == result.s3_bucket and known.status in _PROMISING:
        raise Retry("the file of a scanned object is still to come")
    return False
