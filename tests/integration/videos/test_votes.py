"""One vote for each member and video, by the database; counters that are right at every moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from fragua.database import writer
from fragua.errors import Problem
from fragua.videos import gallery, service
from fragua.videos.tables import videos
from tests.support.backend import Client
from tests.support.videos import (
    assert_gone,
    change,
    counted,
    delete,
    disabled,
    kept,
    public,
    ready,
    sweep,
    vote,
    voters,
    withdraw,
)


def cast(voter: UUID, video_id: UUID) -> str:
    """Vote; return the code of the problem, or `done`."""
    try:
        gallery.vote(voter, video_id)
    except Problem as problem:
        return problem.code
    return "done"


def test_a_vote_is_counted_with_the_video_and_with_its_owner(
    client: Client, stranger: Client
) -> None:
    first, second = public(client), public(client)
    assert [vote(stranger, each).body["votes"] for each in (first, second)] == [1, 1]
    assert counted(first) == (1, 2, 1)
    assert withdraw(stranger, first).status == 204
    assert counted(first) == (0, 1, 0)
    assert counted(second) == (1, 1, 1)


def test_votes_of_a_video_leave_its_owner_with_it_and_come_back(
    client: Client, stranger: Client
) -> None:
    first, second = public(client), public(client)
    assert [vote(stranger, each).status for each in (first, second)] == [201, 201]
    assert change(client, "unpublish", first).status == 200
    assert counted(first) == (1, 1, 1)
    assert change(client, "publish", first).status == 200
    assert counted(first) == (1, 2, 1)


@pytest.mark.parametrize("status", ["processing", "failed", "ready"])
def test_nobody_votes_for_what_is_not_public(client: Client, stranger: Client, status: str) -> None:
    # One could vote for unfinished videos, and for one's own, where this came from.
    video_id = ready(client, status=status)
    for person in (client, stranger):
        assert vote(person, video_id).body["code"] == "not_found"
        assert withdraw(person, video_id).status == 404
    row = kept(video_id)
    assert row is not None
    assert row["votes"] == 0


def test_nobody_votes_for_his_own_nor_for_one_that_was_deleted(
    client: Client, stranger: Client
) -> None:
    video_id = public(client)
    assert vote(client, video_id).body["code"] == "own_video"
    assert change(client, "unpublish", video_id).status == 200
    assert delete(client, video_id).status == 204
    assert vote(stranger, video_id).status == 404


def test_a_vote_waits_while_the_owner_is_disabled(client: Client, stranger: Client) -> None:
    video_id = public(client)
    vote(stranger, video_id)
    with disabled(client):
        assert vote(stranger, video_id).status == 404
        assert withdraw(stranger, video_id).status == 404
    assert vote(stranger, video_id).body["code"] == "already_voted"
    assert counted(video_id) == (1, 1, 1)


def test_a_voted_video_is_deleted_with_its_votes(client: Client, stranger: Client) -> None:
    # That answered 500 where this came from.
    video_id = public(client)
    vote(stranger, video_id)
    assert change(client, "unpublish", video_id).status == 200
    assert delete(client, video_id).status == 204
    assert_gone(client, video_id)


def test_more_votes_than_one_try_deletes_are_deleted_by_the_next(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = public(client)
    for voter in voters(5):
        gallery.vote(voter, UUID(video_id))
    assert change(client, "unpublish", video_id).status == 200
    # What is left otherwise needs forty thousand votes.
    monkeypatch.setattr(service, "_BATCH", 2)
    monkeypatch.setattr(service, "_STATEMENTS", 2)
    assert delete(client, video_id).status == 204
    assert kept(video_id) is not None
    assert sweep()["failed"] == 0
    assert_gone(client, video_id)


def test_a_thousand_votes_at_once_are_a_thousand(client: Client) -> None:
    video_id, people = public(client), voters(200)
    # Each votes five times at once; one of them counts. A pool's worth of connections at a time.
    with ThreadPoolExecutor(16) as threads:
        votes = [threads.submit(cast, who, UUID(video_id)) for _ in range(5) for who in people]
    codes = [each.result() for each in votes]
    assert codes.count("done") == len(people)
    assert codes.count("already_voted") == 4 * len(people)
    assert counted(video_id) == (200, 200, 200)


def test_a_vote_that_meets_an_unpublishing_is_counted_or_refused(client: Client) -> None:
    people = voters(20)
    video_id = public(client)
    owner, video = UUID(client.user_id), UUID(video_id)
    with ThreadPoolExecutor(8) as threads:
        votes = [threads.submit(cast, who, video) for who in people]
        turns = [
            threads.submit(turn)
            for _ in range(5)
            for turn in (
                lambda: service.unpublish(owner, video, moderates=False),
                lambda: service.publish(owner, video),
            )
        ]
    assert not [turn for turn in turns if turn.exception()]
    done = [each.result() for each in votes].count("done")
    service.publish(owner, video)
    assert counted(video_id) == (done, done, done)


def test_counters_never_go_below_nothing(client: Client) -> None:
    video_id = public(client)
    with writer() as db, pytest.raises(Exception, match="players_counters_check"):
        gallery._count(db, UUID(video_id), -1)  # noqa: SLF001 - nothing else could do it


def test_a_deleted_video_is_never_public(client: Client) -> None:
    video_id = public(client)
    gone = videos.update().where(videos.c.id == UUID(video_id)).values(deleted_at="2026-01-01")
    with pytest.raises(Exception, match="videos_deleted_check"), writer() as db:
        db.execute(gone)
