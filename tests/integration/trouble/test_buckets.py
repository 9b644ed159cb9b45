"""Buckets while S3, DynamoDB or PostgreSQL fail, or their answers get lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from fragua import aws
from tests.support.backend import Answer, Client, invoke
from tests.support.bench import Bench, committed
from tests.support.buckets import (
    ask_for,
    assert_whole,
    deletion,
    drop,
    empty_outbox,
    entries,
    in_s3,
    known,
    left_undone,
    make,
    name_in_s3,
    names,
    new_name,
    sweep,
    upload_into,
)
from tests.support.faults import ALWAYS, Act, Fault
from tests.support.tables import age

# Of a creation: the bucket itself, then its five settings.
PUT = "S3 PUT bucket"
# Whatever else is asked of S3 about a bucket; the proxy calls the list of uploads so.
OTHERS = ("S3 CreateMultipartUpload", "S3 GET bucket", "S3 DELETE bucket")
UPDATE, QUERY = "DynamoDB UpdateItem", "DynamoDB Query"
DOWN = Fault(Act.ERROR, ALWAYS)
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(autouse=True)
def _empty_outbox(bench: Bench) -> None:
    empty_outbox()


def assert_nothing(client: Client, name: str, others: set[str]) -> None:
    """Nobody knows of it, and its name and its place in the plan are free."""
    assert (known(name), names(client), entries(client)) == (None, set(), [])
    assert in_s3() == others
    assert ask_for(client, name).status == 201
    assert drop(client, name).status == 204


def assert_unavailable(answer: Answer) -> None:
    assert (answer.status, answer.body["code"]) == (503, "unavailable"), answer
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("number", range(1, 7))
def test_a_creation_that_s3_refuses_to_go_on_with_leaves_nothing(
    bench: Bench, client: Client, number: int
) -> None:
    others = in_s3()
    with bench.here({f"{PUT} {number}": DOWN}):
        assert_unavailable(ask_for(client, name := new_name(), "key"))
    sweep()
    assert (known(name), names(client), in_s3()) == (None, set(), others)
    # Name and key are free, and so is the place in the plan.
    assert ask_for(client, name, "key").status == 201
    assert_whole(client, name)


@pytest.mark.parametrize("number", [1, 2, 6])
def test_a_creation_during_which_s3_goes_down_leaves_nothing_once_it_is_swept(
    bench: Bench, client: Client, number: int
) -> None:
    others = in_s3()
    with bench.here({f"{PUT} {number}": DOWN, **dict.fromkeys(OTHERS, DOWN)}):
        assert_unavailable(ask_for(client, name := new_name(), "key"))
        assert names(client) == set()
    sweep()
    assert (known(name), names(client), in_s3()) == (None, set(), others)
    # Name and key are free, and so is the place in the plan.
    assert ask_for(client, name, "key").status == 201
    assert_whole(client, name)


def test_a_bucket_that_s3_makes_after_all_is_removed(bench: Bench, client: Client) -> None:
    others = in_s3()
    with bench.here({PUT: Fault(Act.CUT_BEFORE, ALWAYS)}) as faults:
        assert_unavailable(ask_for(client, new_name()))
        ((_, path), *_) = [each for each in faults.targets if each[0] == PUT]
    # The request that nobody waits for any more arrives.
    aws.client("s3").create_bucket(Bucket=path.strip("/"))
    sweep()
    assert in_s3() == others


@pytest.mark.parametrize("times", [1, ALWAYS])
def test_the_lost_reply_of_s3_makes_no_second_bucket(
    bench: Bench, client: Client, times: int
) -> None:
    others, name = in_s3(), new_name()
    with bench.here({PUT: Fault(Act.CUT_AFTER, times)}):
        answer = ask_for(client, name)
    # The SDK asks again by itself.
    assert answer.status == (201 if times == 1 else 503), answer
    sweep()
    if times == 1:
        assert in_s3() == others | {name_in_s3(name)}
        assert_whole(client, name)
    else:
        assert_nothing(client, name, others)


def test_a_bucket_is_whole_where_only_its_account_could_not_be_told(
    bench: Bench, client: Client
) -> None:
    name = new_name()
    with bench.here({UPDATE: DOWN}):
        assert_unavailable(ask_for(client, name))
    sweep()
    assert_whole(client, name)


def test_what_a_repeated_creation_shows_takes_uploads_at_once(bench: Bench, client: Client) -> None:
    name = new_name()
    with bench.here({UPDATE: DOWN}):
        assert_unavailable(ask_for(client, name, "key"))
    # No sweeper has come yet.
    assert ask_for(client, name, "key").status == 201
    assert_whole(client, name)


def sql_steps(bench: Bench, do: Any) -> list[str]:
    """Do it undisturbed; return the statements that it took, in order."""
    with bench.here() as faults:
        do()
        return [step for step in faults.seen if step.startswith("SQL")]


@pytest.mark.parametrize("act", [Act.CUT_BEFORE, Act.CUT_AFTER])
def test_a_creation_whose_connection_ends_leaves_a_whole_bucket_or_nothing(
    bench: Bench, client: Client, act: Act
) -> None:
    others, ends = in_s3(), Counter[str]()
    steps = sql_steps(bench, lambda: ask_for(client, "undisturbed", "key"))
    assert drop(client, "undisturbed").status == 204
    for step in steps:
        name = new_name()
        with bench.here({step: Fault(act)}):
            answer = ask_for(client, name, name)
        assert answer.status in (201, 503), (step, answer)
        sweep()
        ends["whole" if known(name) else "nothing"] += 1
        if known(name):
            assert_whole(client, name)
        else:
            assert answer.status == 503, step
            assert in_s3() == others
        assert ask_for(client, name, name).status == 201, step
        assert_whole(client, name)
        assert drop(client, name).status == 204
        sweep()
        assert in_s3() == others
    assert ends.keys() == {"whole", "nothing"}


@pytest.mark.parametrize("act", [Act.CUT_BEFORE, Act.CUT_AFTER])
def test_a_deletion_whose_connection_ends_leaves_a_whole_bucket_or_nothing(
    bench: Bench, client: Client, act: Act
) -> None:
    others, ends, name = in_s3(), Counter[str](), make(client)
    steps = sql_steps(bench, lambda: drop(client, name))
    for step in steps:
        assert ask_for(client, name).status == 201, step
        with bench.here({step: Fault(act)}):
            answer = drop(client, name)
        assert answer.status in (204, 503), (step, answer)
        assert answer.status == 503 or names(client) == set(), step
        sweep()
        if known(name):
            ends["whole"] += 1
            assert answer.status == 503, step
            assert_whole(client, name)
            assert drop(client, name).status == 204
        else:
            ends["nothing"] += 1
        assert in_s3() == others, step
    assert ends.keys() == {"whole", "nothing"}


@pytest.mark.parametrize("step", OTHERS)
def test_a_deletion_is_done_though_s3_is_late(bench: Bench, client: Client, step: str) -> None:
    others, name = in_s3(), make(client)
    aws.s3("put_object", Bucket=name_in_s3(name), Key="files/left", Body=b"abc")
    with bench.here({step: DOWN}):
        assert drop(client, name).status == 204
        assert names(client) == set()
        assert upload_into(client, name).status == 422
        assert drop(client, name).status == 404
    sweep()
    assert_nothing(client, name, others)
    assert left_undone() in ([], ["account_changed"])


def test_an_object_that_lands_while_its_bucket_is_removed_goes_with_it(
    bench: Bench, client: Client
) -> None:
    others, name = in_s3(), make(client)
    bucket = name_in_s3(name)
    # All that is in it has been deleted: now it goes itself.
    faults = bench.plan({"S3 DELETE bucket": Fault(Act.FREEZE_BEFORE)})
    worker = bench.start("buckets.delete", deletion(client, name), FRAGUA_TIME_SCALE="1")
    faults.await_freeze()
    aws.s3("put_object", Bucket=bucket, Key="files/late", Body=b"abc")
    faults.thaw()
    assert worker.answer()["statusCode"] == 204
    sweep()
    assert in_s3() == others
    assert known(name) is None


@pytest.mark.parametrize("step", [QUERY, UPDATE, f"{QUERY} 2"])
def test_a_deletion_that_dynamodb_does_not_answer_to_is_no_half_one(
    bench: Bench, client: Client, step: str
) -> None:
    others, name = in_s3(), make(client)
    with bench.here({step: DOWN}):
        assert_unavailable(drop(client, name))
    sweep()
    if known(name):
        assert step == QUERY
        assert_whole(client, name)
    else:
        assert in_s3() == others
        assert drop(client, name).status == 404


def test_a_late_deletion_of_a_file_does_not_mind_that_its_bucket_is_gone(
    bench: Bench, client: Client
) -> None:
    name = make(client)
    upload = client.upload(b"abc", bucket=name)
    path = f"/v1/files/{upload['file_id']}"
    with bench.here({"S3 DeleteObject": DOWN}):
        assert client.call("files.delete", "DELETE", path).status == 204
    assert drop(client, name).status == 204
    assert left_undone().count("file_deleted") == 1
    assert sweep()["failed"] == 0
    assert (left_undone(), committed(client)) == ([], 0)


@pytest.mark.parametrize("mode", ["direct", "relay"])
def test_the_sweeper_of_uploads_does_not_mind_that_a_bucket_is_gone(
    bench: Bench, client: Client, mode: str
) -> None:
    others, name = in_s3(), make(client)
    upload = client.begin(b"abc", bucket=name, mode=mode)
    with bench.here({"S3 AbortMultipartUpload": DOWN, "S3 GET bucket": DOWN}):
        path = f"/v1/uploads/{upload['id']}"
        assert client.call("uploads.abort", "DELETE", path).status in (204, 503)
    assert client.get(upload)["status"] == "aborted"
    assert drop(client, name).status == 204
    assert in_s3() == others
    age(client, upload, due_at=0)
    assert invoke("uploads.sweep", {})["mended"] >= 1
    assert committed(client) == 0
