"""A bucket is dropped while an upload into it begins, and the other way round, at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from uuid import UUID

import pytest

from fragua.accounts import sessions
from fragua.accounts.sessions import Account
from fragua.buckets import service as buckets
from fragua.errors import Invalid, Problem
from fragua.uploads import creation
from fragua.uploads import service as uploads
from fragua.uploads.schemas import NewUpload
from tests.support.backend import Answer, Client
from tests.support.bench import at_once, committed
from tests.support.buckets import (
    ask_for,
    drop,
    empty_outbox,
    in_s3,
    make,
    names,
    sweep,
    upload_into,
)
from tests.support.interruptions import Interruptions

# Nothing here takes as many steps: a test that never gets to its end fails.
MOST = 150
ROUNDS = 25
pytestmark = pytest.mark.timeout(300)
MODES = pytest.mark.parametrize("mode", ["direct", "relay"])


@pytest.fixture
def interruptions(client: Client) -> Interruptions:
    """Interruptions of this process; the outbox holds nothing of earlier tests."""
    empty_outbox()
    return Interruptions()


def every_step(
    interruptions: Interruptions, do: Callable[[], Answer], between: Callable[[], Answer]
) -> Iterator[tuple[Answer, Answer]]:
    """Do something again and again, with the other thing a step later each time.

    Yields what both answered, until the other thing would come after the end.
    """
    answers: list[Answer] = []
    for step in count():
        assert step < MOST
        with interruptions.after(step, lambda: answers.append(between())) as happened:
            answer = do()
            if not happened():
                return
        yield answer, answers.pop()


def judge(client: Client, name: str, uploaded: Answer, dropped: Answer) -> str:
    """Say which of the two came to be: the other one must have been refused, with its reason."""
    if uploaded.status == 201:
        assert (dropped.status, dropped.body["code"]) == (409, "bucket_not_empty")
        assert names(client) == {name}
        (upload,) = uploaded.body["uploads"]
        path = f"/v1/uploads/{upload['id']}"
        assert client.call("uploads.abort", "DELETE", path).status == 204
        return "upload"
    assert (uploaded.status, dropped.status) == (422, 204), (uploaded, dropped)
    assert [each["pointer"] for each in uploaded.body["errors"]] == ["/files/0/bucket"]
    assert names(client) == set()
    assert ask_for(client, name).status == 201
    return "drop"


@MODES
def test_an_upload_during_a_deletion_is_refused_or_keeps_the_bucket(
    client: Client, interruptions: Interruptions, mode: str
) -> None:
    others, name = in_s3(), make(client)
    upload = partial(upload_into, client, name, mode=mode)
    ends = {
        judge(client, name, uploaded, dropped)
        for dropped, uploaded in every_step(interruptions, lambda: drop(client, name), upload)
    }
    assert ends == {"upload", "drop"}
    assert_nothing_left(client, others)


@MODES
def test_a_deletion_during_the_beginning_of_an_upload_is_refused_or_wins(
    client: Client, interruptions: Interruptions, mode: str
) -> None:
    others, name = in_s3(), make(client)
    upload = partial(upload_into, client, name, mode=mode)
    ends = {
        judge(client, name, uploaded, dropped)
        for uploaded, dropped in every_step(interruptions, upload, lambda: drop(client, name))
    }
    assert ends == {"upload", "drop"}
    assert_nothing_left(client, others)


def assert_nothing_left(client: Client, others: set[str]) -> None:
    """Give up what the last turn, that nothing interrupted, has made."""
    for upload in client.call("uploads.list", "GET", "/v1/uploads").body["items"]:
        client.call("uploads.abort", "DELETE", f"/v1/uploads/{upload['id']}")
    for name in names(client):
        assert drop(client, name).status == 204
    assert committed(client) == 0
    sweep()
    assert in_s3() == others


@MODES
def test_an_upload_of_somebody_who_knew_the_bucket_before_is_told_that_it_is_gone(
    client: Client, mode: str
) -> None:
    name = make(client)
    account = known_before(client)
    assert drop(client, name).status == 204
    new = NewUpload.model_validate({"file_name": "a", "size": 3, "bucket": name, "mode": mode})
    with pytest.raises(Invalid) as refused:
        creation.create(account, [NewUpload(file_name="b", size=3), new])
    assert [each["pointer"] for each in refused.value.members["errors"]] == ["/files/1/bucket"]
    assert committed(client) == 0


def known_before(client: Client) -> Account:
    return sessions.authenticate(f"Bearer {client.token}").account


@MODES
def test_uploads_and_deletions_at_once_never_lose_both(client: Client, mode: str) -> None:
    owner_id, name, ends = UUID(client.user_id), make(client), set[str]()
    new = NewUpload.model_validate({"file_name": "a", "size": 3, "bucket": name, "mode": mode})
    for _ in range(ROUNDS):
        # The services themselves: a handler serves one request at a time.
        upload = partial(creation.create, known_before(client), [new])
        dropped, *uploaded = at_once(partial(buckets.drop, owner_id, name), upload, upload)
        if dropped is None:
            ends.add("drop")
            assert [type(each) for each in uploaded] == [Invalid] * 2, uploaded
            assert ask_for(client, name).status == 201
            continue
        ends.add("upload")
        assert isinstance(dropped, Problem)
        assert dropped.code == "bucket_not_empty"
        assert names(client) == {name}
        begun = [each for each in uploaded if isinstance(each, list)]
        assert begun, uploaded
        for (each,) in begun:
            uploads.abort(owner_id, each.id)
    assert committed(client) == 0
    assert ends
