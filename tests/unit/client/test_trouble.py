"""What the client makes of full disks, lost answers, foreign answers and odd names."""

from __future__ import annotations

import io
import json
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from fragua_client import (
    Client,
    File,
    FraguaError,
    MemorySession,
    Outcome,
    Session,
    SessionFile,
    Unreachable,
    upload,
)
from fragua_client.downloading import download, find
from fragua_client.errors import Damaged
from fragua_client.jobs import Options
from fragua_client.journal import Journal, Note
from fragua_client.progress import Lines
from fragua_client.retry import Patience

Json = dict[str, Any]
Handler = Callable[[httpx.Request], httpx.Response]

URL = "http://here"
FILE: Json = {
    "id": "F", "file_name": "a", "size": 3, "content_type": "x/y", "checksums": {},
    "created_at": "2026-11-20T22:30:00Z",
}  # fmt: skip
READY: Json = {
    "id": "U", "file_name": "a", "size": 3, "content_type": "x/y", "mode": "direct",
    "status": "ready", "fragment_size": 5, "fragment_count": 1, "failure": None, "file_id": "F",
    "expires_at": "2026-11-20T22:30:00Z", "missing": [], "received_bytes": 3,
}  # fmt: skip
ABSENT = httpx.Response(404, json={"code": "not_found"})


def _here(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=FILE)


class Server:
    """Takes uploads whose bytes are there already; `routes` come first."""

    def __init__(self, **routes: Handler) -> None:
        self.routes = routes
        self.keys: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path == "/v1/uploads":
            self.keys.append(request.headers["idempotency-key"])
            return self.routes.get("create", self.create)(request)
        if request.url.path.startswith("/v1/uploads/"):
            return httpx.Response(200, json=READY)
        if request.url.path.startswith("/v1/files/"):
            return self.routes.get("file", _here)(request)
        return ABSENT

    def create(self, request: httpx.Request, status: str = "assembling") -> httpx.Response:
        files = json.loads(request.content)["files"]
        new = READY | {"status": status, "file_id": None}
        return httpx.Response(201, json={"uploads": [new for _ in files]})


def connected(handler: Handler) -> Client:
    """A client that speaks to a function in place of both servers."""
    session = MemorySession(Session(URL, "ada", "ada@example.com", "access", "refresh"))
    patience, transport = Patience(attempts=2, first=0), httpx.MockTransport(handler)
    return Client(URL, session, patience, sleep=lambda _: None, transport=transport)


class Room:
    """Files of three bytes, and runs that upload them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal(folder / "journal", URL, "ada")

    def run(self, handler: Handler, *names: str) -> list[Outcome]:
        for name in names:
            (self.folder / name).write_bytes(b"abc")
            os.utime(self.folder / name, (1, 1))
        client = connected(handler)
        try:
            return upload(client, self.journal, [self.folder / name for name in names])
        finally:
            client.close()

    def asked_for(self, name: str, key: str) -> None:
        """Leave what a run leaves that was killed before the answer to its request."""
        path = self.folder / name
        wanted = Options().new_upload(path, 3).body()
        entry = self.journal.claim(path)
        entry.write(Note(str(path.resolve()), 3, 10**9, key, [wanted], 0, time.time()))
        entry.close()


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


def test_a_name_that_looks_like_an_id_is_a_name_too() -> None:
    name = "d41d8cd98f00b204e9800998ecf8427e"

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/files":
            page = {"items": [FILE | {"file_name": name}], "next_cursor": None}
            return httpx.Response(200, json=page)
        return ABSENT

    assert find(connected(handler), name).id == "F"


def test_an_id_that_leads_elsewhere_is_no_part_of_a_path(tmp_path: Path) -> None:
    hostile = File("../../elsewhere", "a", 3, "x/y", {}, "")
    with pytest.raises(FraguaError, match="contains / or"):
        download(connected(lambda _: ABSENT), hostile, tmp_path / "a")


def test_what_can_not_be_checked_is_not_put_together_from_halves(tmp_path: Path) -> None:
    file = File("F", "a", 6, "x/y", {"crc64nvme": "AAAAAAAAAAA="}, "")
    (tmp_path / ".fragua-F.part").write_bytes(b"XXX")
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/download"):
            return httpx.Response(200, json={"url": "http://store/x"})
        asked.append(request.headers.get("range"))
        return httpx.Response(200, stream=Bytes(b"abcdef"))

    done = download(connected(handler), file, tmp_path / "a")
    assert asked == [None]
    assert done.path.read_bytes() == b"abcdef"


def test_more_bytes_than_the_file_has_are_damage(tmp_path: Path) -> None:
    file = File("F", "a", 3, "x/y", {}, "")

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/download"):
            return httpx.Response(200, json={"url": "http://store/x"})
        return httpx.Response(200, stream=Bytes(b"abcdef"))

    with pytest.raises(Damaged, match="more than the file's 3 bytes"):
        download(connected(handler), file, tmp_path / "a")
    assert not (tmp_path / "a").exists()


class Bytes(httpx.SyncByteStream):
    """A body that is read as a stream."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __iter__(self) -> Iterator[bytes]:
        yield self.data


def test_a_name_is_shown_as_it_is() -> None:
    shown = io.StringIO()
    Lines(Console(file=shown, highlight=False, markup=False)).say("report:warning:[b].txt")
    assert shown.getvalue() == "report:warning:[b].txt\n"
