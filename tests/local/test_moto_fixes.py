"""The emulator's queues, since receiving from them counts nothing: moto itself, in a process."""

import subprocess
import sys

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


@pytest.mark.parametrize(("age", "received"), [(0, ["here"]), (50, ["here"]), (70, [])])
def test_a_message_is_received_as_long_as_its_queue_keeps_it(age: int, received: list[str]) -> None:
    # In a process of its own, for moto stays mended.
    command = [sys.executable, "-c", RECEIVE, str(age)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == received
