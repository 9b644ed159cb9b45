"""A proxy before PostgreSQL that does what a plan of faults says.

It reads the client's messages (PostgreSQL's "Frontend/Backend Protocol", simple queries as
psycopg2 sends them) and names those that matter: `SQL INSERT INTO files`, `SQL COMMIT`.
"""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress

from sqlalchemy import make_url

from tests.support.faults import Act, Faults, Proxy

_TOUCHES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|FROM) (\w+)")
# Sent before a connection speaks the protocol: 8 bytes, answered with one.
_SSL_REQUEST = 80877103


def step(sql: str) -> str | None:
    """Name a statement that matters: one on a table, or the commit."""
    if sql.startswith("COMMIT"):
        return "SQL COMMIT"
    match = _TOUCHES.search(sql)
    if match is None or match[2].startswith("pg_"):
        # The driver looking around in the catalogue.
        return None
    return f"SQL {'SELECT' if match[1] == 'FROM' else match[1]} {match[2]}"


class SqlProxy(Proxy):
    """Stands before the server of `url`; `database_url` leads through it."""

    def __init__(self, url: str) -> None:
        self._upstream = make_url(url)
        super().__init__()

    @property
    def database_url(self) -> str:
        """The URL to give to the code."""
        url = self._upstream.set(host="127.0.0.1", port=self.port)
        return url.render_as_string(hide_password=False)

    def _serve(self, connection: socket.socket) -> None:
        address = (self._upstream.host or "", self._upstream.port or 5432)
        with socket.create_connection(address) as upstream:
            _Session(connection, upstream, self.faults).run()


class _Session:
    """One connection: this thread pumps towards the server, another one back."""

    def __init__(self, client: socket.socket, server: socket.socket, faults: Faults) -> None:
        self._client, self._server, self._faults = client, server, faults
        # What happens to the next reply; PASS mostly.
        self._reply = Act.PASS
        self._back = threading.Thread(target=self._pump_back, daemon=True)

    def run(self) -> None:
        self._back.start()
        try:
            self._pump()
        finally:
            self._end()
            self._back.join(5)

    def _end(self) -> None:
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _pump(self) -> None:
        while self._startup():
            pass
        while True:
            head = _read(self._client, 5)
            body = _read(self._client, int.from_bytes(head[1:]) - 4)
            kind = step(body.rstrip(b"\0").decode()) if head[:1] == b"Q" else None
            act = self._faults.decide(kind).act if kind else Act.PASS
            if act is Act.CUT_BEFORE:
                return
            frozen = self._faults.dark.is_set() or act is Act.FREEZE_BEFORE
            if frozen and not self._faults.hold():
                return
            self._reply = act
            self._server.sendall(head + body)

    def _startup(self) -> bool:
        """Pass the first message on; True when it only asked for TLS, so another one follows."""
        length = _read(self._client, 4)
        body = _read(self._client, int.from_bytes(length) - 4)
        if self._faults.dark.is_set():
            self._faults.hold()
        self._server.sendall(length + body)
        return int.from_bytes(body[:4]) == _SSL_REQUEST

    def _pump_back(self) -> None:
        with suppress(OSError):
            while data := self._server.recv(65536):
                # The reply has come, so the server has done it.
                if self._reply is Act.FREEZE_AFTER and not self._faults.hold():
                    break
                if self._reply is Act.CUT_AFTER:
                    break
                self._client.sendall(data)
        self._end()


def _read(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
