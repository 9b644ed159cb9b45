"""A message comes twice, or when everything is over: nothing happens twice."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

import pytest

from fragua.uploads import store
from fragua.uploads.upload import Upload
from tests.support.backend import Client, assemble, message
from tests.support.bench import (
    COMMIT,
    HURRY,
    INSERT,
    READY,
    Bench,
    after_lease,
    assert_failed,
    assert_whole,
    closed_upload,
    committed,
    crc32,
    rows,
    sha256,
    stored,
)
from tests.support.events import queue_event
from tests.support.faults import Act, Fault

ROUNDS = int(os.environ.get("FRAGUA_RACE_ROUNDS", "3"))
DATA = b"fragua " * 1000
DONE: dict[str, list[Any]] = {"batchItemFailures": []}
AGAIN = {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def delete(client: Client, file_id: str) -> int:
    return client.call("files.delete", "DELETE", f"/v1/files/{file_id}").status


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_workers_at_once_make_one_file(bench: Bench, client: Client, turn: int) -> None:
    upload = closed_upload(client, DATA)
    workers = [bench.assemble(upload, client) for _ in range(2)]
    assert [worker.answer() for worker in workers] == [DONE, DONE]
    assert_whole(client, upload, DATA)


@pytest.mark.parametrize("step", ["S3 HeadObject", INSERT, COMMIT])
def test_a_worker_that_outlived_its_lease_makes_no_second_file(
    bench: Bench, client: Client, step: str
) -> None:
    upload = closed_upload(client, DATA)
    faults = bench.plan({step: Fault(Act.FREEZE_BEFORE)})
    slow = bench.assemble(upload, client)
    faults.await_freeze()
    after_lease(client, upload)
    # PostgreSQL lets the second wait for the first one's transaction: it must end by itself.
    quick = bench.assemble(upload, client)
    if step != COMMIT:
        assert quick.answer() == DONE
    faults.thaw()
    # Its last word comes too late, so it is to look again.
    assert slow.answer() in (DONE, AGAIN)
    if step == COMMIT:
        assert quick.answer() == DONE
    assert_whole(client, upload, DATA)


def test_the_message_again_after_ready_changes_nothing(bench: Bench, client: Client) -> None:
    upload = client.upload(DATA)
    assert assemble(client.user_id, upload["id"]) == DONE
    assert_whole(client, upload, DATA)


def test_the_message_again_after_failed_changes_nothing(bench: Bench, client: Client) -> None:
    upload = client.upload(DATA, checksum=sha256(b"other"))
    assert assemble(client.user_id, upload["id"]) == DONE
    assert_failed(client, upload, "checksum_mismatch")


def test_the_message_again_after_its_file_was_deleted_changes_nothing(
    bench: Bench, client: Client
) -> None:
    kept, upload = client.upload(DATA), client.upload(DATA)
    assert delete(client, upload["file_id"]) == 204
    assert assemble(client.user_id, upload["id"]) == DONE
    assert (rows(upload), stored(client, upload)) == ([], None)
    assert committed(client) == kept["size"]


def test_a_message_for_an_aborted_upload_changes_nothing(bench: Bench, client: Client) -> None:
    upload = client.begin(DATA)
    assert client.call("uploads.abort", "DELETE", f"/v1/uploads/{upload['id']}").status == 204
    assert assemble(client.user_id, upload["id"]) == DONE
    assert client.get(upload)["status"] == "aborted"
    assert (rows(upload), stored(client, upload), committed(client)) == ([], None, 0)


def test_a_message_for_an_upload_that_still_receives_changes_nothing(
    bench: Bench, client: Client
) -> None:
    upload = client.begin(DATA)
    assert assemble(client.user_id, upload["id"]) == DONE
    assert client.get(upload)["status"] == "receiving"
    assert committed(client) == len(DATA)


def test_a_file_deleted_before_its_upload_was_said_to_be_ready_stays_deleted(
    bench: Bench, client: Client
) -> None:
    # The worker died after the commit: the file is listed, and its owner deletes it at once.
    kept, upload = client.upload(DATA), closed_upload(client, DATA)
    faults = bench.plan({READY: Fault(Act.FREEZE_BEFORE)})
    worker = bench.assemble(upload, client)
    faults.await_freeze()
    worker.kill()
    (file_id,) = rows(upload)
    assert delete(client, str(file_id)) == 204
    after_lease(client, upload)
    bench.plan()
    assert bench.assemble(upload, client).answer() == DONE
    assert client.get(upload)["status"] in {"ready", "failed"}
    assert (rows(upload), stored(client, upload)) == ([], None)
    assert committed(client) == kept["size"]


def give_up(upload: Upload) -> None:
    """Fail an upload as a worker does whose last try was refused."""
    assert store.lease(upload, "last")
    failure = {"code": "assembly_failed", "detail": "The file could not be put together."}
    assert store.end(upload, "failed", failure, "last")


@pytest.mark.parametrize("step", ["S3 GetObject", INSERT, COMMIT])
def test_the_slow_worker_of_an_upload_that_was_given_up_leaves_no_file(
    bench: Bench, client: Client, step: str
) -> None:
    upload = closed_upload(client, DATA)
    faults = bench.plan({step: Fault(Act.FREEZE_BEFORE)})
    slow = bench.assemble(upload, client)
    faults.await_freeze()
    after_lease(client, upload)
    kept = store.get(UUID(client.user_id), UUID(upload["id"]))
    assert kept is not None
    give_up(kept)
    faults.thaw()
    assert slow.answer() == AGAIN
    assert assemble(client.user_id, upload["id"]) == DONE
    assert_failed(client, upload, "assembly_failed")


def test_an_unknown_upload_is_no_reason_to_try_again(bench: Bench, client: Client) -> None:
    nothing = str(UUID(int=1))
    assert assemble(client.user_id, nothing) == DONE
    assert assemble(nothing, nothing) == DONE


POISON: list[Any] = [
    "not JSON",
    "null",
    "[]",
    '"text"',
    "{}",
    {"owner_id": "1", "upload_id": "2"},
    {"owner_id": None, "upload_id": None},
    "\ud800",
]


@pytest.mark.parametrize("poison", POISON, ids=repr)
def test_of_ten_messages_only_the_poisonous_one_is_reported(
    bench: Bench, client: Client, poison: Any
) -> None:
    uploads = [closed_upload(client, b"x") for _ in range(2)]
    good = [message(client.user_id, upload["id"]) for upload in uploads]
    unknown = [message(client.user_id, str(UUID(int=n))) for n in range(7)]
    event = queue_event(*unknown, good[0], poison, good[1])
    assert bench.start("uploads.assemble", event).answer() == {
        "batchItemFailures": [{"itemIdentifier": "message-8"}]
    }
    assert [client.get(upload)["status"] for upload in uploads] == ["ready", "ready"]


@pytest.mark.parametrize("algorithm", ["crc32", "crc64nvme", "sha256"])
def test_bytes_with_another_checksum_are_never_published(
    bench: Bench, client: Client, algorithm: str
) -> None:
    wrong = {"crc32": "AAAAAA==", "crc64nvme": "AAAAAAAAAAA=", "sha256": sha256(b"")["value"]}
    declared = {"algorithm": algorithm, "value": wrong[algorithm]}
    upload = client.upload(DATA, checksum=declared)
    assert_failed(client, upload, "checksum_mismatch")


def test_a_right_checksum_is_no_hindrance(bench: Bench, client: Client) -> None:
    upload = client.upload(DATA, checksum=crc32(DATA))
    assert_whole(client, upload, DATA)


def test_a_lease_is_one_workers_at_a_time(bench: Bench, client: Client) -> None:
    upload = closed_upload(client, DATA)
    with bench.here(None, **HURRY):
        kept = store.get(UUID(client.user_id), UUID(upload["id"]))
        assert kept is not None
        assert store.lease(kept, "one")
        assert store.lease(kept, "two") is None
        assert store.lease(kept, "one")
    after_lease(client, upload)
    assert store.lease(kept, "two")
