"""What is mended in the emulator: moto itself, in a process of its own, for it stays mended."""

import subprocess
import sys
from hashlib import md5

import pytest

from tests.support.paths import ROOT

RECEIVE = """
import sys
from unittest import mock
from local import moto_fixes
from moto.sqs import models

moto_fixes.apply()
backend = models.sqs_backends["123456789012"]["us-east-1"]
queue = backend.create_queue("queue", MessageRetentionPeriod=60)
backend.send_message("queue", "here")
queue._messages[0].sent_timestamp -= int(sys.argv[1]) * 1000
with mock.patch.object(models.Queue, "attributes", property(lambda _: 1 / 0)):
    print(*(message.body for message in backend.receive_message("queue", 10, 0, 30)))
"""

OVERWRITE = """
from local import moto_fixes
from moto.s3 import models

moto_fixes.apply()
backend = models.s3_backends["123456789012"]["aws"]
backend.create_bucket("bucket", "us-east-1")
first, _ = [backend.put_object("bucket", "key", text) for text in (b"first", b"second")]
print(first.response_dict["ETag"])
"""


def run(program: str, *arguments: str) -> list[str]:
    """Run a program; return the words that it prints."""
    command = [sys.executable, "-c", program, *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.split()


@pytest.mark.parametrize(("age", "received"), [(0, ["here"]), (50, ["here"]), (70, [])])
def test_a_message_is_received_as_long_as_its_queue_keeps_it(age: int, received: list[str]) -> None:
    # However it is kept, receiving counts nothing.
    assert run(RECEIVE, str(age)) == received


def test_who_wrote_an_object_is_told_its_etag_though_it_was_overwritten_meanwhile() -> None:
    assert run(OVERWRITE) == [f'"{md5(b"first", usedforsecurity=False).hexdigest()}"']
