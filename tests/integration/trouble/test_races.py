"""Many at once: exactly one wins, and the numbers add up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

import pytest

from fragua import dynamodb
from fragua.accounts import quota, sessions
from fragua.accounts import service as accounts
from fragua.accounts.schemas import Tokens
from fragua.errors import Problem, Unavailable
from fragua.files import service as files
from fragua.uploads import creation, store
from fragua.uploads import service as uploads
from fragua.uploads.schemas import NewUpload
from tests.support.backend import Client, assemble
from tests.support.bench import (
    Bench,
    assert_whole,
    at_once,
    closed_upload,
    committed,
    rows,
    stored,
)
from tests.support.faults import Faults

ROUNDS = int(os.environ.get("FRAGUA_RACE_ROUNDS", "3"))
MANY = 20
DATA = b"fragua " * 1000


@pytest.fixture
def here(bench: Bench) -> Iterator[Faults]:
    """This process behind the proxies, which make the emulator's tables atomic."""
    with bench.here() as faults:
        yield faults


def ids(client: Client, upload: dict[str, str]) -> tuple[UUID, UUID]:
    return UUID(client.user_id), UUID(upload["id"])


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_completing_and_aborting_at_once_exactly_one_wins(
    here: Faults, client: Client, turn: int
) -> None:
    upload = client.begin(DATA)
    owner, upload_id = ids(client, upload)
    complete: Callable[[], object] = partial(uploads.complete, owner, upload_id, None)
    abort: Callable[[], object] = partial(uploads.abort, owner, upload_id)
    answers = at_once(*[complete, abort] * 3)
    assemble(client.user_id, upload["id"])
    if client.get(upload)["status"] == "ready":
        assert_whole(client, upload, DATA)
        codes = {e.code for e in answers[1::2] if isinstance(e, Problem)}
        assert codes == {"upload_ended"}
        assert not any(isinstance(answer, Exception) for answer in answers[::2])
    else:
        assert client.get(upload)["status"] == "aborted"
        assert (rows(upload), stored(client, upload), committed(client)) == ([], None, 0)
        codes = {e.code for e in answers[::2] if isinstance(e, Problem)}
        assert codes <= {"upload_aborted", "fragment_missing"}
        assert len([e for e in answers[::2] if isinstance(e, Problem)]) == 3
        assert not any(isinstance(answer, Exception) for answer in answers[1::2])


def test_completing_twenty_times_at_once_makes_one_file(here: Faults, client: Client) -> None:
    upload = client.begin(DATA)
    answers = at_once(*[partial(uploads.complete, *ids(client, upload), None)] * MANY)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assemble(client.user_id, upload["id"])
    assert_whole(client, upload, DATA)


def test_creating_uploads_at_the_limit_at_once_never_exceeds_it(
    here: Faults, client: Client
) -> None:
    assert client.token
    account = sessions.authenticate(f"Bearer {client.token}").account
    # Room for two of the twenty.
    size = 5 * 2**30 - 1
    limit = quota.limits(account).storage_quota
    room = limit - 2 * size
    dynamodb.transact([quota.reserve(account.user_id, room, limit)])
    new = NewUpload(file_name="a", size=size)
    answers = at_once(*[partial(creation.create, account, [new])] * MANY)
    refused = [a.code for a in answers if isinstance(a, Problem) and not isinstance(a, Unavailable)]
    assert refused == ["quota_exceeded"] * (MANY - 2)
    assert committed(client) == limit
    assert len(store.page(account.user_id, 200, None, 0)[0]) == 2


def test_aborting_twenty_times_at_once_gives_the_quota_back_once(
    here: Faults, client: Client
) -> None:
    client.begin(DATA)
    upload = client.begin(DATA)
    answers = at_once(*[partial(uploads.abort, *ids(client, upload))] * MANY)
    assert answers == [None] * MANY
    assert committed(client) == len(DATA)


def test_deleting_a_file_twenty_times_at_once_gives_the_quota_back_once(
    here: Faults, client: Client
) -> None:
    client.upload(DATA)
    file_id = UUID(client.upload(DATA)["file_id"])
    answers = at_once(*[partial(files.delete, UUID(client.user_id), file_id)] * MANY)
    assert [a for a in answers if a is None] == [None]
    assert {a.code for a in answers if isinstance(a, Problem)} == {"not_found"}
    assert committed(client) == len(DATA)


def test_a_deletion_delivered_again_and_again_gives_the_quota_back_once(
    here: Faults, client: Client
) -> None:
    client.upload(DATA)
    upload = client.upload(DATA)
    owner, upload_id = ids(client, upload)
    kept = store.get(owner, upload_id)
    assert kept is not None
    payload = {
        "owner_id": client.user_id,
        "upload_id": upload["id"],
        "s3_bucket": kept.s3_bucket,
        "object_key": kept.object_key,
        "size": len(DATA),
    }
    assert at_once(*[partial(files.file_deleted, payload)] * MANY) == [None] * MANY
    assert committed(client) == len(DATA)


def test_of_a_refresh_token_spent_twenty_times_at_once_at_most_one_succeeds(
    here: Faults, client: Client
) -> None:
    answers = at_once(*[partial(accounts.refresh, client.refresh_token)] * MANY)
    won = [answer for answer in answers if isinstance(answer, Tokens)]
    assert len(won) <= 1
    codes = {answer.code for answer in answers if isinstance(answer, Problem)}
    assert codes <= {"token_reused", "session_ended"}
    # Whoever won: a thief may have been among them.
    for tokens in won:
        with pytest.raises(Problem, match="session_ended"):
            accounts.refresh(tokens.refresh_token)
        with pytest.raises(Problem, match="session_ended"):
            sessions.authenticate(f"Bearer {tokens.access_token}")


def test_publishing_twenty_times_at_once_makes_one_row(here: Faults, client: Client) -> None:
    upload = closed_upload(client, DATA)
    new = files.NewFile(
        owner_id=UUID(client.user_id),
        upload_id=UUID(upload["id"]),
        file_name="a",
        size=len(DATA),
        content_type="a/b",
        detected_type=None,
        bucket="default",
        s3_bucket="b",
        object_key="k",
        checksums={},
    )
    answers = at_once(*[partial(files.publish, new)] * MANY)
    assert set(answers) == set(rows(upload))
