"""The service in memory, as the contract has it, and the command line before it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from rich.console import Console

from fragua_client import Client, MemorySession, Session
from fragua_client.arguments import parse
from fragua_client.cli import told
from fragua_client.desk import Desk
from fragua_client.retry import Patience

Json = dict[str, Any]

URL = "http://here"
WHEN = "2026-11-20T22:30:00Z"
# Smaller than any list of the tests, so that all of them come in pages.
PAGE = 2


def number(position: int) -> str:
    """An id."""
    return str(UUID(int=position))


def file(position: int, name: str, bucket: str = "default") -> Json:
    """A file as the API shows it."""
    kind = {"size": 3, "content_type": "x/y", "checksums": {}, "created_at": WHEN}
    return {"id": number(position), "file_name": name, "bucket": bucket} | kind


def image(position: int, name: str, **known: Any) -> Json:
    """An image as the API shows it, by default one that is being looked at."""
    unknown: Json = {"status": "processing", "width": None, "height": None, "thumbnails": []}
    return {"file_id": number(position), "name": name} | unknown | known


def problem(status: int, code: str, detail: str, **more: Any) -> httpx.Response:
    """A problem document."""
    document = {"code": code, "detail": detail, "request_id": "r-1"} | more
    return httpx.Response(status, json=document)


@dataclass
class Service:
    """What it holds, newest first; `lost` answers get lost on their way; `refusal` is its answer.

    `seen` are the requests that came: `METHOD /path`.
    """

    files: list[Json] = field(default_factory=list)
    images: list[Json] = field(default_factory=list)
    links: list[Json] = field(default_factory=list)
    buckets: list[Json] = field(default_factory=list)
    refusal: httpx.Response | None = None
    lost: int = 0
    seen: list[str] = field(default_factory=list)
    queries: list[Json] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    _made: dict[str, Json] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        self.seen.append(f"{request.method} {path}")
        answer = self._answers(path, request)
        if self.lost and request.method != "GET":
            self.lost -= 1
            raise httpx.ReadError("lost", request=request)
        return answer

    def _answers(self, path: str, request: httpx.Request) -> httpx.Response:
        if self.refusal and request.method != "GET":
            return self.refusal
        routes: list[tuple[str, Callable[[httpx.Request, str], httpx.Response]]] = [
            ("POST /v1/buckets", self._create_bucket),
            ("POST /v1/files/([^/]+)/links", self._create_link),
            ("DELETE .*/([^/]+)", lambda *_: httpx.Response(204)),
            ("GET /v1/files/([^/]+)/links", lambda query, _: self._page(query, self.links)),
            ("GET /v1/files/([^/]+)", self._file),
            ("GET /v1/([a-z]+)", self._list),
        ]
        for pattern, answer in routes:
            if match := re.fullmatch(pattern, f"{request.method} {path}"):
                return answer(request, "".join(match.groups()))
        return problem(404, "not_found", "No such thing.")

    def _create_bucket(self, request: httpx.Request, _: str) -> httpx.Response:
        name = json.loads(request.content)["name"]
        new = {"name": name, "owner_id": number(9), "region": "eu-south-2", "created_at": WHEN}
        return self._create(request, self.buckets, new)

    def _create_link(self, request: httpx.Request, file_id: str) -> httpx.Response:
        body = json.loads(request.content)
        new = {
            "id": number(100 + len(self.links)), "file_id": file_id, "created_at": WHEN,
            "expires_at": WHEN, "max_downloads": body.get("max_downloads"), "downloads": 0,
        }  # fmt: skip
        secret = {"token": "secret", "url": f"{URL}/l/secret"}
        return self._create(request, self.links, new, secret)

    def _create(
        self, request: httpx.Request, into: list[Json], new: Json, secret: Json | None = None
    ) -> httpx.Response:
        """Once for each key."""
        self.bodies.append(json.loads(request.content))
        key = request.headers["idempotency-key"]
        if key not in self._made:
            self._made[key] = new
            into.insert(0, new)
        return httpx.Response(201, json=self._made[key] | (secret or {}))

    def _file(self, _: httpx.Request, file_id: str) -> httpx.Response:
        found = [one for one in self.files if one["id"] == file_id]
        return httpx.Response(200, json=found[0]) if found else problem(404, "not_found", "No.")

    def _list(self, request: httpx.Request, what: str) -> httpx.Response:
        asked = request.url.params
        self.queries.append(dict(asked))
        rows: list[Json] = getattr(self, what)
        for name, key in (("name", "file_name"), ("bucket", "bucket")):
            if name in asked:
                prefix = asked[name].lower()
                rows = [row for row in rows if row[key].lower().startswith(prefix)]
        return self._page(request, rows)

    def _page(self, request: httpx.Request, rows: list[Json]) -> httpx.Response:
        begin = int(request.url.params.get("cursor", 0))
        end = begin + PAGE
        following = str(end) if rows[end:] else None
        return httpx.Response(200, json={"items": rows[begin:end], "next_cursor": following})


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def connected(service: Callable[[httpx.Request], httpx.Response]) -> Client:
    """A client that speaks to a function in the server's place."""
    session = MemorySession(Session(URL, "ada", "ada@example.com", "access", "refresh"))
    patience, transport = Patience(attempts=3, first=0), httpx.MockTransport(service)
    return Client(URL, session, patience, sleep=lambda _: None, transport=transport)


def fragua(service: Service, *arguments: str, terminal: bool = False) -> Ran:
    """Run a command of somebody who is logged in; `terminal`: somebody looks at its output."""
    out, err = io.StringIO(), io.StringIO()
    consoles = [
        Console(file=file, width=120, highlight=False, markup=False, force_terminal=tty)
        for file, tty in ((out, terminal), (err, False))
    ]
    given, client = parse(arguments), connected(service)
    try:
        code = told(consoles[1], lambda: int(given.run(Desk(client, given, *consoles))))
    finally:
        client.close()
    return Ran(code, out.getvalue(), err.getvalue())
