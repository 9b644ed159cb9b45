"""A client, what it uploads, and a function in the servers' place."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from fragua_client import Client, MemorySession, Outcome, Session, upload
from fragua_client.jobs import Options
from fragua_client.journal import Journal, Note
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


def here(_: httpx.Request) -> httpx.Response:
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
            return self.routes.get("file", here)(request)
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
