"""The queue of views is down: whoever looks at a product sees it, and the loss is counted."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from fragua.settings import settings
from tests.support.backend import Answer, Client, environment_of, invoke
from tests.support.bench import Bench
from tests.support.catalog import made
from tests.support.editing import Json, counted
from tests.support.events import queue_event
from tests.support.faults import ALWAYS, Act, Fault, closed_port, silent_port
from tests.support.queues import take
from tests.support.statements import statements

SEND = "SQS SendMessage"
Port = AbstractContextManager[int]
# Two seconds of patience, and some for the machine.
BOUND = 4.0


def losses(lines: io.StringIO) -> list[Json]:
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [line for line in found if "ViewsLost" in line]


def visit(product: Json) -> Answer:
    return Client().call("catalog.get", "GET", f"/v1/products/{product['sku']}")


def assert_shown(product: Json) -> None:
    """The product is shown in time, by statements that only read."""
    with statements() as sent:
        begin = time.monotonic()
        answer = visit(product)
        seconds = time.monotonic() - begin
    assert (answer.status, answer.body) == (200, product)
    assert seconds < BOUND
    assert sent
    assert {statement.split()[0] for statement, _ in sent} == {"SELECT"}


def assert_one_lost(lines: io.StringIO) -> None:
    """One line counts one lost view, in CloudWatch's embedded metric format."""
    (line,) = losses(lines)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"]
    assert directive["Metrics"] == [{"Name": "ViewsLost", "Unit": "Count"}]
    assert line["ViewsLost"] == 1
    # Dimensions are fields of the line, and texts.
    assert [[line[name] for name in each] for each in directive["Dimensions"]] == [["local"]]
    # Milliseconds since 1970: CloudWatch takes what is not older than two weeks.
    assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 60


@contextmanager
def queue_at(port: int) -> Iterator[None]:
    environment = {"AWS_ENDPOINT_URL_SQS": f"http://127.0.0.1:{port}"}
    with environment_of(environment):
        yield


@pytest.mark.parametrize("where", [closed_port, silent_port], ids=["refuses", "is silent"])
def test_a_product_is_shown_while_the_queue_is_away(
    bench: Bench, editor: Client, lines: io.StringIO, where: Callable[[], Port]
) -> None:
    product = made(editor)
    with where() as port, queue_at(port):
        assert_shown(product)
    assert_one_lost(lines)


FAULTS = {
    "has an error of its own": Fault(Act.ERROR, ALWAYS, status=500),
    "has too much to do": Fault(Act.ERROR, ALWAYS, status=400, code="RequestThrottled"),
    "does not let us in": Fault(Act.ERROR, ALWAYS, status=403, code="AccessDenied"),
    "is not there": Fault(Act.ERROR, ALWAYS, status=400, code="QueueDoesNotExist"),
    "breaks off": Fault(Act.CUT_BEFORE, ALWAYS),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_product_is_shown_whatever_the_queue_says(
    bench: Bench, editor: Client, lines: io.StringIO, fault: Fault
) -> None:
    product = made(editor)
    with bench.here({SEND: fault}) as faults:
        assert_shown(product)
        assert faults.seen.count(SEND) == 1
    assert_one_lost(lines)


def test_a_view_whose_message_arrived_unheard_counts_all_the_same(
    bench: Bench, editor: Client, lines: io.StringIO
) -> None:
    product = made(editor)
    take(settings().views_queue_url)
    with bench.here({SEND: Fault(Act.CUT_AFTER)}):
        assert_shown(product)
    assert_one_lost(lines)
    messages = take(settings().views_queue_url)
    assert invoke("catalog.count_views", queue_event(*messages)) == {"batchItemFailures": []}
    assert counted(product["sku"]) == 1


def test_a_look_writes_nothing_and_loses_nothing(
    bench: Bench, editor: Client, lines: io.StringIO
) -> None:
    product = made(editor)
    with bench.here() as faults:
        assert_shown(product)
        assert [step for step in faults.seen if not step.startswith("SQL SELECT")] == [SEND]
    assert losses(lines) == []
