"""The id of a request goes along with all that comes of it, and nobody can make one up."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context as Variables
from typing import Any

import pytest
from botocore.stub import Stubber

from fragua import aws, correlation
from fragua.accounts import permissions
from fragua.api import Api
from fragua.settings import settings
from fragua.worker import Message, batch_handler, queue_handler, schedule_handler
from tests.support.events import Context, http_event, queue_event
from tests.support.logs import parsed

log = logging.getLogger("fragua")
door = Api({"POST /v1/things": permissions.ANYONE})
EVERYTHING_DONE: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture(autouse=True)
def before(environment: dict[str, str]) -> None:
    """Let something have been done here before, for somebody else."""
    correlation.begin("before")


def send() -> None:
    log.info("sent")
    aws.send(settings().mail_queue_url, "{}")


def expect(sqs: Stubber, request_id: str | None) -> None:
    """Announce a message that carries an id."""
    value = {"DataType": "String", "StringValue": request_id}
    carried = {"MessageAttributes": {"request_id": value}} if request_id else {}
    message = {"QueueUrl": settings().mail_queue_url, "MessageBody": "{}", **carried}
    sqs.add_response("send_message", {"MessageId": "1"}, message)


@door.post("/v1/things", summary="Send a message", tags=["things"])
def make_thing() -> dict[str, str]:
    send()
    return {}


def test_a_message_carries_the_id_that_the_gateway_gave_and_not_the_clients(
    sqs: Stubber, lines: io.StringIO
) -> None:
    event = http_event("POST", "/v1/things", headers={"x-request-id": "forged\n{}"})
    request_id = event["requestContext"]["requestId"]
    expect(sqs, request_id)
    answer = door.handler(event, Context())
    assert (answer["statusCode"], answer["headers"]["x-request-id"]) == (200, request_id)
    sqs.assert_no_pending_responses()
    assert [line["correlation_id"] for line in parsed(lines)] == [request_id]
    assert "forged" not in lines.getvalue()


def test_a_worker_goes_on_in_the_name_of_the_request(sqs: Stubber, lines: io.StringIO) -> None:
    expect(sqs, "AbC-1=")
    event = queue_event({}, request_id="AbC-1=")
    assert queue_handler(lambda _: send())(event, Context()) == EVERYTHING_DONE
    sqs.assert_no_pending_responses()
    (line,) = parsed(lines)
    assert (line["correlation_id"], line["message_id"]) == ("AbC-1=", "message-0")


@pytest.mark.parametrize("attributes", [{}, None, {"request_id": {"dataType": "String"}}])
def test_a_message_of_an_earlier_release_is_done_in_its_own_name(
    sqs: Stubber, lines: io.StringIO, attributes: dict[str, Any] | None
) -> None:
    expect(sqs, "message-0")
    event = queue_event({})
    if attributes is None:
        del event["Records"][0]["messageAttributes"]
    else:
        event["Records"][0]["messageAttributes"] = attributes
    assert queue_handler(lambda _: send())(event, Context()) == EVERYTHING_DONE
    sqs.assert_no_pending_responses()
    (line,) = parsed(lines)
    assert (line["correlation_id"], line["message_id"]) == ("message-0", "message-0")


def test_neighbours_of_a_batch_do_not_take_each_others_ids(lines: io.StringIO) -> None:
    first, second = queue_event({}, request_id="first"), queue_event({}, {})
    event = {"Records": [*first["Records"], second["Records"][1]]}
    queue_handler(lambda _: log.info("done"))(event, Context())
    said = [(line["correlation_id"], line["message_id"]) for line in parsed(lines)]
    assert said == [("first", "message-0"), ("message-1", "message-1")]


def test_what_follows_a_message_does_not_name_it(lines: io.StringIO) -> None:
    queue_handler(lambda _: None)(queue_event({}, request_id="first"), Context())
    assert schedule_handler(lambda: {"done": 1})({}, Context()) == {"done": 1}
    (line,) = parsed(lines)
    assert "message_id" not in line


def test_a_batch_in_one_go_and_a_sweep_have_an_id_of_their_own(
    sqs: Stubber, lines: io.StringIO
) -> None:
    def count(_: Sequence[Message]) -> None:
        send()

    def sweep() -> dict[str, int]:
        send()
        return {}

    own = Context.aws_request_id
    for _ in range(2):
        expect(sqs, own)
    batch_handler(count)(queue_event({}, {}, request_id="first"), Context())
    schedule_handler(sweep)({}, Context())
    sqs.assert_no_pending_responses()
    assert {line["correlation_id"] for line in parsed(lines)} == {own}


def test_what_was_left_undone_is_done_in_the_name_of_the_one_who_left_it(
    sqs: Stubber, lines: io.StringIO
) -> None:
    expect(sqs, "theirs")
    with correlation.caused_by("theirs"):
        send()
    expect(sqs, "before")
    with correlation.caused_by(None):
        send()
    sqs.assert_no_pending_responses()
    assert [line["correlation_id"] for line in parsed(lines)] == ["theirs", "before"]


def test_outside_of_a_door_a_message_carries_nothing(sqs: Stubber) -> None:
    expect(sqs, None)
    Variables().run(send)
    sqs.assert_no_pending_responses()


def test_a_thread_of_a_request_logs_its_id(lines: io.StringIO) -> None:
    def work(_: Message) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(log.info, "from a thread").result()

    queue_handler(work)(queue_event({}, request_id="first"), Context())
    (line,) = parsed(lines)
    assert line["correlation_id"] == "first"
