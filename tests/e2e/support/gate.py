"""A proxy before the API and its store that does what a test plans: it fails, cuts, holds, lies.

Presigned URLs in answers are led through it, too. The store sees its own host, for that is signed.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 30
_STORE = re.compile(rb'"url": ?"http://([^/"]+)/')
_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "host", "expect"}


@dataclass
class Plan:
    """What happens to requests whose `METHOD /path?query` matches, from the `skip`th on."""

    pattern: str
    times: int = 1
    skip: int = 0
    # One of these.
    status: int = 0
    cut_after: int | None = None
    lose_answer: bool = False
    flip: bool = False
    hold: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    line: str
    authorized: bool
    key: str | None


class Gate:
    """Serves `url`; `seen` is all that came through it."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self.held = threading.Semaphore(0)
        self._plans: list[Plan] = []
        self._lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.gate = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def plan(self, pattern: str, **what: Any) -> None:
        """Plan a trouble; see `Plan`."""
        with self._lock:
            self._plans.append(Plan(pattern, **what))

    def clear(self) -> None:
        """From now on all is well, and what was held goes on."""
        with self._lock:
            self._plans.clear()
        self.released.set()

    def lines(self, pattern: str) -> list[str]:
        """What came and matches."""
        return [seen.line for seen in list(self.seen) if re.search(pattern, seen.line)]

    def decide(self, seen: Seen) -> Plan | None:
        """Note a request and say what happens to it."""
        with self._lock:
            self.seen.append(seen)
            for plan in self._plans:
                if re.search(plan.pattern, seen.line):
                    if plan.skip:
                        plan.skip -= 1
                    elif plan.times:
                        plan.times -= 1
                        return plan
        return None


@contextmanager
def gate_before(upstream: str) -> Iterator[Gate]:
    """A gate that is open during the block."""
    gate = Gate(upstream)
    thread = threading.Thread(target=gate.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield gate
    finally:
        gate.clear()
        gate.server.shutdown()
        thread.join()
        gate.server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    gate: Gate

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Peers are killed on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: _Server

    def __getattr__(self, name: str) -> Any:
        # do_GET, do_PUT and so on: one for all methods.
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _serve(self) -> None:
        gate = self.server.gate
        line, key = f"{self.command} {self.path}", self.headers.get("idempotency-key")
        plan = gate.decide(Seen(line, "authorization" in self.headers, key))
        length = int(self.headers.get("content-length", 0))
        if plan and plan.cut_after is not None:
            self.rfile.read(min(length, plan.cut_after))
            self._hang_up()
            return
        if plan and plan.hold:
            gate.held.release()
            gate.released.wait(PATIENCE)
            self._hang_up()
            return
        body = self.rfile.read(length)
        if plan and plan.status:
            self._answer(plan.status, list(plan.headers.items()), plan.body)
            return
        status, headers, content = self._forwarded(body)
        if plan and plan.lose_answer:
            self._hang_up()
            return
        if plan and plan.flip:
            content = bytes([content[0] ^ 1]) + content[1:]
        self._answer(status, headers, content)

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _forwarded(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        target, host = self.path, self.server.gate.upstream
        if target.startswith("/store/"):
            _, _, host, rest = target.split("/", 3)
            target = f"/{rest}"
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP}
        upstream = http.client.HTTPConnection(host, timeout=PATIENCE)
        try:
            upstream.request(self.command, target, body, {**headers, "host": host})
            answer = upstream.getresponse()
            content = answer.read()
            led = f'"url": "{self.server.gate.url}/store/'.encode() + rb"\1/"
            if "json" in (answer.getheader("content-type") or ""):
                content = _STORE.sub(led, content)
            return answer.status, answer.getheaders(), content
        finally:
            upstream.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
