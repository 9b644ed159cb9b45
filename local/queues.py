"""Feeds functions from their queues, with the semantics of Lambda's event source mapping."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.batches import Message, succeeded, to_event
from local.clients import client
from local.plan import Function, Source
from local.pool import InvocationError, Invoker
from local.timescale import scaled

# SQS hands out and deletes at most ten messages a request.
_REQUEST_SIZE = 10
# The emulator can't notice that a poller is gone: what it takes for a dead one stays hidden until
# its visibility timeout. So polls are short, and a stopping poller waits for its last one.
_POLL = 1
_PATIENCE_AFTER_ERROR = 1.0
# A laptop has few cores; AWS scales to what the template allows.
MOST_CONCURRENT = min(4, max(2, os.cpu_count() or 2))


def concurrency(source: Source) -> int:
    """How many batches of `source` run at the same time here."""
    return min(source.concurrency or MOST_CONCURRENT, MOST_CONCURRENT)


class Poller:
    """Takes messages from one queue and gives them to one function until `stop` is set."""

    def __init__(
        self,
        source: Source,
        function: Function,
        pool: Invoker,
        endpoint: str,
        stop: threading.Event,
    ) -> None:
        self._source = source
        self._function = function
        self._pool = pool
        self._sqs = client("sqs", endpoint)
        self._stop = stop
        self._free = threading.Semaphore(concurrency(source))

    def run(self) -> None:
        """Polls until stopped, then waits for the batches in hand."""
        with ThreadPoolExecutor(concurrency(self._source)) as executor:
            while not self._stop.is_set():
                # A message is only taken when somebody is free to work on it.
                if not self._free.acquire(timeout=_POLL):
                    continue
                messages = self._collect()
                if messages:
                    executor.submit(self._work, messages)
                else:
                    self._free.release()

    def _collect(self) -> list[Message]:
        """One batch: full, or all that came within the batching window of the first message."""
        messages = self._receive(self._source.batch_size, _POLL)
        deadline = time.monotonic() + scaled(self._source.window)
        while messages and len(messages) < self._source.batch_size:
            left = deadline - time.monotonic()
            # A poller that is to stop doesn't sit out its window: half a batch is a batch too.
            if left <= 0 or self._stop.is_set():
                break
            more = self._receive(self._source.batch_size - len(messages), 0)
            messages += more
            if not more:
                self._stop.wait(min(left, 0.1))
        return messages

    def _receive(self, count: int, wait: int) -> list[Message]:
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._source.queue_url,
                MaxNumberOfMessages=min(count, _REQUEST_SIZE),
                WaitTimeSeconds=wait,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except (BotoCoreError, ClientError) as error:
            print(f"{self._source.queue_arn}: {error}", file=sys.stderr)
            self._stop.wait(_PATIENCE_AFTER_ERROR)
            return []
        messages: list[Message] = answer.get("Messages", [])
        return messages

    def _work(self, messages: list[Message]) -> None:
        try:
            result = self._pool.invoke(
                self._function,
                to_event(messages, self._source.queue_arn),
                self._function.timeout,
            )
            self._delete(succeeded(messages, result, partial=self._source.partial))
        # What isn't deleted comes back after its visibility timeout, and at last to the DLQ.
        except (InvocationError, BotoCoreError, ClientError) as error:
            print(error, file=sys.stderr)
        finally:
            self._free.release()

    def _delete(self, messages: list[Message]) -> None:
        for start in range(0, len(messages), _REQUEST_SIZE):
            entries: list[dict[str, Any]] = [
                {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
                for index, message in enumerate(messages[start : start + _REQUEST_SIZE])
            ]
            self._sqs.delete_message_batch(QueueUrl=self._source.queue_url, Entries=entries)
