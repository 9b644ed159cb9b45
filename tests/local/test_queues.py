"""Pollers give messages to functions with the semantics of Lambda's event source."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.clients import client
from local.plan import Function, Source
from local.pool import HandlerRaised, TimedOut
from local.queues import MOST_CONCURRENT, Poller
from tests.local.conftest import until

FUNCTION = Function("Work", "a.b", "arn", "work", 5, 128)
PATIENCE = 20.0


class Workers:
    """Stands for the pool: calls `handler` in this process and keeps the batches."""

    def __init__(self, handler: Callable[[dict[str, Any]], Any]) -> None:
        self._handler = handler
        self.batches: list[list[str]] = []
        self.busy = 0
        self.most_busy = 0

    def invoke(self, function: Function, event: Any, timeout: float) -> Any:
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        self.batches.append([record["body"] for record in event["Records"]])
        try:
            return self._handler(event)
        finally:
            self.busy -= 1


class Queue:
    """A queue whose messages come back after a second, and go to a DLQ after the second try."""

    def __init__(self, endpoint: str) -> None:
        self.sqs = client("sqs", endpoint)
        self.dead_url = self.sqs.create_queue(QueueName=f"dead-{uuid.uuid4()}")["QueueUrl"]
        arn = self._attributes(self.dead_url)["QueueArn"]
        self.url = self.sqs.create_queue(
            QueueName=f"queue-{uuid.uuid4()}",
            Attributes={
                "VisibilityTimeout": "1",
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2}),
            },
        )["QueueUrl"]

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def left(self, url: str | None = None) -> int:
        found = self._attributes(url or self.url)
        return int(found["ApproximateNumberOfMessages"]) + int(
            found["ApproximateNumberOfMessagesNotVisible"]
        )

    def dead(self) -> int:
        return self.left(self.dead_url)

    def _attributes(self, url: str) -> dict[str, str]:
        found: dict[str, str] = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])[
            "Attributes"
        ]
        return found


@pytest.fixture
def queue(endpoint: str) -> Queue:
    return Queue(endpoint)


@contextmanager
def polling(queue: Queue, endpoint: str, workers: Workers, **options: Any) -> Iterator[None]:
    """A poller of `queue` that runs until the block ends."""
    settings: dict[str, Any] = {
        "batch_size": 10,
        "window": 0.0,
        "partial": True,
        "concurrency": None,
    }
    source = Source("Work", "arn:queue", queue.url, **{**settings, **options})
    stop = threading.Event()
    thread = threading.Thread(target=Poller(source, FUNCTION, workers, endpoint, stop).run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def failing(*bodies: str) -> Callable[[dict[str, Any]], Any]:
    """A handler for which the messages with these bodies always fail."""
    return lambda event: {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]}
            for record in event["Records"]
            if record["body"] in bodies
        ]
    }


def test_a_message_is_taken_and_deleted_when_it_is_done(queue: Queue, endpoint: str) -> None:
    workers = Workers(failing())
    with polling(queue, endpoint, workers):
        until(lambda: queue.left() == 0)
        queue.send("a")
        until(lambda: workers.batches == [["a"]])
        until(lambda: queue.left() == 0)


def test_only_the_failed_messages_of_a_batch_come_back(queue: Queue, endpoint: str) -> None:
    workers = Workers(failing("b"))
    queue.send("a", "b", "c")
    with polling(queue, endpoint, workers):
        until(lambda: len(workers.batches) == 2)
        assert sorted(workers.batches[0]) == ["a", "b", "c"]
        assert workers.batches[1] == ["b"]


def test_a_message_that_fails_twice_goes_to_the_dead_letters(queue: Queue, endpoint: str) -> None:
    workers = Workers(failing("b"))
    queue.send("b")
    with polling(queue, endpoint, workers):
        until(lambda: queue.dead() == 1)
    assert workers.batches == [["b"], ["b"]]
    assert queue.left() == 0


@pytest.mark.parametrize(
    ("trouble", "partial"), [(HandlerRaised("x"), True), (TimedOut("x"), False)]
)
def test_an_exception_fails_the_whole_batch(
    queue: Queue, endpoint: str, trouble: Exception, partial: bool
) -> None:
    def raising(event: dict[str, Any]) -> Any:
        raise trouble

    queue.send("a", "b")
    with polling(queue, endpoint, Workers(raising), partial=partial):
        until(lambda: queue.dead() == 2)


def test_a_batch_is_never_larger_than_asked_for(queue: Queue, endpoint: str) -> None:
    workers = Workers(failing())
    queue.send(*"abcdefg")
    with polling(queue, endpoint, workers, batch_size=3):
        until(lambda: queue.left() == 0)
    assert max(map(len, workers.batches)) == 3


def test_the_batching_window_waits_for_a_full_batch(queue: Queue, endpoint: str) -> None:
    workers = Workers(failing())
    bodies = [str(number) for number in range(15)]
    with polling(queue, endpoint, workers, batch_size=15, window=PATIENCE):
        for body in bodies:
            queue.send(body)
        until(lambda: queue.left() == 0)
    assert [sorted(batch) for batch in workers.batches] == [sorted(bodies)]


@pytest.mark.parametrize(("allowed", "reached"), [(2, 2), (50, MOST_CONCURRENT)])
def test_as_many_batches_run_together_as_allowed(
    queue: Queue, endpoint: str, allowed: int, reached: int
) -> None:
    together = threading.Barrier(reached)

    def waiting(event: dict[str, Any]) -> None:
        together.wait(PATIENCE)

    workers = Workers(waiting)
    queue.send(*(str(number) for number in range(2 * reached)))
    with polling(queue, endpoint, workers, batch_size=1, concurrency=allowed):
        until(lambda: queue.left() == 0)
    assert workers.most_busy == reached
