"""A store with S3's manners in time: a latency before each answer, a rate for each connection.

An emulator in one Python process is bound by its own interpreter, whatever the client does, and
joins parts by copying them. This one keeps objects in files, sends them by sendfile, and joins
parts by noting their names. It checks nothing: it is here to be measured against, not to be right.

Defaults: Amazon's "Best practices design patterns: optimizing Amazon S3 performance" counts 85 to
90 MB/s for each connection, and 100 to 200 ms to the first byte; we take 85 and a mild 30.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import parse_qs, unquote, urlsplit

CHUNK = 1024 * 1024
LATENCY = 0.030
RATE = 85e6


@dataclass
class Kept:
    """An object: its files in order, and the headers that HEAD shows."""

    files: list[Path]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.stat().st_size for file in self.files)


class Store:
    """Everything that is kept, and what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.objects: dict[str, Kept] = {}
        self.uploads: dict[str, tuple[str, dict[str, str], dict[int, Path]]] = {}
        self.counters: Counter[str] = Counter()
        self.lock = Lock()

    def new_file(self) -> Path:
        """Name a file that is not there yet."""
        return self.folder / os.urandom(12).hex()


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    store: Store

    def setup(self) -> None:
        """Answer at once: Nagle's algorithm would add 40 ms to each answer."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _asked(self) -> tuple[str, dict[str, str]]:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query, True).items()}
        with self.store.lock:
            self.store.counters[self.command] += 1
        time.sleep(LATENCY)
        return unquote(url.path), query

    def _answer(self, status: int, body: bytes = b"", /, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "content_length" not in headers:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _received(self) -> tuple[Path, str]:
        """Take a body at the connection's rate; return its file and ETag."""
        left, begun, taken = int(self.headers["content-length"]), time.monotonic(), 0
        path, digest = self.store.new_file(), hashlib.md5(usedforsecurity=False)
        with path.open("wb") as file:
            while left:
                chunk = self.rfile.read(min(CHUNK, left))
                file.write(chunk)
                digest.update(chunk[:64])
                left, taken = left - len(chunk), taken + len(chunk)
                self._pace(begun, taken)
        return path, f'"{digest.hexdigest()}"'

    @staticmethod
    def _pace(begun: float, done: int) -> None:
        time.sleep(max(0.0, begun + done / RATE - time.monotonic()))

    def do_PUT(self) -> None:
        """Serve PutObject and UploadPart."""
        key, query = self._asked()
        path, etag = self._received()
        if "partNumber" in query:
            self.store.uploads[query["uploadId"]][2][int(query["partNumber"])] = path
        else:
            self.store.objects[key] = Kept([path], self._meta())
        self._answer(200, ETag=etag)

    def _meta(self) -> dict[str, str]:
        wanted = ("x-amz-meta-", "x-amz-checksum-crc")
        return {k.lower(): v for k, v in self.headers.items() if k.lower().startswith(wanted)}

    def do_POST(self) -> None:
        """Serve CreateMultipartUpload, CompleteMultipartUpload and DeleteObjects."""
        key, query = self._asked()
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        if "uploads" in query:
            upload_id = os.urandom(8).hex()
            self.store.uploads[upload_id] = (key, self._meta(), {})
            kind = "InitiateMultipartUploadResult"
            text = f"<{kind}><UploadId>{upload_id}</UploadId></{kind}>"
        elif "uploadId" in query:
            _, meta, parts = self.store.uploads.pop(query["uploadId"])
            named = [int(n) for n in re.findall(r"<PartNumber>(\d+)</PartNumber>", body)]
            self.store.objects[key] = Kept([parts[number] for number in named], meta | self._meta())
            text = '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>'
        else:
            for name in re.findall(r"<Key>([^<]+)</Key>", body):
                self._drop(f"{key.rstrip('/')}/{name}")
            text = "<DeleteResult></DeleteResult>"
        self._answer(200, text.encode(), content_type="application/xml")

    def _drop(self, key: str) -> None:
        kept = self.store.objects.pop(key, None)
        for file in kept.files if kept else []:
            file.unlink()

    def do_DELETE(self) -> None:
        """Serve DeleteObject and AbortMultipartUpload."""
        key, query = self._asked()
        if "uploadId" not in query:
            self._drop(key)
        self._answer(204)

    def do_HEAD(self) -> None:
        """Serve HeadObject."""
        key, _ = self._asked()
        kept = self.store.objects.get(key)
        if kept is None:
            self._answer(404)
        else:
            self._answer(200, b"", content_length=str(kept.size), **kept.headers)

    def do_GET(self) -> None:
        """Serve GetObject, ListParts, ListObjectsV2, and the counters."""
        if self.path == "/counters":
            self._answer(200, json.dumps(self.store.counters).encode())
            return
        key, query = self._asked()
        if "uploadId" in query:
            self._list_parts(query["uploadId"])
        elif "list-type" in query:
            self._list(key, query.get("prefix", ""))
        else:
            self._send(self.store.objects[key])

    def _list_parts(self, upload_id: str) -> None:
        parts = sorted(self.store.uploads[upload_id][2].items())
        listed = "".join(
            f"<Part><PartNumber>{number}</PartNumber><Size>{path.stat().st_size}</Size>"
            '<ETag>"e"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></Part>'
            for number, path in parts
        )
        text = f"<ListPartsResult><IsTruncated>false</IsTruncated>{listed}</ListPartsResult>"
        self._answer(200, text.encode(), content_type="application/xml")

    def _list(self, bucket: str, prefix: str) -> None:
        below = f"{bucket.rstrip('/')}/"
        keys = sorted(key.removeprefix(below) for key in self.store.objects)
        found = [key for key in keys if key.startswith(prefix)][:1000]
        listed = "".join(f"<Contents><Key>{key}</Key><Size>0</Size></Contents>" for key in found)
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>"
        self._answer(200, text.encode(), content_type="application/xml")

    def _send(self, kept: Kept) -> None:
        size = kept.size
        if wanted := re.fullmatch(r"bytes=0-(\d+)", self.headers.get("range") or ""):
            size = min(size, int(wanted[1]) + 1)
        with self.store.lock:
            self.store.counters["bytes_sent"] += size
        self._answer(206 if wanted else 200, content_length=str(size), etag='"e"')
        begun, sent = time.monotonic(), 0
        for path in kept.files:
            with path.open("rb") as file:
                at = 0
                while sent < size:
                    n = os.sendfile(
                        self.connection.fileno(), file.fileno(), at, min(CHUNK, size - sent)
                    )
                    if not n:
                        break
                    at, sent = at + n, sent + n
                    self._pace(begun, sent)


def main() -> None:
    """Serve on a free port of loopback and print it; end with the input."""
    with tempfile.TemporaryDirectory(prefix="fragua-bench-") as folder:
        Handler.store = Store(Path(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()


if __name__ == "__main__":
    main()
