"""What a scanner says of objects, and the worker that tells files of it."""

from __future__ import annotations

from typing import Any

from fragua.settings import settings
from tests.support.backend import Answer, Client, invoke
from tests.support.events import queue_event

Json = dict[str, Any]
WORKER = "files.quarantine"
DONE: Json = {"batchItemFailures": []}
AGAIN: Json = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def key_of(client: Client, upload: Json) -> str:
    """Return the key of the object that an upload becomes."""
    return f"files/{client.user_id}/{upload['id']}"


def result(key: str, status: str = "THREATS_FOUND", bucket: str | None = None) -> Json:
    """Make the message about an object, in the default bucket unless another one is given."""
    threats = [{"name": "EICAR-Test-File"}] if status == "THREATS_FOUND" else None
    return {
        "source": "aws.guardduty",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "detail": {
            "s3ObjectDetails": {
                "bucketName": bucket or settings().default_bucket,
                "objectKey": key,
            },
            "scanResultDetails": {"scanResultStatus": status, "threats": threats},
        },
    }


def found(client: Client, upload: Json) -> Json:
    """Make the message that there is malware in the object of an upload."""
    return result(key_of(client, upload))


def tell(*messages: Any) -> Json:
    """Run the worker on messages in this process."""
    return invoke(WORKER, queue_event(*messages))


def quarantined(client: Client, data: bytes = b"a virus", **more: Any) -> Json:
    """Bring a file all the way and let a scanner find something in it; return its upload."""
    upload = client.upload(data, **more)
    assert tell(result(key_of(client, upload))) == DONE
    return upload


def release(client: Client, upload: Json) -> None:
    """Let an operator say that there is nothing in a file after all."""
    assert tell(result(key_of(client, upload), "NO_THREATS_FOUND")) == DONE


def shown(client: Client, upload: Json) -> Json:
    """Return the file of an upload as its owner sees it."""
    answer = client.call("files.get", "GET", f"/v1/files/{upload['file_id']}")
    assert answer.status == 200, answer
    body: Json = answer.body
    return body


def download(client: Client, upload: Json) -> Answer:
    """Ask for the bytes of an upload's file."""
    return client.call("files.download", "GET", f"/v1/files/{upload['file_id']}/download")
