"""S3 answers late, wrongly or not at all while a file is joined."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.backend import Client, message
from tests.support.bench import (
    COMMIT,
    READY,
    Bench,
    assert_failed,
    assert_whole,
    closed_upload,
    committed,
    rows,
)
from tests.support.events import queue_event
from tests.support.faults import ALWAYS, Act, Fault

DATA = b"fragua " * 1000
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
COMPLETE = "S3 CompleteMultipartUpload"
# Said of this one upload, and for ever.
NEVER = Fault(Act.ERROR, ALWAYS, status=400, code="InvalidRequest")


def tries(bench: Bench, client: Client, upload: dict[str, str]) -> int:
    """Deliver the message until it is no more reported, five times at most; return how often."""
    for number in range(1, 6):
        answer = bench.assemble(upload, client).answer()
        if answer == DONE:
            return number
        assert answer == AGAIN
        assert client.get(upload)["status"] == "assembling"
    return 0


@pytest.mark.parametrize(
    ("fault", "most"),
    [
        # The object says that it was done: no second try.
        pytest.param(Fault(Act.CUT_AFTER), 1, id="the reply is lost"),
        pytest.param(Fault(Act.CUT_AFTER, ALWAYS), 1, id="every reply is lost"),
        pytest.param(Fault(Act.CUT_BEFORE), 2, id="the request is lost"),
        pytest.param(Fault(Act.ERROR_INSIDE), 2, id="200 with an error inside"),
        pytest.param(Fault(Act.ERROR_INSIDE, 3), 4, id="200 with an error inside three times"),
        pytest.param(Fault(Act.ERROR), 2, id="503 once"),
        pytest.param(Fault(Act.ERROR, 3), 4, id="503 three times"),
        pytest.param(Fault(Act.ERROR, 3, status=500), 4, id="500 three times"),
    ],
)
def test_the_file_appears_once_and_whole_when_joining_it(
    bench: Bench, client: Client, fault: Fault, most: int
) -> None:
    upload = closed_upload(client, DATA)
    bench.plan({COMPLETE: fault})
    assert 0 < tries(bench, client, upload) <= most
    assert_whole(client, upload, DATA)


@pytest.mark.parametrize("step", ["S3 ListParts", COMPLETE, "S3 HeadObject", "S3 GetObject", READY])
def test_a_step_that_is_refused_for_a_while_is_tried_again(
    bench: Bench, client: Client, step: str
) -> None:
    upload = closed_upload(client, DATA)
    bench.plan({step: Fault(Act.ERROR, 3)})
    assert tries(bench, client, upload) in {1, 2, 3, 4}
    assert_whole(client, upload, DATA)


def give_up(bench: Bench, client: Client, upload: dict[str, str]) -> Any:
    event = queue_event(message(client.user_id, upload["id"]), receives=5)
    return bench.start("uploads.give_up", event).answer()


def test_an_upload_that_s3_refuses_to_join_is_given_up_without_a_trace(
    bench: Bench, client: Client
) -> None:
    upload = closed_upload(client, DATA)
    bench.plan({COMPLETE: NEVER})
    # One of the five tries shows it; they are all alike.
    assert bench.assemble(upload, client).answer() == AGAIN
    assert committed(client) == len(DATA)
    # A second time, because a message may come twice.
    for _ in range(2):
        assert give_up(bench, client, upload) == DONE
        assert_failed(client, upload, "assembly_failed")


@pytest.mark.parametrize(
    ("status", "code"),
    # The last three are mistakes of our own deployment, which somebody will mend.
    [(503, ""), (403, "AccessDenied"), (400, "ExpiredToken"), (404, "NoSuchBucket")],
)
def test_no_outage_of_s3_costs_an_upload_however_long_it_is(
    bench: Bench, client: Client, status: int, code: str
) -> None:
    upload = closed_upload(client, DATA)
    bench.plan({COMPLETE: Fault(Act.ERROR, ALWAYS, status=status, code=code)})
    assert give_up(bench, client, upload) == AGAIN
    assert client.get(upload)["status"] == "assembling"
    bench.plan()
    assert give_up(bench, client, upload) == DONE
    assert_whole(client, upload, DATA)


def test_giving_up_an_upload_whose_file_is_there_makes_it_ready(
    bench: Bench, client: Client
) -> None:
    upload = closed_upload(client, DATA)
    bench.plan({COMMIT: Fault(Act.CUT_AFTER)})
    assert bench.assemble(upload, client).answer() == AGAIN
    assert client.get(upload)["status"] == "assembling"
    assert len(rows(upload)) == 1
    # What was joined is not even looked at again.
    bench.plan({"S3 ListParts": Fault(Act.ERROR, ALWAYS, status=403)})
    assert give_up(bench, client, upload) == DONE
    assert_whole(client, upload, DATA)


@pytest.mark.parametrize("step", ["S3 AbortMultipartUpload", "S3 DeleteObject"])
def test_what_a_failed_upload_leaves_behind_is_cleared_by_the_next_try(
    bench: Bench, client: Client, step: str
) -> None:
    upload = closed_upload(client, DATA)
    bench.plan({COMPLETE: NEVER, step: Fault(Act.ERROR, 3)})
    assert give_up(bench, client, upload) == AGAIN
    assert committed(client) == 0
    assert give_up(bench, client, upload) == DONE
    assert_failed(client, upload, "assembly_failed")
