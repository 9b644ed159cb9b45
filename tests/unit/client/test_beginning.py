"""How uploads begin: in batches, with a key that is noted first, and one culprit at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fragua_client import Client, FraguaError, MemorySession, NewUpload, Refused, Upload
from fragua_client.beginning import begin, prepare
from fragua_client.jobs import Job, Options
from fragua_client.journal import Journal
from fragua_client.reporting import Silent

OPTIONS = Options()


class Server(Client):
    """Begins uploads as the API does: all of a batch or none; `refusals` come first."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", MemorySession())
        self.requests: list[tuple[str, list[str]]] = []
        self.refusals: dict[str, int] = {}

    def create_uploads(self, files: Sequence[NewUpload], key: str) -> list[Upload]:
        names = [file.file_name for file in files]
        self.requests.append((key, names))
        for name in names:
            if name in self.refusals:
                raise Refused(self.refusals[name], {"detail": f"not {name}"})
        return [upload(file, f"{key}/{at}") for at, file in enumerate(files)]


def upload(file: NewUpload, upload_id: str) -> Upload:
    known = (file.file_name, file.size, file.content_type, file.mode)
    return Upload(upload_id, *known, "receiving", 1, 1, "", None, None, [(1, 1)], 0)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


class Room:
    """Files in a folder, and runs that begin to upload them."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self.server = server
        self.journal = Journal(folder / "journal", "https://a", "ada")

    def run(self, *names: str) -> list[Job]:
        """One run of the client as far as it begins, killed afterwards."""
        jobs = [Job(self.folder / name) for name in names]
        for job in jobs:
            if not job.path.exists():
                job.path.touch()
            prepare(self.server, self.journal, OPTIONS, Silent(), job)
        try:
            begin(self.server, jobs, OPTIONS)
        finally:
            for job in jobs:
                job.close()
        return jobs


@pytest.fixture
def room(tmp_path: Path, server: Server) -> Room:
    return Room(tmp_path, server)


def test_fifty_files_go_into_one_request(room: Room, server: Server) -> None:
    jobs = room.run(*(f"{number}.bin" for number in range(101)))
    assert [len(names) for _, names in server.requests] == [50, 50, 1]
    assert len({key for key, _ in server.requests}) == 3
    assert len({job.begun.id for job in jobs}) == 101


def test_only_the_culprit_of_a_batch_fails(room: Room, server: Server) -> None:
    server.refusals["huge"] = 413
    jobs = room.run("a", "huge", "b")
    assert [job.error is None for job in jobs] == [True, False, True]
    assert [names for _, names in server.requests[1:]] == [["a"], ["huge"], ["b"]]
    assert len(list((room.folder / "journal").iterdir())) == 2


def test_nobody_is_a_culprit_of_a_server_in_trouble(room: Room, server: Server) -> None:
    server.refusals["a"] = 503
    jobs = room.run("a", "b")
    assert all(isinstance(job.error, Refused) for job in jobs)
    assert len(server.requests) == 1


def test_the_next_run_sends_the_same_request_with_the_same_key(room: Room, server: Server) -> None:
    server.refusals["a"] = 503
    room.run("a", "b", "c")
    server.refusals.clear()
    # One of them alone: the others come with it, for the request must be the same.
    (job,) = room.run("b")
    first, again = server.requests
    assert first == again
    assert job.begun.id == f"{first[0]}/1"


def test_a_key_of_yesterday_is_not_used_again(room: Room, server: Server) -> None:
    server.refusals["a"] = 503
    room.run("a")
    entry = room.journal.claim(room.folder / "a")
    assert entry.note
    entry.write(replace(entry.note, begun_at=entry.note.begun_at - 24 * 3600))
    entry.close()
    server.refusals.clear()
    room.run("a")
    first, second = server.requests
    assert first[0] != second[0]


def test_a_name_that_the_api_forbids_is_never_asked_for(room: Room, server: Server) -> None:
    with pytest.raises(FraguaError, match="contains / or"):
        room.run("back\\slash")
    assert server.requests == []
