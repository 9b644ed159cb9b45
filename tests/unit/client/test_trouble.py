"""What the client makes of full disks, lost answers and foreign answers."""

from __future__ import annotations

import os
import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from fragua_client import Outcome, Session, SessionFile, Unreachable

from .room import ABSENT, FILE, URL, Room, Server, connected


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@contextmanager
def limited(kind: int, most: int) -> Iterator[None]:
    """A limit of the operating system for this process."""
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def errors(outcomes: list[Outcome]) -> list[str]:
    return [str(outcome.error) for outcome in outcomes]


def test_many_files_need_few_open_ones(room: Room) -> None:
    names = [f"{number}.bin" for number in range(160)]
    with limited(resource.RLIMIT_NOFILE, _open_files() + 120):
        outcomes = room.run(Server(), *names)
    assert Counter(errors(outcomes)) == {"None": 160}


def test_without_a_network_the_files_of_later_groups_are_not_even_tried(room: Room) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down", request=request)

    server = Server(create=down)
    outcomes = room.run(server, *(f"{number}.bin" for number in range(120)))
    assert all(isinstance(outcome.error, Unreachable) for outcome in outcomes)
    # One request, tried twice.
    assert len(server.keys) == 2
    assert len(set(server.keys)) == 1


def test_a_file_that_is_there_is_told_though_the_next_one_can_not_begin(room: Room) -> None:
    room.run(Server(file=lambda _: httpx.Response(500)), "a.bin")

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down", request=request)

    first, second = room.run(Server(create=down), "a.bin", "b.bin")
    assert first.error is None
    assert isinstance(second.error, Unreachable)


def test_nothing_is_asked_for_that_could_not_be_noted(room: Room) -> None:
    server = Server()
    with limited(resource.RLIMIT_FSIZE, 100):
        outcomes = room.run(server, "a.bin", "b.bin")
    assert ["No space left" in error for error in errors(outcomes)] == [True, True]
    assert server.keys == []
    assert errors(room.run(server, "a.bin", "b.bin")) == ["None", "None"]


def test_an_upload_that_could_not_be_noted_is_found_again_by_its_key(room: Room) -> None:
    server = Server()
    (room.folder / "a.bin").write_bytes(b"abc")
    os.utime(room.folder / "a.bin", (1, 1))
    room.asked_for("a.bin", "old")
    (entry,) = (room.folder / "journal").iterdir()
    with limited(resource.RLIMIT_FSIZE, entry.stat().st_size + 20):
        (outcome,) = room.run(server, "a.bin")
    assert "No space left" in str(outcome.error)
    assert errors(room.run(server, "a.bin")) == ["None"]
    assert server.keys == ["old", "old"]


def test_a_file_that_was_deleted_after_it_was_ready_is_uploaded_anew(room: Room) -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        return ABSENT

    # Killed, or refused, between ready and the end.
    room.run(Server(file=gone), "a.bin")
    answers = iter([ABSENT])
    server = Server(file=lambda _: next(answers, httpx.Response(200, json=FILE)))
    assert errors(room.run(server, "a.bin")) == ["None"]
    assert len(server.keys) == 1


def test_an_upload_that_was_asked_for_and_has_ended_is_begun_anew(room: Room) -> None:
    server = Server()

    def create(request: httpx.Request) -> httpx.Response:
        ended = request.headers["idempotency-key"] == "old"
        return server.create(request, "aborted" if ended else "assembling")

    server.routes["create"] = create
    (room.folder / "a.bin").write_bytes(b"abc")
    os.utime(room.folder / "a.bin", (1, 1))
    room.asked_for("a.bin", "old")
    assert errors(room.run(server, "a.bin")) == ["None"]
    assert server.keys[0] == "old"
    assert len(server.keys) == 2


def test_a_registration_whose_answer_was_lost_is_the_same_one() -> None:
    keys = []

    def handler(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers.get("idempotency-key"))
        if len(keys) == 1:
            raise httpx.ReadError("lost", request=request)
        user = {"id": "1", "email": "ada@example.com", "plan": "basic", "role": "user"}
        return httpx.Response(201, json=user)

    assert connected(handler).register("ada@example.com", "p" * 10, "Ada", "L").id == "1"
    assert keys[0] is not None
    assert keys[0] == keys[1]


def test_a_full_disk_is_found_before_the_refresh_token_is_spent(tmp_path: Path) -> None:
    kept = SessionFile(tmp_path / "state" / "session.json")
    old = Session(URL, "ada", "ada@example.com", "access", "refresh")
    kept.save(old)
    spent = []

    def spend(session: Session) -> Session:
        spent.append(session.refresh_token)
        return Session(URL, "ada", "ada@example.com", "newer", "next")

    with limited(resource.RLIMIT_FSIZE, 20), pytest.raises(OSError, match="large"):
        kept.renew(old, spend)
    assert spent == []
    assert kept.renew(old, spend).access_token == "newer"
    assert kept.load() == kept.renew(old, spend)


def test_a_page_in_the_servers_place_is_told_as_that() -> None:
    client = connected(lambda _: httpx.Response(200, text="<html>Log in to the hotel"))
    with pytest.raises(Unreachable, match="here answers, but not as Fragua"):
        client.whoami()
