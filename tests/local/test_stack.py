"""The whole stack, run as its user runs it, on a small template."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.launch import Launched
from local.logs import readable
from tests.local.conftest import gone, sleeper, until


def put_work(stack: Launched, **body: Any) -> str:
    """Sends one message to the sample's queue; answers the id under which it is noted."""
    name = str(uuid.uuid4())
    sqs = stack.client("sqs")
    (url,) = (url for url in sqs.list_queues()["QueueUrls"] if "-Work-" in url)
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"id": name, **body}))
    return name


def dead(stack: Launched) -> int:
    """How many messages the sample's dead letter queue holds."""
    sqs = stack.client("sqs")
    (url,) = (url for url in sqs.list_queues()["QueueUrls"] if "-DeadWork-" in url)
    name = "ApproximateNumberOfMessages"
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(found["Attributes"][name])


def noted(stack: Launched, name: str) -> dict[str, Any]:
    """What the sample's functions wrote down under an id."""
    dynamodb = stack.client("dynamodb")
    (table,) = dynamodb.list_tables()["TableNames"]
    item = dynamodb.get_item(TableName=table, Key={"id": {"S": name}}).get("Item", {})
    return {key: next(iter(value.values())) for key, value in item.items()}


def test_a_request_reaches_its_function(sample: Launched) -> None:
    answer = httpx.post(f"{sample.address}/things?a=1", json={"x": "ñ"})
    seen = answer.json()
    assert answer.status_code == 200
    assert seen["event"]["routeKey"] == "POST /things"
    assert json.loads(seen["event"]["body"]) == {"x": "ñ"}
    assert seen["function"].startswith("fragua-local-EchoFunction-")
    assert 0 < seen["remaining"] <= 10_000
    assert str(uuid.UUID(seen["request_id"])) == seen["request_id"]
    assert seen["bucket"].startswith("fragua-local-store-")


def test_requests_run_in_several_processes(sample: Launched) -> None:
    with httpx.Client() as http, ThreadPoolExecutor(8) as threads:
        url = f"{sample.address}/things/1"
        answers = list(threads.map(lambda _: http.get(url).json(), range(32)))
    assert 1 < len({answer["pid"] for answer in answers}) <= 8


@pytest.mark.parametrize(
    ("kind", "status"),
    [("slow", 503), ("dies", 500), ("raises", 500), ("malformed", 500), ("bare", 200)],
)
def test_a_function_in_trouble_harms_nobody_else(sample: Launched, kind: str, status: int) -> None:
    assert httpx.post(f"{sample.address}/trouble/{kind}", timeout=10).status_code == status
    assert httpx.get(f"{sample.address}/things/1").status_code == 200


def test_a_killed_function_takes_its_children_along(sample: Launched) -> None:
    child = sleeper(sample)
    until(lambda: gone([child]))


def test_a_queue_feeds_its_function(sample: Launched) -> None:
    name = put_work(sample)
    until(lambda: noted(sample, name))
    record = json.loads(noted(sample, name)["record"])
    assert record["eventSource"] == "aws:sqs"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert ":Work" not in record["eventSourceARN"]
    assert "-Work-" in record["eventSourceARN"]


def test_a_message_that_always_fails_becomes_a_dead_letter(sample: Launched) -> None:
    name = put_work(sample, raises=True)
    until(lambda: dead(sample) == 1)
    assert noted(sample, name)["tries"] == "2"


def test_a_schedule_calls_its_function_again_and_again(sample: Launched) -> None:
    until(lambda: int(noted(sample, "ticks").get("tries", 0)) >= 2)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain text\n", "plain text\n"),
        ('{"a": 1}\n', '{"a": 1}\n'),
        (
            '{"level": "INFO", "message": "done", "service": "x", "upload_id": "u", "n": 1}\n',
            "INFO done upload_id=u n=1\n",
        ),
        (
            '{"level": "ERROR", "message": "bad", "exception": "Traceback:\\n  here"}\n',
            "ERROR bad\nTraceback:\n  here\n",
        ),
    ],
)
def test_log_lines_are_readable_at_a_terminal(line: str, shown: str) -> None:
    assert readable(line) == shown
