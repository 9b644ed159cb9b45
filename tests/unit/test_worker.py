"""The queue door: what one message does is no business of its neighbours."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from botocore.stub import Stubber

from fragua.errors import Retry, Unavailable
from fragua.worker import Message, batch_handler, queue_handler, schedule_handler
from tests.support.backend import environment_of
from tests.support.events import ACCOUNT, Context, queue_event
from tests.support.logs import parsed
from tests.unit.conftest import stubbed

done: list[Any] = []


def job(message: Message) -> None:
    """Do what the message says."""
    problems = {"poison": ValueError("secret"), "later": Retry("later"), "down": Unavailable("s3")}
    if message["do"] in problems:
        raise problems[message["do"]]
    done.append(message["do"])


@pytest.fixture(autouse=True)
def fresh(environment: dict[str, str]) -> None:
    done.clear()


class Queue:
    """A queue of a test's own: a warm function remembers the address of each that it knows."""

    def __init__(self, sqs: Stubber) -> None:
        self.sqs = sqs
        self.name = uuid4().hex
        self.url = f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/{self.name}"
        self.asked = False

    def expect(self, position: int, seconds: int) -> None:
        """Announce that message `position` is to come again after `seconds`."""
        if not self.asked:
            asked = {"QueueName": self.name, "QueueOwnerAWSAccountId": ACCOUNT}
            self.sqs.add_response("get_queue_url", {"QueueUrl": self.url}, asked)
        self.asked = True
        handle = f"handle-{position}"
        change = {"QueueUrl": self.url, "ReceiptHandle": handle, "VisibilityTimeout": seconds}
        self.sqs.add_response("change_message_visibility", {}, change)

    def handle(self, *bodies: Any, receives: int = 1) -> list[str]:
        """Run a batch; return the messages that shall come again."""
        event = queue_event(*bodies, queue=self.name, receives=receives)
        answer = queue_handler(job)(event, Context())
        self.sqs.assert_no_pending_responses()
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.fixture
def queue(sqs: Stubber) -> Queue:
    return Queue(sqs)


def test_a_batch_that_is_done_reports_no_failure(queue: Queue) -> None:
    assert queue.handle({"do": 1}, {"do": 2}) == []
    assert done == [1, 2]


@pytest.mark.parametrize(
    "bad", [{"do": "poison"}, {"do": "later"}, {"do": "down"}, "{", "[]", "{}"]
)
def test_a_bad_message_leaves_its_neighbours_alone(queue: Queue, bad: Any) -> None:
    queue.expect(1, 5)
    assert queue.handle({"do": 1}, bad, {"do": 3}) == ["message-1"]
    assert done == [1, 3]


def test_every_bad_message_of_a_batch_is_reported(queue: Queue) -> None:
    queue.expect(0, 5)
    queue.expect(2, 5)
    assert queue.handle("{", {"do": 1}, "nonsense") == ["message-0", "message-2"]


@pytest.mark.parametrize(
    ("receives", "seconds"),
    [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 160), (9, 1280), (10, 2560), (1000, 3600)],
)
def test_the_pause_doubles_to_a_minute_and_among_the_dead_letters_to_an_hour(
    queue: Queue, receives: int, seconds: int
) -> None:
    queue.expect(0, seconds)
    assert queue.handle({"do": "later"}, receives=receives) == ["message-0"]


def test_the_pause_is_shortened_with_all_other_limits(environment: dict[str, str]) -> None:
    with environment_of({"FRAGUA_TIME_SCALE": "5"}), stubbed("sqs") as sqs:
        queue = Queue(sqs)
        queue.expect(0, 4)
        assert queue.handle({"do": "later"}, receives=3) == ["message-0"]


@pytest.mark.parametrize("code", ["AccessDenied", "ThrottlingException"])
def test_a_pause_that_cannot_be_set_is_no_failure_of_the_batch(queue: Queue, code: str) -> None:
    queue.sqs.add_client_error("get_queue_url", code, http_status_code=400)
    assert queue.handle({"do": "poison"}, {"do": 2}) == ["message-0"]
    assert done == [2]


def test_a_failure_is_logged_with_its_message_and_its_traceback(
    queue: Queue, lines: io.StringIO
) -> None:
    queue.expect(0, 5)
    queue.handle({"do": "poison"})
    line = json.loads(lines.getvalue().splitlines()[0])
    assert (line["level"], line["correlation_id"]) == ("ERROR", "message-0")
    assert "ValueError" in line["exception"]


calls: list[list[Any]] = []


def all_at_once(messages: Sequence[Message]) -> None:
    """Do what the messages say, all or nothing."""
    said = [message["do"] for message in messages]
    calls.append(said)
    if "down" in said:
        raise Unavailable("database")
    if "poison" in said:
        raise ValueError("secret")
    done.extend(said)


def handle_all(queue: Queue, *bodies: Any) -> list[str]:
    calls.clear()
    event = queue_event(*bodies, queue=queue.name)
    answer = batch_handler(all_at_once)(event, Context())
    queue.sqs.assert_no_pending_responses()
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_batch_is_done_in_one_go(queue: Queue) -> None:
    assert handle_all(queue, {"do": 1}, {"do": 2}) == []
    assert calls == [[1, 2]]


@pytest.mark.parametrize("poison", ['{"do": "poison"}', "no JSON", "{}", '["x"]'])
def test_where_one_of_a_batch_can_not_be_done_the_others_are(queue: Queue, poison: str) -> None:
    queue.expect(1, 5)
    assert handle_all(queue, {"do": 1}, poison, {"do": 2}) == ["message-1"]
    assert done == [1, 2]


def test_where_something_is_down_the_whole_batch_comes_again_and_nothing_is_tried_twice(
    queue: Queue,
) -> None:
    failed = handle_all(queue, {"do": 1}, {"do": "down"})
    assert (failed, done, len(calls)) == (["message-0", "message-1"], [], 1)


def test_a_schedule_logs_what_its_job_did(lines: io.StringIO) -> None:
    assert schedule_handler(lambda: {"mended": 2})({}, Context()) == {"mended": 2}
    (line,) = parsed(lines)
    assert (line["message"], line["level"], line["mended"]) == ("swept", "INFO", 2)


def down() -> dict[str, int]:
    raise Unavailable("database")


def broken() -> dict[str, int]:
    raise ValueError("secret")


def test_a_schedule_that_finds_something_down_leaves_it_to_its_next_run(lines: io.StringIO) -> None:
    assert schedule_handler(down)({}, Context()) == {}
    (line,) = parsed(lines)
    assert (line["message"], line["level"]) == ("try again", "WARNING")


def test_a_schedule_whose_job_is_broken_fails() -> None:
    with pytest.raises(ValueError, match="secret"):
        schedule_handler(broken)({}, Context())
